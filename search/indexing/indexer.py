"""The one process that writes the index: drains the outbox and has rebuilds run beside itself."""

from __future__ import annotations

import logging
import os
import time

from django.db import DatabaseError, close_old_connections

from newsarchive.archive import outbox
from newsarchive.errors import ArchiveError, IndexUnavailable
from newsarchive.runtime import logs
from search.engines.base import Engine

from . import sync
from .background_check import BackgroundCheck
from .healing import heal
from .rebuild_process import RebuildProcess

logger = logging.getLogger("search.indexer")

LOCK = "indexer.lock"  # in the data folder, held by the one that runs

BUSY = os.EX_TEMPFAIL  # exit code of `rebuild_index` while another process rebuilds

_RETRY_SECONDS = 30.0  # after a rebuild that failed; twice as long after each further one
_LONGEST_RETRY_SECONDS = 600.0
_BUSY_SECONDS = 5.0  # between looks whether the other rebuild has ended
_IDLE_SECONDS = 5.0  # between two looks while nothing waits: at words, damage, what another program did
_QUIET_SECONDS = 3.0  # an import has paused for so long: what it brought is worth a rebuild


class Indexer:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rebuilding: RebuildProcess | None = None
        self._not_before = 0.0
        self._waiting = 0  # outbox rows at the last look, and since when that many
        self._since = time.monotonic()
        self._said = ""
        self._failures = 0  # rebuilds that failed since the last that did not
        self._is_waiting = False  # for somebody else's rebuild
        self._check = BackgroundCheck(engine.upkeep) if engine.upkeep else None
        self._looks_again = 0.0

    def is_needed(self) -> bool:
        """Is it time for a step? Costs one query, a hundredth of what a step does."""
        if self._rebuilding is not None or time.monotonic() >= self._looks_again:
            return True
        try:
            return outbox.is_waiting()
        except DatabaseError:
            return True  # a step says so, and connects anew

    def step(self) -> None:
        """One look. Errors are logged and the next look tries again; the outbox keeps the work."""
        with logs.job_context():
            self._look()

    def _look(self) -> None:
        self._looks_again = time.monotonic() + _IDLE_SECONDS
        close_old_connections()
        try:
            self._reap()
            self._heal()
            waiting = outbox.count()
            if why := sync.needs_rebuild(self._engine) or self._bulk(waiting):
                self._start_rebuild(str(why))
            if self._engine.state().takes(waiting):
                settled = sync.drain(self._engine)
                if settled:
                    logger.info("%s changes are in the index", settled)
            self._said = ""
        except IndexUnavailable as error:
            if not error.rebuild_helps:  # else it is being built
                self._say_once(error)
        except (ArchiveError, DatabaseError) as error:
            logger.warning("%s; trying again", error)

    def _heal(self) -> None:
        if not heal(self._engine) and self._check and (damage := self._check.step()):
            heal(self._engine, damage)

    def _say_once(self, error: IndexUnavailable) -> None:
        """However long it is so, and in whatever words it is told."""
        if type(error).__name__ != self._said:
            logger.error("%s", error)
            self._said = type(error).__name__

    def _bulk(self, waiting: int) -> str:
        """Why so many waiting changes call for a rebuild now: an import paused, or it has doubled the
        archive; "" while it pours in."""
        if waiting != self._waiting:
            self._waiting, self._since = waiting, time.monotonic()
        state = self._engine.state()
        if state.takes(waiting):
            return ""
        paused = time.monotonic() - self._since >= _QUIET_SECONDS
        if paused or waiting >= state.documents:
            return f"{waiting} changes wait"
        return ""

    def _start_rebuild(self, why: str) -> None:
        """In a process of its own, so that single edits go on being indexed meanwhile. One that was begun
        with other words than there are now is begun anew: a word is in force after one rebuild, not two."""
        since = None
        if self._rebuilding is not None:
            if not self._rebuilding.outdated:
                return
            since = self._rebuilding.since
            self._rebuilding.stop()
            self._rebuilding = None
        elif time.monotonic() < self._not_before:
            return
        if not self._is_waiting:
            logger.info("rebuilding the index: %s", why)
        self._rebuilding = RebuildProcess(why, since=since)

    def _reap(self) -> None:
        if self._rebuilding is None or (code := self._rebuilding.exit_code()) is None:
            return
        self._rebuilding = None
        if code == BUSY:
            if not self._is_waiting:
                logger.info("another process rebuilds the index; what it leaves undone is done after it")
            self._is_waiting = True
            self._not_before = time.monotonic() + _BUSY_SECONDS
            return
        self._is_waiting = False
        if not code:
            self._failures = 0
            return
        retry = min(_RETRY_SECONDS * 2**self._failures, _LONGEST_RETRY_SECONDS)
        self._failures += 1
        self._not_before = time.monotonic() + retry
        logger.error("the rebuild failed with exit code %s; trying again in %.0f s", code, retry)

    def close(self) -> None:
        """Stops a rebuild under way; the live index stays as it was."""
        if self._rebuilding is not None:
            self._rebuilding.stop()
