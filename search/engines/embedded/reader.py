"""A generation with the changes since: what one search sees, numbered 0 to n-1."""

from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from newsarchive.errors import IndexStale
from newsarchive.runtime import work
from search.engines import ranking
from search.engines.document import IndexDocument
from search.language.tokens import Needle
from search.query import semantics
from search.query.fields import EVERY_GRAM, EVERY_WORD, FIELDS, WORD_LISTS, Field
from search.query.parser import Near, Query, Term, Without, positive_terms

from . import forms, joints, ngrams
from .byte_cache import cached_within
from .changed_documents import ChangedDocuments
from .doc_values import Docs, Mask
from .gram_search import CostsTooMuch, GramSearch, reading_cost
from .impacts import FREQUENCY_OF, PARTED, Floats, impact_of, words_among, worth
from .matches import Match, joined, with_parted
from .scopes import SCOPES
from .storage.generation import Generation
from .stored_text import OWN, RANGE, slice_of

# Units of work (newsarchive.runtime.work), measured on the whole corpus.
_FACET_COST: Final = 500  # of looking through the names of a facet
_CHANGED_COST: Final = 2  # of looking for a string in one changed document
_KEPT: Final = 8_000_000  # bytes of matches that each process keeps; beyond, the least recently used goes
_OF_PICTURES: Final = tuple(field for field, row in FIELDS.items() if row.of_picture)
_ONCE = impact_of(np.ones(1, np.float32))[0]  # the impact of a string that stands there once


class Snapshot:
    """Documents of the generation keep their numbers; changed ones follow. `alive` masks out those
    whose story was changed or withdrawn since. Immutable, so threads share it."""

    def __init__(
        self,
        generation: Generation,
        changes: Mapping[int, IndexDocument | None],
        *,
        known: Snapshot | None = None,
    ) -> None:
        """`known`: another snapshot that has folded some of the changed documents already."""
        self.generation = generation
        self._changes = dict(changes)
        self.tail = [document for document in changes.values() if document is not None]
        self.base = generation.documents
        self._grams = GramSearch(generation)
        self._changed: ChangedDocuments = ChangedDocuments(
            self.tail,
            first=self.base,
            mean_sizes=generation.facts.mean_sizes,
            known=known._changed if known else None,
        )
        self.size = self.base + len(self.tail)
        self.alive: Mask = np.ones(self.size, np.bool_)
        self.alive[: self.base] = ~np.isin(generation.story_ids, list(changes)) if changes else True
        self.all_alive = not changes
        tail_ids = np.asarray([document.story_id for document in self.tail], np.int64)
        self.story_ids = np.concatenate((generation.story_ids, tail_ids))
        self.columns = generation.columns.extended(self.tail)
        self.documents = int(np.count_nonzero(self.alive))
        self._kept = cached_within(_KEPT, self.look, size_of=Match.size)

    def overlaid(self, hidden: Iterable[int], fresh: Iterable[IndexDocument]) -> Snapshot:
        """The snapshot without the stories in `hidden`, and with the documents in `fresh`."""
        changes = {
            **self._changes,
            **dict.fromkeys(hidden),
            **{document.story_id: document for document in fresh},
        }
        return Snapshot(self.generation, changes, known=self)

    def find(self, needle: Needle, field: Field) -> Match:
        """As `look`, whose answers are kept, within the work that the request may cost: beyond, the documents
        that have all parts of the needle, of which no text is read. The work says so."""
        allowed = work.current()
        try:
            match = self._kept(needle, field)
        except CostsTooMuch:
            match = None
        # What is done in any case is charged, too: the changed documents, the names of a facet.
        allowed.reading.spent += _CHANGED_COST * len(self.tail) if field in SCOPES else _FACET_COST
        if match is not None and (not match.cost or allowed.reading.affords(match.cost)):
            return match
        allowed.widened[needle.text + "*" * needle.is_prefix] = None
        return self._find_text(needle, field, settled=False)

    def look(self, needle: Needle, field: Field) -> Match:
        """Documents in which the needle stands in the field."""
        facet = FIELDS[field].facet
        if facet is None:
            return self._find_text(needle, field)
        having = self.columns.values.holding(facet, needle)
        docs = np.flatnonzero(having & self.alive)
        impacts = np.full(len(docs), _ONCE, np.uint8)
        if needle.letters:
            unbroken = self.columns.values.holding(facet, needle.unbroken)
            impacts[~unbroken[docs]] = PARTED
        return Match(docs.astype(np.uint32), impacts, parted=int(np.count_nonzero(impacts == PARTED)))

    def _find_text(self, needle: Needle, field: Field, *, settled: bool = True) -> Match:
        """`settled`: texts are read where grams leave a doubt."""
        if needle.letters:
            return self._find_parted(needle, field, settled=settled)
        match = self._grams.find(needle, SCOPES[field], settled=settled)
        if self.all_alive:
            return match
        late = self._changed.find(needle, field, SCOPES[field].words)
        match = match.kept(self.alive[match.docs])
        docs = np.concatenate((match.docs, late.docs))
        return Match(docs, np.concatenate((match.impacts, late.impacts)), match.cost)

    def _find_parted(self, needle: Needle, field: Field, *, settled: bool) -> Match:
        """Where it stands unbroken and, with the impact PARTED, where only with punctuation in it."""
        unbroken = self._part_of(needle.unbroken, field, settled=settled)
        docs, cost = self._parted_in_list(needle, field, unbroken, settled=settled)
        late = self._changed.find_parted(needle, field)
        if len(docs) or late:
            unbroken = with_parted(unbroken, np.concatenate((docs, np.asarray(late, np.uint32))))
        return replace(unbroken, cost=cost)

    def _part_of(self, needle: Needle, field: Field, *, settled: bool) -> Match:
        """Of a string that is looked for with others, whose costs are counted together."""
        return self._kept(needle, field) if settled else self._find_text(needle, field, settled=False)

    def _parted_in_list(
        self, needle: Needle, field: Field, unbroken: Match, *, settled: bool
    ) -> tuple[Docs, int]:
        """Also what was read to find them and the unbroken ones. Not `settled`: those that may be."""
        cost = unbroken.cost
        docs: ngrams.Docs = np.empty(0, np.uint32)
        if self.generation.joints is not None:
            docs = joints.candidates(needle, self.generation.joints, self.generation.lists[EVERY_GRAM])
        if needle.letters != needle.text:  # typed with punctuation, which may be missing in the text
            found = self._part_of(needle._replace(text=needle.letters, letters=""), field, settled=settled)
            cost += found.cost
            docs = joints.either((docs, found.docs[found.docs < self.base].astype(np.uint32, copy=False)))
        if len(docs):
            docs = joints.without(docs, unbroken.docs.astype(np.uint32, copy=False))
        if len(docs) and not self.all_alive:
            docs = docs[self.alive[docs]]
        if not len(docs) or not settled:
            return docs, cost
        texts, where = self.generation.texts, SCOPES[field].sections
        cost += reading_cost(texts.bytes_of(where, docs), len(docs))
        if cost > work.current().reading.left:
            raise CostsTooMuch
        return docs[texts.holding(needle, where, docs)], cost

    def any_of(self, needles: Sequence[Needle], field: Field) -> Match:
        """Documents that have one of the strings, which are one to the reader."""
        found = [self.find(needle, field) for needle in needles]
        return found[0] if len(found) == 1 else joined(found)

    def worth(self, match: Match) -> Floats:
        """By impact, the BM25F of a string in the documents that have it."""
        return worth(self.rarity(len(match.docs)), self.rarity(words_among(match.impacts) - match.parted))

    def word_weights(self, word: str, among: str = EVERY_WORD) -> Floats:
        """Weight of a word that jieba cut, by document. The tail is not cut: there, the string will do."""
        weights = np.zeros(self.size, np.float32)
        docs, of_docs = self.generation.words.postings(among, word)
        weights[docs] = of_docs
        weights[self.base :] += self._changed.weights(Needle(word), WORD_LISTS[among])
        return weights

    def gram_weights(self, gram: str) -> Floats:
        """Weight of a character or pair in the text, by document."""
        weights = np.zeros(self.size, np.float32)
        postings = self.generation.lists[EVERY_GRAM].postings(ngrams.codes(gram)[0])
        facts = ngrams.facts_of(postings)
        printed = (facts & np.uint16(ngrams.PRINTED)) != 0
        weights[ngrams.docs_of(postings)[printed]] = FREQUENCY_OF[facts[printed] & np.uint16(ngrams.IMPACT)]
        weights[self.base :] += self._changed.weights(Needle(gram), WORD_LISTS[EVERY_WORD])
        return weights

    def settled_as_typed(self, node: Term | Near | Without, docs: Docs) -> tuple[Mask, Mask]:
        """Of documents that have it however it is written: which surely have it in the characters that were
        typed, and in which it may be; the texts of these have to be read, where they are not sure."""
        sure, possible = np.zeros(len(docs), np.bool_), np.ones(len(docs), np.bool_)
        if self.generation.forms is not None:
            strings = semantics.strings_of(node)
            old = docs < self.base
            possible[old] = forms.having_all(self.generation.forms, strings, docs[old], self.base)
            (sought, *_) = strings
            if isinstance(node, Term) and sought and not (sought.left_edge or sought.right_edge):
                # of all others what stands beside them counts too
                sure[old] = forms.having_no_others(self.generation.forms, sought, docs[old], self.base)
        return sure & possible, possible

    def as_typed(self, node: Term | Near | Without, docs: Docs) -> Mask:
        """In which of these documents a string is printed in the characters that were typed."""
        every = self._printed(docs)
        return np.fromiter((semantics.stands_as_typed(node, parts) for parts in every), np.bool_, len(docs))

    def _printed(self, docs: Docs) -> Iterator[semantics.Parts]:
        """The texts of documents (ascending) as they are printed."""
        printed = self.generation.printed
        if printed is None:
            raise IndexStale(f"{self.generation.folder} has no printed texts; the next index will have")
        yield from printed.read(docs[docs < self.base])
        yield from (self.tail[doc - self.base].printed_parts() for doc in docs[docs >= self.base].tolist())

    def with_a_picture(self, nodes: Sequence[Query], docs: Docs) -> Mask:
        """In which of these documents all these parts of a query hold for one picture: in all, where the
        index does not know which caption and credit belong together."""
        if not self.generation.knows_pictures:
            return np.ones(len(docs), np.bool_)
        every: Iterable[semantics.Parts] = itertools.repeat({})
        if any(node.as_typed for part in nodes for node in positive_terms(part)):
            every = self._printed(docs)
        folded = zip(*(self.read(field, docs, alone=True) for field in _OF_PICTURES), strict=True)
        found = (
            semantics.stand_with_a_picture(nodes, dict(zip(_OF_PICTURES, texts, strict=True)), printed)
            for texts, printed in zip(folded, every, strict=False)
        )
        return np.fromiter(found, np.bool_, len(docs))

    def tail_texts(self) -> list[str]:
        """The folded text of each changed document, as printed: title, body, captions, credits."""
        return self._changed.slices(Field.TEXT)

    def read(self, field: Field, docs: Docs, *, alone: bool = False) -> list[str]:
        """The folded text of a field of these documents, in their order. `alone`: of its own section only."""
        return [text.decode("utf-8", "surrogatepass") for text in self.raw(field, docs, alone=alone)]

    def bytes_of(self, field: Field, docs: Docs) -> int:
        """How long these texts are; of changed documents, which are few, nothing is counted."""
        return self.generation.texts.bytes_of(RANGE[field], docs[docs < self.base])

    def raw(self, field: Field, docs: Docs, *, most: int = sys.maxsize, alone: bool = False) -> list[bytes]:
        """The same in UTF-8, as it lies on the disk; of each at most so many bytes."""
        where = OWN[field] if alone else RANGE[field]
        old = docs[docs < self.base] if self.tail else docs
        texts = iter(self.generation.texts.read(where, old, most=most))
        return [
            slice_of(self._changed.sections_of(doc), where).encode("utf-8", "surrogatepass")[:most]
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
        return ranking.rarity(documents, self.documents)
