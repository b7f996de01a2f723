"""The pages of curators and operators: Django's admin with pages of its own. It is on the top floor, so it
may import search."""
