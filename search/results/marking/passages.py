"""Which passages of a text show best why it was found. Plain offsets; the marks are made in highlight."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from search.query.semantics import Span

# A sentence ends with its mark and the closing quotes and brackets behind it, or with its paragraph.
_SENTENCE_END = re.compile(r"((?:[。！？；!?]+|…{2,}|\.(?=[\s”’」』\"')]))[”’」』\"')）]*)\s*|()[\n\v]+")
_LATIN_HEAD, _LATIN_TAIL = re.compile(r"[0-9A-Za-z]{1,20}"), re.compile(r"[0-9A-Za-z]{1,20}\Z")


class Window(NamedTuple):
    """A stretch from the start of one occurrence to the end of another."""

    start: int
    end: int
    terms: int  # a bit for each term that stands in it


class Passage(NamedTuple):
    """What is shown of a text; cut inside a sentence it says so with "…"."""

    start: int
    end: int
    cut_before: bool
    cut_after: bool


def best_passages(
    text: str, found: Sequence[tuple[Span, int]], marks: Sequence[Span], *, count: int, width: int
) -> list[Passage]:
    """`found` are the occurrences in order with the number of their term, `marks` the same merged.

    Best is what holds the most different terms, then what comes first; of the later ones, what holds
    terms that are still missing. Without occurrences it is the text's beginning; of blanks, nothing.
    """
    blank = len(text) - len(text.lstrip())
    left = windows(found, width) or [Window(blank, blank, 0)]
    passages: list[Passage] = []
    covered = 0

    def rank(window: Window) -> tuple[int, int, int]:
        missing = window.terms & ~covered
        return missing.bit_count(), window.terms.bit_count(), -window.start

    while left and len(passages) < count:
        best = max(left, key=rank)
        low = max((other.end for other in passages if other.end <= best.start), default=0)
        high = min((other.start for other in passages if other.start >= best.end), default=len(text))
        passage = passage_around(text, best, width, marks, low, high)
        passages.append(passage)
        covered |= best.terms
        left = [window for window in left if window.end <= passage.start or passage.end <= window.start]
    return [passage for passage in passages if passage.start < passage.end]


def windows(found: Sequence[tuple[Span, int]], width: int) -> list[Window]:
    """For each occurrence the window that begins with it and holds all that fits into `width`."""
    found_windows = []
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
        found_windows.append(Window(start, min(farthest, start + width), terms))
        inside[number] -= 1
        if not inside[number]:
            terms &= ~(1 << number)
    return found_windows


def passage_around(
    text: str, window: Window, width: int, marks: Sequence[Span], low: int, high: int
) -> Passage:
    """The window with what stands around it, up to about `width` and within low..high: from the beginning
    of its sentence to the end of one where these are near enough, and more sentences before it when there
    is room. A mark is parted only when it is too long to be shown."""
    slack = max(0, width - (window.end - window.start))
    start, cut_before = _beginning(text, window.start, max(low, window.start - slack * 2 // 3))
    if mark := _across(start, marks):
        if mark[1] <= window.start:
            start = mark[1]
        elif window.end - mark[0] <= width * 3 // 2:
            start = max(low, mark[0])
    end, cut_after = _ending(text, window.end, min(high, max(start + width, window.end)))
    if mark := _across(end, marks):
        if mark[0] >= window.end:
            end = mark[0]
        elif mark[1] - start <= width * 2:
            end = min(high, mark[1])
    if not cut_before:
        earlier = _SENTENCE_END.finditer(text, max(low, min(start, end - width)), start)
        start = next((sentence.end() for sentence in earlier), start)
    shown = text[start:end]
    start += len(shown) - len(shown.lstrip())
    return Passage(start, start + len(shown.strip()), cut_before, cut_after)


def _beginning(text: str, at: int, limit: int) -> tuple[int, bool]:
    """The start of the sentence that holds `at`, or `limit` when that lies farther back; and is it a cut?"""
    ends = [end.end() for end in _SENTENCE_END.finditer(text, max(0, limit - 8), at)]
    if ends and ends[-1] >= limit:
        return ends[-1], False
    if limit and (word := _LATIN_HEAD.match(text, limit, at)) and _LATIN_HEAD.match(text, limit - 1):
        limit = word.end()
    return limit, limit > 0


def _ending(text: str, at: int, limit: int) -> tuple[int, bool]:
    """The end of the last sentence that ends between `at` and `limit`, else `limit`; and is it a cut?"""
    if limit >= len(text):
        return len(text), False
    ends = [end.end(end.lastindex or 0) for end in _SENTENCE_END.finditer(text, at, limit)]
    if ends:
        return ends[-1], False
    if (word := _LATIN_TAIL.search(text, at, limit)) and _LATIN_HEAD.match(text, limit):
        limit = word.start() or limit
    return limit, True


def _across(at: int, marks: Sequence[Span]) -> Span | None:
    """The mark that a cut at `at` would part."""
    before = bisect_left(marks, (at, 0)) - 1
    return marks[before] if before >= 0 and marks[before][1] > at else None
