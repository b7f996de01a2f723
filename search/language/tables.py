"""Tables that take a second to compute and stay the same until the program changes: computed once, kept as
files, and mapped read-only, so that all processes of a machine share one copy of them.

A file is a line of JSON (name, kind, shape and place of each array) and the arrays behind it. Its name has
the stamp of what it was computed from: another program's file is never read.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]
Write = Callable[[Path, bytes], None]

_ALIGNED: Final = 64  # bytes: arrays begin at multiples of it
_SUFFIX: Final = ".table"


class _Kept:
    """Where this process keeps tables; nowhere, and each process computes its own."""

    folder: Path | None = None
    write: Write


def keep_in(folder: Path, write: Write) -> None:
    """`write` puts a whole file in place or none. Call before the first table is asked for."""
    _Kept.folder, _Kept.write = folder, write


def table(name: str, stamp: str, make: Callable[[], Arrays]) -> Arrays:
    """Read-only arrays, as `make` returns them. Where the folder cannot be written they are computed again by
    each process. Takes some 0.1 ms when the file is there."""
    folder = _Kept.folder
    if folder is None:
        return make()
    path = folder / f"{name}-{stamp}{_SUFFIX}"
    if (found := _mapped(path)) is not None:
        return found
    arrays = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _Kept.write(path, _packed(arrays))
        for old in folder.glob(f"{name}-*{_SUFFIX}"):
            if old != path:
                old.unlink(missing_ok=True)  # whoever has it mapped keeps it
    except OSError:
        return arrays
    return _mapped(path) or arrays


def _packed(arrays: Arrays) -> bytes:
    rows, parts, at = [], [], 0
    for name, array in arrays.items():
        data = array.tobytes()
        rows.append((name, array.dtype.str, array.shape, at))
        parts.append(data + bytes(-len(data) % _ALIGNED))
        at += len(parts[-1])
    head = json.dumps({"arrays": rows, "bytes": at}).encode() + b"\n"
    lead = -len(head) % _ALIGNED
    return b"".join((head[:-1], b" " * lead, b"\n", *parts))


def _mapped(path: Path) -> Arrays | None:
    """None where there is no such file, or another size of one."""
    try:
        with path.open("rb") as file:
            head = file.readline()
            begin = file.tell()
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        facts = json.loads(head)
        if len(data) != begin + facts["bytes"]:
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found: Arrays = {}
    for name, kind, shape, at in facts["arrays"]:
        count = int(np.prod(shape))
        found[name] = np.frombuffer(data, kind, count, begin + at).reshape(shape)
    return found
