"""How weighty a string is in a document, in one byte, so that scores are looked up and nothing is read.

Six bits say how often it stands there (BM25F's length-normalised, field-weighted frequency), in even steps of
what that is worth. Two say what part of it jieba takes for the word itself: all of 合作 in 兩國合作, none of
it in 適合作非法. A greater byte never stands for a lower frequency.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from search.engines.ranking import K1, REAL_WORD

Impacts = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_LEVELS, _SHARES = 64, 4
_SHARE = np.uint8(_SHARES - 1)
_LEAST = np.float32(1e-9)
# Of a string that stands only with punctuation between its characters. `impact_of` never says no frequency.
PARTED = 1
KINDS = _LEVELS * _SHARES  # of impacts

_SATURATED = (np.arange(KINDS) // _SHARES / _LEVELS).astype(np.float32)
# By impact: the frequency, and how much of it is the word itself.
FREQUENCY_OF = (K1 * _SATURATED / (1 - _SATURATED)).astype(np.float32)
WORD_OF = (FREQUENCY_OF * (np.arange(KINDS) % _SHARES) / (_SHARES - 1)).astype(np.float32)
_AS_WORD = (REAL_WORD * WORD_OF / (K1 + WORD_OF)).astype(np.float32)


def impact_of(frequency: Floats, as_word: Floats | float = 0.0) -> Impacts:
    """At least the lowest frequency there is: a posting never says nothing."""
    level = np.clip(np.rint(_LEVELS * frequency / (K1 + frequency)), 1, _LEVELS - 1)
    share = np.rint((_SHARES - 1) * np.clip(as_word / np.maximum(frequency, _LEAST), 0, 1))
    return np.asarray(level * _SHARES + share, np.uint8)


def no_word(impacts: Impacts) -> Impacts:
    """The same frequencies, of a string that is no word."""
    return impacts & ~_SHARE


def of_word(impacts: Impacts, weights: Floats) -> Impacts:
    """The same frequencies, of a string that weighs so much as a word."""
    return impact_of(FREQUENCY_OF[impacts], weights)


def words_among(impacts: Impacts) -> int:
    """In how many documents the string is a word, or PARTED."""
    return int(np.count_nonzero(impacts & _SHARE))


def worth(rarity: float, rarity_of_word: float) -> Floats:
    """By impact, the BM25F of a string so rare, and of the word so rare."""
    return rarity * _SATURATED + rarity_of_word * _AS_WORD
