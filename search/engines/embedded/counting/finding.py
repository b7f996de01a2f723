"""Where strings stand in running texts: found by comparing arrays, and settled by the patterns of
`search.language.tokens` wherever more than equality decides (blanks, punctuation that parts a string)."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.language import loosening
from search.language.tokens import WORD_CHARACTERS, Needle

from .arrays import different, gathered
from .kept import afford
from .running_texts import FIELDS, LINE_END, Places, RunningTexts, Units, text_of, units_of

# Units that are compared at a time: what they take stays in the processor's cache.
_AT_A_TIME: Final = 1 << 19
# With more than a third of the documents it is faster to look through all of them.
_MOST_GATHERED: Final = 3
_BLANK: Final = 32  # its code unit
_SETTLED_COST: Final = 3  # units of work of trying a pattern at a place
_BEHIND: Final = 12  # units that a pattern may want beyond a string: edges of words, blanks


class Spans(NamedTuple):
    """Units from `starts` to `ends`, in order, none overlapping another."""

    starts: Places
    ends: Places


_NONE: Final = Spans(np.empty(0, np.int64), np.empty(0, np.int64))


def spans_of(needle: Needle, texts: RunningTexts, docs: Places) -> Spans:
    """Of all occurrences in these documents (ascending)."""
    if not len(docs):
        return _NONE
    if len(docs) * _MOST_GATHERED > texts.documents:
        found = _spans(needle, texts.units)
        wanted = np.zeros(texts.documents, np.bool_)
        wanted[docs] = True
        kept = wanted[documents_of(texts, found.starts)]
        return Spans(found.starts[kept], found.ends[kept])
    begins, ends = texts.unit_bounds[docs, 0], texts.unit_bounds[docs, -1]
    at = np.cumsum(ends - begins) - (ends - begins)  # where each document begins in what was gathered
    found = _spans(needle, gathered(texts.units, begins, ends))
    shift = (begins - at)[at.searchsorted(found.starts, "right") - 1]
    return Spans(found.starts + shift, found.ends + shift)


def documents_of(texts: RunningTexts, starts: Places) -> Places:
    """`starts` are ascending."""
    before = starts.searchsorted(texts.unit_bounds[:, 0])
    return np.repeat(np.arange(texts.documents), np.diff(before, append=len(starts)))


def documents_at(texts: RunningTexts, places: Places) -> Places:
    """As `documents_of`, of places in any order."""
    return texts.unit_bounds[:, 0].searchsorted(places, "right") - 1


def fields_of(texts: RunningTexts, starts: Places) -> Places:
    """Numbers in `running_texts.FIELDS`. `starts` are ascending."""
    before = starts.searchsorted(texts.unit_bounds[:, :-1].ravel())
    return np.repeat(np.arange(len(before)) % len(FIELDS), np.diff(before, append=len(starts)))


def joined(every: Sequence[Spans]) -> Spans:
    """All in order; those that overlap are one."""
    starts = np.concatenate([spans.starts for spans in every])
    ends = np.concatenate([spans.ends for spans in every])
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    reach = np.maximum.accumulate(ends)
    if len(starts) < 2 or (starts[1:] >= reach[:-1]).all():
        return Spans(starts, ends)
    firsts = np.flatnonzero(np.concatenate(([True], starts[1:] >= reach[:-1])))
    return Spans(starts[firsts], np.maximum.reduceat(ends, firsts))


def _spans(needle: Needle, units: Units) -> Spans:
    if needle.letters:
        return _left_to_right(_loose(needle, units))
    head, starts = _standing_before_blanks(needle, units)
    if needle.left_edge:
        starts = starts[(starts == 0) | ~_word_edges()[units[starts - 1]]]
    if " " in needle.text:
        return _left_to_right(_settled(needle, units, starts))
    ends = starts + len(head)
    if needle.right_edge:
        whole = ~_word_edges()[units[np.minimum(ends, len(units) - 1)]]
        starts, ends = starts[whole], ends[whole]
    return _left_to_right(Spans(starts, ends))


def _standing(sought: Units, units: Units) -> Places:
    """Where these units begin, overlapping ones too."""
    found = []
    for at in range(0, len(units), _AT_A_TIME):
        some = units[at : at + _AT_A_TIME + 1]
        here = some[:_AT_A_TIME] == sought[0]
        if len(sought) > 1:
            behind = some[1:] == sought[1]
            here = here[: len(behind)]
            here &= behind
        found.append(np.flatnonzero(here) + at)
    starts = np.concatenate(found) if found else np.empty(0, np.int64)
    for number, unit in enumerate(sought[2:].tolist(), 2):
        starts = starts[starts + number < len(units)]
        starts = starts[units[starts + number] == unit]
    return starts


def _standing_before_blanks(needle: Needle, units: Units) -> tuple[Units, Places]:
    """The needle up to its first blank, and where it stands with a blank behind it if it has one."""
    head, blank, _ = needle.text.partition(" ")
    sought = units_of(head)
    starts = _standing(sought, units)
    if blank:
        starts = starts[units[np.minimum(starts + len(sought), len(units) - 1)] == _BLANK]
    return sought, starts


def _loose(needle: Needle, units: Units) -> Spans:
    """A string that punctuation may part. Where nothing does, equality settles it; elsewhere the pattern."""
    letters = units_of(needle.letters)
    at = _standing(letters[:1], units)
    behind = at + 1
    doubtful = []
    for letter in letters[1:].tolist():
        here = units[behind]  # the last unit of all is a line end, so that there is one
        parted = _parting()[here]
        doubtful.append(_continued(units, at[parted], behind[parted], letter))
        same = here == letter
        at, behind = at[same], behind[same] + 1
    edged = needle.left_edge or needle.right_edge
    if edged or needle.letters != needle.text:  # typed with punctuation, or at the edge of a Latin word
        _, also = _standing_before_blanks(needle, units)
        return _settled(needle, units, different(np.concatenate((at, also, *doubtful))))
    settled = _settled(needle, units, different(np.concatenate(doubtful)))
    starts, ends = np.concatenate((at, settled.starts)), np.concatenate((behind, settled.ends))
    order = np.argsort(starts, kind="stable")
    return Spans(starts[order], ends[order])


def _continued(units: Units, starts: Places, at: Places, letter: int) -> Places:
    """Those of `starts` where behind the punctuation at `at` the letter follows."""
    for _ in range(loosening.LONGEST):
        more = _parting()[units[at]]
        if not more.any():
            break
        at = at + more
    return np.asarray(starts[units[at] == letter])


def _settled(needle: Needle, units: Units, starts: Places) -> Spans:
    """Where at these places the pattern matches."""
    afford(_SETTLED_COST * len(starts))
    reach = len(needle.text) * (1 + loosening.LONGEST) * 2 + _BEHIND
    match = needle.pattern.match
    found, ends = [], []
    for start in starts.tolist():
        before = text_of(units[max(0, start - 2) : start])
        hit = match(before + text_of(units[start : start + reach]), len(before))
        if hit:
            found.append(start)
            ends.append(start + len(units_of(hit[0])))
    return Spans(np.asarray(found, np.int64), np.asarray(ends, np.int64))


def _left_to_right(spans: Spans) -> Spans:
    """As a pattern finds them one after the other: what overlaps one that was found is none."""
    starts, ends = spans
    if len(starts) < 2 or (starts[1:] >= ends[:-1]).all():
        return spans
    kept, reached = [], 0
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if start >= reached:
            kept.append(number)
            reached = end
    return Spans(starts[kept], ends[kept])


@functools.cache
def _word_edges() -> npt.NDArray[np.bool_]:
    """By unit: is it a letter or digit of a script that parts words by blanks?"""
    return in_class(WORD_CHARACTERS)


@functools.cache
def _parting() -> npt.NDArray[np.bool_]:
    """By unit: may it part a string?"""
    return in_class(loosening.EVERY)


def in_class(characters: str) -> npt.NDArray[np.bool_]:
    """By unit: is it one of these, as they stand between the brackets of a regular expression?"""
    table = np.zeros(1 << 16, np.bool_)
    for run in re.finditer(f"[{characters}]+", "".join(map(chr, range(1 << 16)))):
        table[run.start() : run.end()] = True
    table[LINE_END] = False
    return table
