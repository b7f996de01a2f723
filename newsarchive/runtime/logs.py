"""What is written to the log, and what is kept out of it.

A line says when, how bad, which part of the program, which request or job, and what; as text, or with
NEWSARCHIVE_LOG_FORMAT=json as one JSON object. What readers look for and where they come from is not
written unless NEWSARCHIVE_LOG_QUERIES or NEWSARCHIVE_LOG_ADDRESSES asks for it. The words of a search get
into a log on three ways, and each is shut here: a line of ours (never names them), a message of Django's
about a request (holds its path), and the message of an exception (may hold any value).
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from django.db.utils import OperationalError

from newsarchive.errors import ArchiveError, BadQuery

JOB: Final = "NEWSARCHIVE_JOB"  # in the environment of a process: the request or job that started it
_SANE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{5,63}")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_STARTED_BY: Final = os.environ.get(JOB, "")
_request: ContextVar[str] = ContextVar("request", default="")
_job: ContextVar[str] = ContextVar("job", default=_STARTED_BY)


def new_id() -> str:
    return secrets.token_hex(8)


def sane(number: str) -> str:
    """The id that a proxy gave a request, if it is one that a log and a header can hold; else ""."""
    return number if _SANE.fullmatch(number) else ""


def current() -> str:
    """The id of the request that is being answered, else of the job that is being done, else ""."""
    return _request.get() or _job.get()


@contextmanager
def answering(number: str) -> Iterator[None]:
    """Until the end of the block, lines are about this request, and exceptions may hold a reader's words."""
    token = _request.set(number)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def doing(number: str = "") -> Iterator[str]:
    """Until the end of the block, lines are about this job. Yields its id, a new one when none is given."""
    token = _job.set(number or new_id())
    try:
        yield _job.get()
    finally:
        _job.reset(token)


class _Lines(logging.Formatter):
    """`queries`: exceptions say all they have to say."""

    def __init__(self, *, queries: bool = False) -> None:
        super().__init__()
        self._queries = queries

    def said(self, record: logging.LogRecord) -> str:
        """Django puts the path into what it says of a request; the access log names the view instead."""
        request = getattr(record, "request", None)
        if request is None or self._queries:
            return record.getMessage()
        match = getattr(request, "resolver_match", None)
        status = getattr(record, "status_code", "")
        return f"{status} {request.method} {match.view_name if match else '(no such view)'}"

    def trace(self, record: logging.LogRecord) -> str:
        if not record.exc_info or record.exc_info[1] is None:
            return ""
        private = bool(_request.get()) or getattr(record, "private", False)
        return "".join(_trace(record.exc_info[1], withhold=private and not self._queries)).rstrip()

    def time(self, record: logging.LogRecord) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        number = current()
        where = f"{record.name} [{number}]" if number else record.name
        line = f"{self.time(record)} {record.levelname} {where}: {self.said(record)}"
        trace = self.trace(record)
        return f"{line}\n{trace}" if trace else line


class JsonLines(_Lines):
    """One object a line: time, level, logger, message, process; request (or job), exception, and what else
    the line has under `facts`, where there is any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self.said(record),
            "process": record.process,
        }
        if number := _request.get():
            line["request"] = number
        if number := _job.get():
            line["job"] = number
        line |= getattr(record, "facts", {})
        if trace := self.trace(record):
            line["exception"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


def _trace(error: BaseException, *, withhold: bool) -> Iterator[str]:
    """As Python prints it, its causes first. With `withhold`, messages that may hold a reader's words are
    left out: where it happened, and what kind of error it was, stays."""
    if error.__cause__ is not None:
        yield from _trace(error.__cause__, withhold=withhold)
        yield "\nThe above exception was the direct cause of the following exception:\n\n"
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _trace(error.__context__, withhold=withhold)
        yield "\nDuring handling of the above exception, another exception occurred:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    said = _withheld(error) if withhold else str(error)
    yield f"{kind}: {said}\n" if said else f"{kind}\n"


def _withheld(error: BaseException) -> str:
    """What may be told of an error that a request met: of the machine, not of the reader."""
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, OperationalError) or (
        isinstance(error, ArchiveError) and not isinstance(error, BadQuery)
    ):
        return str(error)
    return (
        "(not shown: it may hold a reader's words; NEWSARCHIVE_LOG_QUERIES=1 shows it)" if str(error) else ""
    )


FORMS: Final = ("plain", "json")


def formatter(form: str, *, queries: bool) -> logging.Formatter:
    return JsonLines(queries=queries) if form == "json" else TextLines(queries=queries)


def configuration(*, form: str, level: str, queries: bool) -> dict[str, Any]:
    """For `LOGGING`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter, "form": form, "queries": queries}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Its own lines about a 404 or a 503 say less than the access log does of every answer.
            "django.request": {"level": "ERROR"},
            # What it sends and gets at DEBUG are whole queries.
            "opensearch": {"level": "INFO" if queries else "WARNING"},
            # Every statement with its values, in DEBUG alone.
            "django.db.backends": {"level": "DEBUG" if queries else "INFO"},
        },
    }
