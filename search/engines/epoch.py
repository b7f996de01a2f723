"""A number that every write to the index moves, in a file that all who search have mapped: to see that
nothing was written takes no system call.

It is odd while somebody writes, and stays odd where a writer was killed: then, as where there is no such
file, the index itself must be asked.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_BYTES: Final = 8


class Epoch:
    """Read by any number of processes and threads; one process at a time writes the index."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = 0  # of the file that is mapped
        self._number: memoryview | None = None

    def now(self) -> int | None:
        """The same as before: nothing was written since. None: ask the index."""
        if (mapped := self._number) is None:
            return None
        number: int = mapped[0]
        return None if number % 2 else number

    def look(self) -> int | None:
        """The same, when it may be that the file was made since, or that another stands in its place."""
        try:
            with self._path.open("rb") as file:
                if (inode := os.fstat(file.fileno()).st_ino) != self._inode:
                    number = mmap.mmap(file.fileno(), _BYTES, access=mmap.ACCESS_READ)
                    self._number, self._inode = memoryview(number).cast("Q"), inode
        except (OSError, ValueError):  # nobody has written yet
            self._number, self._inode = None, 0
        return self.now()

    def begin(self) -> int:
        """Before anything is written. Returns what `end` takes. Raises OSError where that is impossible."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            number = int.from_bytes(os.pread(handle, _BYTES, 0), sys.byteorder) | 1
            os.pwrite(handle, number.to_bytes(_BYTES, sys.byteorder), 0)
        finally:
            os.close(handle)
        return number

    def end(self, begun: int) -> None:
        with suppress(OSError):  # it stays odd, and the index is asked
            handle = os.open(self._path, os.O_WRONLY)
            try:
                os.pwrite(handle, (begun + 1).to_bytes(_BYTES, sys.byteorder), 0)
            finally:
                os.close(handle)
