"""The archive's additions to gunicorn beside the worker class (`event_worker`): a log without readers' data,
and the handover from one server to its successor. The settings are in `gunicorn_conf`."""

from __future__ import annotations

import logging
import os
import signal
import socket
from contextlib import suppress
from typing import Any, Final

from gunicorn.glogging import Logger as GunicornLogger

from newsarchive.conf import env
from newsarchive.runtime import logs

from .processes import PREDECESSOR

_REEXECUTED: Final = "GUNICORN_PID"  # the same, set by gunicorn itself after USR2


class Logger(GunicornLogger):  # type: ignore[misc]
    """Writes gunicorn's own lines in the format of all others, without clients' addresses and URLs."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        queries = env.flag("LOG_QUERIES", default=False)
        lines = logs.formatter(env.choice("LOG_FORMAT", logs.FORMS), queries=queries)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines)
        self.error_log.filters = [] if queries else [_private]


def _private(record: logging.LogRecord) -> bool:
    """Reduces the line about an unreadable request, or about one that failed outside Django, to the bare
    fact."""
    text = str(record.msg)
    if text.startswith("Invalid request from"):
        [error] = record.args or ("?",)
        record.msg, record.args = f"a request that could not be read ({type(error).__name__})", ()
    elif text.startswith("Error handling request"):
        record.msg, record.args = "a request failed outside of the application", ()
        record.private = True
    return True


def predecessor() -> int:
    """The process number of the server that this one replaces; 0 when there is none."""
    number = os.environ.get(_REEXECUTED) or os.environ.get(PREDECESSOR) or "0"
    return int(number) if number.isdigit() else 0


def end_predecessor(log: GunicornLogger) -> None:
    """Called once a worker of this server can answer. The old server gets SIGTERM: it stops accepting
    connections, finishes its requests, and ends. Until then it serves as usual, and if this server had failed
    to start it would have continued."""
    if (old := predecessor()) and old != os.getpid():
        with suppress(ProcessLookupError):
            os.kill(old, signal.SIGTERM)
            log.info("stopping the server that this one replaces, process number %s", old)


def tell_systemd(text: str) -> None:
    """Sends a line to systemd's notification socket, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect("\0" + address[1:] if address.startswith("@") else address)
        sender.sendall(text.encode())
