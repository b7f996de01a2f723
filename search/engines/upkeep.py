"""What an index that lies on this machine's disk can say of its own damage, and have mended.

A cluster keeps checksums and copies of its own: its engine has no upkeep.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .document import IndexDocument


class Part(StrEnum):
    POINTER = "pointer"  # to the live generation
    GENERATION = "generation"
    TAIL = "tail"  # the changes since


@dataclass(frozen=True, slots=True)
class Damage:
    part: Part
    generation: str  # "" when none can be named
    text: str  # what is wrong, for the log


# Stories that may have changed since a moment, or whose presence differs from the stories of a generation
# (None: of no generation), each with its document or None when it is gone.
ChangedSince = Callable[[datetime, frozenset[int] | None], Iterable[tuple[int, IndexDocument | None]]]


class Upkeep(Protocol):
    def look(self) -> Damage | None:
        """What can be seen in a millisecond: the pointer, sizes, and whether the tail lost its end."""
        ...

    def verification(self) -> Generator[int, None, Damage | None]:
        """Reads every byte and compares checksums; yields how many bytes each step has read."""
        ...

    def heal(self, damage: Damage, changed: ChangedSince) -> str:
        """Set aside what is damaged, and make live what is sound: the same generation with a new tail, the
        one before it, or none. A rebuild is due then. Returns what was done, for the log; "" when somebody
        else was first."""
        ...

    def take_suspicion(self) -> str:
        """Why a process doubts the index since the last time this was asked; "" when none does."""
        ...

    def note_check(self, size: int) -> None:
        """So many bytes were just verified, and all are sound."""
        ...


def verify(upkeep: Upkeep) -> Damage | None:
    """All at once: as fast as the disk is."""
    steps = upkeep.verification()
    size = 0
    while True:
        try:
            size += next(steps)
        except StopIteration as end:
            damage: Damage | None = end.value
            if damage is None:
                upkeep.note_check(size)
            return damage
