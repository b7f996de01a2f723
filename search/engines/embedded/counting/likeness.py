"""Signs that two stories tell of one event: how much of their first words and of their titles they share.

Every story is a bag of its words, and of pairs of single characters that follow each other, as which names
that the dictionary lacks are cut. What the signs weigh together is in `ranking.same_event`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines import ranking
from search.engines.base import EventSigns

from .arrays import ranges
from .running_texts import Places, RunningTexts
from .vocabulary import Pieces

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Openings(NamedTuple):
    """The first words of a number of stories, story by story. All arrays are of one length."""

    of: Places  # number of the story among those asked for
    words: Places
    places: Places  # of each word within its story, from 0
    titles: Flags  # is it one of the title?


def openings(texts: RunningTexts, docs: Places, first: int) -> Openings:
    """Of title and body, up to `ranking.EVENT_WORDS` words. The stories are numbered from `first` on."""
    begins, titles, ends = texts.word_bounds[docs, :3].T
    lengths = np.minimum(ends - begins, ranking.EVENT_WORDS)
    of, at = np.repeat(np.arange(len(docs)), lengths), ranges(begins, lengths)
    return Openings(first + of, texts.words[at].astype(np.int64), at - begins[of], at < titles[of])


def joined(parts: Sequence[Openings]) -> Openings:
    return Openings(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def signs(found: Openings, days: Floats, vocabulary: Pieces) -> EventSigns:
    """Between the first story and each of the others; `days` between it and each."""
    stories = len(days) + 1
    weights = np.asarray(vocabulary.weights, np.float64)
    heavy = weights[found.words] > 0
    kept = Openings(found.of[heavy], found.words[heavy], found.places[heavy], found.titles[heavy])
    terms, counts = _terms(found, kept, vocabulary)
    every = _Vectors(terms, stories, len(weights), weights)
    leads = kept.of[kept.places < ranking.EVENT_LEAD], kept.words[kept.places < ranking.EVENT_LEAD]
    first = _Vectors(np.unique(leads[0] * every.radix + leads[1]), stories, len(weights), weights)
    shared = np.zeros(len(weights), bool)
    shared[every.words_of_first()] = True
    own, others = kept.titles & (kept.of == 0), kept.titles & (kept.of > 0)
    title = np.unique(kept.words[own])
    there = np.bincount(kept.of[others], weights[kept.words[others]], stories)
    common = np.bincount(kept.of[others], (weights * shared)[kept.words[others]], stories)
    return EventSigns(
        every.cosines(ranking.repeated(counts)),
        first.cosines(np.ones(len(first.of))),
        every.sums_of(title)[1:] / (weights[title].sum() + ranking.EVENT_TITLE_FLOOR),
        common[1:] / (there[1:] + ranking.EVENT_TITLE_FLOOR),
        np.asarray(days, np.float64),
    )


def _terms(found: Openings, kept: Openings, vocabulary: Pieces) -> tuple[Places, Places]:
    """The different terms of each story as (story, term) in one number, and how often each stands there.
    A word is its own term, a pair of words a term after all words."""
    size = np.int64(len(vocabulary.kinds))
    single = (vocabulary.lengths == 1)[found.words]
    pair = single[:-1] & single[1:] & (found.of[:-1] == found.of[1:])
    pairs = (found.words[:-1][pair] + 1) * size + found.words[1:][pair]
    radix = (size + 1) * size
    keys = np.concatenate((kept.of * radix + kept.words, found.of[:-1][pair] * radix + pairs))
    terms, counts = np.unique(keys, return_counts=True)
    return terms, counts


class _Vectors:
    """Of the different terms of stories, ascending."""

    def __init__(self, terms: Places, stories: int, words: int, weights: Floats) -> None:
        self.radix = np.int64(words + 1) * np.int64(words)
        self.stories = stories
        self.of, self.terms = terms // self.radix, terms % self.radix
        self.is_word = self.terms < words
        self.weights = np.empty(len(terms))
        self.weights[self.is_word] = weights[self.terms[self.is_word]]
        pairs = self.terms[~self.is_word]
        _, which, having = np.unique(pairs, return_inverse=True, return_counts=True)
        self.weights[~self.is_word] = ranking.rarity_of_pairs(having, stories)[which]
        own = self.terms[self.of == 0]
        at = np.minimum(own.searchsorted(self.terms), max(0, len(own) - 1))
        self.places = at  # of each term among those of the first story, where that has it
        self.common = own[at] == self.terms if len(own) else np.zeros(len(terms), bool)

    def words_of_first(self) -> Places:
        return np.asarray(self.terms[(self.of == 0) & self.is_word])

    def cosines(self, counts: Floats) -> Floats:
        """Between the first story and each other one; `counts` weigh how often it has each term."""
        values = self.weights * counts
        lengths = np.sqrt(np.bincount(self.of, values**2, self.stories) + ranking.EVENT_FLOOR)
        own = values[self.of == 0]
        common = self.common
        products = values[common] * own[self.places[common]]
        return np.asarray((np.bincount(self.of[common], products, self.stories) / lengths / lengths[0])[1:])

    def sums_of(self, words: Places) -> Floats:
        """What those of these words weigh that each story has."""
        wanted = self.is_word & np.isin(self.terms, words)
        return np.asarray(np.bincount(self.of[wanted], self.weights[wanted], self.stories), np.float64)
