"""What a request may cost, counted as work: texts read, strings looked for, marks made.

Work is counted, never measured, so that the same question has the same answer on a slow and on a busy
machine. A unit is about a microsecond of one core of the machine that docs/performance.md names. What counts
says beforehand what it would cost; where that is more than is left it is not done, and the answer says so.

Outside of `counted` (commands, the admin, the indexer) nothing is limited.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

# With what a page costs beside (rows, template: some 100,000) the two stay below half a second of a core.
READING: Final = 140_000  # units for reading texts to decide which stories match
MARKING: Final = 80_000  # units for finding and marking strings in the stories of one page
# Rate limits count a request as one, and as one more for every so many units beyond the first.
ONE_REQUEST: Final = 30_000


@dataclass(slots=True)
class Budget:
    most: int = sys.maxsize
    spent: int = 0

    @property
    def left(self) -> int:
        return self.most - self.spent

    def affords(self, units: int) -> bool:
        """Spends them, unless they are more than is left."""
        if units > self.left:
            return False
        self.spent += units
        return True


@dataclass(slots=True)
class Work:
    """Of one request."""

    reading: Budget = field(default_factory=Budget)
    marking: Budget = field(default_factory=Budget)
    # What was too dear to be looked for as asked, and was looked for by a wider condition.
    widened: dict[str, None] = field(default_factory=dict)
    unmarked: bool = False  # something was left unmarked, or was not looked at for passages

    @property
    def spent(self) -> int:
        return self.reading.spent + self.marking.spent

    @property
    def requests(self) -> int:
        """As how many requests a rate limit counts it."""
        return max(1, -(-self.spent // ONE_REQUEST))


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work:
    return _current.get() or Work()


@contextmanager
def counted() -> Iterator[Work]:
    """One request, with its limits."""
    work = Work(Budget(READING), Budget(MARKING))
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)
