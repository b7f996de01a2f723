"""Searching what readers do not find: withdrawn articles and failed captures, which no index has. They
are few, so they are matched text by text, by the same rules."""

from __future__ import annotations

from collections.abc import Iterable

from newsarchive.models import Article

from . import documents, vocabulary
from .engine import IndexDocument
from .match import Parts, matches
from .query import Field, parse
from .synonyms import expand
from .tokens import fold

_MOST = 5_000  # texts; beyond, the newest alone are looked at


def article_ids(text: str) -> list[int]:
    """The newest first. Five queries."""
    tree = expand(parse(text).tree, vocabulary.synonyms()).tree
    hidden = Article.objects.exclude(status=Article.Status.PUBLISHED).order_by("-pk")[:_MOST]
    if tree is None:
        return [article.pk for article in hidden.only("pk")]
    rows = hidden.select_related("outlet", "story")
    rows = rows.prefetch_related("images", "authors", "categories", "tags")
    return [
        article.pk
        for article in rows
        if matches(tree, _parts(documents.document([article])), article.published_on)
    ]


def _parts(document: IndexDocument) -> Parts:
    return {
        Field.TITLE: fold(document.title),
        Field.BODY: fold(document.body),
        Field.CAPTION: _lines(document.captions),
        Field.CREDIT: _lines(document.credits),
        Field.AUTHOR: _lines(document.authors),
        Field.OUTLET: fold(document.outlet),
        Field.CATEGORY: _lines(document.categories),
        Field.TAG: _lines(document.tags),
        Field.OTHER: _lines(document.other),
    }


def _lines(values: Iterable[str]) -> str:
    return fold("\n".join(values))
