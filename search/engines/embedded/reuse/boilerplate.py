"""What so many stories print that it is no passage: boxes about authors, headers of series, set phrases.

They are known by how many stories have them: a string of 13 letters that more than `STORIES` stories have, or
that more than `AT_MARGINS` have in their first or last paragraphs. Such letters weigh nothing, so that they
neither make a passage nor break one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.counting.running_texts import LINE_END, RunningTexts

from .letters import Hashes, Letters, Mask, blocks, grams
from .rough_counts import RoughCounts

Weights = npt.NDArray[np.uint8]

LENGTH: Final = 13  # letters: the fewest of a passage (`alignment.SHORTEST`)
# Of an archive of 26,861 stories 2,329 such strings stand in more (docs/counting.md): names of laws and
# offences, slogans, notices.
STORIES: Final = 20
AT_MARGINS: Final = 4
_FIRST, _LAST = 1, 3  # paragraphs that are margins, of texts with at least so many:
_LEAST_PARAGRAPHS: Final = 8
# An ideograph weighs as four Latin letters or digits: a Latin word is about one character (docs/counting.md).
FULL: Final = 4
_LATIN_UNITS: Final = 0x80
_BLOCK: Final = 2_000_000  # letters at a time


class Boilerplate:
    """`hashes`: of the strings that are, ascending."""

    def __init__(self, hashes: Hashes) -> None:
        self.hashes = hashes

    def weights(self, letters: Letters) -> Weights:
        """Of each letter, in quarters of a character; 0 where it is boilerplate."""
        weights = np.where(letters.units < _LATIN_UNITS, 1, FULL).astype(np.uint8)
        if not len(self.hashes):
            return weights
        for first, after in blocks(letters.bounds, _BLOCK):
            hashes, whole = grams(letters, first, after, LENGTH)
            at = self.hashes.searchsorted(hashes)
            found = (self.hashes[np.minimum(at, len(self.hashes) - 1)] == hashes) & whole
            begin = letters.bounds[first]
            for start in np.flatnonzero(found).tolist():
                weights[begin + start : begin + start + LENGTH] = 0
        return weights


def of_all(texts: RunningTexts, letters: Letters) -> Boilerplate:
    """Of all stories of a generation. Counted roughly first, then those that may be frequent exactly."""
    every, at_margins = RoughCounts(), RoughCounts()
    for first, after in blocks(letters.bounds, _BLOCK):
        hashes, whole = grams(letters, first, after, LENGTH)
        margin = _margins(texts, letters, first, after)[: len(whole)] & whole
        every.add(hashes[whole])
        at_margins.add(hashes[margin])
    found = [np.empty((2, 0), np.uint64)]
    marginal = [np.empty((2, 0), np.uint64)]
    for first, after in blocks(letters.bounds, _BLOCK):
        hashes, whole = grams(letters, first, after, LENGTH)
        margin = _margins(texts, letters, first, after)[: len(whole)] & whole
        found.append(_with_rows(letters, first, hashes, whole & (every.of(hashes) > STORIES)))
        marginal.append(_with_rows(letters, first, hashes, margin & (at_margins.of(hashes) > AT_MARGINS)))
    anywhere = _of_more(np.concatenate(found, axis=1), STORIES)
    there = _of_more(np.concatenate(marginal, axis=1), AT_MARGINS)
    return Boilerplate(np.unique(np.concatenate((anywhere, there))))


def _with_rows(letters: Letters, first: int, hashes: Hashes, wanted: Mask) -> npt.NDArray[np.uint64]:
    at = np.flatnonzero(wanted)
    rows = letters.rows_of(at + letters.bounds[first])
    return np.stack((hashes[at], rows.astype(np.uint64)))


def _of_more(pairs: npt.NDArray[np.uint64], stories: int) -> Hashes:
    """The hashes that more than so many stories have."""
    hashes, rows = pairs
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    different, counts = np.unique(hashes[new], return_counts=True)
    return np.asarray(different[counts > stories])


def _margins(texts: RunningTexts, letters: Letters, first: int, after: int) -> Mask:
    """Which letters of these rows stand in the first or last paragraphs of a text of several."""
    begin, end = int(letters.bounds[first]), int(letters.bounds[after])
    if begin == end:
        return np.empty(0, np.bool_)
    places = letters.places[begin:end].astype(np.int64)
    low = int(places[0])
    lines = np.cumsum(texts.units[low : int(places[-1]) + 1] == LINE_END)[places - low]
    rows = letters.rows_of(np.arange(begin, end)) - first
    new = np.ones(len(places), np.bool_)
    new[1:] = (lines[1:] != lines[:-1]) | (rows[1:] != rows[:-1])
    paragraphs = np.bincount(rows[new], minlength=after - first)
    number = np.cumsum(new) - 1
    number -= (np.cumsum(paragraphs) - paragraphs)[rows]
    many = paragraphs[rows]
    return (many >= _LEAST_PARAGRAPHS) & ((number < _FIRST) | (number >= many - _LAST))
