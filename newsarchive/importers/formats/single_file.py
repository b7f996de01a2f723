"""Pages saved by the browser extension SingleFile: everything in one HTML file, pictures as data: addresses.

<!DOCTYPE html> <html lang=zh-Hant><!--
 Page saved with SingleFile
 url: https://www.example.org/news/1
 saved date: Wed Nov 17 2021 15:05:00 GMT+0800 (Hong Kong Standard Time)
--><meta charset=utf-8>
<title>…</title>…<img src="data:image/jpeg;base64,…">
"""

from __future__ import annotations

import re
from datetime import datetime

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.webpage import article

name = "single_file"
version = 1

_NOTE = re.compile(r"<!--\s*Page saved with SingleFile(.{0,8000}?)-->", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(r"^\s*url:\s*(\S+)", re.MULTILINE)
_SAVED = re.compile(
    r"^\s*saved date:\s*\w{3} (\w{3} \d{1,2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})", re.MULTILINE
)
_WITHIN = 20_000  # characters from the beginning


def matches(text: str) -> bool:
    return bool(_NOTE.search(text[:_WITHIN]))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    note = _NOTE.search(text[:_WITHIN])
    said = note[1] if note else ""
    address = _ADDRESS.search(said)
    return article.parse(
        name, text, agencies, address=address[1] if address else "", captured_at=_saved_at(said)
    )


def _saved_at(said: str) -> datetime | None:
    match = _SAVED.search(said)
    try:
        return datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z") if match else None
    except ValueError:
        return None
