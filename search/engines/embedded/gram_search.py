"""Which documents of a generation hold a string: grams say where it may stand, words and texts settle it."""

from __future__ import annotations

from typing import Final

import numpy as np

from newsarchive.runtime import work
from search.language.tokens import Needle
from search.query.fields import EVERY_GRAM, GRAM_LISTS, Field

from . import ngrams, trigrams
from .doc_values import Docs, Mask
from .impacts import Floats, no_word, of_word
from .matches import Match, aligned
from .scopes import Scope
from .storage.generation import Generation
from .stored_text import BESIDE_TEXT, RANGE

_OWN_LISTS = tuple(name for name in GRAM_LISTS if name != EVERY_GRAM)  # all of printed texts
# Units of work (newsarchive.runtime.work) of looking for a string in a stored text, measured on the whole
# corpus: for each text, and for every so many bytes of it.
_TEXT_COST: Final = 1.5
_BYTES_A_UNIT: Final = 1_300


class CostsTooMuch(Exception):
    """The texts that would have to be read are more than the request may cost."""


def reading_cost(size: int, texts: int) -> int:
    """Units of work of looking through so many texts, of `size` bytes together."""
    return int(_TEXT_COST * texts) + size // _BYTES_A_UNIT


class GramSearch:
    """In all documents of a generation, whatever has become of them since."""

    def __init__(self, generation: Generation) -> None:
        self._lists = generation.lists
        self._triples = generation.triples
        self._words = generation.words
        self._texts = generation.texts
        self._documents = generation.documents

    def find(self, needle: Needle, scope: Scope, *, settled: bool) -> Match:
        """`settled`: texts are read where grams leave a doubt; otherwise also documents that may have it.

        A string that is no gram gets the least frequency of its grams, and as a word what the words' lists
        say. Raises CostsTooMuch."""
        lists, is_gram = self._lists_for(needle.text, scope.gram_list)
        docs, facts = self._in_all(sorted(lists.values(), key=len))
        if scope.where != ngrams.WHERE:
            there = np.flatnonzero(facts & np.uint16(scope.where))
            docs, facts = docs[there], facts[there]
        is_gram = is_gram and needle.plain
        if needle.text in lists and is_gram and not scope.wider:
            return Match(docs, facts.astype(np.uint8))
        weights = aligned(docs, *self._words.postings(scope.words, needle.text), self._documents)
        cost = 0
        if settled and (scope.wider or not is_gram):
            held, doubtful, sections = self._doubtful(needle, scope, docs, facts, weights)
            if is_gram and scope.sections == RANGE[Field.BODY]:
                doubtful = self._outside_body(needle.text, docs)
                held = ~doubtful
            if (unsure := docs[doubtful]).size:
                cost = reading_cost(self._texts.bytes_of(sections, unsure), len(unsure))
                if cost > work.current().reading.left:
                    raise CostsTooMuch
                held[doubtful] = self._texts.holding(needle, sections, unsure)
            sure = np.flatnonzero(held)
            docs, facts, weights = docs[sure], facts[sure], weights[sure]
        impacts = facts.astype(np.uint8)
        return Match(docs, of_word(impacts, weights) if weights.any() else no_word(impacts), cost)

    def _outside_body(self, gram: str, docs: ngrams.Docs) -> Mask:
        """Which of the documents, all of which have it in what is printed, may have it outside of the
        body."""
        there = np.zeros(self._documents, np.bool_)
        for name in _OWN_LISTS:
            lists, _ = self._lists_for(gram, name)
            there[self._in_all(sorted(lists.values(), key=len))[0]] = True
        return there[docs]

    def _lists_for(self, text: str, name: str) -> tuple[dict[str, ngrams.Postings], bool]:
        """Lists of grams that a text must have to hold this one, and whether it holds it if it has them: its
        triples as far as they are listed, pairs for the rest, a lone character itself."""
        of_grams = self._lists[name]
        of_triples = self._triples if name == trigrams.OF else None
        lists: dict[str, ngrams.Postings] = {}
        pieces = text.split()
        settled = len(pieces) == 1 and len(text) < 4
        for piece in pieces:
            listed = -1  # the last character that is in a triple's list
            for at in range(len(piece) - 1):
                triple = piece[at : at + 3]
                if (
                    of_triples
                    and len(triple) == 3
                    and len(found := of_triples.postings(trigrams.code(triple)))
                ):
                    lists[triple] = found
                    listed = at + 2
                elif listed < at + 1:
                    lists[piece[at : at + 2]] = of_grams.postings(ngrams.code(piece[at : at + 2]))
                    settled = settled and len(text) < 3
            if len(piece) == 1:
                lists[piece] = of_grams.postings(ngrams.code(piece))
        return lists, settled

    def _in_all(self, lists: list[ngrams.Postings]) -> tuple[ngrams.Docs, ngrams.Facts]:
        """Documents in every list, shortest first: where they have what all lists have, with the least of the
        impacts."""
        docs, facts = ngrams.docs_of(lists[0]), ngrams.facts_of(lists[0])
        for more in lists[1:]:
            if not len(docs):
                break
            there = aligned(docs, ngrams.docs_of(more), ngrams.facts_of(more), self._documents)
            both = np.flatnonzero(facts & there & np.uint16(ngrams.WHERE))
            docs, facts, there = docs[both], facts[both], there[both]
            least = np.minimum(facts & np.uint16(ngrams.IMPACT), there & np.uint16(ngrams.IMPACT))
            facts = facts & there & np.uint16(ngrams.WHERE) | least
        return docs, facts

    def _doubtful(
        self, needle: Needle, scope: Scope, docs: Docs, facts: ngrams.Facts, weights: Floats
    ) -> tuple[Mask, Mask, tuple[int, int]]:
        """Which of `docs` have the needle for sure, since it has a weight there as a word; for which the text
        has to say it, and which sections of it. The words know all about a Latin word in what is printed."""
        sure = np.zeros(len(docs), np.bool_) if scope.wider else weights > 0
        if needle.is_word and not scope.wider:
            beside = (facts & np.uint16(scope.where & ngrams.BESIDE)) != 0
            return sure, ~sure & beside, BESIDE_TEXT
        return sure, ~sure, scope.sections
