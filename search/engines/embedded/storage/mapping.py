"""Files of a generation in memory: small ones read, large ones mapped.

Reading a mapped page behind the end of its file ends the process (SIGBUS). This program never shortens or
overwrites a file that may be mapped; whoever else does is noticed by `all_whole`, which every search asks
before it begins. A file that is shortened during a search, beyond what that search has read already, is the
one case left: the process ends, and the server starts another.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

_Kind = TypeVar("_Kind", bound=np.generic)

# Bytes up to which a file is read whole. Each process then has its own copy (of at most some 20 files), and
# nothing that happens to the file can end it. Larger files are mapped, and shared by all processes.
SMALL: Final = 1 << 20


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

    def array(self, kind: type[_Kind]) -> npt.NDArray[_Kind]:
        return np.frombuffer(self.data, kind)


def all_whole(files: Sequence[MappedFile]) -> Callable[[], bool]:
    """A question to ask before every search: has each file still the size that it was mapped with? Costs a
    third of a microsecond for each."""
    mapped = [(file.data.size, file.size) for file in files if not isinstance(file.data, bytes)]

    def whole() -> bool:
        return all(size_now() == size for size_now, size in mapped)

    return whole
