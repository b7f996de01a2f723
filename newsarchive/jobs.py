"""Long work that a page starts: a process of its own, with its output in a file under the data folder."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from . import locks

_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Last:
    """What became of a job the last time that it was started."""

    at: datetime  # when it last said something
    lines: tuple[str, ...]
    running: bool

    @property
    def said(self) -> str:
        return self.lines[-1] if self.lines else ""


def start(name: str, *words: str) -> bool:
    """`manage.py words…`; returns at once, False when a job of that name still runs. It goes on when the
    page's process ends."""
    path = log(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        with path.open("wb") as out:
            job = subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()],  # the lock is the job's from here, and goes with it
            )
    _started[:] = [*(other for other in _started if other.poll() is None), job]  # no zombie stays for long
    return True


def is_running(name: str) -> bool:
    return locks.is_held(log(name).with_suffix(".lock"))


def log(name: str) -> Path:
    folder: Path = settings.DATA_DIR / "jobs"
    return folder / f"{name}.log"


def last(name: str, *, lines: int = 30) -> Last | None:
    """None before the first."""
    path = log(name)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    end = text.replace("\r", "\n").splitlines()[-lines:]
    return Last(at, tuple(end), is_running(name))
