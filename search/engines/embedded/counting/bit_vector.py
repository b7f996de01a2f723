"""Marks in a long text as bits, with how many precede each 64 of them.

Which mark a place is at (rank) and where a mark is (select) then take some array operations, whatever the
length of the text: the bit vector of succinct data structures (Jacobson 1989), in two levels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]
_ONE = np.uint64(1)
_WIDTHS = (32, 16, 8, 4, 2, 1)


class BitVector(NamedTuple):
    bits: _Words
    ranks: npt.NDArray[np.uint32]  # marks before each of `bits`; one more, for all

    def at(self, places: Places) -> npt.NDArray[np.bool_]:
        shift = (places & 63).astype(np.uint64)
        return np.asarray((self.bits[places >> 6] >> shift) & _ONE, np.bool_)

    def rank(self, places: Places) -> Places:
        """How many marks are before each of these places."""
        word = places >> 6
        below = (_ONE << (places & 63).astype(np.uint64)) - _ONE
        marks = np.bitwise_count(self.bits[word] & below)
        return np.asarray(self.ranks[word].astype(np.int64) + marks)

    def select(self, numbers: Places) -> Places:
        """Where each of these marks is; they are numbered from 0, and there are that many."""
        word = self.ranks.searchsorted(numbers.astype(np.uint32), "right") - 1
        return (word << 6) + _nth(self.bits[word], numbers - self.ranks[word])

    def every(self) -> Places:
        """Where all marks are."""
        return np.flatnonzero(np.unpackbits(self.bits.view(np.uint8), bitorder="little"))


def _nth(bits: _Words, numbers: Places) -> Places:
    """The place of a mark among 64, by halving."""
    found = np.zeros(len(bits), np.int64)
    for width in _WIDTHS:
        lower = bits & np.uint64((1 << width) - 1)
        count = np.bitwise_count(lower)
        above = numbers >= count
        numbers = numbers - count * above
        found += width * above
        bits = np.where(above, bits >> np.uint64(width), lower)
    return found


def empty(size: int) -> npt.NDArray[np.uint8]:
    """Bytes for marks in a text of so many places, and behind its end."""
    return np.zeros((size // 64 + 1) * 8, np.uint8)


def mark(data: npt.NDArray[np.uint8], places: Places) -> None:
    """`places` are ascending."""
    if not len(places):
        return
    first = int(places[0]) // 8
    flags = np.zeros(int(places[-1]) + 1 - first * 8, np.bool_)
    flags[places - first * 8] = True
    packed = np.packbits(flags, bitorder="little")
    data[first : first + len(packed)] |= packed


def counted(data: npt.NDArray[np.uint8]) -> BitVector:
    bits = data.view(np.uint64)
    counts = np.cumsum(np.bitwise_count(bits), dtype=np.uint32)
    return BitVector(bits, np.concatenate((np.zeros(1, np.uint32), counts)))


def of_flags(flags: npt.NDArray[np.bool_]) -> BitVector:
    data = empty(len(flags))
    packed = np.packbits(flags, bitorder="little")
    data[: len(packed)] = packed
    return counted(data)
