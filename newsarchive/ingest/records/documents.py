"""Exports that databases of newspapers write for word processors: RTF, Word (.docx, and .doc with HTML or
MHTML inside), and the same as a web page. Their text is read as lines; what they hold is told by its layout.

A cell of a table and the next are parted by a tab, paragraphs and rows by a line feed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import encoding
from newsarchive.importers.formats import mhtml
from newsarchive.importers.wrapping import docx, rtf
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

from . import factiva_pages, ooxml, wisenews_word

_LAYOUTS: Final = (wisenews_word, factiva_pages)
_NAMED: Final = re.compile(rb"factiva|wisers|wisenews|DOCUMENT ID|~~~~ #1 ~~~~", re.IGNORECASE)
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype|html|head|body|meta|p|div)\b", re.I | re.S
)
_MARKUP_TEXTS: Final = re.compile(r"<(script|style|xml)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_NEXT_CELL: Final = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]*>", re.IGNORECASE)
_BLOCKS: Final = r"(?:p|div|tr|table|h[1-6]|li|ul|ol|hr|section|article|blockquote)\b[^<>]*>"
_ENDS_LINE: Final = re.compile(rf"<br\b[^<>]*>|</{_BLOCKS}", re.IGNORECASE)
_BEGINS_LINE: Final = re.compile(rf"<{_BLOCKS}", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_BLANKS: Final = re.compile(r"\s+")
_CELL: Final = "\x1f"  # stands for the border of two cells
_LINE: Final = "\x1e"  # stands for the beginning of a block
_TIMES_PACKED: Final = 4  # a .docx may unpack to so many times the limit on a file


def kind(path: Path, head: bytes) -> str:
    """ "document" for RTF, whatever it holds, and for pages and MHTML that hold such an export; "" for other
    files (a .docx is known by `ooxml.kind`). `head`: the first bytes of the file."""
    if rtf.is_rtf(head):
        return "document"
    if mhtml.matches(head) or (_PAGE.match(head) and _NAMED.search(head)):
        lines = _lines_of_page(path.read_bytes())
        if any(layout.matches(lines) for layout in _LAYOUTS):
            return "document"
    return ""


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    """Raises UnreadableFile for a document that holds no such export."""
    lines = _lines(path, limits)
    for layout in _LAYOUTS:
        if layout.matches(lines):
            yield from layout.rows(lines)
            return
    raise UnreadableFile("document_no_export")


def _lines(path: Path, limits: Limits) -> list[str]:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"PK"):
        return _lines_of_docx(path, limits)
    data = limits.whole(path)
    return rtf.text(data).split("\n") if rtf.is_rtf(head) else _lines_of_page(data)


def _lines_of_docx(path: Path, limits: Limits) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            ooxml.check(archive, path, limits)
            size = archive.getinfo("word/document.xml").file_size
            if size > _TIMES_PACKED * limits.file_bytes:
                raise UnreadableFile("refused_size", size=size, limit=_TIMES_PACKED * limits.file_bytes)
            with archive.open("word/document.xml") as part:
                return docx.text(part).split("\n")
    except ooxml.DAMAGE as exc:
        raise UnreadableFile("archive_damaged", detail=str(exc) or type(exc).__name__) from exc


def _lines_of_page(data: bytes) -> list[str]:
    """Of a page, or of the page in an MHTML file. Empty where there is none."""
    if mhtml.matches(data):
        page = mhtml.page_of(data)
        if page is None:
            return []
        data, declared = page
    else:
        declared = ""
    try:
        text, _ = encoding.decode(data, declared)
    except UnreadableFile:
        return []
    text = _BLANKS.sub(" ", _MARKUP_TEXTS.sub("", text))
    text = _BEGINS_LINE.sub(_LINE, _ENDS_LINE.sub("\n", _NEXT_CELL.sub(_CELL, text)))
    text = re.sub(rf"[\s{_LINE}]*{_CELL}[\s{_LINE}]*", "\t", unescape(_TAG.sub("", text)))
    text = re.sub(rf"(?<=\n)[ {_LINE}]+", "", text)  # a block that begins where another ends is no blank line
    return re.sub(rf"{_LINE}+", "\n", text).split("\n")
