"""The doctor's checks of the index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from newsarchive.archive import outbox
from newsarchive.errors import ArchiveError, IndexNewer, IndexUnavailable, SearchServerAway
from newsarchive.models import Article, OutboxRow
from newsarchive.runtime import locks
from search.engines import get_engine
from search.engines.upkeep import verify
from search.indexing import sync
from search.indexing.indexer import LOCK
from search.vocabulary import store

from .doctor import Check, Finding, Level


def opens() -> Iterator[Finding]:
    """Whether the index can be opened. Uses no database."""
    try:
        get_engine().state()
    except SearchServerAway as exc:
        mend = "start the search server, or see whether SEARCH_URL names it; articles and the admin go on"
        yield Finding(Level.ERROR, "index", f"Readers can't search: {exc}.", mend)
    except IndexNewer as exc:
        mend = "install the newer program again; or, to stay with this one: manage.py rebuild_index"
        yield Finding(Level.ERROR, "index", f"Readers can't search: {exc}.", mend)
    except ArchiveError as exc:
        yield Finding(Level.ERROR, "index", f"Readers can't search: {exc}.", "manage.py rebuild_index")


def is_sound() -> Iterator[Finding]:
    """Whether every byte of the index is intact; reads all of it. Uses no database."""
    engine = get_engine()
    if engine.upkeep is None:
        return
    mend = "manage.py check_index --repair (a running indexer does it by itself)"
    if (damage := verify(engine.upkeep)) is not None:
        yield Finding(Level.ERROR, "index files", f"{damage.text}.", mend)
        return
    try:
        state = engine.state()
    except ArchiveError:
        return  # `opens` has reported it
    if state.damage:
        text = f"What was damaged is set aside in {settings.INDEX_DIR}/damaged: {state.damage}."
        yield Finding(Level.WARNING, "index files", text, "manage.py rebuild_index")
    elif not state.has_checksums:
        text = "They were made before files carried checksums, so only their sizes are known to be right."
        yield Finding(Level.WARNING, "index files", text, "manage.py rebuild_index")
    else:
        yield Finding(Level.OK, "index files", "Every byte is as it was written.")


def agrees() -> Iterator[Finding]:
    engine = get_engine()
    store.refresh()
    try:
        state = engine.state()
    except IndexUnavailable:
        return  # `opens` has reported it
    if state.stale:
        text = f"The index was made with another {state.stale}; searches answer, some less well."
        yield Finding(Level.WARNING, "index", text, "manage.py rebuild_index")
    if not state.takes(state.tail):
        text = f"{state.tail:,} stories were changed since the index was built; searches become slower."
        yield Finding(Level.WARNING, "index", text, "manage.py rebuild_index")
    difference = sync.check(engine)
    unsettled = frozenset(OutboxRow.objects.values_list("story_id", flat=True))
    missing, extra = difference.missing - unsettled, difference.extra - unsettled
    if missing or extra:
        text = f"{len(missing):,} stories are missing from the index, {len(extra):,} should not be in it."
        yield Finding(Level.ERROR, "index", text, "manage.py check_index --repair")
    else:
        built = f"{state.built_at:%Y-%m-%d %H:%M} UTC" if state.built_at else "?"
        text = f"{state.documents:,} stories, built {built}; it agrees with the archive."
        yield Finding(Level.OK, "index", text)


def indexer() -> Iterator[Finding]:
    if locks.is_held(settings.DATA_DIR / LOCK):
        yield Finding(Level.OK, "indexer", "It runs.")
    elif outbox.count():
        text = "It does not run, and changes wait for it."
        yield Finding(
            Level.WARNING, "indexer", text, "manage.py run_indexer, or once: manage.py update_index"
        )
    elif Article.objects.exists():
        text = "It does not run; nothing waits for it. `make run` starts it."
        yield Finding(Level.OK, "indexer", text)


GROUND: Final[tuple[Check, ...]] = (opens, is_sound)
FINDING: Final[tuple[Check, ...]] = (agrees, indexer)  # only run when the database is intact
