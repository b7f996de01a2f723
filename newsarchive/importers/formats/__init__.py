"""One module for each file format; `importers.registry` lists them."""
