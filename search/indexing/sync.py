"""Bringing the index in step with the archive: draining the outbox, rebuilding, checking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsarchive.archive import articles, outbox
from newsarchive.errors import IndexUnavailable
from newsarchive.messages import Message
from search.engines.base import Engine
from search.vocabulary import store

from . import documents
from .healing import heal, looking


@dataclass(frozen=True, slots=True)
class Difference:
    """Story numbers on one side only; both empty when archive and index agree."""

    missing: frozenset[int]  # visible, not indexed
    extra: frozenset[int]  # indexed, not visible

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)


def drain(engine: Engine, *, batch: int = 200) -> int:
    """Bring the index up to date. Returns how many outbox rows were settled.

    Rows are forgotten last: killed at any point, the work is repeated and nothing is lost. Raises
    IndexBusy and IndexUnavailable and leaves the remaining rows.
    """
    settled = 0
    while count := _drain_batch(engine, batch):
        settled += count
    return settled


def _drain_batch(engine: Engine, limit: int) -> int:
    with looking():
        rows = outbox.pending(limit=limit)
        if rows:
            story_ids = {row.story_id for row in rows}
            found = documents.load(story_ids)
            engine.upsert(found)
            engine.delete(story_ids - {document.story_id for document in found})
            outbox.forget(rows)
    return len(rows)


def rebuild(engine: Engine, *, on_progress: Callable[[int], None] | None = None) -> int:
    """Fill a new generation beside the live one and switch. Returns the stories in it."""
    store.refresh()
    heal(engine)
    with looking():  # whatever is indexed from here on was looked at after these changes
        seen = outbox.waiting()
    count = engine.rebuild(documents.everything, on_progress=on_progress)
    outbox.forget_all(seen)
    return count


def needs_rebuild(engine: Engine) -> Message | None:
    """Why the index must be built anew; None when draining the outbox is enough. Raises
    IndexUnavailable when a rebuild would not help, or is for people to decide."""
    store.refresh()
    try:
        state = engine.state()
    except IndexUnavailable as error:
        if not error.rebuild_helps:
            raise
        return Message("index_missing", detail=str(error))
    if state.damage:
        return Message("index_was_damaged", detail=state.damage)
    if state.stale:
        return Message("index_by_other_rules", stamps=state.stale)
    if not state.takes(state.tail):
        return Message("index_outgrown", n=state.tail)
    return None


def update(engine: Engine, *, quick: bool = False, on_progress: Callable[[int], None] | None = None) -> int:
    """Drain, or rebuild where that is due or quicker. Returns how many outbox rows were settled.

    `quick`: while there is an index to search in, a rebuild is left to the indexer.
    """
    heal(engine)
    waiting = outbox.count()
    if quick and _is_searched(engine):
        return drain(engine) if engine.state().takes(waiting) else 0
    if needs_rebuild(engine) or not engine.state().takes(waiting):
        rebuild(engine, on_progress=on_progress)
        return waiting + drain(engine)
    return drain(engine)


def _is_searched(engine: Engine) -> bool:
    try:
        return bool(engine.state().generation)
    except IndexUnavailable as error:
        if not error.rebuild_helps:
            raise
        return False


def check(engine: Engine) -> Difference:
    """Compare the visible stories with the indexed ones, both ways."""
    visible = documents.visible_stories()
    indexed = engine.story_ids()
    return Difference(visible - indexed, indexed - visible)


def repair(difference: Difference) -> None:
    """Have the index look again at every story that differs."""
    articles.reindex(difference.missing | difference.extra)
