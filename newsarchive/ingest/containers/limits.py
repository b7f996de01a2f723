"""How much an import takes in, and what it says when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from newsarchive.errors import UnsafeArchive
from newsarchive.messages import Message

RATIO_FROM: Final = 8 * 1024 * 1024  # bytes below which the ratio of unpacked to packed says nothing


@dataclass(frozen=True, slots=True)
class Refused:
    """An input whose bytes were not taken in."""

    path: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Limits:
    """`ratio`: how many times larger than packed."""

    file_bytes: int
    archive_members: int
    archive_bytes: int
    ratio: int

    def refusal(self, size: int) -> Message:
        return Message("refused_size", size=size, limit=self.file_bytes)

    def check_members(self, count: int) -> None:
        if count > self.archive_members:
            raise UnsafeArchive("stopped_files", n=self.archive_members)

    def check_bytes(self, *, unpacked: int, packed: int) -> None:
        if unpacked > self.archive_bytes:
            raise UnsafeArchive("stopped_size", size=self.archive_bytes)
        if unpacked > RATIO_FROM and unpacked > self.ratio * packed:
            raise UnsafeArchive("stopped_bomb", ratio=self.ratio)
