"""Web pages as browsers save them ("HTML only"), and as mirrors and old crawls keep them.

    <!DOCTYPE html>
    <html lang="zh-Hant">
    <head><meta property="article:published_time" content="2023-08-24T12:31:00+08:00">…
    <body>…<article><h1>…</h1><p>…</p></article>…</body></html>

Some begin with the address in a comment: <!-- saved from url=(0028)https://www.example.org/news/1 -->
"""

from __future__ import annotations

import re

from newsarchive.importers.assembly import finish
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.webpage import reader

name = "web_page"
version = 1

_BEGINS = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,4000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def matches(text: str) -> bool:
    return bool(_BEGINS.match(text[:20_000]))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    return finish(reader.read(name, text, agencies))
