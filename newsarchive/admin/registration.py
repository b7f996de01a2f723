"""Imports every module that registers a model with the admin site or adds pages to it; imported itself once
models are loaded."""

from . import accounts
from .articles import actions, article_page
from .imports import failures, runs
from .vocabulary import agencies, outlets, people, search_words, tags

__all__ = [
    "accounts",
    "actions",
    "agencies",
    "article_page",
    "failures",
    "outlets",
    "people",
    "runs",
    "search_words",
    "tags",
]
