"""How many connections a process may hold before it runs out of file descriptors."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

# As many descriptors as are asked for where the limit may be raised: 1,000 connections with a temporary file
# each, and room. systemd's unit allows 8,192, a login shell 1,024 at first and more on request.
_WANTED: Final = 4096
# A connection takes its own descriptor, and one more while a large body or answer waits in a file.
_OF_A_CONNECTION: Final = 2
# What one thread may hold at a time: the database with its log, parts of the search index, a picture.
_OF_A_THREAD: Final = 6
_SPARE: Final = 8
_LEAST_CONNECTIONS: Final = 4


def connections_that_fit(threads: int) -> int:
    """Beside what is open now. Raises the soft limit first, as far as that is allowed."""
    try:
        limit = _raised()
        opened = len(list(Path("/proc/self/fd").iterdir()))
    except OSError:  # a sandbox without either: the kernel will say when there are no more
        return _WANTED // _OF_A_CONNECTION
    free = limit - opened - threads * _OF_A_THREAD - _SPARE
    return max(_LEAST_CONNECTIONS, free // _OF_A_CONNECTION)


def _raised() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _WANTED if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # systemd's unit forbids it
        return soft
    return wanted
