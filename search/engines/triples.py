"""Postings of three neighbouring characters that stand together in many documents.

A string of three characters is found by its two pairs, and whether the pairs overlap is settled by the
text. Where many documents have it, that costs milliseconds; so these have a list that says it all. Rare
triples have none: a few texts are soon read. Characters beyond the Basic Multilingual Plane are left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from . import grams
from .grams import Characters, Counted, Floats, Keys, Writer

NAME: Final = "triples"
OF: Final = "any"  # the gram list whose documents these are
LEAST: Final = 32  # documents that a triple stands in, to have a list
MOST_TEXTS: Final = 1 << 16  # that are counted together

# While texts are counted, a key is a triple's code (48 bits) above the number of its text (16 bits).
# When they are merged it is the lower part of the code above a document's number: the upper part is the
# same in all that is merged at a time.
_CHAR, _TEXT = 16, 16
_DOC = grams.DOC
_LOWER = 64 - _DOC
_DOC_MASK = np.uint64((1 << _DOC) - 1)
_TEXT_MASK = np.uint64((1 << _TEXT) - 1)
_LOWER_MASK = np.uint64((1 << _LOWER) - 1)


def code(triple: str) -> int:
    """Of three folded characters; 0 for those that have no list, and for fewer."""
    if len(triple) < 3 or max(triple) >= "\U00010000":
        return 0
    first, second, third = map(ord, triple)
    return (first << _CHAR | second) << _CHAR | third


def count(characters: Characters) -> Counted:
    """The triples of at most MOST_TEXTS texts, by the texts' numbers."""
    chars = characters.codes
    inked = characters.inked & (chars < np.uint64(1 << _CHAR))
    whole = inked[:-2] & inked[1:-1] & inked[2:]
    first, second, third = chars[:-2][whole], chars[1:-1][whole], chars[2:][whole]
    codes = (first << np.uint64(_CHAR) | second) << np.uint64(_CHAR) | third
    return Counted.of(codes << np.uint64(_TEXT) | characters.docs[:-2][whole])


@dataclass(frozen=True, slots=True)
class Part:
    """Counted triples of one field in a run of documents, with what a single occurrence weighs there."""

    counted: Counted
    first: int  # the document that is text 0
    weight_of: Floats  # by document number
    where: int = grams.PRINTED


def merge(folder: Path, parts: Sequence[Part]) -> int:
    """Write the list from its parts. Returns the number of postings."""
    with Writer(folder, NAME) as writer:
        for low, high in _partitions(parts):
            keys, weights, where = _between(parts, low, high)
            if not len(keys):
                continue
            starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
            keys = keys[starts]
            codes = keys >> np.uint64(_DOC)
            firsts = np.flatnonzero(np.diff(codes, prepend=~codes[:1]))
            sizes = np.diff(np.append(firsts, len(codes)))
            many = np.repeat(sizes >= LEAST, sizes)
            if not many.any():
                continue
            facts = np.bitwise_or.reduceat(where, starts) | grams.impact_of(np.add.reduceat(weights, starts))
            upper = low >> np.uint64(_TEXT + _LOWER) << np.uint64(_LOWER)
            writer.add(codes[many] | upper, grams.posting(keys[many] & _DOC_MASK, facts[many]))
    return writer.postings


def _between(
    parts: Sequence[Part], low: np.uint64, high: np.uint64
) -> tuple[Keys, Floats, npt.NDArray[np.uint16]]:
    """The merged keys of all parts from `low` and below `high`, in order, each with its weight and place."""
    keys: list[Keys] = []
    weights: list[Floats] = []
    where: list[npt.NDArray[np.uint16]] = []
    for part in parts:
        of_part = part.counted.keys
        begin, end = np.searchsorted(of_part, low), np.searchsorted(of_part, high) if high else len(of_part)
        counted = np.asarray(of_part[begin:end])
        docs = (counted & _TEXT_MASK) + np.uint64(part.first)
        keys.append((counted >> np.uint64(_TEXT) & _LOWER_MASK) << np.uint64(_DOC) | docs)
        weights.append(part.counted.frequencies[begin:end].astype(np.float32) * part.weight_of[docs])
        where.append(np.full(len(docs), part.where, np.uint16))
    every_key = np.concatenate(keys)
    order = np.argsort(every_key, kind="stable")
    return every_key[order], np.concatenate(weights)[order], np.concatenate(where)[order]


def _partitions(parts: Sequence[Part]) -> Iterable[tuple[np.uint64, np.uint64]]:
    """Ranges of keys that hold something, split between triples, each small enough to be merged at a time
    and with one upper part; the last upper bound is 0: no bound."""
    total = sum(len(part.counted.keys) for part in parts)
    if not total:
        return []
    sample = np.concatenate([part.counted.keys[::997] for part in parts])
    sample.sort()
    wanted = -(-total // grams.PARTITION)
    cuts = sample[np.linspace(0, len(sample) - 1, wanted + 1).astype(np.int64)[1:-1]] & ~_TEXT_MASK
    block = np.uint64(_TEXT + _LOWER)
    uppers = np.unique(np.concatenate([_uppers(part.counted.keys, int(block)) for part in parts]))
    bounds = np.unique(np.concatenate((cuts, uppers << block)))
    return list(itertools.pairwise([*bounds, np.uint64(0)]))


def _uppers(keys: Keys, block: int) -> Keys:
    """The different upper parts of sorted keys, found by leaps."""
    found: list[int] = []
    at = 0
    while at < len(keys):
        found.append(int(keys[at]) >> block)
        after = (found[-1] + 1) << block
        at = int(np.searchsorted(keys, np.uint64(after))) if after < 1 << 64 else len(keys)
    return np.asarray(found, np.uint64)
