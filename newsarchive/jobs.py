"""Long work that a page starts: a process of its own, with its output in a file under the data folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings


def start(name: str, *words: str) -> None:
    """`manage.py words…`; returns at once. It goes on when the page's process ends."""
    path = log(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


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
