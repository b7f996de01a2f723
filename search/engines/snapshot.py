"""A generation with the changes since: what one search sees, numbered 0 to n-1."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..engine import IndexDocument
from ..query import Field
from ..tokens import Needle
from . import grams, whoosh
from .build import LISTS, WEIGHTS, field_texts
from .columns import Docs, Mask
from .generation import Generation
from .texts import BESIDE_TEXT, RANGE, sections, slice_of

Floats = npt.NDArray[np.float32]
_NO_DOCS = np.empty(0, np.int64)
_NO_WEIGHTS = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a field's strings are found: a gram list, and the sections of the text that settle
    doubts. `wider`: the list holds more than the field, so its documents are candidates only."""

    grams: str
    sections: tuple[int, int]
    wider: bool = False

    @property
    def worded(self) -> bool:
        """Is there a list of words of just these sections?"""
        return self.grams in whoosh.WORD_FIELDS and not self.wider


_SCOPES: dict[Field, tuple[_Scope, ...]] = {
    Field.ANY: (_Scope("text", RANGE[Field.TEXT]), _Scope("other", BESIDE_TEXT)),
    Field.TEXT: (_Scope("text", RANGE[Field.TEXT]),),
    Field.BODY: (_Scope("text", RANGE[Field.BODY], wider=True),),
    Field.TITLE: (_Scope("title", RANGE[Field.TITLE]),),
    Field.CAPTION: (_Scope("caption", RANGE[Field.CAPTION]),),
    Field.CREDIT: (_Scope("caption", RANGE[Field.CREDIT], wider=True),),
    Field.OTHER: (_Scope("other", RANGE[Field.OTHER], wider=True),),
}
K1 = 1.2
# Half as much again for occurrences that jieba takes for the word itself: 合作 before 适合作非法.
_REAL_WORD = 0.5
_LEAST = 0.01  # the weight of a match that the frequencies miss
# Field -> the list of words, and of grams, that is about it.
_WORDS_OF: dict[Field, str] = {
    Field.ANY: "text",
    Field.TEXT: "text",
    Field.BODY: "text",
    Field.TITLE: "title",
    Field.CAPTION: "caption",
}


class Match:
    """The documents (ascending) that have a string, and how weighty it is in each."""

    def __init__(self, docs: Docs, weights: Floats, size: int) -> None:
        self.docs = docs
        self.weights = weights
        self._size = size

    @functools.cached_property
    def mask(self) -> Mask:
        mask = np.zeros(self._size, np.bool_)
        mask[self.docs] = True
        return mask


def aligned(docs: Docs, other: Docs, values: Floats, size: int) -> Floats:
    """The other's values at `docs` (both ascending, of `size` documents), 0 where it has none."""
    if len(docs) * 16 > size:  # looking each one up would cost more than laying all out
        laid_out = np.zeros(size, np.float32)
        laid_out[other] = values
        return laid_out[docs]
    found = np.zeros(len(docs), np.float32)
    if len(other):
        at = np.searchsorted(other, docs)
        at[at == len(other)] = 0
        there = other[at] == docs
        found[there] = values[at[there]]
    return found


def _joined(matches: Sequence[Match], size: int) -> Match:
    """Documents of any of the matches; where several have one, its weights add up."""
    found = [match for match in matches if len(match.docs)]
    if len(found) < 2:
        return found[0] if found else Match(_NO_DOCS, _NO_WEIGHTS, size)
    docs = np.concatenate([match.docs for match in found])
    weights = np.concatenate([match.weights for match in found])
    order = np.argsort(docs, kind="stable")
    docs, weights = docs[order], weights[order]
    firsts = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    return Match(docs[firsts], np.add.reduceat(weights, firsts), size)


class Snapshot:
    """Documents of the generation keep their numbers; changed ones follow. `alive` masks out those
    whose story was changed or withdrawn since. Immutable, so threads share it."""

    def __init__(self, generation: Generation, changes: dict[int, IndexDocument | None]) -> None:
        self.generation = generation
        self.tail = [document for document in changes.values() if document is not None]
        self._tail_sections = [sections(document) for document in self.tail]
        self._tail_fields = [field_texts(folded) for folded in self._tail_sections]
        self.base = generation.documents
        self.size = self.base + len(self.tail)
        self.alive: Mask = np.ones(self.size, np.bool_)
        self.alive[: self.base] = ~np.isin(generation.story_ids, list(changes)) if changes else True
        self.all_alive = not changes
        tail_ids = np.asarray([document.story_id for document in self.tail], np.int64)
        self.story_ids = np.concatenate((generation.story_ids, tail_ids))
        self.columns = generation.columns.extended(self.tail)
        self.documents = int(np.count_nonzero(self.alive))
        self.find = functools.lru_cache(maxsize=512)(self.look)

    def look(self, needle: Needle, field: Field) -> Match:
        """Documents in which the needle stands in the field. `find` is the same and keeps the answer."""
        if field in _SCOPES:
            return self._find_text(needle, field)
        column = next(column for facet, column in self.columns.facets.items() if facet.value == field.value)
        docs = np.flatnonzero(column.holding(needle.stands_in, documents=self.size) & self.alive)
        return Match(docs, np.ones(len(docs), np.float32), self.size)

    def _find_text(self, needle: Needle, field: Field) -> Match:
        match = _joined(
            [self._find_in_list(needle, scope) for scope in _SCOPES[field]]
            + [self._find_in_tail(needle, field)],
            self.size,
        )
        if self.all_alive:
            return match
        alive = self.alive[match.docs]
        return Match(match.docs[alive], match.weights[alive], self.size)

    def _find_in_tail(self, needle: Needle, field: Field) -> Match:
        docs = [
            number
            for number, folded in enumerate(self._tail_sections, self.base)
            if needle.stands_in(slice_of(folded, field))
        ]
        if not docs:
            return Match(_NO_DOCS, _NO_WEIGHTS, self.size)
        weights = np.zeros(self.size, np.float32)
        self._weigh_tail(needle, tuple(WEIGHTS), weights)
        return Match(np.asarray(docs), np.maximum(weights[docs], _LEAST), self.size)

    def _find_in_list(self, needle: Needle, scope: _Scope) -> Match:
        """Weights by document of the generation; those of a string are its rarest gram's."""
        codes = grams.codes(needle.text)
        gram_list = self.generation.lists[scope.grams]
        postings = sorted((gram_list.postings(code) for code in set(codes)), key=lambda found: len(found[0]))
        docs, impacts = postings[0]
        frequencies = grams.FREQUENCY_OF[impacts]
        for more_docs, more_impacts in postings[1:]:
            if not len(docs):
                break
            there = aligned(docs, more_docs, grams.FREQUENCY_OF[more_impacts], self.size)
            both = there > 0
            docs, frequencies = docs[both], np.minimum(frequencies, there)[both]
        if len(docs) and (len(codes) > 1 or not needle.plain or scope.wider):
            sure = self._vouched(needle, scope, docs)
            doubtful = ~sure
            if doubtful.any() and not (needle.is_word and scope.worded):
                sure[doubtful] = self.generation.texts.holding(needle, scope.sections, docs[doubtful])
            docs, frequencies = docs[sure], frequencies[sure]
        return Match(docs, frequencies, self.size)

    def _vouched(self, needle: Needle, scope: _Scope, docs: npt.NDArray[np.uint32]) -> Mask:
        """Documents among `docs` where a word of the index vouches for the needle."""
        known = np.zeros(self.base, np.bool_)
        if scope.worded and " " not in needle.text:
            known[self.generation.words.postings(scope.grams, needle.text)[0]] = True
        return known[docs]

    def score(self, needles: Sequence[Needle], field: Field) -> Match:
        """BM25F of strings that are one to the reader: its weights are the scores."""
        match = _joined([self.find(needle, field) for needle in needles], self.size)
        score = self.rarity(len(match.docs)) * match.weights / (K1 + match.weights)
        if field in _WORDS_OF and len(match.docs):
            words = np.zeros(len(match.docs), np.float32)
            for needle in needles:
                words += self._word_weights_in(match, needle.text, _WORDS_OF[field])
            score += _REAL_WORD * self.rarity(int(np.count_nonzero(words))) * words / (K1 + words)
        return Match(match.docs, score.astype(np.float32, copy=False), self.size)

    def _word_weights_in(self, match: Match, word: str, among: str) -> Floats:
        """What the word weighs in each document of a match."""
        docs, of_docs = self.generation.words.postings(among, word)
        weights = aligned(match.docs, docs, of_docs, self.size)
        if self.tail:
            late = np.zeros(self.size, np.float32)
            self._weigh_tail(Needle(word), LISTS[among], late)
            weights += late[match.docs]
        return weights

    def word_weights(self, word: str, among: str = "text") -> Floats:
        """Weight of a word that jieba cut, by document. The tail is not cut: there, the string will do."""
        weights = np.zeros(self.size, np.float32)
        docs, of_docs = self.generation.words.postings(among, word)
        weights[docs] = of_docs
        self._weigh_tail(Needle(word), LISTS[among], weights)
        return weights

    def gram_weights(self, gram: str) -> Floats:
        """Weight of a character or pair in the text, by document."""
        weights = np.zeros(self.size, np.float32)
        docs, impacts = self.generation.lists["text"].postings(grams.codes(gram)[0])
        weights[docs] = grams.FREQUENCY_OF[impacts]
        self._weigh_tail(Needle(gram), LISTS["text"], weights)
        return weights

    def _weigh_tail(self, needle: Needle, fields: Sequence[str], weights: Floats) -> None:
        """Add what a string weighs in these fields of the changed documents."""
        means = self.generation.facts.mean_sizes
        for number, texts in enumerate(self._tail_fields):
            for field in fields:
                if needle.text in texts[field] and (count := len(needle.spans(texts[field]))):
                    weight, dilution = WEIGHTS[field]
                    size = 1 - dilution + dilution * len(texts[field]) / means[field]
                    weights[self.base + number] += count * weight / size

    def tail_texts(self) -> list[str]:
        """The folded text of each changed document, as printed: title, body, captions, credits."""
        return [slice_of(folded, Field.TEXT) for folded in self._tail_sections]

    def read(self, field: Field, docs: Docs) -> list[str]:
        """The folded text of a field of these documents, in their order."""
        old = docs[docs < self.base]
        texts = iter(self.generation.texts.read(RANGE[field], old))
        return [
            slice_of(self._tail_sections[doc - self.base], field) if doc >= self.base else next(texts)
            for doc in docs.tolist()
        ]

    @functools.cached_property
    def timeline(self) -> list[tuple[str, int]]:
        """How many documents each month has, whatever is asked."""
        return self.columns.timeline(np.flatnonzero(self.alive))

    def rarity(self, documents: int) -> float:
        """BM25's inverse document frequency of what `documents` have."""
        return float(np.log(1 + (self.documents - documents + 0.5) / (documents + 0.5)))
