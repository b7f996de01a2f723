"""Words that are grams too: what each weighs in each document, beside what the gram weighs there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.engines.embedded.impacts import Floats
from search.engines.embedded.ngrams import DOC, Docs, Keys

from .index_writer import WordPostings

_NONE = np.uint64(0)
_LOWER = np.uint64((1 << 64 - DOC) - 1)


@dataclass(frozen=True, slots=True)
class ShortWords:
    codes: Keys  # ascending
    numbers: npt.NDArray[np.int64]  # of each in the list of words
    starts: npt.NDArray[np.int64]
    docs: Docs
    weights: Floats

    @classmethod
    def among(cls, words: WordPostings, lengths: Collection[int], code: Callable[[str], int]) -> ShortWords:
        """Those of so many characters; a code of 0 is none."""
        codes = np.asarray([len(word) in lengths and code(word) for word in words.words], np.uint64)
        numbers = np.flatnonzero(codes)
        order = numbers[np.argsort(codes[numbers], kind="stable")]
        return cls(codes[order], order, words.starts, words.docs, words.weights)

    def weights_at(self, keys: Keys, *, upper: np.uint64 = _NONE) -> Floats:
        """By key, what the gram weighs in the document as a word. Keys are ascending: a gram's code above a
        document's number; what does not fit in stands in `upper`."""
        found = np.zeros(len(keys), np.float32)
        if not len(keys):
            return found
        ends = np.asarray([keys[0], keys[-1]]) >> np.uint64(DOC) | upper
        begin, end = self.codes.searchsorted(ends[0]), self.codes.searchsorted(ends[1], "right")
        numbers = self.numbers[begin:end]
        sizes = self.starts[numbers + 1] - self.starts[numbers]
        before = np.cumsum(sizes) - sizes
        rows = np.repeat(self.starts[numbers] - before, sizes) + np.arange(sizes.sum())
        of_words = np.repeat((self.codes[begin:end] & _LOWER) << np.uint64(DOC), sizes) | self.docs[rows]
        at = np.minimum(keys.searchsorted(of_words), len(keys) - 1)
        there = keys[at] == of_words
        found[at[there]] = self.weights[rows[there]]
        return found
