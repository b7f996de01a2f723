"""Whatever is searched in whatever text: escaped, the text unchanged, and marked where the words stand."""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser
from itertools import pairwise
from random import Random
from typing import Final

from newsarchive.importers.html import safe_subset
from search.language.folding import aligned
from search.query import semantics
from search.query.fields import LOOKS_IN
from search.query.parser import Field, Query, parse, positive_terms
from search.results.highlight import Html, Marker
from search.results.marking.body_pieces import EmbedSlot, ImageSlot

from . import material, queries

Input = tuple[str, str]  # the words, the text
# What of a body is markup; all else of it is text. Written apart from search.highlight.
_TAG: Final = re.compile(
    r'<figure data-(?:image|embed)="[0-9]{1,6}">\s*</figure>|<a href="https?://[^"<>\s]*"(?: rel="[^"<>]*")?>'
    r"|</?(?:p|h[2-4]|ul|ol|li|blockquote|a|strong|em|table|thead|tbody|tr|th|td)>|<br\s?/?>"
)
_VOID: Final = {"br"}
_OF_BODIES: Final = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "a", "strong", "em", "br", "mark"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def make(random: Random) -> Input:
    words = queries.make(random) if random.random() < 0.7 else random.choice(material.HAN)
    kinds = (material.MARKUP, material.HAN, material.HAN, material.LATIN)
    text = material.text(random, *kinds, most=random.choice((3, 8, 24)))
    if random.random() < 0.3:
        text = safe_subset.clean(text.encode("utf-8", "replace").decode())
    return words, text


class _Read(HTMLParser):
    """An independent reader of what was made."""

    def __init__(self, made: str, allowed: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks: list[tuple[int, int]] = []
        self._open: list[str] = []
        self._allowed = allowed
        self.feed(made)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self._allowed, tag
        given = dict(attrs)
        if tag == "a" and given:
            assert set(given) == {"href", "rel"}
            assert (given["href"] or "").startswith(("https://", "http://"))
        elif tag == "mark":
            assert set(given) <= {"id"}
            assert re.fullmatch(r"hit-[1-9][0-9]*", given.get("id") or "hit-1")
        else:
            assert not given
        if tag == "mark":
            self.marks.append((len(self.text), -1))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "mark":
            self.marks[-1] = (self.marks[-1][0], len(self.text))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")


def check(given: Input) -> None:
    words, text = given
    tree = parse(words, today=queries.TODAY).tree
    wanted = {field: _wanted(tree, field, text) for field in (Field.TITLE, Field.BODY, Field.CREDIT)}
    for field, spans in wanted.items():
        marker = Marker(tree)
        for made in (marker.mark(field, text), marker.mark_numbered(field, text)):
            read = _Read(made, {"mark"})
            assert read.text == text
            assert read.marks == spans, (words, field)
    for snippet in Marker(tree).snippets(text):
        shown = _Read(snippet, {"mark"}).text.removeprefix("…").removesuffix("…")
        assert shown in text.replace("\n", " ").replace("\v", " ")
    _check_body(Marker(tree), text)


def _wanted(tree: Query | None, field: Field, text: str) -> list[tuple[int, int]]:
    """By reading: every occurrence that search.match knows of, those that overlap made one."""
    written = aligned(text)
    found = sorted(
        written.printed(*span)
        for node in positive_terms(tree)
        if field in LOOKS_IN[node.field]
        for span in semantics.spans(node, written.text)
    )
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _check_body(marker: Marker, body: str) -> None:
    parts = marker.mark_body(body)
    made = "".join(part.html for part in parts if isinstance(part, Html))
    read = _Read(made, _OF_BODIES)
    # Every character of the text, and in its order; blank parts are left out.
    assert _ink(read.text) == _ink("".join(entities.unescape(piece) for piece in _TAG.split(body)))
    assert all(isinstance(part, Html | ImageSlot | EmbedSlot) for part in parts)
    anchors = [int(number) for number in re.findall(r'<mark id="hit-(\d+)">', made)]
    assert all(one < next for one, next in pairwise(anchors))
    assert not anchors or anchors[-1] <= marker.hits


def _ink(text: str) -> str:
    return "".join(text.split())
