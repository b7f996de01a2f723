"""What stands beside occurrences. Words or characters are numbered in a row (`rows`), so that those within
reach of an occurrence are a range of numbers, whatever stands between them.

What begins behind an occurrence is on its right, what ends before it on its left: a word that it begins or
ends in belongs to it. No range goes over the end of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines.base import Counts

from . import bit_vector
from .arrays import different
from .arrays import ranges as places_in
from .finding import Spans
from .rows import Row
from .running_texts import Numbers, Places, RunningTexts

Mask = npt.NDArray[np.bool_]

# With more than one word in so many within reach, all words are looked through in order.
_DENSE: Final = 8
_AT_A_TIME: Final = 1 << 17  # words; what they take stays in the processor's cache
_CELLS: Final = 1 << 24  # of a table of words and documents in which pairs are ticked off


class Ranges(NamedTuple):
    """In the order of the occurrences, so that neither begins nor ends go back."""

    begins: Places
    ends: Places


def ranges(row: Row, spans: Spans, window: int, *, left: bool, lines: Places) -> Ranges:
    """`lines`: in which the occurrences are (`lines_of`)."""
    if left:
        ends = row.ended(spans.starts)
        return Ranges(np.maximum(ends - window, row.of_lines(lines)), ends)
    begins = row.begun(spans.ends)
    return Ranges(begins, np.minimum(begins + window, row.of_lines(lines + 1)))


def lines_of(texts: RunningTexts, spans: Spans) -> Places:
    return texts.places.lines.rank(spans.starts)


def _apart(every: Ranges) -> Ranges:
    """The same, those that overlap or touch as one, without empty ones."""
    there = np.flatnonzero(every.begins < every.ends)
    begins, ends = every.begins[there], every.ends[there]
    first = np.ones(len(begins), np.bool_)
    first[1:] = begins[1:] > ends[:-1]
    return Ranges(begins[first], ends[np.roll(first, -1)])


def united(sides: Sequence[Ranges]) -> Ranges:
    """What is in any of them, as ranges that are apart, ascending. Where begins and ends are sorted, each
    for themselves, a range follows a gap if it begins behind as many ends as there were begins."""
    parts = [_apart(side) for side in sides]
    if len(parts) == 1:
        return parts[0]
    return _apart(Ranges(*(np.sort(np.concatenate(column)) for column in zip(*parts, strict=True))))


class Near:
    """Each word or character within reach of any occurrence, once, even if it is in reach of two."""

    def __init__(self, texts: RunningTexts, row: Row, within: Ranges, *, are_words: bool) -> None:
        """`within`: `united`."""
        self._texts, self._row = texts, row
        self._bounds = texts.word_bounds[:, 0] if are_words else row.begun(texts.unit_bounds[:, 0])
        reached = int((within.ends - within.begins).sum())
        self._flags = None
        if are_words and reached * _DENSE > len(texts.words):
            self._flags = _flags(within, len(texts.words))
        else:
            self._at = places_in(within.begins, within.ends - within.begins)
            self._numbers = row.numbers(self._at)

    def counts(self, size: int) -> Counts:
        """By number, of `size`."""
        if self._flags is None:
            return np.bincount(self._numbers, minlength=size)
        counts, words = np.zeros(size, np.int64), self._texts.words
        reached = 0
        for at in range(0, len(words), _AT_A_TIME):
            flags = self._flags[at : at + _AT_A_TIME]
            np.add.at(counts, words[at : at + _AT_A_TIME] * flags, 1)
            reached += int(np.count_nonzero(flags))
        counts[0] -= len(words) - reached  # which were counted as the first of all
        return counts

    def pairs(self, chosen: Places, size: int) -> tuple[Places, Places]:
        """Different pairs of one of the chosen numbers, by its place among them, and a document that has it
        within reach."""
        place = np.full(size, -1, np.int32)
        place[chosen] = np.arange(len(chosen))
        places, docs = self._hits(place)
        if len(chosen) * len(self._bounds) <= _CELLS:
            table = np.zeros((len(chosen), len(self._bounds)), np.bool_)
            table[places, docs] = True
            found = np.nonzero(table)
            return found[0], found[1]
        every = different(places.astype(np.int64) * len(self._bounds) + docs)
        return every // len(self._bounds), every % len(self._bounds)

    def _hits(self, place: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], Places]:
        if self._flags is None:
            places = place[self._numbers]
            hit = places >= 0
            return places[hit], self._bounds.searchsorted(self._at[hit], "right") - 1
        wanted, words = place >= 0, self._texts.words
        flags = np.empty(len(words), np.bool_)
        for at in range(0, len(words), _AT_A_TIME):
            some = slice(at, at + _AT_A_TIME)
            np.logical_and(wanted.take(words[some], mode="clip"), self._flags[some], out=flags[some])
        before = bit_vector.of_flags(flags).rank(self._bounds)
        docs = np.repeat(np.arange(len(before)), np.diff(before, append=np.count_nonzero(flags)))
        return place[words[np.flatnonzero(flags)]], docs


class Neighbours:
    """A base.Neighbours: of each set of running texts, those near, and the number of its first document."""

    def __init__(self, parts: Sequence[tuple[int, Near]], size: int) -> None:
        self._parts, self._size = parts, size

    def counts(self) -> Counts:
        return np.asarray(np.sum([near.counts(self._size) for _, near in self._parts], axis=0))

    def pairs(self, chosen: Places) -> tuple[Places, Places]:
        found = [(near.pairs(chosen, self._size), first) for first, near in self._parts]
        places = np.concatenate([pairs[0] for pairs, _ in found])
        return places, np.concatenate([pairs[1] + first for pairs, first in found])


def _flags(within: Ranges, size: int) -> Mask:
    steps = np.zeros(size + 1, np.int8)
    steps[within.begins], steps[within.ends] = 1, -1
    np.cumsum(steps, dtype=np.int8, out=steps)
    return np.asarray(steps[:-1].view(np.bool_))


def edges(texts: RunningTexts, row: Row, spans: Spans, number: int, *, left: bool, outer: bool) -> Places:
    """Where the nth word (from 1) beside each occurrence begins or ends: `outer`, at its far side; -1 where
    the line has none."""
    reached = ranges(row, spans, number, left=left, lines=lines_of(texts, spans))
    there = np.flatnonzero(reached.ends - reached.begins == number)
    words = reached.begins[there] if left else reached.ends[there] - 1
    found = np.full(len(spans.starts), -1)
    found[there] = texts.places.begins.select(words)
    if left is not outer:
        found[there] += lengths_of(texts, texts.words[words])
    return found


def lengths_of(texts: RunningTexts, words: Numbers) -> Places:
    """In units."""
    return texts.vocabulary.lengths[words].astype(np.int64)
