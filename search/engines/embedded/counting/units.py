"""What is counted where characters are asked for in place of words."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.language.scripts import HAN

from .arrays import ranges
from .finding import in_class
from .running_texts import LINE_END, Numbers, Places
from .vocabulary import GAP, ORDINARY, PROPER, STOP, Pieces, Written

_GAP, _END = 0, 1  # numbers of what is no character: what stands between words, a line end
# Code points of ideographs beyond U+FFFF are these (`search.language.scripts`).
_SUPPLEMENTARY: Final = range(0x20000, 0x323B0)


@dataclass(frozen=True, eq=False)
class Table:
    """The characters of each piece: piece i has `numbers[starts[i]:starts[i + 1]]`. A Latin word or
    number is one character, and so is what stands between words.

    Numbers 0 and 1 are no characters; ideographs follow in the order of their code points, then Latin
    words."""

    pieces: Pieces
    starts: Places
    numbers: Numbers
    codes: Numbers  # of the ideographs
    as_printed: Numbers  # how each is printed
    latin: Places  # the piece of each Latin word

    @functools.cached_property
    def kinds(self) -> npt.NDArray[np.uint8]:
        """By character."""
        kinds = np.full(2 + len(self.codes) + len(self.latin), ORDINARY, np.uint8)
        kinds[[_GAP, _END]] = GAP, STOP
        return kinds

    def folded(self, number: int) -> str:
        at = number - 2 - len(self.codes)
        return self.pieces.folded(int(self.latin[at])) if at >= 0 else chr(self.codes[number - 2])

    def printed(self, number: int) -> str:
        at = number - 2 - len(self.codes)
        return self.pieces.printed(int(self.latin[at])) if at >= 0 else chr(self.as_printed[number - 2])

    def by_unit(self) -> Numbers:
        """The number of each ideograph of one UTF-16 code unit; 0 for all others."""
        found = np.zeros(1 << 16, np.uint32)
        short = np.flatnonzero(self.codes < len(found))
        found[self.codes[short]] = short + 2
        return found

    def having(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """By piece: has it any of these characters?"""
        return np.logical_or.reduceat(wanted[self.numbers], self.starts[:-1])

    def spelt(self, docs: Places, pieces: Numbers) -> tuple[Places, Numbers]:
        """Pieces, with what they are of, as all their characters."""
        many = self.starts[pieces + 1] - self.starts[pieces]
        at = np.repeat(self.starts[pieces] - (np.cumsum(many) - many), many) + np.arange(many.sum())
        return np.repeat(docs, many), self.numbers[at]


def table_of(pieces: Pieces) -> Table:
    """Some 50 ms for 170,000 pieces, once in a process."""
    folded, printed = pieces.every_folded(), pieces.every_printed()
    words = (pieces.kinds == ORDINARY) | (pieces.kinds == PROPER)
    firsts = folded.codes[np.minimum(folded.starts[:-1], len(folded.codes) - 1)]
    han = words & is_ideograph(firsts)
    latin = np.flatnonzero(words & ~han)
    counts = np.where(han, np.diff(folded.starts), 1)
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    codes, as_printed, spelling = _ideographs(folded, printed, np.flatnonzero(han))
    numbers = np.full(int(starts[-1]), _GAP, np.uint32)
    numbers[starts[:-1][pieces.kinds == STOP]] = _END
    numbers[starts[latin]] = 2 + len(codes) + np.arange(len(latin))
    numbers[np.repeat(han, counts)] = 2 + spelling
    return Table(pieces, starts, numbers, codes, as_printed, latin)


def _ideographs(folded: Written, printed: Written, han: Places) -> tuple[Numbers, Numbers, Places]:
    """Of words of ideographs: the different ones, how each is printed, and all of all words by their places
    among the different ones. A character that is a word by itself knows best how it is printed."""
    lengths = np.diff(folded.starts)[han]
    codes = folded.codes[ranges(folded.starts[han], lengths)]
    shown = codes.copy()
    as_long = np.diff(printed.starts)[han] == lengths
    shown[np.repeat(as_long, lengths)] = printed.codes[ranges(printed.starts[han[as_long]], lengths[as_long])]
    order = np.argsort(np.repeat(lengths != 1, lengths), kind="stable")
    different, firsts = np.unique(codes[order], return_index=True)
    return different, shown[order][firsts], different.searchsorted(codes)


def is_ideograph(codes: Numbers) -> npt.NDArray[np.bool_]:
    beyond = (codes >= _SUPPLEMENTARY.start) & (codes < _SUPPLEMENTARY.stop)
    return beyond | _in_plane()[np.where(codes < 1 << 16, codes, LINE_END)]


@functools.cache
def _in_plane() -> npt.NDArray[np.bool_]:
    return in_class(HAN)
