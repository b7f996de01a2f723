"""An HTTP response as a crawl keeps it: status line, headers, body with its transfer and content
encodings."""

from __future__ import annotations

import re
import zlib
from typing import Final

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_HEADER = re.compile(rb"^([A-Za-z0-9-]+)[ \t]*:[ \t]*([^\r\n]*)", re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{3,20})", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
MOST_BYTES: Final = 64 * 1024 * 1024  # of an unpacked body; a larger one is refused as a bomb


def split(message: bytes) -> tuple[bytes, bytes]:
    """(status line and headers, body)."""
    for end in (b"\r\n\r\n", b"\n\n"):
        head, found, body = message.partition(end)
        if found:
            return head, body
    return message, b""


def header(head: bytes, name: str) -> str:
    """The value of a header; of several, the last."""
    wanted = name.lower().encode()
    values = [value for key, value in _HEADER.findall(head) if key.lower() == wanted]
    return values[-1].decode("latin-1").strip() if values else ""


def is_page(message: bytes) -> bool:
    """Whether a message that begins so is a successful answer with a page."""
    head, body = split(message)
    kind = header(head, "Content-Type").lower()
    if not _succeeded(head):
        return False
    return "html" in kind or (not kind and bool(_LOOKS_LIKE_HTML.match(body)))


def is_picture(message: bytes) -> bool:
    head, _ = split(message)
    return _succeeded(head) and header(head, "Content-Type").lower().startswith("image/")


def _succeeded(head: bytes) -> bool:
    match = _STATUS.match(head)
    return match is not None and match[1] == b"200"


def charset(message: bytes) -> str:
    match = _CHARSET.search(header(split(message)[0], "Content-Type"))
    return match[1] if match else ""


def payload(message: bytes, most: int = MOST_BYTES) -> bytes | None:
    """The body without its encodings; None when it would have more than `most` bytes, or its encoding is
    unknown. What is cut off or wrongly declared is read as far as it goes."""
    head, body = split(message)
    if "chunked" in header(head, "Transfer-Encoding").lower():
        body = _joined(body)
    for encoding in reversed(header(head, "Content-Encoding").lower().replace(" ", "").split(",")):
        if encoding in ("gzip", "x-gzip", "deflate"):
            unpacked = _unpacked(body, most)
            if unpacked is None:
                return None
            body = unpacked
        elif encoding not in ("", "identity", "utf-8", "none"):
            return None
    return body if len(body) <= most else None


def _joined(body: bytes) -> bytes:
    """The body of a chunked message; as it is, when it has no chunks, as crawlers keep some."""
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
    return b"".join(parts) + (body[at:].lstrip(b"\r\n") if parts else body)


_CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n")


def _unpacked(body: bytes, most: int) -> bytes | None:
    for wbits in (47, -15):  # with a gzip or zlib header; without any
        unpacker = zlib.decompressobj(wbits=wbits)
        try:
            data = unpacker.decompress(body, most + 1)
        except zlib.error:
            continue
        return data if len(data) <= most else None
    return body
