"""Whoosh's files in memory, as all files of a generation are (`storage.mapping`): small ones read, large ones
mapped. Whoosh's own storage asks the system twice for every few bytes that it looks at."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from search.engines.embedded.storage.mapping import MappedFile


class FileInMemory(StructFile):
    """Opened for reading. Threads may share it as long as they only `get`: a read moves its position."""

    def __init__(self, mapped: MappedFile, **options: Any) -> None:
        data = mapped.data
        super().__init__(io.BytesIO(data) if isinstance(data, bytes) else data, **options)
        self._data = data

    def close(self) -> None:
        """The map itself goes when nobody has it any more, as those of all files of a generation do: a search
        may still ask it for its size."""
        self.is_closed = True

    def get(self, position: int, length: int) -> bytes:
        return self._data[position : position + length]


class StorageInMemory(FileStorage):
    """A folder that is only read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), readonly=True)
        self.opened: list[MappedFile] = []  # in the order in which Whoosh asked for them

    def open_file(self, name: str, **options: Any) -> FileInMemory:
        mapped = MappedFile(Path(self.folder) / name)
        self.opened.append(mapped)
        return FileInMemory(mapped, name=name, **options)
