"""Builds an article's body block by block; pictures, embeds and related links are collected beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import folded
from newsarchive.importers.types import ParsedEmbed, ParsedImage, RelatedLink

from .safe_subset import escape

_TAG = re.compile(r"<[^<>]*>")
_MAX_HEADING = 60  # characters; a longer heading is a lead paragraph in large type, so it becomes a paragraph


@dataclass(slots=True)
class Body:
    """`inner` arguments are escaped HTML of the safe subset; `text` arguments are plain text."""

    agencies: Agencies  # used to split credits off captions
    blocks: list[str] = field(default_factory=list)
    images: list[ParsedImage] = field(default_factory=list)
    embeds: list[ParsedEmbed] = field(default_factory=list)
    related: list[RelatedLink] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(self.blocks)

    def paragraph(self, inner: str) -> None:
        inner = trim(inner)
        if inner:
            self.blocks.append(f"<p>{inner}</p>")

    def heading(self, level: int, inner: str) -> None:
        inner = trim(inner.replace("<br>", " "))
        if len(_TAG.sub("", inner)) > _MAX_HEADING:
            self.paragraph(inner)
        elif inner:
            level = min(max(level, 2), 4)
            self.blocks.append(f"<h{level}>{inner}</h{level}>")

    def block(self, outer: str) -> None:
        """Adds one or several whole block elements (list, quotation, table)."""
        if outer:
            self.blocks.append(outer)

    def image(self, image: ParsedImage) -> int:
        """Adds a picture and returns its number, so that a caption can be set later."""
        self.images.append(image)
        number = len(self.images) - 1
        self.blocks.append(f'<figure data-image="{number}"></figure>')
        return number

    def embed(self, embed: ParsedEmbed) -> int:
        self.embeds.append(embed)
        number = len(self.embeds) - 1
        self.blocks.append(f'<figure data-embed="{number}"></figure>')
        return number

    def caption_image(self, number: int, caption: str, credit: str = "") -> None:
        """Sets a picture's caption. Without `credit`, which comes from an element of its own, the credit is
        looked for in the caption."""
        image = self.images[number]
        caption = caption or image.caption
        credit = credit or image.credit or captions.credit_of(caption, self.agencies)
        self.images[number] = replace(image, caption=caption, credit=credit)

    def caption_embed(self, number: int, caption: str) -> None:
        self.embeds[number] = replace(self.embeds[number], caption=caption)

    def relate(self, url: str, text: str) -> None:
        link = RelatedLink(url, text)
        if url and text and link not in self.related:
            self.related.append(link)


def trim(inner: str) -> str:
    """The HTML without blanks and line breaks at its ends; "" when nothing of it is visible."""
    inner = inner.strip()
    while inner.startswith("<br>"):
        inner = inner[4:].lstrip()
    while inner.endswith("<br>"):
        inner = inner[:-4].rstrip()
    return inner if _TAG.sub("", inner).strip() else ""


def text_of(inner: str) -> str:
    return _TAG.sub("", inner.replace("<br>", "\n"))


def repeats(inner: str, title: str) -> bool:
    """Whether a heading only repeats the title."""
    return bool(title) and folded(text_of(inner)) == folded(escape(title))
