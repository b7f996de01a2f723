"""Reads Markdown that people and their programs wrote: site generators, note takers, web clippers.

    shortcodes, dialects -> commonmark (markdown-it-py) -> picture_lines -> html.saved_page

HTML inside of it is therefore read as on any page. The Markdown of the 眾新聞 backup, which a scraper made,
is read by `blocks`, and so is what is too large or too nested for a parser whose time grows faster than the
text.
"""

from __future__ import annotations

import re

from newsarchive.importers.assembly import Draft
from newsarchive.importers.html import dom, saved_page

from . import blocks, commonmark, dialects, picture_lines, shortcodes

# Characters, and opening brackets in one paragraph: 4 MB take four seconds, 5,000 brackets 20 ms.
_MAX_TEXT = 2_000_000
_MAX_BRACKETS = 5_000
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def read(text: str, draft: Draft, *, base: str = "") -> None:
    """Fills draft.body. Relative addresses are resolved against `base`, by default the article's address."""
    if is_excessive(text):
        blocks.read(text, title=draft.title, base=base or draft.source_url, body=draft.body)
        return
    root = dom.parse(to_html(text))
    picture_lines.mark(root, title=draft.title)
    saved_page.read(root, draft, base=base)


def to_html(text: str) -> str:
    if commonmark.has_open_fence(text):
        text = text.replace("```", "").replace("~~~", "")
    return commonmark.to_html(shortcodes.to_html(dialects.plain_markdown(text)))


def is_excessive(text: str) -> bool:
    if len(text) > _MAX_TEXT:
        return True
    if text.count("[") + text.count("*") + text.count("_") < _MAX_BRACKETS:
        return False
    return any(
        part.count("[") + part.count("*") + part.count("_") >= _MAX_BRACKETS
        for part in _BLANK_LINE.split(text)
    )
