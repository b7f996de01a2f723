"""The format of the log, and which data is kept out of it.

Each line has time, level, logger, the id of the request or job, and the message; as text, or with
NEWSARCHIVE_LOG_FORMAT=json as one JSON object. Readers' search words and addresses are not logged unless
NEWSARCHIVE_LOG_QUERIES or NEWSARCHIVE_LOG_ADDRESSES is on. Search words could get into the log in three ways,
all prevented here: our own log calls never contain them; Django's messages about a request contain its path,
which is replaced by the view's name; exception messages may contain any value, so they are left out.
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


def valid_id(number: str) -> str:
    """The id that a proxy gave a request, if it is one that a log and a header can hold; else ""."""
    return number if _SANE.fullmatch(number) else ""


def current() -> str:
    """The id of the request that is being answered, else of the job that is being done, else ""."""
    return _request.get() or _job.get()


@contextmanager
def request_context(number: str) -> Iterator[None]:
    """Inside the block, log lines carry this request's id, and exception messages are treated as possibly
    holding a reader's words."""
    token = _request.set(number)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def job_context(number: str = "") -> Iterator[str]:
    """Inside the block, log lines carry this job's id. Yields the id; a new one is made when none is
    given."""
    token = _job.set(number or new_id())
    try:
        yield _job.get()
    finally:
        _job.reset(token)


class _Lines(logging.Formatter):
    """`queries`: exception messages are logged in full."""

    def __init__(self, *, queries: bool = False) -> None:
        super().__init__()
        self._queries = queries

    def said(self, record: logging.LogRecord) -> str:
        """Django puts the path into its messages about a request; it is replaced by the name of the view."""
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
    """One JSON object a line: time, level, logger, message, process; where there are any, the request's or
    job's id, the exception, and further values under `facts`."""

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
    """The traceback as Python prints it, causes first. With `withhold`, messages that may hold a reader's
    words are left out; the place and the type of each error stay."""
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
    """The message of an error that a request met, if it is about the machine (a disk, a connection) and so
    can't hold a reader's words; otherwise a note that it is not shown."""
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
            # Django's own lines about a 404 or 503 add nothing to the access log, which has every answer.
            "django.request": {"level": "ERROR"},
            # At DEBUG the client library logs whole queries.
            "opensearch": {"level": "INFO" if queries else "WARNING"},
            # Every statement with its values, in DEBUG alone.
            "django.db.backends": {"level": "DEBUG" if queries else "INFO"},
        },
    }
