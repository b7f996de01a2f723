"""Rows -> what this process searches with: the synonym table, and jieba with the curators' words.

Every process looks for changes itself, at most once a second (`settings.VOCABULARY_SECONDS`), so an
edit reaches all of them without a message. Synonyms hold from then on; dictionary words make the
index stale, and the indexer builds it anew.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max

from search.language import tokens
from search.models import DictionaryWord, SynonymGroup
from search.query.synonyms import Group, Synonyms

from . import regional

Version = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    version: Version
    words: frozenset[str]
    synonyms: Synonyms


_known: _Known | None = None
_looked_at = float("-inf")
_lock = threading.Lock()


def synonyms() -> Synonyms:
    """The table for a search. Costs a look at the clock, once a second two aggregate queries."""
    if _known is None or time.monotonic() - _looked_at >= settings.VOCABULARY_SECONDS:
        return refresh()
    return _known.synonyms


def refresh() -> Synonyms:
    """Look at the rows now. Call before an index is judged or built; a build keeps to what was loaded."""
    global _known, _looked_at
    with _lock:
        version = _version()
        if _known is None or _known.version != version:
            _known = _load(version)
        tokens.use_words(_known.words)
        _looked_at = time.monotonic()
        return _known.synonyms


def _version() -> Version:
    """Changes with every change to the rows: see `models.Taught`."""
    facts = {"count": Count("id"), "newest": Max("id"), "changed": Max("changed_at")}
    return tuple(
        value
        for model in (SynonymGroup, DictionaryWord)
        for value in model.objects.aggregate(**facts).values()
    )


def _load(version: Version) -> _Known:
    rows = SynonymGroup.objects.values_list("words", "one_way", "enabled")
    groups = [(Group(tuple(words), tuple(one_way)), enabled) for words, one_way, enabled in rows]
    return _Known(
        version,
        frozenset(DictionaryWord.objects.values_list("word", flat=True)),
        Synonyms(
            [*(group for group, enabled in groups if enabled), *regional.groups()],
            silenced=[group for group, enabled in groups if not enabled],
        ),
    )
