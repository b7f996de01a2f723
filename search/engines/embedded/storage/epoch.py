"""A number that every write to the index moves, in a file that all who search hold open: to see that nothing
was written costs a millionth of a second.

It is odd while somebody writes, and stays odd where a writer was killed: then, as where there is no such
file or another in its place, the index itself must be asked.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

_BYTES: Final = 8


class _Opened:
    """Closed when nobody has it any more: another thread may be reading it."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.number)


class Epoch:
    """Read by any number of processes and threads; one process at a time writes the index."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: _Opened | None = None

    def now(self) -> int | None:
        """The same as before: nothing was written since. None: ask the index."""
        if (file := self._file) is None:
            return None
        try:
            stands = os.fstat(file.number).st_nlink
            found = os.pread(file.number, _BYTES, 0)
        except OSError:
            return None
        number = int.from_bytes(found, sys.byteorder)
        return None if number % 2 or len(found) < _BYTES or not stands else number

    def look(self) -> int | None:
        """The same, where the file may have been made since, or another stands in its place."""
        if self.now() is None:
            try:
                self._file = _Opened(self._path)
            except OSError:  # nobody has written yet
                self._file = None
        return self.now()

    def begin(self) -> int:
        """Before anything is written. Returns what `end` takes. Raises OSError where that is impossible."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            before = int.from_bytes(os.pread(handle, _BYTES, 0), sys.byteorder)
            # The time: were the file emptied, or an old copy put in its place, no number would come again.
            number = max(before + 1, time.time_ns()) | 1
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
