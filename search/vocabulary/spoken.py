"""The words that can be found by their sound: names in the archive, words that curators taught, jieba's own.
Those of the archive are read when the first romanised query comes, again when names were added."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Count, Max

from newsarchive.models import Author, Outlet, Tag
from search.language import romanised, tokens
from search.models import DictionaryWord, SynonymGroup

_MOST: Final = 24  # words of each kind that are counted for one query
_KINDS: Final = (Tag, Author, Outlet)


@dataclass(frozen=True, slots=True)
class _Known:
    version: tuple[object, ...]
    names: romanised.Sounds


_known: _Known | None = None
_looked_at = float("-inf")
_lock = threading.Lock()


def names(typed: str) -> list[str]:
    """Names in the archive and words that curators taught that are romanised so in full, folded, the frequent
    before the rare. They need not stand in a visible story: count them."""
    return _names().spelt(typed)[:_MOST] if romanised.may_be(typed) else []


def words(typed: str) -> list[str]:
    """Other words that are romanised so."""
    return _jiebas().spelt(typed)[:_MOST] if romanised.may_be(typed) else []


def initials(typed: str) -> list[str]:
    """Names that are abbreviated so: xjp."""
    return _names().initials(typed)[: 2 * _MOST] if romanised.may_be(typed) else []


def alike(folded: str) -> list[str]:
    """Words that a Chinese string may have been mistyped for: names and words of jieba's, folded."""
    if not tokens.is_han(folded) or len(folded) > romanised.LONGEST:
        return []
    found = [*_names().alike(folded), *_jiebas().alike(folded)]
    return list(dict.fromkeys(found))[: 2 * _MOST]


def _names() -> romanised.Sounds:
    """As fresh as the curators' words: see `vocabulary.store`."""
    global _known, _looked_at
    with _lock:
        if _known is None or time.monotonic() - _looked_at >= settings.VOCABULARY_SECONDS:
            version = _version()
            if _known is None or _known.version != version:
                _known = _Known(version, romanised.Sounds(map(tokens.search_text, _read_names())))
            _looked_at = time.monotonic()
        return _known.names


def _version() -> tuple[object, ...]:
    facts = {"count": Count("id"), "newest": Max("id")}
    models = (*_KINDS, DictionaryWord, SynonymGroup)
    return tuple(value for model in models for value in model._default_manager.aggregate(**facts).values())


def _read_names() -> Iterator[str]:
    for word_lists in SynonymGroup.objects.filter(enabled=True).values_list("words", flat=True):
        yield from word_lists
    named = [
        row
        for kind in _KINDS
        for row in kind._default_manager.annotate(n=Count("articles")).values_list("n", "name")
    ]
    yield from (name for _, name in sorted(named, key=lambda row: -row[0]))
    yield from DictionaryWord.objects.values_list("word", flat=True)


@functools.cache
def _jiebas() -> romanised.Sounds:
    return romanised.of_dictionary()
