"""Long work that a page starts: a process of its own, with its output in a file under the data folder."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from . import locks, logs, metrics

logger = logging.getLogger("newsarchive.jobs")

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
    page's process ends. Its lines, and the first of its file, have the number of the request that started
    it."""
    path = log(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        number = logs.current() or logs.new_id()
        logger.info("started %s", " ".join(words[:1]))
        with path.open("wb") as out:
            out.write(f"[{number}] {' '.join(words)}\n".encode())
            out.flush()
            job = subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_environment() | {logs.JOB: number},
                pass_fds=[lock.fileno()],  # the lock is the job's from here, and goes with it
            )
    _started[:] = [*(other for other in _started if other.poll() is None), job]  # no zombie stays for long
    return True


def is_running(name: str) -> bool:
    return locks.is_held(log(name).with_suffix(".lock"))


def _environment() -> dict[str, str]:
    """This process's, without the place where web workers count."""
    return {name: value for name, value in os.environ.items() if name != metrics.FOLDER}


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
