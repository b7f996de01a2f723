"""MHTML (.mht, .mhtml): a page and its pictures as the parts of one MIME message, as Chrome, Edge and
Internet Explorer save it.

    From: <Saved by Blink>
    Snapshot-Content-Location: https://www.example.org/news/1
    Date: Wed, 17 Nov 2021 15:05:00 +0800
    MIME-Version: 1.0
    Content-Type: multipart/related; type="text/html"; boundary="----MultipartBoundary--x----"

    ------MultipartBoundary--x----
    Content-Type: text/html
    Content-Transfer-Encoding: quoted-printable
    Content-Location: https://www.example.org/news/1

    <!DOCTYPE html><html>…<img src=3D"cid:ferry@mhtml.blink">…

The last boundary may be missing. A part may be in a legacy encoding, which its Content-Type names, or its
<meta>.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as Part
from email.utils import parsedate_to_datetime

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import encoding
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html import embedded
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.webpage import article

name = "mhtml"
version = 1

_HEAD = 8_192  # bytes in which the headers of the message end
_HEADER = re.compile(
    rb"\s*(?:From|MIME-Version|Content-Type|Subject|Date|Snapshot-Content-Location|X-[\w-]+)[ \t]*:", re.I
)
_RELATED = re.compile(rb"^Content-Type[ \t]*:[ \t]*multipart/(?:related|mixed|alternative)\b", re.I | re.M)
_CID = re.compile(r"cid:([^\"'\s<>)]{1,400})", re.IGNORECASE)


def matches(data: bytes) -> bool:
    return bool(_HEADER.match(data[:_HEAD]) and _RELATED.search(data[:_HEAD]))


def page_of(data: bytes) -> tuple[bytes, str] | None:
    """(bytes of the page, the encoding that its part declares or ""); None without a page."""
    for part in message_from_bytes(data).walk():
        if _is_page(part):
            return _bytes(part), part.get_content_charset() or ""
    return None


def parse(source: SourceFile, agencies: Agencies) -> ParsedArticle:
    message = message_from_bytes(source.data)
    parts = [part for part in message.walk() if not part.is_multipart()]
    page = next(filter(_is_page, parts), None)
    if page is None:
        raise UnreadableFile("mhtml_without_page")
    text, encoding_name = encoding.decode(_bytes(page), page.get_content_charset() or "")
    address = _header(message, "Snapshot-Content-Location") or _header(page, "Content-Location")
    pictures = {part: _bytes(part) for part in parts if part.get_content_maintype() == "image"}
    files = {_header(part, "Content-Location"): data for part, data in pictures.items()}
    files |= {embedded.key_of(data): data for data in pictures.values()}
    text = _without_cids(text, pictures)
    read = article.parse(name, text, agencies, address=address, captured_at=_date(message), parts=files)
    return replace(read, encoding=encoding_name)


def _is_page(part: Part) -> bool:
    return part.get_content_type() in ("text/html", "application/xhtml+xml")


def _bytes(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(part: Part, header: str) -> str:
    return "".join(str(part.get(header) or "").split())


def _date(message: Part) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message.get("Date") or ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _without_cids(text: str, pictures: dict[Part, bytes]) -> str:
    """The page with the address of each part in place of its cid:, or the key of its bytes when it has
    none."""
    places: dict[str, str] = {}
    for part, data in pictures.items():
        location = _header(part, "Content-Location")
        places[_header(part, "Content-ID").strip("<>")] = (
            location if location.startswith(("http://", "https://")) else embedded.key_of(data)
        )
    return _CID.sub(lambda match: places.get(match[1], match[0]), text)
