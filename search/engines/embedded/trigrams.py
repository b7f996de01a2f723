"""Postings of three neighbouring characters that stand together in many documents.

A string of three characters is found by its two pairs, and whether the pairs overlap is settled by the
text. Where many documents have it, that costs milliseconds; so such triples have posting lists of their own.
Rare ones have none: their few texts are read. Characters beyond the Basic Multilingual Plane are left out.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from search.query.fields import EVERY_GRAM

from . import ngrams
from .ngrams import Characters, Counted, Keys, Writer
from .words.short_words import ShortWords

NAME: Final = "triples"
OF: Final = EVERY_GRAM  # the gram list whose documents these are
LEAST: Final = 8  # documents that a triple stands in, to have a list
MOST_TEXTS: Final = 1 << 16  # that are counted together

# While texts are counted, a key is a triple's code (48 bits) above the number of its text (16 bits).
# When they are merged it is the lower part of the code above a document's number: the upper part is the
# same in all that is merged at a time.
_CHAR, _TEXT = 16, 16
_LOWER = 64 - ngrams.DOC
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
class Part(ngrams.Part):
    first: int = 0  # the document that is text 0

    def numbered(self, keys: Keys) -> Keys:
        docs = (keys & _TEXT_MASK) + np.uint64(self.first)
        return (keys >> np.uint64(_TEXT) & _LOWER_MASK) << np.uint64(ngrams.DOC) | docs


def merge(folder: Path, parts: Sequence[Part], words: ShortWords) -> None:
    """Write the list of those that are to have one."""
    with Writer(folder, NAME) as writer:
        for low, high in _partitions(parts):
            upper = low >> np.uint64(_TEXT + _LOWER) << np.uint64(_LOWER)
            of_words = functools.partial(words.weights_at, upper=upper)
            keys, facts = ngrams.merged(parts, low, high, of_words)
            codes = keys >> np.uint64(ngrams.DOC)
            firsts = np.flatnonzero(np.diff(codes, prepend=~codes[:1]))
            sizes = np.diff(firsts, append=len(codes))
            many = np.repeat(sizes >= LEAST, sizes)
            if many.any():
                writer.add(codes[many] | upper, ngrams.posting(keys[many] & ngrams.DOC_MASK, facts[many]))


def _partitions(parts: Sequence[Part]) -> Iterable[tuple[np.uint64, np.uint64]]:
    """Ranges of keys that hold something, split between triples, each small enough to be merged at a time
    and with one upper part; the last upper bound is 0: no bound."""
    total = sum(len(part.counted.keys) for part in parts)
    if not total:
        return []
    sample = np.concatenate([part.counted.keys[::997] for part in parts])
    sample.sort()
    wanted = -(-total // ngrams.PARTITION)
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
