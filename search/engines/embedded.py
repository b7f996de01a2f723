"""The embedded engine: generations of Whoosh words and gram arrays on this machine's disk."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsarchive.errors import IndexUnavailable

from .. import match
from ..engine import Completions, Facet, Filters, Hit, Hits, IndexDocument, IndexState, Request, Sort
from ..query import And, DateRange, Field, Near, Not, Or, Query, Term, Without
from ..tokens import needle
from . import corrections, rank, suggest
from .build import build
from .columns import Mask
from .generation import Generation, Shelf, finish
from .snapshot import Floats, Snapshot
from .tail import Tail

_NO_FILTERS = Filters()


class EmbeddedEngine:
    """An engine.Engine. Any number of processes and threads may search; one process at a time
    writes. A search sees every write that returned before it began."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._names: tuple[Snapshot, suggest.Names] | None = None

    # -- searching ---------------------------------------------------------------------------------

    def search(self, request: Request) -> Hits:
        snapshot = self._snapshot()
        found, scores, parts = _matching(snapshot, request.query, request.partly)
        if request.hidden:
            found &= ~np.isin(snapshot.story_ids, list(request.hidden))
        filters = _filter_masks(snapshot, request.filters)
        mask = found.copy()
        for of_filter in filters.values():
            mask &= of_filter
        order = _ordered(snapshot, mask, scores, request)
        hits = tuple(
            Hit(int(snapshot.story_ids[at]), round(float(scores[at]), 4) if scores is not None else 0.0)
            for at in order
        )
        total = int(np.count_nonzero(mask))
        if not request.counts:
            return Hits(total, hits, partial=parts)
        return Hits(
            total,
            hits,
            facets=_facets(snapshot, found, mask, filters, request.facet_size),
            timeline=snapshot.columns.timeline(mask),
            partial=parts,
        )

    def count(
        self, query: Query | None, *, filters: Filters = _NO_FILTERS, hidden: frozenset[int] = frozenset()
    ) -> int:
        snapshot = self._snapshot()
        mask = _visible(snapshot, hidden)
        if query is not None:
            mask &= _evaluate(snapshot, query)
        for of_filter in _filter_masks(snapshot, filters).values():
            mask &= of_filter
        return int(np.count_nonzero(mask))

    def complete(
        self, text: str, *, names: int = 6, titles: int = 6, hidden: frozenset[int] = frozenset()
    ) -> Completions:
        snapshot = self._snapshot()
        visible = _visible(snapshot, hidden)
        return Completions(
            self._names_of(snapshot).complete(text, visible, hidden=bool(hidden), limit=names),
            suggest.titles(snapshot, text, visible, limit=titles),
        )

    def corrections(self, text: str, *, limit: int = 5, hidden: frozenset[int] = frozenset()) -> list[str]:
        snapshot = self._snapshot()
        names = self._names_of(snapshot)
        return corrections.near(snapshot, names, text, _visible(snapshot, hidden), limit=limit)

    def _names_of(self, snapshot: Snapshot) -> suggest.Names:
        known = self._names
        if known is None or known[0] is not snapshot:
            self._names = known = (snapshot, suggest.Names(snapshot))
        return known[1]

    def _snapshot(self) -> Snapshot:
        with self._lock:
            if self._opened is None or self._opened.name != self._shelf.current():
                self._reopen()
            if self._opened is None:
                raise IndexUnavailable("there is no index yet: run rebuild_index")
            return self._opened.snapshot()

    def _reopen(self) -> None:
        for _ in range(3):  # the folder may go between reading the pointer and opening it
            name = self._shelf.current()
            try:
                generation = self._shelf.open()
            except IndexUnavailable:
                if name == self._shelf.current():
                    raise
                continue
            # The old one is not closed: another thread may be searching it. Its maps go with it.
            self._opened = _Opened(generation) if generation else None
            return
        raise IndexUnavailable("the index changed three times while it was opened")

    # -- writing -----------------------------------------------------------------------------------

    def upsert(self, documents: Iterable[IndexDocument]) -> None:
        self._write([(document.story_id, document) for document in documents])

    def delete(self, story_ids: Iterable[int]) -> None:
        self._write([(story_id, None) for story_id in story_ids])

    def _write(self, changes: list[tuple[int, IndexDocument | None]]) -> None:
        if not changes:
            return
        with self._shelf.writing():
            tail = self._live_tail()
            try:
                tail.write(changes)
            finally:
                tail.close()

    def _live_tail(self) -> Tail:
        name = self._shelf.current()
        if not name:
            raise IndexUnavailable("there is no index yet: run rebuild_index")
        return Tail(self._shelf.folder / name / "tail.sqlite3")

    def rebuild(
        self,
        documents: Callable[[], Iterable[IndexDocument]],
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        with self._shelf.building():
            before = self._shelf.current()
            seen = self._last_change() if before else 0
            folder = self._shelf.new_folder()
            try:
                built = build(documents(), folder, on_progress=on_progress)
                finish(folder, built)
                Generation(folder).close()  # what cannot be opened must not go live
                with self._shelf.writing():
                    if before and before == self._shelf.current():
                        self._carry_over(seen, folder)
                    self._shelf.switch(folder)
            finally:
                if folder.exists():
                    shutil.rmtree(folder)
        return built.documents

    def _last_change(self) -> int:
        try:
            tail = self._live_tail()
        except (IndexUnavailable, OSError):  # a damaged index is what a rebuild is for
            return 0
        try:
            return tail.last()
        finally:
            tail.close()

    def _carry_over(self, seen: int, folder: Path) -> None:
        """Changes written to the live tail since the build began hold for the new generation too."""
        old, new = self._live_tail(), Tail(folder / "tail.sqlite3")
        try:
            new.write((story_id, document) for _, story_id, document in old.since(seen))
        finally:
            old.close()
            new.close()

    # -- saying how it is --------------------------------------------------------------------------

    def state(self) -> IndexState:
        snapshot = self._snapshot()
        facts = snapshot.generation.facts
        return IndexState(
            documents=snapshot.documents,
            generation=snapshot.generation.name,
            built_at=facts.built_at,
            tail=snapshot.size - snapshot.base + int(np.count_nonzero(~snapshot.alive)),
            stale=snapshot.generation.why_stale(),
            stamps=facts.stamps,
        )

    def story_ids(self) -> frozenset[int]:
        snapshot = self._snapshot()
        return frozenset(snapshot.story_ids[snapshot.alive].tolist())

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None


class _Opened:
    """The live generation with what has been read of its tail."""

    def __init__(self, generation: Generation) -> None:
        self.name = generation.name
        self._generation = generation
        self._tail = generation.open_tail()
        self._changes: dict[int, IndexDocument | None] = {}
        self._read = 0
        self._version = -1
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        version = self._tail.version()
        if self._snapshot is None or version != self._version:
            news = self._tail.since(self._read)
            for number, story_id, document in news:
                self._changes.pop(story_id, None)
                self._changes[story_id] = document
                self._read = number
            if news or self._snapshot is None:
                self._snapshot = Snapshot(self._generation, self._changes)
            self._version = version
        return self._snapshot

    def close(self) -> None:
        self._tail.close()
        self._generation.close()


def _visible(snapshot: Snapshot, hidden: frozenset[int]) -> Mask:
    if not hidden:
        return snapshot.alive.copy()
    return snapshot.alive & ~np.isin(snapshot.story_ids, list(hidden))


# -- evaluation: query and filters -> masks ----------------------------------------------------------


def _matching(
    snapshot: Snapshot, query: Query | None, partly: Query | None
) -> tuple[Mask, Floats | None, tuple[str, ...]]:
    """Documents that match, their scores (None: all alike), and the parts searched instead of the
    whole."""
    if query is None:
        return snapshot.alive.copy(), None, ()
    mask = _evaluate(snapshot, query) & snapshot.alive
    if mask.any():
        return mask, rank.score(snapshot, query), ()
    free, rest = _parted(partly or query)
    if not free:
        return mask, None, ()
    scores, close, parts = rank.partial(snapshot, " ".join(free))
    for part in rest:
        close &= _evaluate(snapshot, part)
    return close, scores, parts if close.any() else ()


def _parted(query: Query) -> tuple[list[str], list[Query]]:
    """What may be matched in part (words and phrases that are ANDed), and what must hold all the same
    (fields, dates, alternatives, exclusions)."""
    free: list[str] = []
    rest: list[Query] = []
    for part in query.parts if isinstance(query, And) else (query,):
        if isinstance(part, Term) and part.field in (Field.ANY, Field.TEXT) and not part.prefix:
            free.append(part.text)
        else:
            rest.append(part)
    return free, rest


def _evaluate(snapshot: Snapshot, query: Query) -> Mask:
    if isinstance(query, And):
        mask = np.ones(snapshot.size, np.bool_)
        for part in query.parts:
            mask &= _evaluate(snapshot, part)
        return mask
    if isinstance(query, Or):
        mask = np.zeros(snapshot.size, np.bool_)
        for part in query.parts:
            mask |= _evaluate(snapshot, part)
        return mask
    if isinstance(query, Not):
        return ~_evaluate(snapshot, query.part)
    if isinstance(query, DateRange):
        return snapshot.columns.between(query.first, query.last)
    if isinstance(query, Term):
        sought = needle(query.text, exact=query.exact, prefix=query.prefix)
        if sought is None:
            return np.ones(snapshot.size, np.bool_)
        return snapshot.find(sought, query.field).mask
    return _evaluate_in_text(snapshot, query)


def _evaluate_in_text(snapshot: Snapshot, query: Near | Without) -> Mask:
    """Where the order or the surroundings of strings matter, the text of each candidate decides."""
    texts = (query.left, query.right) if isinstance(query, Near) else (query.text,)
    mask = np.ones(snapshot.size, np.bool_)
    for text in texts:
        if sought := needle(text):
            mask &= snapshot.find(sought, query.field).mask
    result = np.zeros(snapshot.size, np.bool_)
    candidates = np.flatnonzero(mask)
    for field in match.FIELDS_OF[query.field]:
        for number, text in zip(candidates, snapshot.read(field, candidates), strict=True):
            if not result[number] and match.spans(query, text):
                result[number] = True
    return result


def _filter_masks(snapshot: Snapshot, filters: Filters) -> dict[Facet | None, Mask]:
    """One mask for each facet that is filtered; None has the dates and what is excluded."""
    facets = snapshot.columns.facets
    masks: dict[Facet | None, Mask] = {
        facet: facets[facet].mask(values, documents=snapshot.size)
        for facet, values in filters.include.items()
        if values
    }
    rest = snapshot.columns.between(filters.first, filters.last)
    for facet, values in filters.exclude.items():
        rest &= ~facets[facet].mask(values, documents=snapshot.size)
    masks[None] = rest
    return masks


def _facets(
    snapshot: Snapshot, found: Mask, mask: Mask, filters: dict[Facet | None, Mask], size: int
) -> dict[Facet, list[tuple[str, int]]]:
    counts = {}
    for facet, column in snapshot.columns.facets.items():
        among = mask
        if facet in filters:
            among = found.copy()
            for other, of_filter in filters.items():
                if other is not facet:
                    among &= of_filter
        counts[facet] = column.counts(among, size=size)
    return counts


def _ordered(
    snapshot: Snapshot, mask: Mask, scores: Floats | None, request: Request
) -> npt.NDArray[np.int64]:
    """The documents of one page. Ties: newest first, then the latest story."""
    docs = np.flatnonzero(mask)
    days = snapshot.columns.days[docs].astype(np.int64)
    ids = snapshot.story_ids[docs]
    if request.sort is Sort.RELEVANCE and scores is not None:
        keep = request.offset + request.limit
        of_docs = scores[docs]
        if keep < len(docs) // 2:  # only what can reach this page is sorted, ties with its last included
            least = np.partition(of_docs, len(docs) - keep)[len(docs) - keep]
            near = np.flatnonzero(of_docs >= least)
            docs, days, ids, of_docs = docs[near], days[near], ids[near], of_docs[near]
        order = np.lexsort((-ids, -days, -of_docs))
    elif request.sort is Sort.OLDEST:
        order = np.lexsort((ids, np.where(days > 0, days, np.iinfo(np.int64).max)))
    else:
        order = np.lexsort((-ids, -days))
    return docs[order][request.offset : request.offset + request.limit]
