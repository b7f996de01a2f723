"""Bodies of running texts as letters alone: folded, without punctuation and blanks. In this form two outlets'
prints of the same words are the same, whatever their script and punctuation."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.counting.arrays import gathered
from search.engines.embedded.counting.running_texts import FIELDS, Places, RunningTexts, Units
from search.query.fields import Field

Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Unsigned = npt.NDArray[np.uint32]

GRAM: Final = 6  # letters of a seed: with one character in ten changed, most passages keep several whole
# Units of running text that places of four bytes reach. What lies beyond (some three million stories) has no
# passages.
MOST_UNITS: Final = 1 << 32
_AT_A_TIME: Final = 1_000  # documents whose units are gathered together
BODY: Final = FIELDS.index(Field.BODY)  # its place among the bounds of a document
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_MIXER: Final = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Letters:
    """Row r has the letters `bounds[r]` to `bounds[r + 1]`; rows are in the order of their documents."""

    units: Units  # UTF-16 code units; a character beyond the basic plane is two letters
    places: Unsigned  # the unit of the running text that each is
    bounds: Places
    docs: Places  # of each row its document in the running texts, ascending

    def rows_of(self, letters: Places) -> Places:
        return self.bounds.searchsorted(letters, "right") - 1


def letters_of(texts: RunningTexts, docs: Places) -> Letters:
    """`docs` ascending."""
    docs = docs[texts.unit_bounds[docs, BODY + 1] <= MOST_UNITS]
    some = [_gathered(texts, docs[at : at + _AT_A_TIME]) for at in range(0, len(docs), _AT_A_TIME)]
    counts = np.concatenate([np.zeros(1, np.int64), *(counts for _, _, counts in some)])
    return Letters(
        np.concatenate([np.empty(0, np.uint16), *(units for units, _, _ in some)]),
        np.concatenate([np.empty(0, np.uint32), *(places for _, places, _ in some)]),
        np.cumsum(counts),
        docs,
    )


def _gathered(texts: RunningTexts, docs: Places) -> tuple[Units, Unsigned, Places]:
    """Letters, their units in the running text, and how many each document has."""
    begins, ends = texts.unit_bounds[docs, BODY], texts.unit_bounds[docs, BODY + 1]
    units = gathered(texts.units, begins, ends)
    sizes = ends - begins
    at = np.flatnonzero(_letter_units()[units])
    firsts = np.cumsum(sizes) - sizes
    counts = at.searchsorted(firsts + sizes) - at.searchsorted(firsts)
    places = at + np.repeat(begins - firsts, counts)
    return units[at], places.astype(np.uint32), counts


def letters_of_text(units: Units) -> Letters:
    """Of one body; places count from its first unit."""
    at = np.flatnonzero(_letter_units()[units])
    bounds = np.asarray([0, len(at)], np.int64)
    return Letters(units[at], at.astype(np.uint32), bounds, np.zeros(1, np.int64))


@functools.cache
def _letter_units() -> Mask:
    """By code unit; halves of characters beyond the basic plane count as letters, most are ideographs."""
    return np.asarray([chr(unit).isalnum() or 0xD800 <= unit < 0xE000 for unit in range(1 << 16)])


def blocks(bounds: Places, size: int) -> Iterator[tuple[int, int]]:
    """Runs of whole rows with about so many letters: (first row, row after the last)."""
    first, rows = 0, len(bounds) - 1
    while first < rows:
        after = int(bounds.searchsorted(bounds[first] + size, "right")) - 1
        after = min(max(after, first + 1), rows)
        yield first, after
        first = after


def grams(letters: Letters, first: int, after: int, length: int = GRAM) -> tuple[Hashes, Mask]:
    """Of every letter of these rows the hash of the string of `length` that begins there, and whether it lies
    in one row. Shorter by `length` - 1 than the letters."""
    units = letters.units[letters.bounds[first] : letters.bounds[after]]
    many = max(0, len(units) - length + 1)
    hashes = np.zeros(many, np.uint64)
    for at in range(length if many else 0):
        hashes *= _MULTIPLIER
        hashes += units[at : many + at]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIXER
    hashes ^= hashes >> np.uint64(32)
    whole = np.ones(many, np.bool_)
    ends = letters.bounds[first + 1 : after + 1] - letters.bounds[first]
    for short in range(1, length):
        broken = ends - short
        whole[broken[(broken >= 0) & (broken < many)]] = False
    return hashes, whole
