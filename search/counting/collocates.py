"""The words that stand beside a query more often than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from search.engines.base import CountedTexts, Neighbours, Places
from search.results.service import Parameters

from . import asking, scores

WIDEST: Final = 10
MOST: Final = 5_000  # listed in a file


class Rank(StrEnum):
    LOG_LIKELIHOOD = "log_likelihood"
    LOG_DICE = "log_dice"
    MI = "mi"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at beside each occurrence."""

    words: int = 5
    by: str = "word"
    left: bool = True
    right: bool = True
    least: int = 3  # times that a word must stand there to be listed
    rank: Rank = Rank.LOG_LIKELIHOOD
    most: int = 100  # words listed


@dataclass(frozen=True, slots=True)
class Collocate:
    word: str  # as it is printed most often
    observed: int
    frequency: int  # in all texts within the filters
    expected: float
    log_likelihood: float
    log_dice: float
    mi: float
    stories: int  # in which it stands beside an occurrence
    outlets: int


@dataclass(frozen=True, slots=True)
class Collocates:
    occurrences: int
    stories: int
    reach: int  # words within reach of any occurrence, each once
    words: int  # in all texts within the filters
    found: int  # words that stand there more often than expected, and often enough
    collocates: tuple[Collocate, ...]


def collocates(parameters: Parameters, window: Window) -> Collocates:
    with asking.texts() as texts:
        occurrences = texts.occurrences(asking.asked(parameters))
        near = texts.neighbours(occurrences, window.words, window.by, left=window.left, right=window.right)
        every = texts.frequencies(asking.everything(parameters.filters), window.by)
        observed = near.counts()
        total, reach, node = int(every.sum()), int(observed.sum()), len(occurrences.docs)
        by_chance = scores.expected(reach, every, total)
        listed = np.flatnonzero((observed >= max(1, window.least)) & (observed > by_chance))
        measures = {
            Rank.LOG_LIKELIHOOD: scores.log_likelihood(observed[listed], reach, every[listed], total),
            Rank.LOG_DICE: scores.log_dice(observed[listed], node, every[listed]),
            Rank.MI: scores.mutual_information(observed[listed], by_chance[listed]),
            Rank.OBSERVED: observed[listed],
        }
        best = np.lexsort((listed, -observed[listed], -measures[window.rank]))[: window.most]
        chosen = listed[best]
        spread = _spread(texts, near, chosen)
        return Collocates(
            occurrences=node,
            stories=occurrences.stories,
            reach=reach,
            words=total,
            found=len(listed),
            collocates=tuple(
                Collocate(
                    texts.word(number, window.by),
                    int(observed[number]),
                    int(every[number]),
                    float(by_chance[number]),
                    float(measures[Rank.LOG_LIKELIHOOD][at]),
                    float(measures[Rank.LOG_DICE][at]),
                    float(measures[Rank.MI][at]),
                    *spread[place],
                )
                for place, (number, at) in enumerate(zip(chosen.tolist(), best.tolist(), strict=True))
            ),
        )


def _spread(texts: CountedTexts, near: Neighbours, chosen: Places) -> list[tuple[int, int]]:
    """Over how many stories and outlets each of the chosen words is spread."""
    if not len(chosen):
        return []
    places, docs = near.pairs(chosen)
    numbers, names = texts.outlets(docs)
    stories = np.bincount(places, minlength=len(chosen))
    cells = np.sort(places * len(names) + numbers)
    first = np.diff(cells, prepend=-1) > 0
    outlets = np.bincount(cells[first] // len(names), minlength=len(chosen))
    return list(zip(stories.tolist(), outlets.tolist(), strict=True))
