"""From an occurrence to the words beside it, piece by piece: what it costs depends on the occurrences, not on
the length of the texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import Neighbours

from .finding import Spans
from .running_texts import Places, RunningTexts
from .units import Table
from .vocabulary import ORDINARY, PROPER, STOP

# The place of every sixteenth piece is kept; from there lengths are added up.
_APART: Final = 16
_AT_A_TIME: Final = 1 << 20  # a multiple of that
_RADIX: Final = 1 << 14  # more than any word has characters (`cutting`)

Mask = npt.NDArray[np.bool_]
_Visit = Callable[[Places, Places], Mask]


class Walker:
    """Over the pieces of some running texts."""

    def __init__(self, texts: RunningTexts) -> None:
        self._texts = texts
        self._lengths = texts.vocabulary.lengths
        self._kinds = texts.vocabulary.kinds
        self._anchors = _anchors(texts)

    def pieces_at(self, units: Places) -> Places:
        """The piece that each of these units is in."""
        block = self._anchors.searchsorted(units, "right") - 1
        at, reached = block * _APART, self._anchors[block].astype(np.int64)
        last = len(self._texts.pieces) - 1
        for _ in range(_APART):
            behind = reached + self._lengths[self._texts.pieces[np.minimum(at, last)]]
            further = behind <= units
            reached = np.where(further, behind, reached)
            at = at + further
        return np.minimum(at, last)

    def starts_of(self, pieces: Places) -> Places:
        """The unit at which each of these pieces begins."""
        block = pieces // _APART
        starts, at = self._anchors[block].astype(np.int64), block * _APART
        for _ in range(_APART):
            before = at < pieces
            starts += np.where(before, self._lengths[self._texts.pieces[np.minimum(at, pieces)]], 0)
            at = at + before
        return starts

    def walk(self, spans: Spans, *, left: bool, visit: _Visit) -> None:
        """Word by word away from all occurrences at once. `visit` is given which of them are at a word, and
        its piece; it says which of these go on. None goes beyond its line."""
        at = self.pieces_at(spans.starts if left else spans.ends - 1)
        which = np.arange(len(at))
        while len(which):
            at = at - 1 if left else at + 1
            inside = (at >= 0) & (at < len(self._texts.pieces))
            which, at = which[inside], at[inside]
            kinds = self._kinds[self._texts.pieces[at]]
            goes_on = kinds != STOP
            here = np.flatnonzero((kinds == ORDINARY) | (kinds == PROPER))
            goes_on[here] = visit(which[here], at[here])
            which, at = which[goes_on], at[goes_on]


def neighbours(
    walker: Walker, texts: RunningTexts, spans: Spans, window: int, sides: list[bool], table: Table | None
) -> Neighbours:
    """Words, or with a table characters, within reach of any occurrence, each once. A word that an occurrence
    begins or ends in belongs to the occurrence. `sides`: True for the left."""
    if table is not None:
        return _characters(walker, texts, spans, window, sides, table)
    near = np.zeros(len(texts.pieces), np.bool_)
    for left in sides:
        taken = np.zeros(len(spans.starts), np.int64)

        def take(which: Places, pieces: Places, taken: Places = taken) -> Mask:
            near[pieces] = True
            taken[which] += 1
            return taken[which] < window

        walker.walk(spans, left=left, visit=take)
    found = np.flatnonzero(near)
    return Neighbours(texts.pieces[found], documents_at(texts, found))


def _characters(
    walker: Walker, texts: RunningTexts, spans: Spans, window: int, sides: list[bool], table: Table
) -> Neighbours:
    near = [np.empty(0, np.int64)]
    for left in sides:
        room = np.full(len(spans.starts), window)

        def take(which: Places, pieces: Places, room: Places = room, left: bool = left) -> Mask:
            numbers = texts.pieces[pieces]
            many = table.starts[numbers + 1] - table.starts[numbers]
            taken = np.minimum(many, room[which])
            for step in range(int(taken.max(initial=0))):
                some = step < taken
                place = many[some] - 1 - step if left else step
                near.append(pieces[some] * _RADIX + place)
            room[which] -= taken
            return np.asarray(room[which] > 0)

        walker.walk(spans, left=left, visit=take)
    found = np.unique(np.concatenate(near))
    pieces, place = found // _RADIX, found % _RADIX
    return Neighbours(table.numbers[table.starts[texts.pieces[pieces]] + place], documents_at(texts, pieces))


def edges(walker: Walker, spans: Spans, number: int, *, left: bool, outer: bool) -> Places:
    """Where the nth word (from 1) beside each occurrence begins or ends: `outer`, at its far side; -1 where
    the line has none."""
    found = np.full(len(spans.starts), -1)
    taken = np.zeros(len(spans.starts), np.int64)

    def take(which: Places, pieces: Places) -> Mask:
        taken[which] += 1
        reached = taken[which] == number
        found[which[reached]] = pieces[reached]
        return np.asarray(~reached)

    walker.walk(spans, left=left, visit=take)
    there = np.flatnonzero(found >= 0)
    begins = left is outer
    found[there] = walker.starts_of(found[there] + (not begins))
    return found


def documents_at(texts: RunningTexts, pieces: Places) -> Places:
    return texts.piece_bounds[:, 0].searchsorted(pieces, "right") - 1


def _anchors(texts: RunningTexts) -> npt.NDArray[np.int64]:
    """Where every sixteenth piece begins. About 5 ns for each piece, once in a process."""
    sums = [np.zeros(1, np.int64)]
    for at in range(0, len(texts.pieces), _AT_A_TIME):
        lengths = texts.vocabulary.lengths[texts.pieces[at : at + _AT_A_TIME]]
        sums.append(np.add.reduceat(lengths, np.arange(0, len(lengths), _APART), dtype=np.int64))
    return np.cumsum(np.concatenate(sums))[: max(1, -(-len(texts.pieces) // _APART))]
