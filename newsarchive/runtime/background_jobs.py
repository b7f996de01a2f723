"""Background jobs that a page starts: each is a process with its output in a file of the data folder."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from . import locks, logs, metrics

logger = logging.getLogger("newsarchive.jobs")

_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest run of a job, running or ended."""

    at: datetime  # when its output file was last written
    lines: tuple[str, ...]
    running: bool

    @property
    def said(self) -> str:
        return self.lines[-1] if self.lines else ""


def start(name: str, *words: str) -> bool:
    """Starts `manage.py words…` and returns at once; False when a job of that name is still running. The job
    outlives the page's process. Its log lines, and the first line of its output file, carry the id of the
    request that started it."""
    number = logs.current() or logs.new_id()
    first = f"[{number}] {' '.join(words)}"
    environment = _environment() | {logs.JOB: number}
    try:
        job = spawn(
            *(name, words, first),
            wait=False,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment,
        )
    except BlockingIOError:
        return False
    logger.info("started %s", " ".join(words[:1]))
    # Polling ended jobs reaps them, so that no zombie processes pile up.
    _started[:] = [*(other for other in _started if other.poll() is None), job]
    return True


def spawn(
    name: str, words: Sequence[str], first_line: str, *, wait: bool, **options: Any
) -> subprocess.Popen[bytes]:
    """Starts `manage.py words…` with its output in the job's file, after `first_line`. The process holds the
    job's lock until it ends. Raises BlockingIOError while another process holds it, unless `wait` is true."""
    path = log_file(name)
    with locks.held(path.with_suffix(".lock"), wait=wait) as lock, path.open("wb") as out:
        out.write(f"{first_line}\n".encode())
        out.flush()
        return subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            pass_fds=[lock],
            **options,
        )


def is_running(name: str) -> bool:
    return locks.is_held(log_file(name).with_suffix(".lock"))


def _environment() -> dict[str, str]:
    """This process's environment, without the folder of the metrics: a job is no web worker, and its counts
    would be added to theirs."""
    return {name: value for name, value in os.environ.items() if name != metrics.FOLDER}


def log_file(name: str) -> Path:
    folder: Path = settings.DATA_DIR / "jobs"
    return folder / f"{name}.log"


def last_run(name: str, *, lines: int = 30) -> LastRun | None:
    """None when no job of that name was ever started."""
    path = log_file(name)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    end = text.replace("\r", "\n").splitlines()[-lines:]
    return LastRun(at, tuple(end), is_running(name))
