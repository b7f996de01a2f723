"""From strings of six letters that two texts share to the passages around them.

Each is extended to both sides while the letters go on agreeing, single others among them (without gaps, until
the score has dropped too far: the X-drop of Altschul et al. 1990). Pieces that lie nearly on one diagonal are
chained to one passage, so that words put in or left out do not end it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines.embedded.counting.running_texts import Places

from .boilerplate import FULL, LENGTH, Weights
from .letters import GRAM, Letters, Mask

Scores = npt.NDArray[np.int64]
# (passages, 4): from and to in the units of one text, and the same in the other.
Found = npt.NDArray[np.int64]

# All in quarters of a character. A letter that agrees scores its weight; one that does not costs two
# characters; after seven characters of loss a passage has ended.
_OTHER: Final = 2 * FULL
_DROP: Final = 7 * FULL
SHORTEST: Final = LENGTH * FULL  # the least score of a passage: 13 letters that agree
PRINTED: Final = 16  # characters, with punctuation, that it has at least in either print
_PIECE: Final = 8 * FULL  # the least score of a piece that is chained with others
_GAP: Final = 16  # letters put in or left out between two pieces of one passage, at most
_SHIFT: Final = 12  # by which they may lie on other diagonals
_JOINT: Final = 2 * FULL  # what each gap costs
_OVERLAP: Final = 8  # letters in which pieces on two diagonals may overlap


class Aligned(NamedTuple):
    """Passages: rows and letters (from, to) of a text and of another; columns of one length."""

    rows: Places
    others: Places  # rows of the other
    starts: Places
    ends: Places
    other_starts: Places
    other_ends: Places
    scores: Scores

    def taken(self, at: Places | Mask) -> Aligned:
        return Aligned(*(column[at] for column in self))


def none() -> Aligned:
    return Aligned(*(np.empty(0, np.int64) for _ in Aligned._fields))


def joined(every: list[Aligned]) -> Aligned:
    return Aligned(*(np.concatenate(columns) for columns in zip(none(), *every, strict=True)))


def aligned(a: Letters, weights: Weights, b: Letters, at: Places, other: Places) -> Aligned:
    """`at`, `other`: letters of a and b at which the same string may begin; `weights`: of a's letters."""
    same = np.ones(len(at), np.bool_)
    for step in range(GRAM):
        same &= a.units[at + step] == b.units[other + step]
    at, other = at[same], other[same]
    pieces = _pieces(a, weights, b, at, other)
    return _long_enough(a, b, _chained(pieces))


def _pieces(a: Letters, weights: Weights, b: Letters, at: Places, other: Places) -> Aligned:
    diagonals = other - at
    order = np.lexsort((at, diagonals))
    at, other, diagonals = at[order], other[order], diagonals[order]
    rows, others = a.rows_of(at), b.rows_of(other)
    found = [none()]
    while len(at):  # the first of each diagonal; then those that its extension has not reached
        new = np.ones(len(at), np.bool_)
        new[1:] = (diagonals[1:] != diagonals[:-1]) | (rows[1:] != rows[:-1]) | (others[1:] != others[:-1])
        group = np.cumsum(new) - 1
        first, second, row, of = at[new], other[new], rows[new], others[new]
        room = np.minimum(first - a.bounds[row], second - b.bounds[of])
        left, before = _extended(a, weights, b, first, second, room, -1)
        last, end = first + GRAM - 1, second + GRAM - 1
        room = np.minimum(a.bounds[row + 1] - last, b.bounds[of + 1] - end) - 1
        right, behind = _extended(a, weights, b, last, end, room, 1)
        scores = before + behind
        for number in range(GRAM):
            scores += weights[first + number]
        some = Aligned(row, of, first - left, last + right + 1, second - left, end + right + 1, scores)
        found.append(some.taken(scores >= _PIECE))
        further = at + GRAM > (last + right + 1)[group]
        at, other, diagonals = at[further], other[further], diagonals[further]
        rows, others = rows[further], others[further]
    return joined(found)


def _extended(
    a: Letters, weights: Weights, b: Letters, at: Places, other: Places, room: Places, step: int
) -> tuple[Places, Scores]:
    """By how many letters each is best extended to one side, and what that scores."""
    best_at, best = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    which = np.flatnonzero(room > 0)
    score, top = np.zeros(len(which), np.int64), np.zeros(len(which), np.int64)
    here, there, left = at[which], other[which], room[which]
    steps = 0
    while len(which):
        steps += 1
        here, there = here + step, there + step
        same = a.units[here] == b.units[there]
        score = score + np.where(same, weights[here].astype(np.int64), -_OTHER)
        better = score > top
        top = np.where(better, score, top)
        best_at[which[better]] = steps
        best[which[better]] = score[better]
        on = (score > top - _DROP) & (left > steps)
        if not on.all():
            which, score, top, left = which[on], score[on], top[on], left[on]
            here, there = here[on], there[on]
    return best_at, best


def _chained(pieces: Aligned) -> Aligned:
    if len(pieces.rows) < 2:
        return pieces
    pieces = pieces.taken(np.lexsort((pieces.starts, pieces.others, pieces.rows)))
    gap = pieces.starts[1:] - pieces.ends[:-1]
    other_gap = pieces.other_starts[1:] - pieces.other_ends[:-1]
    near = (pieces.rows[1:] == pieces.rows[:-1]) & (pieces.others[1:] == pieces.others[:-1])
    for one in (gap, other_gap):
        near &= (one >= -_OVERLAP) & (one <= _GAP)
    near &= np.abs(gap - other_gap) <= _SHIFT
    firsts = np.flatnonzero(np.concatenate(([True], ~near)))
    overlap = np.maximum(0, np.maximum(-gap, -other_gap)) * FULL + _JOINT
    lost = np.concatenate((np.zeros(1, np.int64), np.where(near, overlap, 0)))
    return Aligned(
        pieces.rows[firsts],
        pieces.others[firsts],
        pieces.starts[firsts],
        np.maximum.reduceat(pieces.ends, firsts),
        pieces.other_starts[firsts],
        np.maximum.reduceat(pieces.other_ends, firsts),
        np.add.reduceat(pieces.scores - lost, firsts),
    )


def _long_enough(a: Letters, b: Letters, found: Aligned) -> Aligned:
    found = found.taken(found.scores >= SHORTEST)
    printed = a.places[found.ends - 1].astype(np.int64) - a.places[found.starts] + 1
    there = b.places[found.other_ends - 1].astype(np.int64) - b.places[found.other_starts] + 1
    return found.taken((printed >= PRINTED) & (there >= PRINTED))


def each_once(found: Aligned) -> Aligned:
    """Of passages of the same two texts, found from either side, those that overlap mostly are one. In the
    order of rows, other rows and starts."""
    if not len(found.rows):
        return found
    found = found.taken(np.lexsort((found.ends, found.starts, found.others, found.rows)))
    same = (found.rows[1:] == found.rows[:-1]) & (found.others[1:] == found.others[:-1])
    for starts, ends in ((found.starts, found.ends), (found.other_starts, found.other_ends)):
        common = np.minimum(ends[1:], ends[:-1]) - np.maximum(starts[1:], starts[:-1])
        same &= 2 * common > np.minimum(ends[1:] - starts[1:], ends[:-1] - starts[:-1])
    firsts = np.flatnonzero(np.concatenate(([True], ~same)))
    return Aligned(
        found.rows[firsts],
        found.others[firsts],
        found.starts[firsts],
        np.maximum.reduceat(found.ends, firsts),
        np.minimum.reduceat(found.other_starts, firsts),
        np.maximum.reduceat(found.other_ends, firsts),
        np.maximum.reduceat(found.scores, firsts),
    )


def in_units(a: Letters, b: Letters, found: Aligned) -> Found:
    columns = (
        a.places[found.starts],
        a.places[found.ends - 1] + np.uint32(1),
        b.places[found.other_starts],
        b.places[found.other_ends - 1] + np.uint32(1),
    )
    return np.stack(columns, axis=1).astype(np.int64).reshape(-1, 4)


def turned(found: Found) -> Found:
    """The same from the other side."""
    return found[:, [2, 3, 0, 1]]
