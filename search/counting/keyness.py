"""The vocabulary of two searches compared: what each says more than the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import CountedTexts, Places
from search.results.service import Parameters

from . import asking, scores

LEAST: Final = 5  # occurrences in both together: below, the measure says nothing
_NAME: Final = 2  # the kind of a word that the dictionary gives as a name


@dataclass(frozen=True, slots=True)
class Side:
    stories: int
    words: int


@dataclass(frozen=True, slots=True)
class Key:
    word: str  # as it is printed most often
    is_name: bool
    a: int
    b: int
    log_likelihood: float
    log_ratio: float  # above 0: more frequent in a
    stories_a: int
    stories_b: int
    dispersion_a: float  # deviation of proportions over stories: 0 even, 1 all in one
    dispersion_b: float

    @property
    def side(self) -> str:
        return "a" if self.log_ratio > 0 else "b"


@dataclass(frozen=True, slots=True)
class Keyness:
    a: Side
    b: Side
    common: int  # stories that both searches find; they count on both sides
    keys: tuple[Key, ...]  # by log-likelihood; of each side so many words and so many names at most


def keyness(a: Parameters, b: Parameters, *, by: str = "word", least: int = LEAST, most: int = 50) -> Keyness:
    with asking.texts() as texts:
        asked = [asking.asked(parameters) for parameters in (a, b)]
        docs = [texts.documents(one) for one in asked]
        counts = [texts.frequencies(one, by) for one in asked]
        sizes = [int(of.sum()) for of in counts]
        listed = np.flatnonzero(counts[0] + counts[1] >= max(1, least))
        of_a, of_b = (of[listed] for of in counts)
        weight = scores.keyness(of_a, of_b, *sizes)
        ratio = scores.log_ratio(of_a, of_b, *sizes)
        best = _best(weight, ratio, texts.kinds(by)[listed] == _NAME, most)
        chosen = listed[best]
        spread = [_Spread(texts, own, chosen, of[chosen], by) for own, of in zip(docs, counts, strict=True)]
        return Keyness(
            a=Side(len(docs[0]), sizes[0]),
            b=Side(len(docs[1]), sizes[1]),
            common=len(np.intersect1d(docs[0], docs[1])),
            keys=tuple(
                Key(
                    word=texts.word(number, by),
                    is_name=bool(texts.kinds(by)[number] == _NAME),
                    a=int(counts[0][number]),
                    b=int(counts[1][number]),
                    log_likelihood=float(weight[at]),
                    log_ratio=float(ratio[at]),
                    stories_a=int(spread[0].stories[place]),
                    stories_b=int(spread[1].stories[place]),
                    dispersion_a=float(spread[0].deviation[place]),
                    dispersion_b=float(spread[1].deviation[place]),
                )
                for place, (number, at) in enumerate(zip(chosen.tolist(), best.tolist(), strict=True))
            ),
        )


def _best(weight: scores.Floats, ratio: scores.Floats, is_name: npt.NDArray[np.bool_], most: int) -> Places:
    """The weightiest words, and the weightiest names, of each side; all in order."""
    found = []
    for side in (ratio > 0, ratio < 0):
        for kind in (is_name, ~is_name):
            at = np.flatnonzero(side & kind)
            found.append(at[np.lexsort((at, -weight[at]))[:most]])
    every = np.concatenate(found)
    return np.asarray(every[np.lexsort((every, -weight[every]))])


class _Spread:
    """Of some words over the stories of one side, in which they stand so often."""

    def __init__(
        self, texts: CountedTexts, docs: Places, chosen: Places, occurrences: scores.Counts, by: str
    ) -> None:
        size, often = len(chosen), np.maximum(1, occurrences)
        lengths = texts.lengths(docs, by)
        shares = lengths / max(1, int(lengths.sum()))
        self.stories = np.zeros(size, np.int64)
        # Stories without the word add their shares of all words, which are 1 together: only what those with
        # the word add beyond theirs is summed up.
        beyond = np.zeros(size)
        for words, of, counts in texts.spread(docs, chosen, by):
            self.stories += np.bincount(words, minlength=size)
            share = shares[of]
            apart = np.abs(counts / often[words] - share) - share
            beyond += np.bincount(words, weights=apart, minlength=size)
        self.deviation = np.where(occurrences > 0, (1 + beyond) / 2, 0.0)
