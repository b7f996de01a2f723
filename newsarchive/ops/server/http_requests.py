"""Collects what a client sends until a complete request is there: head and body.

The event loop calls it with whatever has arrived and never waits. gunicorn's parser gets a head only when it
is complete; a body is kept in memory or, when larger, in a temporary file.
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

# Bytes of a request line and its header fields together. Browsers send 1 to 4 kB; nginx passes on 64 kB at
# most with the settings in deploy/nginx.conf. Beyond it: 431.
HEAD_BYTES: Final = 64 * 1024
# Bytes of a body kept in memory; the rest goes to a temporary file. If all 1,000 connections of a worker send
# bodies, that is 64 MB.
MEMORY_BYTES: Final = 64 * 1024
# Bytes that uploads must leave free on the disk of temporary files, checked after each _CHECKED_BYTES. Below
# it: 503.
SPARE_BYTES: Final = 512 * 1024 * 1024
_CHECKED_BYTES: Final = 16 * 1024 * 1024
_PIECE_BYTES: Final = 256 * 1024

_END: Final = b"\r\n\r\n"
_BARE_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_EXPECT_CONTINUE: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class Refused(Exception):
    """A well-formed request that this server does not accept. `status` is that of the answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def most_body_bytes(path: str) -> int:
    """The largest body accepted for this path. Apart from uploads of imports, an article's form is the
    largest."""
    from django.conf import settings

    # Plus the form's other fields and its encoding.
    form: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024
    if path.startswith("/admin/imports/"):
        form += settings.IMPORT_MAX_UPLOAD_BYTES
    return form


class Incoming:
    """The received bytes of one client that were not answered yet.

    `feed` takes bytes as they arrive; `request` returns gunicorn's Request once a complete one is there, then
    the one after it. Both raise gunicorn's ParseException, or Refused, for bytes that can't become a request.
    """

    def __init__(self, cfg: Any, client: Any) -> None:
        self._cfg, self._client = cfg, client
        self._bytes = bytearray()  # received bytes that belong to no request yet
        self._searched = 0  # bytes already searched for the end of a head
        self._request: Any = None
        self._body: IO[bytes] | None = None
        self._missing = 0  # bytes of the body that have not arrived
        self._unchecked = 0  # bytes written since free space was last checked
        self.target = b""  # the address in the request line, as far as known; needed for a refusal
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
        """None while the request is incomplete."""
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
        except OSError as error:  # the disk is full, or no file descriptor is left
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
        """Notes the address when a head begins and when it is complete; the first bytes distinguish /api/
        from a page."""
        self.target = bytes(self._bytes[:64]).partition(b" ")[2]

    def _begin(self, head: bytes) -> None:
        self.close()
        head = percent_encoded(head)
        expects = _EXPECT_CONTINUE.search(head) is not None
        if expects:  # 100 Continue is sent here, and must not be sent again when the request is read
            head = _EXPECT_CONTINUE.sub(b"", head)
        request = self._parsed(head)
        fields = dict(request.headers)
        if "TRANSFER-ENCODING" in fields:
            # Django reads the body of a WSGI request by its Content-Length, and takes one without for empty.
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
        """Read by the consumer of the request's body, after all of it has arrived."""
        while self._body is not None and (piece := self._body.read(_PIECE_BYTES)):
            yield piece


def percent_encoded(head: bytes) -> bytes:
    """The head with a percent-encoded address (RFC 3986). curl and scripts send it unencoded (`GET
    /search/?q=香港`), which can only mean one thing."""
    line, separator, fields = head.partition(b"\r\n")
    if line.isascii():
        return head
    return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + separator + fields
