"""How many connections a process may hold without running out of file descriptors."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

# Descriptors that are requested, where the limit may be raised: enough for 1,000 connections with a temporary
# file each. systemd's unit allows 8,192; a login shell has 1,024 at first and may raise that.
_WANTED: Final = 4096
# Descriptors of one connection: its socket, and a temporary file while a large body or answer is buffered.
_OF_A_CONNECTION: Final = 2
# Descriptors that one thread may need at a time: the database with its log, files of the search index, a
# picture.
_OF_A_THREAD: Final = 6
_SPARE: Final = 8
_LEAST_CONNECTIONS: Final = 4


def connections_that_fit(threads: int) -> int:
    """The number of connections that fit beside the files open now. Raises the soft limit first, where
    allowed."""
    try:
        limit = _raised()
        opened = len(list(Path("/proc/self/fd").iterdir()))
    except OSError:  # a sandbox without both: the kernel reports when none is left
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
    except (OSError, ValueError):  # not permitted, as in systemd's unit
        return soft
    return wanted
