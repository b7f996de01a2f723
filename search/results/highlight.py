"""Text and a query -> escaped HTML with <mark>. The only maker of HTML from article text.

A string is folded once, the query's strings are found in it as `search.query.semantics` finds them, and the
offsets are taken back to the text as printed. Text is escaped piece by piece between the marks, so no text of
an article can become a tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from django.utils.safestring import SafeString

from newsarchive.runtime import work
from search.language.folding import Aligned, aligned
from search.language.loosening import LINE
from search.language.tokens import search_text
from search.query import semantics
from search.query.fields import LOOKS_IN, SECTIONS, Field
from search.query.semantics import Span
from search.query.tree import And, Near, Or, Query, Term, Without, of_one_picture, positive_terms

from .marking.body_pieces import EmbedSlot, ImageSlot, pieces_of
from .marking.passages import best_passages

Node = Term | Near | Without

# Units of work (newsarchive.runtime.work), measured on pages of the whole corpus. To look for one term in a
# text costs one unit, and one for every 600 characters, and three times as much in the characters that were
# typed, which each occurrence is compared with; each occurrence that a passage may show costs four.
_CHARACTERS_A_UNIT = 600
_AS_TYPED_COST = 3
_OCCURRENCE_COST = 4
_FEWEST = 3  # occurrences of a term in a text that are looked at in any case
_AROUND = 40  # characters beside a passage, for marks that reach beyond it and for what stands beside a word


@dataclass(frozen=True, slots=True)
class Html:
    """A stretch of the body between two slots."""

    kind: ClassVar[str] = "html"
    html: SafeString


BodyPart = Html | ImageSlot | EmbedSlot
_TAG_OR_TEXT = re.compile(r"(<[^>]*>)")  # of what is made here: text has neither < nor > in it


def plain(text: str) -> SafeString:
    return SafeString(html.escape(text))


def rewritten(made: SafeString, convert: Callable[[str], str]) -> SafeString:
    """HTML that was made here, with its text converted and its tags left alone. Text that marks part is
    converted as a whole, so that words keep their neighbours, unless its length changes."""
    pieces = _TAG_OR_TEXT.split(made)
    texts = [html.unescape(piece) for piece in pieces[::2]]
    whole = convert("".join(texts))
    if len(whole) == sum(map(len, texts)):
        ends = list(accumulate(map(len, texts)))
        changed = [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    else:
        changed = list(map(convert, texts))
    pieces[::2] = map(html.escape, changed)
    return SafeString("".join(pieces))


def with_marks(text: str, spans: Iterable[Span], start: int, end: int) -> SafeString:
    """text[start:end] escaped, with what lies in it of these stretches of the text marked."""
    return _marked(text, _merged(sorted(spans)), start, end)


class Marker:
    """Knows what a query wants marked, field by field. Make one for each search.

    `extra` are synonyms that were searched too. `hits` counts the marks that have got a number
    (`mark_numbered`, `mark_body`), so a marker numbers one article only. `joined` says whether anything was
    found that is printed in other characters than were typed.
    """

    def __init__(self, tree: Query | None, extra: Sequence[Term] = (), *, texts: int = 1) -> None:
        """`texts`: so many will be looked through, and share what one page may cost."""
        self._texts = max(1, texts)
        wanted = dict.fromkeys((*positive_terms(tree), *extra))
        self._nodes: dict[Field, list[Node]] = {
            field: [node for node in wanted if field in LOOKS_IN[node.field]] for field in SECTIONS
        }
        self._together = list(_of_pictures(tree)) if tree is not None else []
        self.hits = 0
        self.joined = False

    def is_of(self, caption: str, credit: str) -> bool:
        """May it be this picture that was looked for: has it what is asked of one and the same picture?"""
        if not self._together:
            return True
        printed = {Field.CAPTION: semantics.one_line(caption), Field.CREDIT: semantics.one_line(credit)}
        folded = {field: search_text(text) for field, text in printed.items()}
        return any(semantics.stand_with_a_picture(nodes, folded, printed) for nodes in self._together)

    def spans(self, field: Field, text: str) -> list[Span]:
        """What to mark in `text`, in order; strings that overlap are one."""
        return _merged(span for span, _ in self._found(field, text))

    def mark(self, field: Field, text: str) -> SafeString:
        """`text` escaped, with <mark> as the only tag."""
        return _marked(text, self.spans(field, text), 0, len(text))

    def mark_numbered(self, field: Field, text: str) -> SafeString:
        """As `mark`, but each mark is an anchor: <mark id="hit-1">."""
        spans = self.spans(field, text)
        marked = _numbered(text, 0, spans, 0, self.hits)
        self.hits += len(spans)
        return SafeString(marked)

    def snippets(self, text: str, *, count: int = 2, width: int = 110) -> list[SafeString]:
        """The best passages of a body's plain text, best first; its first sentences when nothing is marked.

        Cut inside a sentence, a passage says so with "…". [] only for a text of nothing but blanks.
        """
        found, whole = self._first_found(text)
        marks = _merged(span for span, _ in found)
        shown = text.replace("\n", " ").replace(LINE, " ")
        passages = best_passages(text, found, marks, count=count, width=width)
        if not whole:  # of a part of the occurrences: in what is shown all are marked
            marks = _merged(
                span for passage in passages for span in self._in_passage(text, passage.start, passage.end)
            )
        return [
            SafeString(
                ("…" if passage.cut_before else "")
                + _marked(shown, marks, passage.start, passage.end)
                + ("…" if passage.cut_after else "")
            )
            for passage in passages
        ]

    def _first_found(self, text: str) -> tuple[list[tuple[Span, int]], bool]:
        """Occurrences in a body, with the number of their term, in order; and are they all? Of a text that is
        too long for the page's work only the beginning is looked through, of a term that stands there too
        often only the first occurrences count."""
        nodes = self._nodes[Field.BODY]
        if not nodes:
            return [], True
        allowed = work.current()
        # Units for one term in one text; the other half is for titles, captions and other copies.
        share = allowed.marking.most // 2 // self._texts // _terms(nodes)
        reach = share * _CHARACTERS_A_UNIT
        most = max(_FEWEST, share // _OCCURRENCE_COST)
        found: list[tuple[Span, int]] = []
        whole = len(text) <= reach
        text = text[:reach]
        written = aligned(text)
        for number, node in enumerate(nodes):
            spans = self._spans(node, text, written, most=most + 1)
            whole &= len(spans) <= most
            found += [(span, number) for span in spans[:most]]
        cost = _terms(nodes) * (1 + len(text) // _CHARACTERS_A_UNIT) + _OCCURRENCE_COST * len(found)
        if not allowed.marking.affords(cost):
            found, whole = [], False
        allowed.unmarked |= not whole
        found.sort()
        return found, whole

    def _in_passage(self, text: str, start: int, end: int) -> list[Span]:
        before = max(0, start - _AROUND)
        around = text[before : end + _AROUND]
        return [(left + before, right + before) for (left, right), _ in self._found(Field.BODY, around)]

    def mark_body(self, body: str) -> list[BodyPart]:
        """A body with its numbered marks, cut at the slots of its images and embeds.

        Whatever is not exactly a tag of the safe subset comes out as text, and every tag is closed, so
        that no body can reach beyond its place in the page. A string that runs on through tags
        (習<strong>近平</strong>) is marked in each piece, with one number.
        """
        pieces = list(pieces_of(body))
        spans = self.spans(Field.BODY, "".join(piece.text for piece in pieces))
        parts: list[BodyPart] = []
        made: list[str] = []
        at = next_span = 0
        for piece in pieces:
            end = at + len(piece.text)
            if piece.slot:
                parts += [Html(SafeString("".join(made))), piece.slot]
                made = []
            elif piece.tag:
                made.append(piece.tag)
            else:
                while next_span < len(spans) and spans[next_span][1] <= at:
                    next_span += 1
                made.append(_numbered(piece.text, at, spans, next_span, self.hits))
            at = end
        self.hits += len(spans)
        parts.append(Html(SafeString("".join(made))))
        return [part for part in parts if not isinstance(part, Html) or part.html.strip()]

    def _found(self, field: Field, text: str) -> list[tuple[Span, int]]:
        """Every occurrence, where it is printed, with the number of its term, in order. None in what is
        beyond the work of one page."""
        nodes = self._nodes[field]
        if not nodes or not text:
            return []
        allowed = work.current()
        if not allowed.marking.affords(_terms(nodes) * (1 + len(text) // _CHARACTERS_A_UNIT)):
            allowed.unmarked = True
            return []
        written = aligned(text)
        return sorted(
            (span, number) for number, node in enumerate(nodes) for span in self._spans(node, text, written)
        )

    def _spans(self, node: Node, text: str, written: Aligned, *, most: int | None = None) -> list[Span]:
        """Where it is printed in `text`, whose search text is `written`."""
        if node.as_typed:
            return semantics.spans(node, text, most=most)
        spans = [written.printed(*span) for span in semantics.spans(node, written.text, most=most)]
        self.joined = self.joined or _joined(node, text, spans)
        return spans


def _terms(nodes: Sequence[Node]) -> int:
    """As how many terms they cost."""
    return sum(_AS_TYPED_COST if node.as_typed else 1 for node in nodes)


def _of_pictures(tree: Query) -> Iterator[tuple[Query, ...]]:
    """What is asked of one and the same picture, wherever in the tree."""
    if isinstance(tree, And) and (together := of_one_picture(tree)):
        yield together
    if isinstance(tree, And | Or):
        for part in tree.parts:
            yield from _of_pictures(part)


def _joined(node: Node, text: str, spans: Sequence[Span]) -> bool:
    if not isinstance(node, Term) or node.prefix:
        return False
    typed = _letters(node.text)
    return any(text[start:end] != node.text and _letters(text[start:end]) != typed for start, end in spans)


def _letters(text: str) -> str:
    """Without punctuation, which parts strings and joins no characters."""
    return "".join(filter(str.isalnum, text))


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
            left, right = max(start, left), min(end, right)
            pieces += [html.escape(text[start:left]), _mark(text[left:right])]
            start = right
    return SafeString("".join([*pieces, html.escape(text[start:end])]))


def _numbered(text: str, offset: int, spans: Sequence[Span], first: int, hits: int) -> str:
    """`text`, which begins at `offset` of what `spans` count in, with its part of spans[first:] marked.

    Only the piece in which an occurrence begins is its anchor.
    """
    pieces, at = [], 0
    for number in range(first, len(spans)):
        start, end = spans[number][0] - offset, spans[number][1] - offset
        if start >= len(text):
            break
        anchor = hits + number + 1 if start >= 0 else None
        pieces += [html.escape(text[at : max(0, start)]), _mark(text[max(0, start) : end], anchor)]
        at = min(end, len(text))
    return "".join([*pieces, html.escape(text[at:])])
