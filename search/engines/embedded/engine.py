"""The embedded engine: generations of Whoosh words and gram arrays on this machine's disk."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newsarchive.errors import IndexBusy, IndexUnavailable, IndexUnwritable
from search.engines.base import Completions, Filters, Hits, IndexDocument, IndexState, Request
from search.engines.fingerprint import of_text
from search.query.parser import Field, Query

from . import completion, evaluate, spelling_source
from .builder import build
from .delta import Tail
from .reader import Snapshot
from .storage.generation import TAIL, Generation, Shelf, finish

_NO_FILTERS = Filters()
# So many stories may wait in the tail, which is searched text by text, before a rebuild folds them in.
TAIL_LIMIT = 1_500
_THAW_SECONDS = 2.0  # between looks whether a tail read from a full or read-only disk has come to life


class _Seen(NamedTuple):
    """A snapshot, and what says that it is still the newest."""

    snapshot: Snapshot
    epoch: int
    token: tuple[int, int]

    def holds(self, shelf: Shelf) -> bool:
        return shelf.epoch.now() == self.epoch and shelf.token() == self.token


class EmbeddedEngine:
    """An engine.Engine. Any number of processes and threads may search; one process at a time
    writes. A search sees every write that returned before it began."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._token = (0, 0)
        self._seen: _Seen | None = None
        self._names: tuple[Snapshot, completion.Names] | None = None

    # -- searching ---------------------------------------------------------------------------------

    def search(self, request: Request) -> Hits:
        return evaluate.search(self._snapshot(), request)

    def count(
        self, query: Query | None, *, filters: Filters = _NO_FILTERS, hidden: frozenset[int] = frozenset()
    ) -> int:
        return evaluate.count(self._snapshot(), query, filters, hidden)

    def complete(
        self, text: str, *, names: int = 6, titles: int = 6, hidden: frozenset[int] = frozenset()
    ) -> Completions:
        snapshot = self._snapshot()
        visible = evaluate.visible(snapshot, hidden)
        return Completions(
            self._names_of(snapshot).complete(text, visible, hidden=bool(hidden), limit=names),
            completion.titles(snapshot, text, visible, limit=titles),
        )

    def corrections(self, text: str, *, limit: int = 5, hidden: frozenset[int] = frozenset()) -> list[str]:
        snapshot = self._snapshot()
        names = self._names_of(snapshot)
        return spelling_source.near(snapshot, names, text, evaluate.visible(snapshot, hidden), limit=limit)

    def _names_of(self, snapshot: Snapshot) -> completion.Names:
        known = self._names
        if known is None or known[0] is not snapshot:
            self._names = known = (snapshot, completion.Names(snapshot))
        return known[1]

    def _snapshot(self) -> Snapshot:
        if (seen := self._seen) and seen.holds(self._shelf):
            return seen.snapshot
        with self._lock:
            self._seen = None
            epoch = self._shelf.epoch.look()  # before all else: what is written meanwhile moves it
            token = self._shelf.token()
            if self._opened is None or self._token != token or self._opened.thaws():
                self._reopen()
                self._token = token
            if self._opened is None:
                raise IndexUnavailable("there is no index yet: run rebuild_index")
            snapshot = self._opened.snapshot()
            if epoch is not None and self._opened.is_newest:
                self._seen = _Seen(snapshot, epoch, token)
            return snapshot

    def _reopen(self) -> None:
        for _ in range(3):  # the folder may go between reading the pointer and opening it
            name = self._shelf.current()
            try:
                generation = self._shelf.open()
                # The old one is not closed: another thread may be searching it. Its maps go with it.
                self._opened = _Opened(generation) if generation else None
            except IndexUnavailable:
                if name == self._shelf.current():
                    raise
                continue
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
        try:
            with self._shelf.writing():
                tail = self._live_tail()
                try:
                    tail.write(changes)
                finally:
                    tail.close()
        except IndexUnavailable:
            self._opened = self._seen = None  # what is open is no longer what lies on the disk
            raise

    def _live_tail(self) -> Tail:
        name = self._shelf.current()
        if not name:
            raise IndexUnavailable("there is no index yet: run rebuild_index")
        return Tail(self._shelf.folder / name / TAIL)

    def rebuild(
        self,
        documents: Callable[[], Iterable[IndexDocument]],
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        with self._shelf.building():
            before = self._shelf.live()
            seen = self._last_change() if before else 0
            folder = None
            try:
                folder = self._shelf.new_folder()
                built = build(documents(), folder, on_progress=on_progress)
                finish(folder, built)
                Generation(folder).close()  # what cannot be opened must not go live
                Tail(folder / TAIL).close()  # made now: later the disk may be full
                with self._shelf.writing():
                    if before and before == self._shelf.current():
                        self._carry_over(seen, folder)
                    self._shelf.switch(folder)
            except (OSError, BrokenProcessPool) as exc:
                free = shutil.disk_usage(self._shelf.folder).free // 1024**2
                raise IndexUnwritable(
                    f"the new index can't be written to {self._shelf.folder}, where {free:,} MB are free: "
                    f"{exc}. The index before it, if any, stays"
                ) from exc
            finally:
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)
        return built.documents

    def _last_change(self) -> int:
        try:
            tail = self._live_tail()
        except IndexUnavailable:  # a damaged index is what a rebuild is for
            return 0
        try:
            return tail.last()
        except IndexUnavailable:
            return 0
        finally:
            tail.close()

    def _carry_over(self, seen: int, folder: Path) -> None:
        """Changes written to the live tail since the build began hold for the new generation too."""
        try:
            old = self._live_tail()
        except IndexUnavailable:  # damaged: nothing can have been written to it
            return
        new = Tail(folder / TAIL)
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
            tail_limit=TAIL_LIMIT,
            stale=snapshot.generation.why_stale(),
            stamps=facts.stamps,
        )

    def story_ids(self) -> frozenset[int]:
        snapshot = self._snapshot()
        return frozenset(snapshot.story_ids[snapshot.alive].tolist())

    def fingerprints(self) -> dict[int, str]:
        snapshot = self._snapshot()
        docs = np.flatnonzero(snapshot.alive)
        texts = snapshot.read(Field.ANY, docs)
        return dict(zip(snapshot.story_ids[docs].tolist(), map(of_text, texts), strict=True))

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = self._seen = None


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
        self.is_newest = False
        self._thaws_at = time.monotonic() + _THAW_SECONDS

    def thaws(self) -> bool:
        """Is it time to try again whether the tail can be followed?"""
        return self._tail.frozen and time.monotonic() >= self._thaws_at

    def snapshot(self) -> Snapshot:
        """What was read last, while the disk lets nothing newer be read."""
        self.is_newest = False
        try:
            snapshot = self._newest()
            # A frozen tail says nothing of what was written since. The program of an old layout may still be
            # writing, and moves no number.
            self.is_newest = not self._tail.frozen and not self._generation.is_old
            return snapshot
        except (IndexBusy, IndexUnwritable) as exc:
            if self._snapshot is None:
                raise IndexUnavailable(str(exc)) from exc
            return self._snapshot

    def _newest(self) -> Snapshot:
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
