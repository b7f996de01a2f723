"""The parts of `newsarchive.archive.articles`, through which all others call them."""
