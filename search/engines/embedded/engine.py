"""The embedded engine: generations of Whoosh words and gram arrays on this machine's disk."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newsarchive.errors import ArchiveError, IndexBusy, IndexUnavailable, IndexUnwritable
from newsarchive.runtime import files
from search.engines.base import Completions, Filters, Hits, IndexState, Request
from search.engines.document import IndexDocument
from search.engines.fingerprint import of_text
from search.query.parser import Field, Query

from . import evaluate
from .builder import build
from .counting.counted_texts import SnapshotTexts
from .delta import Tail
from .reader import Snapshot
from .storage import set_aside
from .storage.generation import TAIL, Generation, Shelf, finish
from .storage.mapping import give_back
from .storage.self_check import SelfCheck
from .suggesting import completion, spelling_source

logger = logging.getLogger("search.engine")

_NO_FILTERS = Filters()
# Changed stories in the tail, which is searched text by text (1,000 of them: 2 ms a search). Beyond, the
# indexer builds a new generation.
TAIL_LIMIT = 1_500
# A tail on a full or read-only disk is read as it was at its last checkpoint (`Tail.frozen`). So many seconds
# pass between two tries to open it as usual.
_RETRY_SECONDS = 2.0


class _Seen(NamedTuple):
    """A snapshot, and what says that it is still the newest."""

    snapshot: Snapshot
    token: tuple[int, int]
    tail: Tail
    mark: bytes

    def is_newest(self, shelf: Shelf) -> bool:
        return shelf.token() == self.token and self.tail.raw_mark() == self.mark


class _Overlay(NamedTuple):
    """A snapshot as it would be if the index had seen what waits in the outbox."""

    base: Snapshot
    hidden: frozenset[int]
    fresh: tuple[IndexDocument, ...]
    snapshot: Snapshot


class EmbeddedEngine:
    """A base.Engine. Any number of processes and threads may search; one process at a time
    writes. A search sees every write that returned before it began."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self.upkeep = SelfCheck(self._shelf)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._token = (0, 0)
        self._seen: _Seen | None = None
        self._names: tuple[Snapshot, completion.Names] | None = None
        self._overlay: _Overlay | None = None
        self._counted: SnapshotTexts | None = None

    # -- searching ---------------------------------------------------------------------------------

    def search(self, request: Request) -> Hits:
        with self._reading(request.hidden, request.fresh) as snapshot:
            return evaluate.search(snapshot, request)

    def count(
        self,
        query: Query | None,
        *,
        filters: Filters = _NO_FILTERS,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> int:
        with self._reading(hidden, fresh) as snapshot:
            return evaluate.count(snapshot, query, filters)

    def complete(
        self,
        text: str,
        *,
        names: int = 6,
        titles: int = 6,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> Completions:
        with self._reading(hidden, fresh) as snapshot:
            return Completions(
                self._names_of(snapshot).complete(text, limit=names),
                completion.titles(snapshot, text, limit=titles),
            )

    def corrections(
        self,
        text: str,
        *,
        limit: int = 5,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> list[str]:
        with self._reading(hidden, fresh) as snapshot:
            return spelling_source.near(snapshot, self._names_of(snapshot), text, limit=limit)

    @contextmanager
    def counting(
        self, *, hidden: frozenset[int] = frozenset(), fresh: tuple[IndexDocument, ...] = ()
    ) -> Iterator[SnapshotTexts]:
        """What can be counted now. Raises CountingNeedsRebuild over a generation without running texts."""
        with self._reading(hidden, fresh) as snapshot:
            known = self._counted
            if known is None or known.snapshot is not snapshot:
                self._counted = known = SnapshotTexts(snapshot)
            yield known

    @contextmanager
    def _reading(
        self, hidden: frozenset[int] = frozenset(), fresh: tuple[IndexDocument, ...] = ()
    ) -> Iterator[Snapshot]:
        """The newest snapshot with `fresh` in place of what it has of the stories in `hidden`.

        Any exception that damaged bytes cause in numpy, Whoosh or this program is raised as IndexUnavailable,
        and the index is verified later. If it proves sound, the fault is this program's: the log has it."""
        try:
            yield self._overlaid(hidden, fresh)
        except ArchiveError:
            raise
        except Exception as exc:
            self._shelf.suspect(f"a search ended with {type(exc).__name__}: {exc}")
            logger.exception("the index could not be read")
            raise IndexUnavailable(f"the index in {self._shelf.folder} could not be read: {exc!r}") from exc

    def _overlaid(self, hidden: frozenset[int], fresh: tuple[IndexDocument, ...]) -> Snapshot:
        """The last overlay is kept: as long as nothing more changes, one serves all searches."""
        snapshot = self._snapshot()
        if not hidden and not fresh:
            return snapshot
        known = self._overlay
        if known is None or known.base is not snapshot or (known.hidden, known.fresh) != (hidden, fresh):
            self._overlay = known = _Overlay(snapshot, hidden, fresh, snapshot.overlaid(hidden, fresh))
        return known.snapshot

    def _names_of(self, snapshot: Snapshot) -> completion.Names:
        known = self._names
        if known is None or known[0] is not snapshot:
            self._names = known = (snapshot, completion.Names(snapshot))
        return known[1]

    def _snapshot(self) -> Snapshot:
        snapshot = seen.snapshot if (seen := self._seen) and seen.is_newest(self._shelf) else self._look()
        snapshot.generation.check_whole()
        give_back()
        return snapshot

    def _look(self) -> Snapshot:
        with self._lock:
            self._seen = None
            token = self._shelf.token()  # before all else: what goes live meanwhile has another
            if self._opened is None or self._token != token or self._opened.retries():
                self._reopen()
                self._token = token
            if self._opened is None:
                raise IndexUnavailable("there is no index yet: run rebuild_index")
            snapshot = self._opened.snapshot()
            if self._opened.is_followed:
                self._seen = _Seen(snapshot, token, self._opened.tail, self._opened.mark)
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
        except IndexUnavailable as exc:
            self._opened = self._seen = None  # what is open is no longer what lies on the disk
            self._shelf.suspect(str(exc))
            raise
        except IndexBusy as exc:
            self._shelf.suspect(str(exc))  # those who read take milliseconds: nobody has it locked for good
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
            begun_at = datetime.now(UTC)
            seen = self._last_change()
            folder = None
            try:
                folder = self._shelf.new_folder()
                built = build(documents(), folder, on_progress=on_progress)
                finish(folder, built, begun_at)
                Generation(folder).close()  # what cannot be opened must not go live
                Tail(folder / TAIL, create=True).close()  # made now: later the disk may be full
                with self._shelf.writing():
                    lost = self._carry_over(seen, folder)
                    self._shelf.switch(folder)
                    if lost:
                        self._shelf.call_for_rebuild(lost)
            except (OSError, BrokenProcessPool) as exc:
                free = files.free_bytes(self._shelf.folder) // 1024**2
                raise IndexUnwritable(
                    f"the new index can't be written to {self._shelf.folder}, where {free:,} MB are free: "
                    f"{exc}. The index before it, if any, stays"
                ) from exc
            finally:
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)
        return built.documents

    def _last_change(self) -> int | None:
        """None: there is no tail, or a damaged one. Nothing is written to it."""
        try:
            tail = self._live_tail()
        except IndexUnavailable:
            return None
        try:
            return tail.last()
        except IndexUnavailable:
            return None
        finally:
            tail.close()

    def _carry_over(self, seen: int | None, folder: Path) -> str:
        """Changes written to the live tail since the build began hold for the new generation too. Where the
        tail was renewed meanwhile, all its changes are later (see `self_check`). Returns why some are lost;
        "" when none is."""
        if not self._shelf.live():  # there was none, or its changes wait in the outbox again
            return ""
        try:
            old = self._live_tail()
            try:
                late = old.since(seen or 0)
            finally:
                old.close()
        except IndexUnavailable as exc:
            return "" if seen is None else f"changes made during a rebuild are lost: {exc}"
        new = Tail(folder / TAIL)
        try:
            new.write((story_id, document) for _, story_id, document in late)
        finally:
            new.close()
        return ""

    # -- saying how it is --------------------------------------------------------------------------

    def state(self) -> IndexState:
        with self._reading() as snapshot:
            facts, name = snapshot.generation.facts, snapshot.generation.name
            return IndexState(
                documents=snapshot.documents,
                generation=name,
                built_at=facts.built_at,
                tail=snapshot.size - snapshot.base + int(np.count_nonzero(~snapshot.alive)),
                tail_limit=TAIL_LIMIT,
                stale=snapshot.generation.why_stale(),
                stamps=facts.stamps,
                damage=self._shelf.why_rebuild(),
                has_checksums=bool(facts.checksums),
                checked_at=self.upkeep.checked_at(name),
                set_aside=tuple(set_aside.names(self._shelf.folder)),
            )

    def story_ids(self) -> frozenset[int]:
        with self._reading() as snapshot:
            return frozenset(snapshot.story_ids[snapshot.alive].tolist())

    def fingerprints(self) -> dict[int, str]:
        with self._reading() as snapshot:
            docs = np.flatnonzero(snapshot.alive)
            texts = snapshot.read(Field.ANY, docs)
            return dict(zip(snapshot.story_ids[docs].tolist(), map(of_text, texts), strict=True))

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = self._seen = self._overlay = self._names = self._counted = None


class _Opened:
    """The live generation with what has been read of its tail."""

    def __init__(self, generation: Generation) -> None:
        self.name = generation.name
        self._generation = generation
        self.tail = generation.open_tail()
        self.mark = b""  # as it was when the tail was read last
        self._changes: dict[int, IndexDocument | None] = {}
        self._read = 0
        self._version: tuple[bytes, int] | None = None
        self._snapshot: Snapshot | None = None
        self.is_followed = False  # the mark alone says whether anything was written since
        self._retries_at = time.monotonic() + _RETRY_SECONDS

    def retries(self) -> bool:
        """Is it time to try again whether the tail can be followed?"""
        return self.tail.frozen and time.monotonic() >= self._retries_at

    def snapshot(self) -> Snapshot:
        """What was read last, while the disk lets nothing newer be read."""
        self.is_followed = False
        try:
            snapshot = self._newest()
            self.is_followed = bool(self.mark) and not self.tail.frozen and not self._generation.is_old
            return snapshot
        except (IndexBusy, IndexUnwritable) as exc:
            if self._snapshot is None:
                raise IndexUnavailable(str(exc)) from exc
            return self._snapshot

    def _newest(self) -> Snapshot:
        self.mark = self.tail.raw_mark()  # before the rows: what is written meanwhile changes it
        # Programs of older layouts, which may still be writing, leave no mark: there, SQLite is asked too.
        has_mark = bool(self.mark) and not self._generation.is_old
        version = self.mark, 0 if has_mark else self.tail.version()
        if self._snapshot is None or version != self._version:
            news = self.tail.since(self._read)
            for number, story_id, document in news:
                self._changes.pop(story_id, None)
                self._changes[story_id] = document
                self._read = number
            if news or self._snapshot is None:
                self._snapshot = Snapshot(self._generation, self._changes)
            self._version = version
        return self._snapshot

    def close(self) -> None:
        self.tail.close()
        self._generation.close()
