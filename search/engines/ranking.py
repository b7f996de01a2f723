"""The constants of the order of hits, for both engines: BM25 over weighted text.

What a kind of text weighs is in `search/query/fields.py`. What the engines cannot do alike is said beside
each constant.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.query.fields import Kind

# BM25's: how soon further occurrences of a string stop counting. With more than 2 they nearly all count.
K1: Final = 1.2

# An occurrence that is a word of its own counts half as much again: 合作 before 適合作非法.
REAL_WORD: Final = 0.5

# Strings that were asked for together raise a score where they stand near each other. The embedded engine
# reads the texts of the best NEAR_AMONG documents and multiplies their scores with at most 1 + NEAR; a gap of
# NEAR_HALF characters halves what is added. A cluster cannot multiply by a distance: there NEAR_IN_CLUSTER
# is added to the score, less with every character up to NEAR_APART of them between the strings.
NEAR: Final = 0.4
NEAR_AMONG: Final = 10
NEAR_HALF: Final = 10
NEAR_BYTES: Final = 3_000  # of each text, a thousand characters: what news is about, it says at its beginning
NEAR_IN_CLUSTER: Final = 8.0
NEAR_APART: Final = 60

# Of a question that as a whole stands nowhere, what its parts count (measured: docs/performance.md).
PAIR: Final = 1.0
CHARACTER: Final = 0.7
WORD: Final = 1.2
# Of the best PASSAGE_AMONG of its partial matches the embedded engine reads the texts, and adds this share
# of what the parts that stand together in the best passage of PASSAGE characters can count at most. An answer
# has the words of its question side by side, where another text on the same matter has them strewn. A cluster
# keeps no texts to be read back: its partial matches are in the order of their parts alone.
PASSAGE_SHARE: Final = 0.7
PASSAGE: Final = 60
PASSAGE_AMONG: Final = 20
PASSAGE_BYTES: Final = 9_000  # of each text: three thousand characters; what lies beyond is not looked at
# To be shown, such a partial match must have this share of the best one's score, and this share of what a
# document with all the parts could have.
OF_BEST: Final = 0.35
OF_ALL: Final = 0.06


def rarity(found: int, documents: int) -> float:
    """BM25's inverse document frequency of what `found` of so many documents have."""
    return math.log(1 + (documents - found + 0.5) / (found + 0.5))


def weighed(kind: Kind, size: Any, mean: float) -> Any:
    """What one occurrence weighs in a text of so many characters, `mean` on average (BM25F). `size` is a
    number or an array of them, and so is what comes back."""
    return kind.weight / (1 - kind.dilution + kind.dilution * size / mean)


# -- do two stories tell of one event (`embedded/counting/likeness`, docs/counting.md) -----------------

# A name that two stories share says so much more than another word as rare.
NAME_SHARED: Final = 1.5
# jieba's corpus counts as so many stories of so many words, so that in a small archive common words weigh
# little, too.
_BACKGROUND: Final = 2_000
_WORDS_A_STORY: Final = 500
# What one story in twelve has (e to the power of 2.5) says nothing.
_COMMON: Final = 2.5

# What is told of an event stands in the title and the first words; what follows is its background, and other
# events. Of so many words 300 to 2,000 were tried: beyond 500 nothing is found that was not found before.
EVENT_WORDS: Final = 500
# Of these the title and, in words, the first paragraphs.
EVENT_LEAD: Final = 65
# Added to the squared length of a story's vector of words: two headlines that share one word of four are not
# yet alike. About the square of two rare words; 0 to 300 were tried.
EVENT_FLOOR: Final = 100.0
# Added to what the words of a title weigh, for the same reason; about three rare words.
EVENT_TITLE_FLOOR: Final = 25.0
# A pair of characters that few of the stories compared have weighs at most this much (about as much as a word
# that one story in 400 has); names that the dictionary lacks are such pairs.
_PAIR_COMMON: Final = 1.0


def rarity_of_words(
    share: npt.NDArray[np.float64], documents: npt.NDArray[np.integer], total: int
) -> npt.NDArray[np.float64]:
    """Inverse document frequencies: of words that are this share of running text in general, and stand in so
    many of `total` documents here."""
    elsewhere = _BACKGROUND * -np.expm1(-_WORDS_A_STORY * share)
    rare = np.log((total + _BACKGROUND + 1.0) / (documents + elsewhere + 0.5)) - _COMMON
    return np.asarray(np.maximum(rare, 0.0))


def rarity_of_pairs(documents: npt.NDArray[np.integer], total: int) -> npt.NDArray[np.float64]:
    """The same of pairs of characters, among the stories that are compared."""
    return np.asarray(np.maximum(np.log((total + 1.0) / (documents + 0.5)) - _PAIR_COMMON, 0.0))


def repeated(counts: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """What a word weighs that stands so often in a story."""
    return np.asarray(1 + np.log(counts))


def rarity_in_general(share: float) -> float:
    """Of a word that is this share of running text; 1e-7 is that of one which jieba's corpus lacks."""
    return -math.log(share + 1e-7)


# Logistic regression over `event_columns`, fitted to the first half of the gold by
# `python -m tests.search.counting.events DATA --fit`.
_EVENT_COLUMNS: Final = (-6.98, 11.66, 8.05, 4.45, 7.0, -0.43)
# From which probability on a story is shown as one about the same event: the highest, in steps of .05, at
# which nine in ten of the first half's are found.
SAME_EVENT: Final = 0.15


def event_columns(
    words: npt.NDArray[np.float64],
    leads: npt.NDArray[np.float64],
    title_here: npt.NDArray[np.float64],
    title_there: npt.NDArray[np.float64],
    days: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Signs (`base.EventSigns`) as the regression has them, a row for each story. Of what two stories share,
    the first words say the most: hence the roots."""
    shares = np.sqrt(np.column_stack([words, leads, title_here, title_there]))
    return np.column_stack([np.ones(len(days)), shares, days])


def same_event(columns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How likely it is, from 0 to 1, that stories with these signs tell of one event."""
    return np.asarray(1 / (1 + np.exp(-(columns @ np.asarray(_EVENT_COLUMNS)))))
