"""Files that exist whole or not at all whenever the machine stops, free disk space, and child processes that
end with their parent."""

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

_PR_SET_PDEATHSIG: Final = 1  # option of prctl(2): the signal sent when the parent ends


def sync(file: IO[Any]) -> None:
    """Returns when the disk has everything that was written to the file (fsync)."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Syncs the folder itself: before this, a file that was created, renamed or removed in it may be as
    before after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(finished: Path, target: Path) -> None:
    """Renames `finished` to `target`, on the same disk: whoever opens `target` gets the old file or the whole
    new one."""
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    finished.replace(target)
    sync_folder(target.parent)


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes a temporary file beside `path` and renames it. When several processes write the same path, the
    last one wins."""
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
    """Free bytes on the folder's disk, for this user."""
    return shutil.disk_usage(folder).free


def need_space(folder: Path, needed: int) -> None:
    """Raises BackupRefused when the disk of `folder`, a scratch folder, has fewer than `needed` bytes
    left."""
    free = free_bytes(folder)
    if free < needed:
        raise BackupRefused(
            f"{folder.parent} has {free // 1024**2:,} MB free; up to {needed // 1024**2:,} MB are needed."
        )


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """`folder`, empty and readable by this user alone. What a killed process left in it is removed first, and
    everything is removed at the end. The caller must hold a lock: two processes would remove each other's
    files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end_with_parent() -> None:
    """For `preexec_fn`: the kernel sends this child SIGTERM when its parent ends, even when the parent is
    killed with SIGKILL. Does nothing on systems other than Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def end_worker_with_parent() -> None:
    """For a worker process of a pool, called when it starts: without it a worker whose parent was killed
    would wait for work forever. The kernel's signal (`end_with_parent`) is of no use here, because it is sent
    when the thread that started the worker ends, and such threads end early."""
    threading.Thread(target=_wait_for_end_of_parent, daemon=True).start()


def _wait_for_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
