"""Where in the running texts words and lines begin: as marks at code units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines.embedded.storage.mapping import MappedFile

from . import bit_vector
from .bit_vector import BitVector
from .vocabulary import ORDINARY, PROPER, STOP

Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

_BITS: Final = ("begins", "lines")


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """Words are numbered through all texts, and so are lines. A line end (LINE_END) belongs to its line."""

    begins: BitVector  # the first unit of each word
    lines: BitVector  # the line ends
    line_words: Numbers  # by line, how many words precede it; one more, for all

    def write(self, folder: Path) -> None:
        for name, marks in zip(_BITS, (self.begins, self.lines), strict=True):
            marks.bits.tofile(folder / name)
            marks.ranks.tofile(folder / f"{name}.ranks")
        self.line_words.tofile(folder / "lines.words")


def files(folder: Path) -> dict[str, MappedFile]:
    names = (*_BITS, *(f"{name}.ranks" for name in _BITS), "lines.words")
    return {name: MappedFile(folder / name) for name in names}


def read(files: dict[str, MappedFile]) -> WordPlaces:
    begins, lines = (
        BitVector(files[name].array(np.uint64), files[f"{name}.ranks"].array(np.uint32)) for name in _BITS
    )
    return WordPlaces(begins, lines, files["lines.words"].array(np.uint32))


class Split(NamedTuple):
    """The pieces of some texts, parted into words and what stands between them."""

    words: Numbers
    counts: Places  # words of each field of each document


class Splitting:
    """From pieces, text after text, to words and their places."""

    def __init__(self, units: int, kinds: npt.NDArray[np.uint8], lengths: npt.NDArray[np.uint16]) -> None:
        """`units`: the length of all texts that will come. The others are those of the vocabulary."""
        self._is_word = (kinds == ORDINARY) | (kinds == PROPER)
        self._is_end = kinds == STOP
        self._lengths = lengths
        self._begins, self._lines = bit_vector.empty(units), bit_vector.empty(units)
        self._line_words = [np.zeros(1, np.uint32)]
        self._units = self._words = 0

    def add(self, pieces: Numbers, counts: Places) -> Split:
        """`counts`: how many pieces each field of each document has, at least one."""
        lengths = self._lengths[pieces]
        begins = np.cumsum(lengths, dtype=np.int64) - lengths + self._units
        of_words = self._is_word[pieces]
        at_ends = np.flatnonzero(self._is_end[pieces])
        before = np.cumsum(of_words, dtype=np.int64)
        bit_vector.mark(self._begins, begins[of_words])
        bit_vector.mark(self._lines, begins[at_ends])
        self._line_words.append((before[at_ends] + self._words).astype(np.uint32))
        words = pieces[of_words]
        self._units += int(lengths.sum(dtype=np.int64))
        self._words += len(words)
        ends = before[np.cumsum(counts.ravel()) - 1]
        return Split(words, np.diff(ends, prepend=0).reshape(counts.shape))

    def places(self) -> WordPlaces:
        return WordPlaces(
            bit_vector.counted(self._begins),
            bit_vector.counted(self._lines),
            np.concatenate(self._line_words),
        )
