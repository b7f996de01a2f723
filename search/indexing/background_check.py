"""The indexer's slow check of the index: every byte is read and compared, a little at each look."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from typing import Final

from search.engines.upkeep import Damage, Upkeep, verify

logger = logging.getLogger("search.indexer")

# Bytes a second: an index of 550 MB (44,000 files) is read in nine minutes, one of 5 GB in an hour and
# a half. It costs a thousandth of a core, and of a disk what a thousandth of it gives.
RATE: Final = 1_000_000
# Seconds from the beginning of one pass to that of the next, at least: a small index is read in an instant.
EVERY: Final = 20.0
# A look that comes late reads no more than this many seconds' worth at once.
_MOST_BEHIND: Final = 5.0
# Seconds between two checks at full speed, however often a process doubts the index.
_DOUBTS_EVERY: Final = 30.0


class BackgroundCheck:
    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep
        self._steps: Generator[int, None, Damage | None] | None = None
        self._size = 0
        self._began = self._at = time.monotonic() - EVERY
        self._doubted = self._at - _DOUBTS_EVERY
        self._allowed = 0.0  # bytes that may be read now

    def step(self) -> Damage | None:
        """Go on for as long as the rate allows. What was found damaged, if anything was."""
        now = time.monotonic()
        if now - self._doubted >= _DOUBTS_EVERY and (why := self._upkeep.take_suspicion()):
            self._doubted = now
            logger.warning("verifying the index: %s", why)
            return self._all_of_it()
        elapsed, self._at = min(now - self._at, _MOST_BEHIND), now
        if self._steps is None:
            if now - self._began < EVERY:
                return None
            self._steps, self._size, self._began, self._allowed = self._upkeep.verification(), 0, now, 0.0
        self._allowed += elapsed * RATE
        return self._go_on(self._steps)

    def _all_of_it(self) -> Damage | None:
        self._steps = None
        if (damage := verify(self._upkeep)) is None:
            logger.info("the index is sound")
        return damage

    def _go_on(self, steps: Generator[int, None, Damage | None]) -> Damage | None:
        while self._allowed > 0:
            try:
                read = next(steps)
            except StopIteration as end:
                self._steps = None
                damage: Damage | None = end.value
                if damage is None:
                    self._upkeep.note_check(self._size)
                return damage
            self._size += read
            self._allowed -= read
        return None
