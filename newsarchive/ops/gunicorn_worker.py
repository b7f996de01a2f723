"""What of gunicorn is ours beside the worker (`event_worker`): a log without readers, and the hand-over from
one server to the next. `gunicorn_conf` has the settings and their reasons.
"""

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

RELIEVES: Final = "NEWSARCHIVE_RELIEVES"  # the server whose place this one takes, when `serve` starts it
_REEXECUTED: Final = "GUNICORN_PID"  # the same, after USR2: gunicorn's own name for it


class Logger(GunicornLogger):  # type: ignore[misc]
    """gunicorn's own lines in the form of all others, without addresses of readers and of pages."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        queries = env.flag("LOG_QUERIES", default=False)
        lines = logs.formatter(env.choice("LOG_FORMAT", logs.FORMS), queries=queries)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines)
        self.error_log.filters = [] if queries else [_private]


def _private(record: logging.LogRecord) -> bool:
    """Of a request that can't be read, and of one whose answer failed under Django, only that it was so."""
    text = str(record.msg)
    if text.startswith("Invalid request from"):
        [error] = record.args or ("?",)
        record.msg, record.args = f"a request that could not be read ({type(error).__name__})", ()
    elif text.startswith("Error handling request"):
        record.msg, record.args = "a request failed outside of the application", ()
        record.private = True
    return True


def relieved() -> int:
    """The process number of the server whose place this one takes; 0 when there is none."""
    number = os.environ.get(_REEXECUTED) or os.environ.get(RELIEVES) or "0"
    return int(number) if number.isdigit() else 0


def relieve(log: GunicornLogger) -> None:
    """Called when a worker of this server can answer: the old server stops taking connections, answers
    those it has, and ends. Until here it went on as if nothing were; had this one failed, it still would."""
    if (old := relieved()) and old != os.getpid():
        with suppress(ProcessLookupError):
            os.kill(old, signal.SIGTERM)
            log.info("relieving the server with process number %s", old)


def tell_systemd(text: str) -> None:
    """Nothing where systemd does not listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect("\0" + address[1:] if address.startswith("@") else address)
        sender.sendall(text.encode())
