"""What the index has not seen yet: the stories in the outbox, as they are in the database now.

Searches overlay the index with it, so that whatever a curator withdrew, corrected, merged or split holds in
totals, facets, timelines and suggestions before the indexer has run. A story that waits is taken out of the
index's answers, and what is visible of it is put in as it is now. Few wait as a rule. While an import or a
rebuild runs thousands may: then the stories from which something was taken away come first, and where even
these are too many the rest of them is left out whole, rather than shown as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from newsarchive.archive import visibility
from newsarchive.archive.outbox import newest_rows
from newsarchive.models import OutboxRow
from search.engines.document import IndexDocument
from search.indexing import documents

# Documents in one overlay: reading one from the database and folding it takes some 0.5 ms, once in each
# process.
MOST = 200
# Beyond MOST, of the stories from which nothing was taken away: with an import the newest are others at every
# search.
_NEWEST = 20

# The rows of a story, with when each was written, as the database says it: their numbers are not enough,
# since a database put back from a backup gives the same ones again.
_Rows = tuple[tuple[int, object], ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """`fresh` are the visible ones of the stories in `hidden`, as they are now."""

    hidden: frozenset[int] = frozenset()
    fresh: tuple[IndexDocument, ...] = ()


NOTHING = Pending()


@dataclass(frozen=True, slots=True)
class _Known:
    state: object  # as long as it is the same, so is the rest
    rows: dict[int, _Rows]  # of the stories that were read
    loaded: dict[int, IndexDocument]  # the visible ones among them
    pending: Pending


_known: _Known | None = None
_lock = threading.Lock()


def stories() -> Pending:
    """One query while nothing waits, or nothing more than at the last search. Ask before the engine is asked:
    what is forgotten meanwhile is in the index."""
    global _known
    newest = newest_rows(MOST + 1)
    if not newest:
        return NOTHING
    many = len(newest) > MOST
    state = (newest, OutboxRow.objects.aggregate(Count("id"), Min("id"))) if many else newest
    known = _known
    if known is not None and known.state == state:
        return known.pending
    with _lock:
        first = _reduced() if many else frozenset()
        rows = _by_story(newest)
        if many:
            rows = _rows_of(_chosen(rows, first))
        loaded = _loaded(_known, rows)
        fresh = tuple(loaded[story] for story in sorted(loaded))
        _known = _Known(state, rows, loaded, Pending(first.union(rows), fresh))
        return _known.pending


def _by_story(found: Iterable[tuple[int, int, object]]) -> dict[int, _Rows]:
    rows: dict[int, _Rows] = {}
    for story, number, created in found:
        rows[story] = (*rows.get(story, ()), (number, created))
    return rows


def _rows_of(story_ids: Collection[int]) -> dict[int, _Rows]:
    found = OutboxRow.objects.filter(story_id__in=story_ids).order_by("-id")
    return _by_story(found.values_list("story_id", "id", "created_at"))


def _chosen(newest: Iterable[int], first: frozenset[int]) -> list[int]:
    """Of very many waiting stories those that are overlaid."""
    chosen = sorted(first, reverse=True)[:MOST]
    others = [story for story in newest if story not in first]
    return chosen + others[: min(_NEWEST, MOST - len(chosen))]


def _reduced() -> frozenset[int]:
    """The waiting stories that may have lost something that readers could find: a change said so, one of
    their copies is not visible, or none is left."""
    waiting = OutboxRow.objects.order_by()
    said = waiting.filter(takes_away=True).values_list("story_id", flat=True)
    partly = visibility.hidden().filter(story_id__in=waiting.values("story_id"))
    copies = visibility.visible().filter(story_id=OuterRef("story_id"))
    gone = waiting.filter(~Exists(copies)).values_list("story_id", flat=True)
    return frozenset(said) | frozenset(partly.order_by().values_list("story_id", flat=True)) | frozenset(gone)


def _loaded(known: _Known | None, rows: dict[int, _Rows]) -> dict[int, IndexDocument]:
    """The visible ones of these stories. What was read before is read again when the story has other rows
    now."""
    same = {story for story in rows if known is not None and known.rows.get(story) == rows[story]}
    loaded = {story: known.loaded[story] for story in same if known and story in known.loaded}
    return loaded | {found.story_id: found for found in documents.load(rows.keys() - same)}
