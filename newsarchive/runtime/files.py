"""Files that are there as a whole or not at all, whatever stops the machine in between; room on the disk; and
processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from newsarchive.errors import BackupRefused

_PR_SET_PDEATHSIG: Final = 1  # of prctl(2)


def sync(file: IO[Any]) -> None:
    """Has the disk take what was written to it."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in it: a file that was made, renamed or removed is not so for good before this."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(finished: Path, target: Path) -> None:
    """On one disk. Whoever opens `target` gets the old file or the whole new one."""
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    finished.replace(target)
    sync_folder(target.parent)


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """By way of a file beside it. Several processes may write the same one: the last that ends is kept."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(data)
            file.flush()
            beside.chmod(mode)
            put_in_place(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def free_bytes(folder: Path) -> int:
    """On its disk, for this user."""
    return shutil.disk_usage(folder).free


def need_space(folder: Path, needed: int) -> None:
    """Raises BackupRefused when the disk of `folder`, a temporary one, has fewer bytes left."""
    free = free_bytes(folder)
    if free < needed:
        raise BackupRefused(
            f"{folder.parent} has {free // 1024**2:,} MB free; up to {needed // 1024**2:,} MB are needed."
        )


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """`folder`, empty and for this user alone. What a killed process left in it goes, and all goes at the
    end. The caller holds a lock: two processes would clear away each other's work."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end_with_parent() -> None:
    """For `preexec_fn`: the kernel stops this child (SIGTERM) when its parent ends, also when that is killed
    outright. Does nothing where there is no Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def end_worker_with_parent() -> None:
    """For a worker of a pool as it starts: one whose parent was killed would wait for work for ever. The
    kernel's signal is no help there: it goes by the thread that started the worker, and such threads end."""
    threading.Thread(target=_wait_for_end_of_parent, daemon=True).start()


def _wait_for_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
