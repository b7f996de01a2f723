"""Collects what a client sends until a whole request is there: its head and its body.

Used by the worker's event loop, which reads whatever has arrived and never waits. gunicorn's parser sees a
head only when it is complete; a body is kept in memory or, when larger, in a temporary file.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from gunicorn.http import RequestParser
from gunicorn.http.errors import InvalidRequestLine, LimitRequestHeaders, LimitRequestLine, NoMoreData

from newsarchive.runtime import files

# Bytes of a request line and its header fields together. A browser sends 1 to 4 kB; nginx passes on 64 kB at
# most with the settings in deploy/nginx.conf. Beyond: 431.
HEAD_BYTES: Final = 64 * 1024
# Bytes of a body that are kept in memory; the rest of a larger one goes to a temporary file. With all of a
# worker's 1,000 connections sending, that is 64 MB.
MEMORY_BYTES: Final = 64 * 1024
# What uploads leave free on the disk of temporary files, looked at after each _CHECKED_BYTES: else 503.
SPARE_BYTES: Final = 512 * 1024 * 1024
_CHECKED_BYTES: Final = 16 * 1024 * 1024
_PIECE_BYTES: Final = 256 * 1024

_END: Final = b"\r\n\r\n"
_BARE_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_EXPECT_CONTINUE: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class Refused(Exception):
    """A request that is well formed, and that this server does not take. `status` is the answer's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def most_body_bytes(path: str) -> int:
    """What a request to this path may bring. The largest form but the upload of an import is an article's."""
    from django.conf import settings

    form: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024  # the other fields, and the form's framing
    if path.startswith("/admin/imports/"):
        form += settings.IMPORT_MAX_UPLOAD_BYTES
    return form


class Incoming:
    """What one client has sent and what has not been answered yet.

    `feed` takes bytes as they arrive; `request` gives gunicorn's Request once all of it is there, then
    the one behind it. Both raise gunicorn's ParseException, or Refused, for what will never be a request.
    """

    def __init__(self, cfg: Any, client: Any) -> None:
        self._cfg, self._client = cfg, client
        self._bytes = bytearray()  # received, and part of no request yet
        self._searched = 0  # how many of them hold no end of a head
        self._request: Any = None
        self._body: IO[bytes] | None = None
        self._missing = 0  # bytes of the body that have not arrived
        self._unchecked = 0  # bytes written since the free space was looked at
        self.target = b""  # the address in the request line, as far as it is known: for the refusal
        self.expects_continue = False  # the client waits for "100 Continue" before it sends the body

    @property
    def has_begun(self) -> bool:
        return bool(self._bytes) or self._request is not None

    @property
    def in_body(self) -> bool:
        return self._request is not None

    def feed(self, data: bytes) -> None:
        if self._missing and self._body is not None:
            taken = data[: self._missing]
            self._keep(taken)
            self._missing -= len(taken)
            data = data[len(taken) :]
        self._bytes += data

    def request(self) -> Any | None:
        """None while something of it is missing."""
        if self._request is None:
            head = self._head()
            if head is None:
                return None
            self._begin(head)
        if self._missing:
            return None
        request, self._request = self._request, None
        if self._body is not None:
            self._body.seek(0)
        return request

    def _keep(self, data: bytes) -> None:
        assert self._body is not None
        self._unchecked += len(data)
        if self._unchecked >= _CHECKED_BYTES:
            self._unchecked = 0
            if files.free_bytes(Path(tempfile.gettempdir())) < SPARE_BYTES:
                raise Refused(503, "the disk for what is uploaded is nearly full")
        try:
            self._body.write(data)
        except OSError as error:  # the disk is full, or no further file may be opened
            raise Refused(503, f"an upload could not be kept: {error.strerror}") from error

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def _head(self) -> bytes | None:
        received = self._bytes
        if not self._searched:
            while received.startswith(b"\r\n"):  # RFC 9112, 2.2: empty lines before a request are ignored
                del received[:2]
        begin = max(0, self._searched - len(_END) + 1)
        end = received.find(_END, begin)
        whole = end + len(_END) if end >= 0 else len(received)
        self._note_target()
        if _BARE_LINE_FEED.search(received, begin, whole):
            raise InvalidRequestLine("bare LF as line terminator")
        if whole > HEAD_BYTES:
            raise LimitRequestHeaders("the head of the request is too long")
        if end < 0:
            self._searched = len(received)
            limit = self._cfg.limit_request_line
            if 0 < limit < len(received) and b"\r\n" not in received[: limit + 2]:
                raise LimitRequestLine(len(received), limit)
            return None
        head = bytes(received[:whole])
        del received[:whole]
        self._searched = 0
        return head

    def _note_target(self) -> None:
        """Of a head that has just begun or that is read to its end; a few bytes tell /api/ from a page."""
        self.target = bytes(self._bytes[:64]).partition(b" ")[2]

    def _begin(self, head: bytes) -> None:
        self.close()
        head = percent_encoded(head)
        expects = _EXPECT_CONTINUE.search(head) is not None
        if expects:  # it is answered here, not a second time when the request is read
            head = _EXPECT_CONTINUE.sub(b"", head)
        request = self._parsed(head)
        fields = dict(request.headers)
        if "TRANSFER-ENCODING" in fields:
            # Django reads the body of a WSGI request by its Content-Length and takes one without for empty.
            raise Refused(411, "the length of the body is not known beforehand")
        length = int(fields.get("CONTENT-LENGTH", 0))
        if length > most_body_bytes(request.path):
            raise Refused(413, "the body is too large")
        if length:
            self._body = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115
        self._request, self._missing = request, length
        early, self._bytes = bytes(self._bytes), bytearray()
        self.feed(early)
        self.expects_continue = expects and self._missing == length > 0 and request.version >= (1, 1)

    def _parsed(self, head: bytes) -> Any:
        source = itertools.chain([head], self._pieces_of_body())
        try:
            return next(RequestParser(self._cfg, source, self._client))
        except (NoMoreData, StopIteration, ValueError) as error:
            raise InvalidRequestLine("the head ends early") from error

    def _pieces_of_body(self) -> Iterator[bytes]:
        """Asked by whoever reads the request's body, when all of it has arrived."""
        while self._body is not None and (piece := self._body.read(_PIECE_BYTES)):
            yield piece


def percent_encoded(head: bytes) -> bytes:
    """With the address in the request line as RFC 3986 wants it, where it was typed as it is read
    (`GET /search/?q=香港`): curl and scripts send it so, and there is one way to read it."""
    line, separator, fields = head.partition(b"\r\n")
    if line.isascii():
        return head
    return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + separator + fields
