"""A stored body taken apart: texts, the tags of the safe subset, and the slots of its images and embeds."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from search.language.loosening import LINE

# The subset that bodies are kept in, exactly as it is written there. All else is text.
_TAG = re.compile(
    r"""<figure\ data-(?P<slot>image|embed)="(?P<number>[0-9]{1,6})">\s*</figure>
      | <a\ href="(?P<href>https?://[^"<>\s]*)"(?:\ rel="[^"<>]*")?>
      | <(?P<close>/?)(?P<name>p|h[2-4]|ul|ol|li|blockquote|a|strong|em|table|thead|tbody|tr|th|td)>
      | <(?P<br>br)\s?/?>""",
    re.VERBOSE,
)
_ENDS_LINE = frozenset(["p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table", "tr", "th", "td"])


@dataclass(frozen=True, slots=True)
class ImageSlot:
    """Here stands the article's image with this number."""

    kind: ClassVar[str] = "image"
    number: int


@dataclass(frozen=True, slots=True)
class EmbedSlot:
    kind: ClassVar[str] = "embed"
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, a tag, or the slot of a figure."""

    text: str = ""  # what it adds to the plain text of the body: the end of a block is the end of a line
    tag: str = ""
    slot: ImageSlot | EmbedSlot | None = None


def pieces_of(body: str) -> Iterator[Piece]:
    """All of `body` in order, its tags balanced: a surplus end is dropped, a missing one added."""
    open_tags: list[str] = []
    depth: Counter[str] = Counter()  # of each name in open_tags, which may be as long as the body
    at = 0
    for tag in _TAG.finditer(body):
        if tag.start() > at:
            yield Piece(html.unescape(body[at : tag.start()]))
        at = tag.end()
        name = tag["name"]
        if tag["slot"]:
            slot = ImageSlot if tag["slot"] == "image" else EmbedSlot
            yield Piece("\n", slot=slot(int(tag["number"])))
        elif tag["href"]:
            open_tags.append("a")
            depth["a"] += 1
            href = html.escape(html.unescape(tag["href"]))
            yield Piece(tag=f'<a href="{href}" rel="nofollow noopener noreferrer">')
        elif tag["br"]:
            yield Piece("\n" if _is_doubled(body, tag) else LINE, tag="<br>")
        elif not tag["close"]:
            open_tags.append(name)
            depth[name] += 1
            yield Piece(tag=f"<{name}>")
        elif depth[name]:
            closed = _closed(open_tags, name)
            depth.subtract(closed)
            yield Piece("\n" if _ENDS_LINE.intersection(closed) else "", tag=_ends(closed))
    if at < len(body):
        yield Piece(html.unescape(body[at:]))
    yield Piece(tag=_ends(reversed(open_tags)))


def _is_doubled(body: str, tag: re.Match[str]) -> bool:
    """Two line ends in a row are the end of a paragraph, as `plain_text` has it."""
    before, behind = body[max(0, tag.start() - 6) : tag.start()], body[tag.end() : tag.end() + 3]
    return behind == "<br" or before.endswith(("<br>", "<br/>", "<br />"))


def _closed(open_tags: list[str], name: str) -> list[str]:
    """Take the tags off that `name`'s end closes, the innermost first."""
    closed = [open_tags.pop()]
    while closed[-1] != name:
        closed.append(open_tags.pop())
    return closed


def _ends(names: Iterable[str]) -> str:
    return "".join(f"</{name}>" for name in names)
