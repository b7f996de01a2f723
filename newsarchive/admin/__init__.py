"""Curation: a module a model, pages of their own beside them. The top floor: it may search."""

from . import actions, agencies, articles, failures, outlets, people, runs, tags

__all__ = ["actions", "agencies", "articles", "failures", "outlets", "people", "runs", "tags"]
