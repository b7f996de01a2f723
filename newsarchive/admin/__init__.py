"""The pages of curators and operators: Django's admin with pages of its own. It may import search."""
