"""How much an import takes in, and what it says when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from newsarchive.errors import UnsafeArchive

RATIO_FROM: Final = 8 * 1024 * 1024  # bytes below which the ratio of unpacked to packed says nothing


@dataclass(frozen=True, slots=True)
class Refused:
    """An input whose bytes were not taken in."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """`ratio`: how many times larger than packed."""

    file_bytes: int
    archive_members: int
    archive_bytes: int
    ratio: int

    def refusal(self, size: int) -> str:
        return f"Refused: {size:,} bytes, more than the limit of {self.file_bytes:,} for one file."

    def check_members(self, count: int) -> None:
        if count > self.archive_members:
            raise UnsafeArchive(f"Stopped: it holds more than {self.archive_members:,} files.")

    def check_bytes(self, *, unpacked: int, packed: int) -> None:
        if unpacked > self.archive_bytes:
            raise UnsafeArchive(f"Stopped: it unpacks to more than {self.archive_bytes:,} bytes.")
        if unpacked > RATIO_FROM and unpacked > self.ratio * packed:
            raise UnsafeArchive(f"Stopped: it unpacks to {self.ratio} times its size and more: a bomb.")
