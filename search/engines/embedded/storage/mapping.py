"""Files of a generation in memory: small ones read, large ones mapped.

Reading a mapped page behind the end of its file ends the process (SIGBUS). This program never shortens or
overwrites a file that may be mapped; whoever else does is noticed by `all_whole`, which every search asks
before it begins. A file that is shortened during a search, or within a hundredth of a second before it, and
beyond what has been read already, is the one case left: the process ends, and the server starts another.
"""

from __future__ import annotations

import mmap
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

_Kind = TypeVar("_Kind", bound=np.generic)

# Bytes up to which a file is read whole. Each process then has its own copy (of at most some 20 files), and
# nothing that happens to the file can end it. Larger files are mapped, and shared by all processes.
SMALL: Final = 1 << 20
# Seconds. A search takes some milliseconds; a file that is cut short within this time ends the process.
HOLDS: Final = 0.01
# Bytes of mapped files (the program's own among them, some 25 MB) that a process holds at most, looked at
# before every sixteenth search. To give them back costs 0.2 ms, and to touch as much again in the system's
# cache some 1 ms.
MOST_MAPPED: Final = 64 << 20
_EVERY: Final = 16

_maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
_asked = 0


class MappedFile:
    """Opened for reading. `data` is the file's bytes. It is closed when nobody has its data any more."""

    def __init__(self, path: Path, *, read_up_to: int = SMALL) -> None:
        self.data: mmap.mmap | bytes
        self.size = path.stat().st_size
        with path.open("rb") as file:
            if self.size <= read_up_to:
                self.data = file.read()
            else:
                self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                _maps.add(self.data)

    def array(self, kind: type[_Kind]) -> npt.NDArray[_Kind]:
        return np.frombuffer(self.data, kind)


def all_whole(files: Sequence[MappedFile]) -> Callable[[], bool]:
    """A question to ask before every search: has each file still the size that it was mapped with? Costs a
    microsecond for each, so that a "yes" holds for HOLDS seconds."""
    mapped = [(file.data.size, file.size) for file in files if not isinstance(file.data, bytes)]
    until = float("-inf")

    def whole() -> bool:
        nonlocal until
        if (now := time.monotonic()) < until:
            return True
        if not all(size_now() == size for size_now, size in mapped):
            return False
        until = now + HOLDS
        return True

    return whole


def give_back(most: int = MOST_MAPPED) -> None:
    """Where this process holds more of mapped files than `most` bytes, it lets go of the index: the system
    keeps it as long as nobody needs the room, and what is read again comes from there. Call before a search.
    """
    global _asked
    _asked += 1
    if _asked % _EVERY == 0 and _bytes_of_files() > most:
        for mapped in list(_maps):
            with suppress(ValueError):  # closed meanwhile
                mapped.madvise(mmap.MADV_DONTNEED)


def _bytes_of_files() -> int:
    """Resident pages of files in this process; 0 where the system does not say."""
    try:
        with Path("/proc/self/statm").open("rb") as file:
            return int(file.read().split()[2]) * mmap.PAGESIZE
    except OSError:
        return 0
