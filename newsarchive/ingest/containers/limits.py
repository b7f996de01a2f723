"""Limits on what an import accepts, and the messages when one is exceeded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.messages import Message

# Unpacked bytes; below it the compression ratio is not checked, since small files may compress very well.
RATIO_FROM: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """An input that was not read, and why."""

    path: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Limits:
    """`ratio`: how many times larger than packed the content may be."""

    file_bytes: int
    archive_members: int
    archive_bytes: int
    ratio: int

    def refusal(self, size: int) -> Message:
        return Message("refused_size", size=size, limit=self.file_bytes)

    def whole(self, path: Path) -> bytes:
        """The content of a file that can't be read in parts. Raises UnreadableFile when it is too large."""
        size = path.stat().st_size
        if size > self.file_bytes:
            raise UnreadableFile("refused_size", size=size, limit=self.file_bytes)
        return path.read_bytes()

    def check_members(self, count: int) -> None:
        if count > self.archive_members:
            raise UnsafeArchive("stopped_files", n=self.archive_members)

    def check_bytes(self, *, unpacked: int, packed: int) -> None:
        if unpacked > self.archive_bytes:
            raise UnsafeArchive("stopped_size", size=self.archive_bytes)
        if unpacked > RATIO_FROM and unpacked > self.ratio * packed:
            raise UnsafeArchive("stopped_bomb", ratio=self.ratio)
