"""A generation with the changes since: what one search sees, numbered 0 to n-1."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ..engine import Facet, IndexDocument
from ..query import Field
from ..tokens import Needle
from . import grams, triples
from .build import WEIGHTS, WORDS, field_texts
from .columns import Docs, Mask
from .generation import Generation
from .kept import Kept
from .texts import BESIDE_TEXT, RANGE, sections, slice_of

Floats = npt.NDArray[np.float32]
_NO_DOCS = np.empty(0, np.uint32)
_NO_IMPACTS = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a field's strings are found: a gram list, what of it, and the sections of the text that settle
    doubts. `wider`: the list holds more than the field, so its documents are candidates only."""

    gram_list: str
    sections: tuple[int, int]
    words: str = ""  # the list of words of just these sections, or of those printed among them
    where: int = grams.WHERE
    wider: bool = False


_SCOPES: dict[Field, _Scope] = {
    Field.ANY: _Scope("any", RANGE[Field.ANY], words="text"),
    Field.TEXT: _Scope("any", RANGE[Field.TEXT], words="text", where=grams.PRINTED),
    Field.BODY: _Scope("any", RANGE[Field.BODY], where=grams.PRINTED, wider=True),
    Field.TITLE: _Scope("title", RANGE[Field.TITLE], words="title"),
    Field.CAPTION: _Scope("caption", RANGE[Field.CAPTION], words="caption"),
    Field.CREDIT: _Scope("caption", RANGE[Field.CREDIT], wider=True),
    Field.OTHER: _Scope("any", RANGE[Field.OTHER], where=grams.BESIDE, wider=True),
}
_KEPT = 16_000_000  # bytes of matches in each process
K1 = 1.2
# Half as much again for occurrences that jieba takes for the word itself: 合作 before 适合作非法.
_REAL_WORD = 0.5
_ONCE = grams.impact_of(np.ones(1, np.float32))[0]
# BM25's share of the rarity, by impact.
_SATURATED = (grams.FREQUENCY_OF / (K1 + grams.FREQUENCY_OF)).astype(np.float32)
# The most that the frequency behind an impact saturates to: two steps for rounding, of one and of sums.
_AT_MOST = np.append(_SATURATED[2:], np.ones(2, np.float32))
# Field -> the list of words that is about it.
_WORDS_OF: dict[Field, str] = {
    Field.ANY: "text",
    Field.TEXT: "text",
    Field.BODY: "text",
    Field.TITLE: "title",
    Field.CAPTION: "caption",
}


@dataclass(frozen=True, slots=True)
class Match:
    """The documents (ascending) that have a string, and how weighty it is in each, in one byte."""

    docs: Docs
    impacts: grams.Impacts

    def mask(self, size: int) -> Mask:
        mask = np.zeros(size, np.bool_)
        mask[self.docs] = True
        return mask

    def size(self) -> int:
        return self.docs.nbytes + self.impacts.nbytes

    def kept(self, those: Mask) -> Match:
        return Match(self.docs[those], self.impacts[those])


_NOTHING = Match(_NO_DOCS, _NO_IMPACTS)
_Value = TypeVar("_Value", bound=np.generic)


def aligned(docs: Docs, other: Docs, values: npt.NDArray[_Value], size: int) -> npt.NDArray[_Value]:
    """The other's values at `docs` (both ascending, of `size` documents), 0 where it has none."""
    if len(docs) * 16 > size:  # looking each one up would cost more than laying all out
        laid_out = np.zeros(size, values.dtype)
        laid_out[other] = values
        return laid_out[docs]
    found = np.zeros(len(docs), values.dtype)
    if len(other):
        at = other.searchsorted(docs)
        at[at == len(other)] = 0
        there = other[at] == docs
        found[there] = values[at[there]]
    return found


def _joined(matches: Sequence[Match]) -> Match:
    """Documents of any of the matches; where several have one, its frequencies add up."""
    found = [match for match in matches if len(match.docs)]
    if len(found) < 2:
        return found[0] if found else _NOTHING
    docs = np.concatenate([match.docs for match in found])
    frequencies = grams.FREQUENCY_OF[np.concatenate([match.impacts for match in found])]
    order = np.argsort(docs, kind="stable")
    docs = docs[order]
    firsts = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    return Match(docs[firsts], grams.impact_of(np.add.reduceat(frequencies[order], firsts)))


class Snapshot:
    """Documents of the generation keep their numbers; changed ones follow. `alive` masks out those
    whose story was changed or withdrawn since. Immutable, so threads share it."""

    def __init__(self, generation: Generation, changes: dict[int, IndexDocument | None]) -> None:
        self.generation = generation
        self.tail = [document for document in changes.values() if document is not None]
        self._tail_sections = [sections(document) for document in self.tail]
        self._tail_fields = [field_texts(folded) for folded in self._tail_sections]
        self._sliced: dict[Field, list[str]] = {}
        self.base = generation.documents
        self.size = self.base + len(self.tail)
        self.alive: Mask = np.ones(self.size, np.bool_)
        self.alive[: self.base] = ~np.isin(generation.story_ids, list(changes)) if changes else True
        self.all_alive = not changes
        tail_ids = np.asarray([document.story_id for document in self.tail], np.int64)
        self.story_ids = np.concatenate((generation.story_ids, tail_ids))
        self.columns = generation.columns.extended(self.tail)
        self.documents = int(np.count_nonzero(self.alive))
        self.find = Kept(self.look, size_of=Match.size, most=_KEPT)

    def look(self, needle: Needle, field: Field) -> Match:
        """Documents in which the needle stands in the field. `find` is the same and keeps the answer."""
        if field in _SCOPES:
            return self._find_text(needle, field)
        having = self.columns.values.holding(Facet(field.value), needle.stands_in)
        docs = np.flatnonzero(having & self.alive)
        return Match(docs.astype(np.uint32), np.full(len(docs), _ONCE, np.uint8))

    def _find_text(self, needle: Needle, field: Field) -> Match:
        match = self._find_in_list(needle, _SCOPES[field])
        if self.all_alive:
            return match
        late = self._find_in_tail(needle, field)
        match = match.kept(self.alive[match.docs])
        docs = np.concatenate((match.docs, late.docs))
        return Match(docs, np.concatenate((match.impacts, late.impacts)))

    def _find_in_tail(self, needle: Needle, field: Field) -> Match:
        texts = enumerate(self._tail_slices(field), self.base)
        if needle.plain:
            docs = [number for number, text in texts if needle.text in text]
        else:
            docs = [number for number, text in texts if needle.stands_in(text)]
        if not docs:
            return _NOTHING
        weights = self._weights_in_tail(needle, tuple(WEIGHTS), docs)
        return Match(np.asarray(docs, np.uint32), grams.impact_of(weights))

    def _tail_slices(self, field: Field) -> list[str]:
        """What the field searches of each changed document."""
        if field not in self._sliced:
            self._sliced[field] = [slice_of(folded, field) for folded in self._tail_sections]
        return self._sliced[field]

    def _find_in_list(self, needle: Needle, scope: _Scope) -> Match:
        """Weights by document of the generation; those of a string are its rarest gram's."""
        lists, settled = self._lists_for(needle.text, scope.gram_list)
        if len(lists) == 1:
            docs, facts = grams.docs_of(lists[0]), grams.facts_of(lists[0])
        else:
            docs, facts = self._in_all(lists)
        if scope.where != grams.WHERE:
            there = (facts & np.uint16(scope.where)) != 0
            docs, facts = docs[there], facts[there]
        if len(docs) and not (settled and needle.plain and not scope.wider):
            sure = self._holding(needle, scope, docs, facts)
            docs, facts = docs[sure], facts[sure]
        return Match(docs, facts.astype(np.uint8))

    def _lists_for(self, text: str, name: str) -> tuple[list[grams.Postings], bool]:
        """Lists of grams that a text must have to hold this one, and whether it holds it if it has them: its
        triples as far as they are listed, pairs for the rest, a lone character itself."""
        of_grams = self.generation.lists[name]
        of_triples = self.generation.triples if name == triples.OF else None
        lists: dict[str, grams.Postings] = {}
        pieces = text.split()
        settled = len(pieces) == 1 and len(text) < 4
        for piece in pieces:
            listed = -1  # the last character that is in a triple's list
            for at in range(len(piece) - 1):
                triple = piece[at : at + 3]
                if (
                    of_triples
                    and len(triple) == 3
                    and len(found := of_triples.postings(triples.code(triple)))
                ):
                    lists[triple] = found
                    listed = at + 2
                elif listed < at + 1:
                    lists[piece[at : at + 2]] = of_grams.postings(grams.code(piece[at : at + 2]))
                    settled = settled and len(text) < 3
            if len(piece) == 1:
                lists[piece] = of_grams.postings(grams.code(piece))
        return list(lists.values()), settled

    def _in_all(self, lists: list[grams.Postings]) -> tuple[grams.Docs, grams.Facts]:
        """Documents in every list: where they have what all lists have, with the least of the impacts."""
        lists.sort(key=len)
        docs, facts = grams.docs_of(lists[0]), grams.facts_of(lists[0])
        for more in lists[1:]:
            if not len(docs):
                break
            there = aligned(docs, grams.docs_of(more), grams.facts_of(more), self.base)
            where = facts & there & np.uint16(grams.WHERE)
            both = where != 0
            least = np.minimum(facts & np.uint16(grams.IMPACT), there & np.uint16(grams.IMPACT))
            docs, facts = docs[both], (where | least)[both]
        return docs, facts

    def _holding(
        self, needle: Needle, scope: _Scope, docs: npt.NDArray[np.uint32], facts: grams.Facts
    ) -> Mask:
        """Which of `docs` do have the needle: a word of the index vouches for most of them, the text
        settles the rest. The words know all about a Latin word in what is printed."""
        sure = np.zeros(len(docs), np.bool_)
        sections = scope.sections
        if scope.words and " " not in needle.text:
            known = np.zeros(self.base, np.bool_)
            known[self.generation.words.postings(scope.words, needle.text)[0]] = True
            sure = known[docs]
        doubtful = ~sure
        if scope.words and needle.is_word:
            doubtful &= (facts & np.uint16(scope.where & grams.BESIDE)) != 0
            sections = BESIDE_TEXT
        if doubtful.any():
            sure[doubtful] = self.generation.texts.holding(needle, sections, docs[doubtful])
        return sure

    def any_of(self, needles: Sequence[Needle], field: Field) -> Match:
        """Documents that have one of the strings, which are one to the reader."""
        return _joined([self.find(needle, field) for needle in needles])

    def worth(
        self, needles: Sequence[Needle], field: Field, documents: int, docs: Docs, impacts: grams.Impacts
    ) -> Floats:
        """BM25F of strings that are one to the reader, in some (ascending) of the `documents` that have
        them, where they have these impacts."""
        scores = _SATURATED[impacts] * np.float32(self.rarity(documents))
        if field in _WORDS_OF and len(docs):
            words, having = self._word_weights_in(docs, needles, field)
            scores += np.float32(_REAL_WORD * self.rarity(having)) * words / (np.float32(K1) + words)
        return scores

    def bounds(self, needles: Sequence[Needle], field: Field, documents: int) -> tuple[Floats, Floats]:
        """By impact, the least and the most that `worth` can be, both ascending. A word does not stand
        more often than its string does."""
        least = _SATURATED * np.float32(self.rarity(documents))
        if field not in _WORDS_OF:
            return least, least
        lists = (self.generation.words.postings(_WORDS_OF[field], needle.text)[0] for needle in needles)
        having = max(map(len, lists), default=0)
        if not having and not self.tail:
            return least, least
        return least, least + np.float32(_REAL_WORD * self.rarity(having)) * _AT_MOST

    def _word_weights_in(self, docs: Docs, needles: Sequence[Needle], field: Field) -> tuple[Floats, int]:
        """What the words weigh in each document, and how many documents have any of them."""
        among = _WORDS_OF[field]
        weights = np.zeros(len(docs), np.float32)
        having = 0
        for needle in needles:
            of_word, in_word = self.generation.words.postings(among, needle.text)
            if len(of_word):
                weights += aligned(docs, of_word, in_word, self.size)
                having = max(having, len(of_word))
            if self.tail:
                late = docs >= self.base
                weights[late] += self._weights_in_tail(Needle(needle.text), WORDS[among], docs[late].tolist())
                found = self.find(needle, field).docs
                having = max(having, len(of_word) + len(found) - int(found.searchsorted(self.base)))
        return weights, having

    def word_weights(self, word: str, among: str = "text") -> Floats:
        """Weight of a word that jieba cut, by document. The tail is not cut: there, the string will do."""
        weights = np.zeros(self.size, np.float32)
        docs, of_docs = self.generation.words.postings(among, word)
        weights[docs] = of_docs
        self._add_tail(Needle(word), WORDS[among], weights)
        return weights

    def gram_weights(self, gram: str) -> Floats:
        """Weight of a character or pair in the text, by document."""
        weights = np.zeros(self.size, np.float32)
        postings = self.generation.lists["any"].postings(grams.codes(gram)[0])
        facts = grams.facts_of(postings)
        printed = (facts & np.uint16(grams.PRINTED)) != 0
        weights[grams.docs_of(postings)[printed]] = grams.FREQUENCY_OF[
            facts[printed] & np.uint16(grams.IMPACT)
        ]
        self._add_tail(Needle(gram), WORDS["text"], weights)
        return weights

    def _add_tail(self, needle: Needle, fields: Sequence[str], weights: Floats) -> None:
        weights[self.base :] += self._weights_in_tail(needle, fields, range(self.base, self.size))

    def _weights_in_tail(self, needle: Needle, fields: Sequence[str], docs: Sequence[int]) -> Floats:
        """What a string weighs in these fields of some of the changed documents."""
        means = self.generation.facts.mean_sizes
        weights = np.zeros(len(docs), np.float32)
        for at, doc in enumerate(docs):
            texts = self._tail_fields[doc - self.base]
            for field in fields:
                if needle.text in texts[field] and (count := len(needle.spans(texts[field]))):
                    weight, dilution = WEIGHTS[field]
                    size = 1 - dilution + dilution * len(texts[field]) / means[field]
                    weights[at] += count * weight / size
        return weights

    def tail_texts(self) -> list[str]:
        """The folded text of each changed document, as printed: title, body, captions, credits."""
        return self._tail_slices(Field.TEXT)

    def read(self, field: Field, docs: Docs) -> list[str]:
        """The folded text of a field of these documents, in their order."""
        return [text.decode("utf-8", "surrogatepass") for text in self.raw(field, docs)]

    def raw(self, field: Field, docs: Docs) -> list[bytes]:
        """The same in UTF-8, as it lies on the disk."""
        old = docs[docs < self.base] if self.tail else docs
        texts = iter(self.generation.texts.read(RANGE[field], old))
        return [
            slice_of(self._tail_sections[doc - self.base], field).encode("utf-8", "surrogatepass")
            if doc >= self.base
            else next(texts)
            for doc in docs.tolist()
        ]

    @functools.cached_property
    def timeline(self) -> list[tuple[str, int]]:
        """How many documents each month has, whatever is asked."""
        return self.columns.timeline(np.flatnonzero(self.alive))

    def rarity(self, documents: int) -> float:
        """BM25's inverse document frequency of what `documents` have."""
        return float(np.log(1 + (self.documents - documents + 0.5) / (documents + 0.5)))
