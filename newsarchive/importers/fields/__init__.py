"""Parsing of single values: authors, credits, dates, addresses, outlets, languages, encodings."""
