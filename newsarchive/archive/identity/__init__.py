"""Which article a file is of, and which article an address or identity means."""
