"""A saved page, in whatever wrapping it came, as a ParsedArticle with the pictures that came with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from newsarchive.importers.assembly import finish
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.mojibake import repair_mojibake
from newsarchive.importers.html import embedded
from newsarchive.importers.types import ParsedArticle, PictureFile
from newsarchive.messages import Message

from . import reader


def parse(
    format_name: str,
    text: str,
    agencies: Agencies,
    *,
    address: str = "",
    captured_at: datetime | None = None,
    parts: Mapping[str, bytes] | None = None,
) -> ParsedArticle:
    """`address` and `captured_at`: what the wrapping says of the page. `parts`: bytes of pictures by their
    address or key. Raises UnreadableFile when there is no page."""
    text, inside = embedded.take_out(text)
    text, was_mojibake = repair_mojibake(text)
    draft = reader.read(format_name, text, agencies, address=address)
    draft.captured_at = draft.captured_at or captured_at
    if was_mojibake:
        draft.problems.append(Message("mojibake"))
    article = finish(draft)
    return replace(article, pictures=_pictures(article, {**(parts or {}), **inside}))


def _pictures(article: ParsedArticle, files: Mapping[str, bytes]) -> tuple[PictureFile, ...]:
    """Those of the files that are pictures of the article."""
    found: dict[str, PictureFile] = {}
    for image in article.images:
        data = files.get(image.found_src) or files.get(image.src)
        key = image.src or image.found_src
        if data and key not in found:
            found[key] = PictureFile(key, data)
    return tuple(found.values())
