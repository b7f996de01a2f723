"""Curation: Django's admin with pages of its own. Top floor: it may search."""
