"""Limits on the work of one request, counted in units: texts read, strings searched for, highlights made.

Units are counted, not time, so that the same question has the same answer on a slow or busy machine. A unit
is about a microsecond of one core of the machine that docs/performance.md names. Code states the cost of a
step before doing it; a step that costs more than the remaining budget is skipped, and the answer says so.

Outside `counted` (commands, the admin, the indexer) nothing is limited.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

# The rest of a page (rows, template) costs about 100,000 units; together with these two budgets it stays
# below half a second of one core.
READING: Final = 140_000
# Units for finding and highlighting strings in the stories of one page; beyond it they stay unmarked.
MARKING: Final = 80_000
# Of a page or record that counts over all texts, in place of READING: half a second of one core, so that the
# most frequent character is still answered for 27,000 stories. It counts as as many requests as it cost
# (below). COMPARING: of one that counts the words of two searches.
COUNTING: Final = 500_000
COMPARING: Final = 1_000_000
# Rate limits count a request as one, plus one for each further so many units of work.
ONE_REQUEST: Final = 30_000


@dataclass(slots=True)
class Budget:
    most: int = sys.maxsize
    spent: int = 0

    @property
    def left(self) -> int:
        return self.most - self.spent

    def affords(self, units: int) -> bool:
        """Spends the units if that many are left; returns whether it did."""
        if units > self.left:
            return False
        self.spent += units
        return True

    @contextmanager
    def at_most(self, units: int) -> Iterator[None]:
        """Inside the block no more than so many are left."""
        kept = max(0, self.left - units)
        self.most -= kept
        try:
            yield
        finally:
            self.most += kept

    def forgo(self, units: int) -> bool:
        """The same for an answer that is kept from an earlier request: the units are no longer left, so that
        the same question is refused at the same step, but they are not spent."""
        if units > self.left:
            return False
        self.most -= units
        return True


@dataclass(slots=True)
class Work:
    """The work of one request."""

    reading: Budget = field(default_factory=Budget)
    marking: Budget = field(default_factory=Budget)
    # Conditions that were too expensive to check exactly and were replaced by a wider one.
    widened: dict[str, None] = field(default_factory=dict)
    unmarked: bool = False  # some matches were not highlighted, or not considered for passages
    # Units that are counted for the rate limits and not limited here: of a list that is streamed after the
    # view has returned, or of several questions in one request, each of which has budgets of its own.
    more: int = 0

    @property
    def spent(self) -> int:
        return self.reading.spent + self.marking.spent + self.more

    @property
    def requests(self) -> int:
        """How many requests a rate limit counts this one as."""
        return max(1, -(-self.spent // ONE_REQUEST))


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work:
    return _current.get() or Work()


@contextmanager
def counted(reading: int | None = None) -> Iterator[Work]:
    """Counts and limits the work of one request inside the block; `reading` None: READING."""
    work = Work(Budget(READING if reading is None else reading), Budget(MARKING))
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)
