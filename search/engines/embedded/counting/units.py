"""What is counted: words, or characters. A run of documents as one sequence of either, with its places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.language.tokens import is_han

from .running_texts import Numbers, Places, RunningTexts
from .vocabulary import GAP, PROPER, STOP, WORD, Pieces, length_of

DOCUMENTS: Final = 1_000  # at a time: bounds the memory of a question


@dataclass(frozen=True, slots=True)
class Table:
    """The characters of each piece: piece i has `numbers[starts[i]:starts[i + 1]]`, of so many code units
    each. A Latin word or number is one character, and so is what stands between words."""

    starts: npt.NDArray[np.int64]
    numbers: Numbers
    lengths: npt.NDArray[np.uint16]
    kinds: npt.NDArray[np.uint8]  # by character
    folded: tuple[str, ...]
    printed: tuple[str, ...]


def table_of(pieces: Pieces) -> Table:
    """About a microsecond for each piece."""
    number: dict[str, int] = {"": 0}
    kinds, printed = [GAP], [""]
    numbers: list[int] = []
    lengths: list[int] = []
    counts = np.ones(len(pieces.kinds), np.int64)
    for at, kind in enumerate(pieces.kinds.tolist()):
        folded = pieces.folded(at)
        if kind in (GAP, STOP):
            parts, as_printed = [folded if kind == STOP else ""], [folded]
            lengths.append(length_of(folded))
        else:
            parts, as_printed = _characters(folded, pieces.printed(at))
            counts[at] = len(parts)
            lengths += map(length_of, parts)
        for part, shown in zip(parts, as_printed, strict=True):
            known = number.setdefault(part, len(number))
            if known == len(kinds):
                kinds.append(min(kind, WORD) if kind != STOP else STOP)
                printed.append(shown)
            elif folded == part:  # the character as a word by itself knows best how it is printed
                printed[known] = shown
            numbers.append(known)
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    sizes = np.asarray(lengths, np.uint16)
    every = np.asarray(numbers, np.uint32)
    return Table(starts, every, sizes, np.asarray(kinds, np.uint8), tuple(number), tuple(printed))


def _characters(folded: str, printed: str) -> tuple[list[str], list[str]]:
    if not is_han(folded):
        return [folded], [printed]
    parts = list(folded)
    return parts, list(printed) if len(printed) == len(parts) else parts


@dataclass(frozen=True, slots=True)
class Run:
    """Some documents one after the other. Only what is counted is in `numbers`; line ends are in `stops`."""

    numbers: Numbers  # of words, or of characters
    starts: Places  # code units
    ends: Places
    docs: Places  # of each
    stops: Places  # where the line ends begin


def runs(texts: RunningTexts, docs: Places, table: Table | None) -> Iterator[Run]:
    """`table`: characters are counted; None: words."""
    for at in range(0, len(docs), DOCUMENTS):
        yield _run(texts, docs[at : at + DOCUMENTS], table)


def _run(texts: RunningTexts, docs: Places, table: Table | None) -> Run:
    begins, ends = texts.piece_bounds[docs, 0], texts.piece_bounds[docs, -1]
    counts = ends - begins
    pieces = gathered(texts.pieces, begins, ends)
    if table is None:
        numbers, sizes = pieces, texts.vocabulary.lengths[pieces].astype(np.int64)
        kinds = texts.vocabulary.kinds[pieces]
    else:
        each = table.starts[pieces + 1] - table.starts[pieces]
        at = np.repeat(table.starts[pieces] - (np.cumsum(each) - each), each) + np.arange(each.sum())
        numbers, sizes = table.numbers[at], table.lengths[at].astype(np.int64)
        kinds = table.kinds[numbers]
        counts = np.add.reduceat(each, np.cumsum(counts) - counts) if len(counts) else counts
    reached = np.cumsum(sizes)
    of_doc = np.repeat(np.arange(len(docs)), counts)
    firsts = np.cumsum(counts) - counts
    before = np.concatenate((np.zeros(1, np.int64), reached))[firsts]
    shift = (texts.unit_bounds[docs, 0] - before)[of_doc]
    stop_at = reached + shift
    start_at = stop_at - sizes
    counted = np.flatnonzero((kinds == WORD) | (kinds == PROPER))
    return Run(
        numbers[counted], start_at[counted], stop_at[counted], docs[of_doc[counted]], start_at[kinds == STOP]
    )


def gathered(values: Numbers, begins: Places, ends: Places) -> Numbers:
    """The stretches one after the other; those that touch are taken as one."""
    if not len(begins):
        return values[:0]
    apart = np.flatnonzero(begins[1:] != ends[:-1]) + 1
    firsts, lasts = begins[np.concatenate(([0], apart))], ends[np.concatenate((apart - 1, [len(ends) - 1]))]
    stretches = [values[a:b] for a, b in itertools.zip_longest(firsts.tolist(), lasts.tolist())]
    return stretches[0] if len(stretches) == 1 else np.concatenate(stretches)
