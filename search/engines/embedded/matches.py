"""What a string was found in: documents with the impact of the string in each, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from .doc_values import Docs, Mask
from .impacts import FREQUENCY_OF, PARTED, WORD_OF, Impacts, impact_of

_Value = TypeVar("_Value", bound=np.generic)
# To spread a list over an array of all documents takes as long as looking up one of 16 of its documents in it
# by binary search (measured on 27,000 stories); clearing that array, as long as a 200th of the documents.
_LOOKUPS_A_VALUE: Final = 16
_DOCUMENTS_A_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Match:
    """The documents (ascending) that have a string, and how weighty it is in each, in one byte."""

    docs: Docs
    impacts: Impacts
    cost: int = 0  # units of work: what was read to settle doubts
    parted: int = 0  # how many of the documents have it only with punctuation in it

    def mask(self, size: int) -> Mask:
        mask = np.zeros(size, np.bool_)
        mask[self.docs] = True
        return mask

    def size(self) -> int:
        return self.docs.nbytes + self.impacts.nbytes

    def kept(self, those: Mask) -> Match:
        impacts = self.impacts[those]
        parted = int(np.count_nonzero(impacts == PARTED)) if self.parted else 0
        return Match(self.docs[those], impacts, self.cost, parted)


NO_MATCH = Match(np.empty(0, np.uint32), np.empty(0, np.uint8))


def aligned(docs: Docs, other: Docs, values: npt.NDArray[_Value], size: int) -> npt.NDArray[_Value]:
    """The other's values at `docs` (both ascending, of `size` documents), 0 where it has none."""
    if len(docs) * _LOOKUPS_A_VALUE > len(other) + size // _DOCUMENTS_A_VALUE:
        spread = np.zeros(size, values.dtype)
        spread[other.astype(np.intp)] = values  # else numpy converts the numbers one by one
        return spread.take(docs)
    found = np.zeros(len(docs), values.dtype)
    if len(other):
        at = other.searchsorted(docs)
        at[at == len(other)] = 0
        there = other[at] == docs
        found[there] = values[at[there]]
    return found


def with_parted(unbroken: Match, docs: Docs) -> Match:
    """The match and, with the impact PARTED, these other documents."""
    at = unbroken.docs.searchsorted(docs) + np.arange(len(docs))
    is_old = np.ones(len(unbroken.docs) + len(docs), np.bool_)
    is_old[at] = False
    every, impacts = np.empty(len(is_old), unbroken.docs.dtype), np.full(len(is_old), PARTED, np.uint8)
    every[at], every[is_old], impacts[is_old] = docs, unbroken.docs, unbroken.impacts
    return Match(every, impacts, parted=len(docs))


def joined(matches: Sequence[Match]) -> Match:
    """Documents of any of the matches; where several have one, its frequencies add up."""
    found = [match for match in matches if len(match.docs)]
    if len(found) < 2:
        return found[0] if found else NO_MATCH
    docs = np.concatenate([match.docs for match in found])
    order = np.argsort(docs, kind="stable")
    docs, impacts = docs[order], np.concatenate([match.impacts for match in found])[order]
    firsts = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    frequency, as_word = (np.add.reduceat(of[impacts], firsts) for of in (FREQUENCY_OF, WORD_OF))
    impacts = impact_of(frequency, as_word)
    only_parted = frequency == 0
    impacts[only_parted] = PARTED
    return Match(docs[firsts], impacts, parted=int(np.count_nonzero(only_parted)))
