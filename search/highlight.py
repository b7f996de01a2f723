"""Text and a query -> escaped HTML with <mark>. The only maker of HTML from article text.

A string is folded once, the query's strings are found in it as `search.match` finds them, and since
folding keeps the length the same offsets hold in the text as printed. Text is escaped piece by piece
between the marks, so no text of an article can become a tag.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from search import match
from search.match import Span
from search.query_tree import Field, Near, Query, Term, Without, positive_terms
from search.tokens import fold

Node = Term | Near | Without

# A sentence ends with its mark and the closing quotes and brackets behind it, or with its paragraph.
_SENTENCE_END = re.compile(r"(?:[。！？；!?]+|…{2,}|\.(?=[\s”’」』\"')]))[”’」』\"')）]*\s*|\n+")
_LATIN_HEAD, _LATIN_TAIL = re.compile(r"[0-9A-Za-z]{1,20}"), re.compile(r"[0-9A-Za-z]{1,20}\Z")

# The subset that bodies are kept in, exactly as it is written there. All else is text.
_TAG = re.compile(
    r"""<figure\ data-(?P<slot>image|embed)="(?P<number>[0-9]{1,6})">\s*</figure>
      | <a\ href="(?P<href>https?://[^"<>\s]*)"(?:\ rel="[^"<>]*")?>
      | <(?P<close>/?)(?P<name>p|h[2-4]|ul|ol|li|blockquote|a|strong|em|table|thead|tbody|tr|th|td)>
      | <(?P<br>br)\s?/?>""",
    re.VERBOSE,
)
_ENDS_LINE = frozenset("p h2 h3 h4 ul ol li blockquote table tr th td".split())


@dataclass(frozen=True, slots=True)
class Html:
    """A stretch of the body between two slots."""

    kind: ClassVar[str] = "html"
    html: SafeString


@dataclass(frozen=True, slots=True)
class ImageSlot:
    """Here stands the article's image with this number."""

    kind: ClassVar[str] = "image"
    number: int


@dataclass(frozen=True, slots=True)
class EmbedSlot:
    kind: ClassVar[str] = "embed"
    number: int


BodyPart = Html | ImageSlot | EmbedSlot


def plain(text: str) -> SafeString:
    return SafeString(html.escape(text))


class Marker:
    """Knows what a query wants marked, field by field. Make one for each search.

    `extra` are synonyms that were searched too. `hits` counts the marks that have got a number
    (`mark_numbered`, `mark_body`), so a marker numbers one article only.
    """

    def __init__(self, tree: Query | None, extra: Sequence[Term] = ()) -> None:
        wanted = dict.fromkeys((*positive_terms(tree), *extra))
        self._nodes: dict[Field, list[Node]] = {
            field: [node for node in wanted if field in match.FIELDS_OF[node.field]]
            for field in match.CONCRETE
        }
        self.hits = 0

    def spans(self, field: Field, text: str) -> list[Span]:
        """What to mark in `text`, in order; strings that overlap are one."""
        return _merged([span for span, _ in self._found(field, fold(text))])

    def mark(self, field: Field, text: str) -> SafeString:
        """`text` escaped, with <mark> as the only tag."""
        return _marked(text, self.spans(field, text), 0, len(text))

    def mark_numbered(self, field: Field, text: str) -> SafeString:
        """As `mark`, but each mark is an anchor: <mark id="hit-1">."""
        pieces, at = [], 0
        for start, end in self.spans(field, text):
            self.hits += 1
            pieces += [html.escape(text[at:start]), _mark(text[start:end], self.hits)]
            at = end
        return SafeString("".join([*pieces, html.escape(text[at:])]))

    def snippets(self, text: str, *, count: int = 2, width: int = 110) -> list[SafeString]:
        """The best passages of a body's plain text, best first; its first sentences when nothing is marked.

        Best is what holds the most different terms, then what comes first; of the later ones, what holds
        terms that are still missing. No two overlap. [] only for a text of nothing but blanks.
        """
        found = self._found(Field.BODY, fold(text))
        marks = _merged([span for span, _ in found])
        windows = _windows(found, width) or [_Window(0, 0, 0)]
        passages: list[_Passage] = []
        covered = 0
        while windows and len(passages) < count:
            best = max(windows, key=lambda w: ((w.terms & ~covered).bit_count(), w.terms.bit_count(), -w.start))
            low = max((p.end for p in passages if p.end <= best.start), default=0)
            high = min((p.start for p in passages if p.start >= best.end), default=len(text))
            passage = _passage(text, best, width, marks, low, high)
            passages.append(passage)
            covered |= best.terms
            windows = [w for w in windows if w.end <= passage.start or passage.end <= w.start]
        shown = text.replace("\n", " ")
        return [passage.marked(shown, marks) for passage in passages if passage.start < passage.end]

    def mark_body(self, body: str) -> list[BodyPart]:
        """A body with its numbered marks, cut at the slots of its images and embeds.

        Whatever is not exactly a tag of the safe subset comes out as text, and every tag is closed, so
        that no body can reach beyond its place in the page. A string that runs on through tags
        (習<strong>近平</strong>) is marked in each piece, with one number.
        """
        pieces = list(_pieces(body))
        spans = self.spans(Field.BODY, "".join(piece.text for piece in pieces))
        first, self.hits = self.hits + 1, self.hits + len(spans)
        parts: list[BodyPart] = []
        made: list[str] = []
        at = hit = 0
        for piece in pieces:
            if piece.slot:
                parts += [Html(SafeString("".join(made))), piece.slot]
                made = []
            made.append(piece.tag)
            if piece.is_text:
                end = at + len(piece.text)
                while hit < len(spans) and spans[hit][1] <= at:
                    hit += 1
                made.append(_numbered(piece.text, at, spans, hit, first))
            at += len(piece.text)
        parts.append(Html(SafeString("".join(made))))
        return [part for part in parts if not isinstance(part, Html) or part.html.strip()]

    def _found(self, field: Field, folded: str) -> list[tuple[Span, int]]:
        """Every occurrence with the number of its term, in order."""
        return sorted(
            (span, number)
            for number, node in enumerate(self._nodes[field])
            for span in match.spans(node, folded)
        )


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans, those that overlap made one; those that only touch stay two."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _mark(text: str, number: int | None = None) -> str:
    anchor = f' id="hit-{number}"' if number else ""
    return f"<mark{anchor}>{html.escape(text)}</mark>"


def _marked(text: str, spans: Iterable[Span], start: int, end: int) -> SafeString:
    """text[start:end] escaped, with the parts of `spans` that lie in it marked."""
    pieces = []
    for left, right in spans:
        if right > start and left < end:
            pieces += [html.escape(text[start : max(start, left)]), _mark(text[max(start, left) : min(end, right)])]
            start = min(end, right)
    return SafeString("".join([*pieces, html.escape(text[start:end])]))


# --- passages


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch from the start of one occurrence to the end of another."""

    start: int
    end: int
    terms: int  # a bit for each term that stands in it


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is shown of a text; cut inside a sentence it says so with "…"."""

    start: int
    end: int
    cut_before: bool
    cut_after: bool

    def marked(self, text: str, marks: Sequence[Span]) -> SafeString:
        inside = _marked(text, marks, self.start, self.end)
        return SafeString(f"{'…' if self.cut_before else ''}{inside}{'…' if self.cut_after else ''}")


def _windows(found: Sequence[tuple[Span, int]], width: int) -> list[_Window]:
    """For each occurrence the window that begins with it and holds all that fits into `width`."""
    windows = []
    inside: dict[int, int] = {}
    last, terms = 0, 0
    for first, ((start, end), number) in enumerate(found):
        last = max(last, first)
        while last < len(found) and (last == first or found[last][0][1] <= start + width):
            term = found[last][1]
            inside[term] = inside.get(term, 0) + 1
            terms |= 1 << term
            last += 1
        farthest = max(end, found[last - 1][0][1])
        windows.append(_Window(start, min(farthest, start + width), terms))
        inside[number] -= 1
        if not inside[number]:
            terms &= ~(1 << number)
    return windows


def _passage(
    text: str, window: _Window, width: int, marks: Sequence[Span], low: int, high: int
) -> _Passage:
    """The window with what stands around it, up to `width` and within low..high, from the beginning of a
    sentence to the end of one where that is near enough."""
    slack = width - (window.end - window.start)
    start, cut_before = _beginning(text, window.start, max(low, window.start - slack * 2 // 3), low)
    start = _outside_mark(start, window.start, marks, low)
    end, cut_after = _ending(text, window.end, min(high, max(start + width, window.end)), high)
    if end < len(text) and (mark := _across(end, marks)):
        end = mark[0] if mark[0] >= window.end else min(mark[1], high, window.start + 2 * width)
    return _Passage(start, end, cut_before, cut_after)
