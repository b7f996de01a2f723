"""What is counted where characters are asked for in place of words, and how stretches of running texts are
collected."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.language.tokens import is_han

from .running_texts import Numbers, Places
from .vocabulary import GAP, ORDINARY, STOP, Pieces


@dataclass(frozen=True, slots=True)
class Table:
    """The characters of each piece: piece i has `numbers[starts[i]:starts[i + 1]]`. A Latin word or
    number is one character, and so is what stands between words."""

    starts: npt.NDArray[np.int64]
    numbers: Numbers
    kinds: npt.NDArray[np.uint8]  # by character
    folded: tuple[str, ...]
    printed: tuple[str, ...]

    def having(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """By piece: has it any of these characters?"""
        return np.logical_or.reduceat(wanted[self.numbers], self.starts[:-1])

    def spelt(self, docs: Places, pieces: Numbers) -> tuple[Places, Numbers]:
        """Pieces, with what they are of, as all their characters."""
        many = self.starts[pieces + 1] - self.starts[pieces]
        at = np.repeat(self.starts[pieces] - (np.cumsum(many) - many), many) + np.arange(many.sum())
        return np.repeat(docs, many), self.numbers[at]


def table_of(pieces: Pieces) -> Table:
    """About a microsecond for each piece."""
    number: dict[str, int] = {"": 0}
    kinds, printed = [GAP], [""]
    numbers: list[int] = []
    counts = np.ones(len(pieces.kinds), np.int64)
    for at, kind in enumerate(pieces.kinds.tolist()):
        folded = pieces.folded(at)
        if kind in (GAP, STOP):
            parts, as_printed = [folded if kind == STOP else ""], [folded]
        else:
            parts, as_printed = _characters(folded, pieces.printed(at))
            counts[at] = len(parts)
        for part, shown in zip(parts, as_printed, strict=True):
            known = number.setdefault(part, len(number))
            if known == len(kinds):
                kinds.append(min(kind, ORDINARY) if kind != STOP else STOP)
                printed.append(shown)
            elif folded == part:  # the character as a word by itself knows best how it is printed
                printed[known] = shown
            numbers.append(known)
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    every = np.asarray(numbers, np.uint32)
    return Table(starts, every, np.asarray(kinds, np.uint8), tuple(number), tuple(printed))


def _characters(folded: str, printed: str) -> tuple[list[str], list[str]]:
    if not is_han(folded):
        return [folded], [printed]
    parts = list(folded)
    return parts, list(printed) if len(printed) == len(parts) else parts


def gathered(values: Numbers, begins: Places, ends: Places) -> Numbers:
    """The stretches one after the other; those that touch are taken as one."""
    if not len(begins):
        return values[:0]
    apart = np.flatnonzero(begins[1:] != ends[:-1]) + 1
    firsts, lasts = begins[np.concatenate(([0], apart))], ends[np.concatenate((apart - 1, [len(ends) - 1]))]
    stretches = [values[a:b] for a, b in itertools.zip_longest(firsts.tolist(), lasts.tolist())]
    return stretches[0] if len(stretches) == 1 else np.concatenate(stretches)
