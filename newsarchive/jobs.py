"""Long work that a page starts: a process of its own, with its output in a file under the data folder."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from . import logs, metrics

logger = logging.getLogger("newsarchive.jobs")


def start(name: str, *words: str) -> None:
    """`manage.py words…`; returns at once. It goes on when the page's process ends. Its lines, and the first
    of its file, have the number of the request that started it."""
    path = log(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    number = logs.current() or logs.new_id()
    logger.info("started %s", " ".join(words[:1]))
    with path.open("wb") as out:
        out.write(f"[{number}] {' '.join(words)}\n".encode())
        out.flush()
        subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment() | {logs.JOB: number},
        )


def _environment() -> dict[str, str]:
    """This process's, without the place where web workers count."""
    return {name: value for name, value in os.environ.items() if name != metrics.FOLDER}


def log(name: str) -> Path:
    folder: Path = settings.DATA_DIR / "jobs"
    return folder / f"{name}.log"


def tail(name: str, *, lines: int = 30) -> str:
    """The end of what the last such job said; "" before the first."""
    try:
        text = log(name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.replace("\r", "\n").splitlines()[-lines:])
