"""Web pages as browsers save them, alone or "complete" with a folder of pictures, and as mirrors and old
crawls keep them.

<!DOCTYPE html>
<!-- saved from url=(0036)https://www.example.org/news/2021/1.html -->
<html lang="zh-Hant">
<head><meta property="article:published_time" content="2021-11-17T15:05:00+08:00">…
<body>…<article><h1>…</h1><img src="./渡輪停航_files/ferry.jpg"><p>…</p></article>…</body></html>
"""

from __future__ import annotations

import re

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html import embedded
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.webpage import article

name = "web_page"
version = 1

_BEGINS = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,4000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


# Programs of old sites print scripts, style sheets or a box above the page.
_BEGINS_ABOVE = re.compile(r"\s*<(?:script|link|style|meta|title|div|base|!--)\b", re.IGNORECASE)
_PAGE_WITHIN = re.compile(r"<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)


def matches(text: str) -> bool:
    begin = text[:20_000]
    return bool(_BEGINS.match(begin) or (_BEGINS_ABOVE.match(begin) and _PAGE_WITHIN.search(begin)))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    text, parts = embedded.in_folder(text, source.data, dict(source.beside))
    return article.parse(name, text, agencies, parts=parts)
