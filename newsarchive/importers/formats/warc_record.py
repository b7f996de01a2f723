"""One page of a crawl: a WARC record with the server's answer. An import of a WARC or WACZ file makes one
of each page.

WARC/1.1
WARC-Type: response
WARC-Target-URI: https://www.example.org/news/1
WARC-Date: 2021-11-17T07:05:00Z
Content-Type: application/http; msgtype=response
Content-Length: 14000

HTTP/1.1 200 OK
Content-Type: text/html; charset=big5

<!DOCTYPE html><html>…
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import encoding
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.webpage import article
from newsarchive.importers.wrapping import http

name = "warc_record"
version = 1

_BEGINS = re.compile(rb"WARC/\d\.\d\r?\n")
_SIGNED = "X-Archive-Signed"  # who signed the WACZ file that held it; becomes a field of `extra`


def matches(data: bytes) -> bool:
    return bool(_BEGINS.match(data[:16]))


def parse(source: SourceFile, agencies: Agencies) -> ParsedArticle:
    head, message = http.split(source.data)
    length = http.header(head, "Content-Length")
    if len(message) > (int(length) if length.isdigit() else 0) + 4:
        raise UnreadableFile("crawl_inside")
    if not http.is_page(message):
        raise UnreadableFile("record_without_page")
    body = http.payload(message)
    if body is None:
        raise UnreadableFile(
            "response_not_unpacked", detail=http.header(message, "Content-Encoding") or "gzip"
        )
    text, encoding_name = encoding.decode(body, http.charset(message))
    address = http.header(head, "WARC-Target-URI").strip("<>")
    captured_at = _date(http.header(head, "WARC-Date"))
    read = article.parse(name, text, agencies, address=address, captured_at=captured_at)
    signed = http.header(head, _SIGNED)
    extra = {**read.extra, "wacz_signature": signed} if signed else read.extra
    return replace(read, encoding=encoding_name, extra=extra)


def _date(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said.replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
