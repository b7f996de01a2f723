"""All words, or all characters, of running texts in a row: which of them a place is at, by counting marks."""

from __future__ import annotations

import functools
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from search.language.scripts import HAN, WORD_CHARACTERS

from . import bit_vector
from .bit_vector import BitVector
from .finding import in_class
from .running_texts import Numbers, Places, RunningTexts
from .units import Table

# The first units of ideographs beyond U+FFFF (U+20000 to U+323AF): nothing else is in these planes.
_HIGH: Final = slice(0xD840, 0xD889)


class Row(Protocol):
    """Words, or characters, numbered in the order of the texts."""

    def ended(self, units: Places) -> Places:
        """How many end at or before each of these places."""
        ...

    def begun(self, units: Places) -> Places:
        """How many begin before each of these places."""
        ...

    def of_lines(self, lines: Places) -> Places:
        """How many precede each of these lines."""
        ...

    def numbers(self, at: Places) -> Numbers:
        """Of those at `at` in the row, the numbers in the vocabulary, or in the table of characters."""
        ...


class WordRow:
    def __init__(self, texts: RunningTexts) -> None:
        self._texts, self._places = texts, texts.places

    def ended(self, units: Places) -> Places:
        inside = _in_word()[self._texts.units[units]] & ~self._places.begins.at(units)
        return self._places.begins.rank(units) - inside

    def begun(self, units: Places) -> Places:
        return self._places.begins.rank(units)

    def of_lines(self, lines: Places) -> Places:
        return self._places.line_words[lines].astype(np.int64)

    def numbers(self, at: Places) -> Numbers:
        return self._texts.words[at]


class CharacterRow:
    """Ideographs one by one; a Latin word is one."""

    def __init__(self, texts: RunningTexts, table: Table) -> None:
        self._texts, self._table = texts, table
        self._begins = _characters(texts)
        ends = texts.places.lines.every()
        self._of_lines = np.concatenate((np.zeros(1, np.int64), self._begins.rank(ends)))
        self._by_unit = table.by_unit()

    def ended(self, units: Places) -> Places:
        in_latin = _in_word()[here := self._texts.units[units]] & ~_ideographs()[here]
        return self._begins.rank(units) - (in_latin & ~self._begins.at(units))

    def begun(self, units: Places) -> Places:
        return self._begins.rank(units)

    def of_lines(self, lines: Places) -> Places:
        return self._of_lines[lines]

    def numbers(self, at: Places) -> Numbers:
        units = self._begins.select(at)
        found = self._by_unit[self._texts.units[units]]
        other = np.flatnonzero(found == 0)  # a Latin word, or beyond U+FFFF: its word knows
        places = self._texts.places.begins
        words = places.rank(units[other] + 1) - 1
        step = at[other] - self._begins.rank(places.select(words))
        found[other] = self._table.numbers[self._table.starts[self._texts.words[words]] + step]
        return found


def _characters(texts: RunningTexts) -> BitVector:
    """Where one begins. About 3 ns for each unit, once in a process."""
    data = bit_vector.empty(len(texts.units))
    packed = np.packbits(_ideographs()[texts.units], bitorder="little")
    data[: len(packed)] = packed
    return bit_vector.counted(data | texts.places.begins.bits.view(np.uint8))


@functools.cache
def _ideographs() -> npt.NDArray[np.bool_]:
    """By unit: does an ideograph begin with it?"""
    found = in_class(HAN)
    found[_HIGH] = True
    return found


@functools.cache
def _in_word() -> npt.NDArray[np.bool_]:
    """By unit: is a word there, where a character begins?"""
    return in_class(WORD_CHARACTERS) | _ideographs()
