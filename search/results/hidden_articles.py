"""Searching what readers do not find: withdrawn articles and failed captures, which no index has. They
are few, so they are matched text by text, by the same rules.

A process keeps their folded texts: a search asks only which of them changed since.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from newsarchive.archive import agencies, visibility
from newsarchive.importers.fields.agencies import NONE
from newsarchive.models import Article
from newsarchive.runtime.number_lists import slices
from search.indexing import documents
from search.query.semantics import Parts, matches

from .reading import read, searched, synonyms_of

_MOST = 5_000  # texts; beyond, the newest alone are looked at
_BATCH = 500  # articles read from the database at a time

State = tuple[object, ...]  # as long as it is the same, the text is


@dataclass(frozen=True, slots=True)
class _Text:
    state: State
    parts: Parts
    day: date | None


_known: dict[int, _Text] = {}
_lock = threading.Lock()


def article_ids(text: str, *, also: bool = True) -> list[int]:
    """The newest first. One query, and five for every 500 articles that changed since the last search.

    The words are read as every search reads them; only the characters as typed (`exact`) cannot be asked for,
    since no printed texts are kept here.
    """
    tree = searched(read(text).tree, synonyms_of(also=also, exact=False), loose=True).tree
    if tree is None:
        return list(_hidden().values_list("pk", flat=True))
    return [number for number, text_ in refresh() if matches(tree, text_.parts, text_.day)]


def refresh() -> list[tuple[int, _Text]]:
    """The hidden articles as they are now, the newest first."""
    rows = _hidden().values_list("pk", "changed_at", "outlet__name")
    states: dict[int, State] = {number: tuple(state) for number, *state in rows}
    with _lock:
        for number in _known.keys() - states.keys():
            del _known[number]
        changed = [pk for pk, state in states.items() if pk not in _known or _known[pk].state != state]
        names = agencies.table() if changed else NONE
        for batch in slices(changed, _BATCH):
            for article in documents.whole(Article.objects.filter(pk__in=batch)):
                parts = documents.document([article], names).folded_parts()
                _known[article.pk] = _Text(states[article.pk], parts, article.published_on)
        return [(number, _known[number]) for number in states if number in _known]


def _hidden() -> QuerySet[Article]:
    return visibility.hidden().order_by("-pk")[:_MOST]
