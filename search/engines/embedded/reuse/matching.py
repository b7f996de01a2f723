"""The passages of texts that are not in the generation: of changed stories, from their own text."""

from __future__ import annotations

import numpy as np

from search.engines.embedded.counting.finding import documents_at
from search.engines.embedded.counting.running_texts import Places, RunningTexts, Units

from .alignment import Found, aligned, each_once, in_units
from .boilerplate import Boilerplate
from .letters import Letters, grams, letters_of, letters_of_text
from .seeds import Seeds, chosen, frequent_among


def in_seeds(units: Units, texts: RunningTexts, seeds: Seeds, common: Boilerplate) -> Found:
    """(passages, 4): from and to in `units`, and the same in the units of `texts`."""
    return _found(letters_of_text(units), texts, seeds, common)


def _found(letters: Letters, texts: RunningTexts, seeds: Seeds, common: Boilerplate) -> Found:
    hashes, whole = grams(letters, 0, len(letters.docs))
    at = np.flatnonzero(whole)
    which, places = seeds.candidates(hashes[at])
    at = at[which]
    same = texts.units[places] == letters.units[at]
    at, places = at[same], places[same]
    there = letters_of(texts, np.unique(documents_at(texts, places)))
    found = aligned(letters, common.weights(letters), there, at, there.places.searchsorted(places))
    return in_units(letters, there, each_once(found))


class ChangedTexts:
    """Seeds of the texts that changed since the generation was built."""

    def __init__(self, texts: RunningTexts) -> None:
        self.texts = texts
        letters = letters_of(texts, np.arange(texts.documents))
        hashes, whole = grams(letters, 0, len(letters.docs))
        at = chosen(hashes, whole, frequent_among(hashes, whole))
        self._seeds = Seeds.of(hashes[at], letters.places[at])

    def found(self, texts: RunningTexts, docs: Places, common: Boilerplate) -> Found:
        """The passages of these documents (ascending) of `texts` that stand in changed texts too: (passages,
        4), places in either's units. With `texts` the changed ones, also those of a text in itself."""
        return _found(letters_of(texts, docs), self.texts, self._seeds, common)
