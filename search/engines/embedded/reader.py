"""A generation with the changes since: what one search sees, numbered 0 to n-1."""

from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from newsarchive.errors import IndexStale
from newsarchive.runtime import work
from search.engines import ranking
from search.engines.document import IndexDocument
from search.language.tokens import Needle
from search.query import semantics
from search.query.fields import (
    EVERY_GRAM,
    EVERY_WORD,
    FIELDS,
    GRAM_LISTS,
    KINDS,
    LOOKS_IN,
    WORD_LISTS,
    Field,
    Kind,
    Row,
    sections_of,
)
from search.query.parser import Near, Query, Term, Without, positive_terms

from . import forms, joints, ngrams, trigrams
from .builder import kind_texts
from .byte_cache import cached_within
from .doc_values import Docs, Mask
from .impacts import (
    FREQUENCY_OF,
    PARTED,
    WORD_OF,
    Floats,
    Impacts,
    impact_of,
    no_word,
    of_word,
    words_among,
    worth,
)
from .storage.generation import Generation
from .stored_text import BESIDE_TEXT, OWN, RANGE, sections, slice_of

_NO_DOCS = np.empty(0, np.uint32)
_NO_IMPACTS = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a field's strings are found: a gram list, what of it, and the sections of the text that settle
    doubts. `words` weigh more there than other strings. `wider`: both lists hold more than the field, so
    their documents are candidates only."""

    gram_list: str
    sections: tuple[int, int]
    words: str = ""  # the list of words of these sections, or of those printed among them
    where: int = ngrams.WHERE
    wider: bool = False


def _scope(row: Row) -> _Scope:
    looked_in = LOOKS_IN[row.field]
    kinds = {kind for section in looked_in if (kind := FIELDS[section].kind)}
    where = ngrams.WHERE
    if row.grams == EVERY_GRAM:  # of printed and other texts
        where = sum({ngrams.PRINTED if kind.printed else ngrams.BESIDE for kind in kinds})
    known = {
        section
        for kind in GRAM_LISTS[row.grams]
        if (ngrams.PRINTED if kind.printed else ngrams.BESIDE) & where
        for section in sections_of(kind)
    }
    return _Scope(row.grams, RANGE[row.field], row.words, where, wider=known != set(looked_in))


_SCOPES: dict[Field, _Scope] = {field: _scope(row) for field, row in FIELDS.items() if row.facet is None}
_OF_PICTURES = tuple(field for field, row in FIELDS.items() if row.of_picture)
_OWN_LISTS = tuple(name for name in GRAM_LISTS if name != EVERY_GRAM)  # all of printed texts
# Units of work (newsarchive.work), measured on the whole corpus: looking through the names of a facet; a
# string in one changed document; and of reading a text to look for a string: for each text and for every so
# many bytes of it.
_VALUES_COST, _TAIL_COST = 500, 2
_TEXT_COST, _BYTES_A_UNIT = 1.5, 1_300
_KEPT = 16_000_000  # bytes of matches in each process
_ONCE = impact_of(np.ones(1, np.float32))[0]


@dataclass(frozen=True, slots=True)
class Match:
    """The documents (ascending) that have a string, and how weighty it is in each, in one byte."""

    docs: Docs
    impacts: Impacts
    cost: int = 0  # units of work: what was read to settle doubts (newsarchive.work)

    def mask(self, size: int) -> Mask:
        mask = np.zeros(size, np.bool_)
        mask[self.docs] = True
        return mask

    def size(self) -> int:
        return self.docs.nbytes + self.impacts.nbytes

    def kept(self, those: Mask) -> Match:
        return Match(self.docs[those], self.impacts[those], self.cost)


_NOTHING = Match(_NO_DOCS, _NO_IMPACTS)
_Value = TypeVar("_Value", bound=np.generic)


_LOOKED_UP = 16  # values are laid out in the time of looking up one


def aligned(docs: Docs, other: Docs, values: npt.NDArray[_Value], size: int) -> npt.NDArray[_Value]:
    """The other's values at `docs` (both ascending, of `size` documents), 0 where it has none."""
    if len(docs) * _LOOKED_UP > len(other) + size // 200:  # sooner laid out than each one looked up
        laid_out = np.zeros(size, values.dtype)
        laid_out[other.astype(np.intp)] = values  # else numpy converts the numbers one by one
        return laid_out.take(docs)
    found = np.zeros(len(docs), values.dtype)
    if len(other):
        at = other.searchsorted(docs)
        at[at == len(other)] = 0
        there = other[at] == docs
        found[there] = values[at[there]]
    return found


def _with_parted(unbroken: Match, docs: Docs) -> Match:
    """All in order; `docs` are others than those of the match."""
    at = unbroken.docs.searchsorted(docs)
    return Match(np.insert(unbroken.docs, at, docs), np.insert(unbroken.impacts, at, PARTED))


def _joined(matches: Sequence[Match]) -> Match:
    """Documents of any of the matches; where several have one, its frequencies add up."""
    found = [match for match in matches if len(match.docs)]
    if len(found) < 2:
        return found[0] if found else _NOTHING
    docs = np.concatenate([match.docs for match in found])
    order = np.argsort(docs, kind="stable")
    docs, impacts = docs[order], np.concatenate([match.impacts for match in found])[order]
    firsts = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    frequency, as_word = (np.add.reduceat(of[impacts], firsts) for of in (FREQUENCY_OF, WORD_OF))
    impacts = impact_of(frequency, as_word)
    impacts[frequency == 0] = PARTED
    return Match(docs[firsts], impacts)


class _TooDear(Exception):
    """The texts that would have to be read are more than the request may cost."""


def _reading_cost(size: int, texts: int) -> int:
    return int(_TEXT_COST * texts) + size // _BYTES_A_UNIT


class _Folded(NamedTuple):
    """A changed document as it is searched: its sections, and the texts that are weighed."""

    sections: tuple[str, ...]
    texts: Mapping[str, str]  # by kind

    @classmethod
    def of(cls, document: IndexDocument) -> _Folded:
        folded = sections(document)
        return cls(folded, kind_texts(folded))


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
        folded = known._folded_tail() if known else {}
        both = [folded.get(id(document)) or _Folded.of(document) for document in self.tail]
        self._tail_sections = [one.sections for one in both]
        self._tail_texts = [one.texts for one in both]
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
        self._kept = cached_within(_KEPT, self.look, size_of=Match.size)

    def overlaid(self, hidden: Iterable[int], fresh: Iterable[IndexDocument]) -> Snapshot:
        """The snapshot without the stories in `hidden`, and with the documents in `fresh`."""
        changes = {
            **self._changes,
            **dict.fromkeys(hidden),
            **{document.story_id: document for document in fresh},
        }
        return Snapshot(self.generation, changes, known=self)

    def _folded_tail(self) -> dict[int, _Folded]:
        """By the identity of the document object, which `tail` keeps alive."""
        every = zip(self.tail, self._tail_sections, self._tail_texts, strict=True)
        return {id(document): _Folded(folded, texts) for document, folded, texts in every}

    def find(self, needle: Needle, field: Field) -> Match:
        """As `look`, whose answers are kept, within the work that the request may cost: beyond, the documents
        that have all parts of the needle, of which no text is read. The work says so."""
        allowed = work.current()
        try:
            match = self._kept(needle, field)
        except _TooDear:
            match = None
        # What is done in any case is charged, too: the changed documents, the names of a facet.
        allowed.reading.spent += _TAIL_COST * len(self.tail) if field in _SCOPES else _VALUES_COST
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
        return Match(docs.astype(np.uint32), impacts)

    def _find_text(self, needle: Needle, field: Field, *, settled: bool = True) -> Match:
        """`settled`: texts are read where grams leave a doubt."""
        if needle.letters:
            return self._find_parted(needle, field, settled=settled)
        match = self._find_in_list(needle, _SCOPES[field], settled=settled)
        if self.all_alive:
            return match
        late = self._find_in_tail(needle, field, _SCOPES[field].words)
        match = match.kept(self.alive[match.docs])
        docs = np.concatenate((match.docs, late.docs))
        return Match(docs, np.concatenate((match.impacts, late.impacts)), match.cost)

    def _find_parted(self, needle: Needle, field: Field, *, settled: bool) -> Match:
        """Where it stands unbroken and, with the impact PARTED, where only with punctuation in it."""
        unbroken = self._part_of(needle.unbroken, field, settled=settled)
        docs, cost = self._parted_in_list(needle, field, unbroken, settled=settled)
        late = [
            number
            for number, text in (enumerate(self._tail_slices(field), self.base) if self.tail else ())
            if needle.stands_in(text) and not needle.unbroken.stands_in(text)
        ]
        if len(docs) or late:
            unbroken = _with_parted(unbroken, np.concatenate((docs, np.asarray(late, np.uint32))))
        return replace(unbroken, cost=cost)

    def _part_of(self, needle: Needle, field: Field, *, settled: bool) -> Match:
        """Of a string that is looked for with others, whose costs are counted together."""
        return self._kept(needle, field) if settled else self._find_text(needle, field, settled=False)

    def _parted_in_list(
        self, needle: Needle, field: Field, unbroken: Match, *, settled: bool
    ) -> tuple[Docs, int]:
        """Also what was read to find them and the unbroken ones. Not `settled`: those that may be."""
        cost = unbroken.cost
        docs: ngrams.Docs = _NO_DOCS
        if self.generation.joints is not None:
            docs = joints.candidates(needle, self.generation.joints, self.generation.lists[EVERY_GRAM])
        if needle.letters != needle.text:  # typed with punctuation, which may be missing in the text
            found = self._part_of(needle._replace(text=needle.letters, letters=""), field, settled=settled)
            cost += found.cost
            docs = np.unique(np.concatenate((docs, found.docs[found.docs < self.base])))
        if len(docs):
            docs = joints.without(docs, unbroken.docs.astype(np.uint32, copy=False))
            docs = docs[self.alive[docs]]
        if not len(docs) or not settled:
            return docs, cost
        texts, where = self.generation.texts, _SCOPES[field].sections
        cost += _reading_cost(texts.bytes_of(where, docs), len(docs))
        if cost > work.current().reading.left:
            raise _TooDear
        return docs[texts.holding(needle, where, docs)], cost

    def _find_in_tail(self, needle: Needle, field: Field, words: str) -> Match:
        texts = enumerate(self._tail_slices(field), self.base)
        if needle.plain:
            docs = [number for number, text in texts if needle.text in text]
        else:
            docs = [number for number, text in texts if needle.stands_in(text)]
        if not docs:
            return _NOTHING
        weights = self._weights_in_tail(needle, KINDS, docs)
        # The tail is not cut into words: there, the string will do.
        as_word = self._weights_in_tail(Needle(needle.text), WORD_LISTS[words], docs) if words else 0.0
        return Match(np.asarray(docs, np.uint32), impact_of(weights, as_word))

    def _tail_slices(self, field: Field) -> list[str]:
        """What the field searches of each changed document."""
        if field not in self._sliced:
            self._sliced[field] = [slice_of(folded, RANGE[field]) for folded in self._tail_sections]
        return self._sliced[field]

    def _find_in_list(self, needle: Needle, scope: _Scope, *, settled: bool) -> Match:
        """Of the generation. A string that is no gram weighs what its rarest gram does, and as a word what
        the words say."""
        lists, is_gram = self._lists_for(needle.text, scope.gram_list)
        docs, facts = self._in_all(sorted(lists.values(), key=len))
        if scope.where != ngrams.WHERE:
            there = np.flatnonzero(facts & np.uint16(scope.where))
            docs, facts = docs[there], facts[there]
        is_gram = is_gram and needle.plain
        if needle.text in lists and is_gram and not scope.wider:
            return Match(docs, facts.astype(np.uint8))
        weights = aligned(docs, *self.generation.words.postings(scope.words, needle.text), self.base)
        cost = 0
        if settled and (scope.wider or not is_gram):
            held, doubtful, sections = self._doubtful(needle, scope, docs, facts, weights)
            if is_gram and scope.sections == RANGE[Field.BODY]:
                doubtful = self._outside_body(needle.text, docs)
                held = ~doubtful
            if (unsure := docs[doubtful]).size:
                cost = _reading_cost(self.generation.texts.bytes_of(sections, unsure), len(unsure))
                if cost > work.current().reading.left:
                    raise _TooDear
                held[doubtful] = self.generation.texts.holding(needle, sections, unsure)
            sure = np.flatnonzero(held)
            docs, facts, weights = docs[sure], facts[sure], weights[sure]
        impacts = facts.astype(np.uint8)
        return Match(docs, of_word(impacts, weights) if weights.any() else no_word(impacts), cost)

    def _outside_body(self, gram: str, docs: ngrams.Docs) -> Mask:
        """Which of the documents, all of which have it in what is printed, may have it outside of the
        body."""
        there = np.zeros(self.base, np.bool_)
        for name in _OWN_LISTS:
            lists, _ = self._lists_for(gram, name)
            there[self._in_all(sorted(lists.values(), key=len))[0]] = True
        return there[docs]

    def _lists_for(self, text: str, name: str) -> tuple[dict[str, ngrams.Postings], bool]:
        """Lists of grams that a text must have to hold this one, and whether it holds it if it has them: its
        triples as far as they are listed, pairs for the rest, a lone character itself."""
        of_grams = self.generation.lists[name]
        of_triples = self.generation.triples if name == trigrams.OF else None
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
            there = aligned(docs, ngrams.docs_of(more), ngrams.facts_of(more), self.base)
            both = np.flatnonzero(facts & there & np.uint16(ngrams.WHERE))
            docs, facts, there = docs[both], facts[both], there[both]
            least = np.minimum(facts & np.uint16(ngrams.IMPACT), there & np.uint16(ngrams.IMPACT))
            facts = facts & there & np.uint16(ngrams.WHERE) | least
        return docs, facts

    def _doubtful(
        self, needle: Needle, scope: _Scope, docs: Docs, facts: ngrams.Facts, weights: Floats
    ) -> tuple[Mask, Mask, tuple[int, int]]:
        """Which of `docs` have the needle for sure, since it has a weight there as a word; for which the text
        has to say it, and which sections of it. The words know all about a Latin word in what is printed."""
        sure = np.zeros(len(docs), np.bool_) if scope.wider else weights > 0
        if needle.is_word and not scope.wider:
            beside = (facts & np.uint16(scope.where & ngrams.BESIDE)) != 0
            return sure, ~sure & beside, BESIDE_TEXT
        return sure, ~sure, scope.sections

    def any_of(self, needles: Sequence[Needle], field: Field) -> Match:
        """Documents that have one of the strings, which are one to the reader."""
        found = [self.find(needle, field) for needle in needles]
        return found[0] if len(found) == 1 else _joined(found)

    def worth(self, match: Match) -> Floats:
        """By impact, the BM25F of a string in the documents that have it."""
        return worth(self.rarity(len(match.docs)), self.rarity(words_among(match.impacts)))

    def word_weights(self, word: str, among: str = EVERY_WORD) -> Floats:
        """Weight of a word that jieba cut, by document. The tail is not cut: there, the string will do."""
        weights = np.zeros(self.size, np.float32)
        docs, of_docs = self.generation.words.postings(among, word)
        weights[docs] = of_docs
        self._add_tail(Needle(word), WORD_LISTS[among], weights)
        return weights

    def gram_weights(self, gram: str) -> Floats:
        """Weight of a character or pair in the text, by document."""
        weights = np.zeros(self.size, np.float32)
        postings = self.generation.lists[EVERY_GRAM].postings(ngrams.codes(gram)[0])
        facts = ngrams.facts_of(postings)
        printed = (facts & np.uint16(ngrams.PRINTED)) != 0
        weights[ngrams.docs_of(postings)[printed]] = FREQUENCY_OF[facts[printed] & np.uint16(ngrams.IMPACT)]
        self._add_tail(Needle(gram), WORD_LISTS[EVERY_WORD], weights)
        return weights

    def _add_tail(self, needle: Needle, kinds: Sequence[Kind], weights: Floats) -> None:
        weights[self.base :] += self._weights_in_tail(needle, kinds, range(self.base, self.size))

    def _weights_in_tail(self, needle: Needle, kinds: Sequence[Kind], docs: Sequence[int]) -> Floats:
        """What a string weighs in these kinds of text of some of the changed documents."""
        means = self.generation.facts.mean_sizes
        weights = np.zeros(len(docs), np.float32)
        for at, doc in enumerate(docs):
            texts = self._tail_texts[doc - self.base]
            for kind in kinds:
                text = texts[kind.name]
                if needle.text in text and (count := len(needle.spans(text))):
                    weights[at] += count * ranking.weighed(kind, len(text), means[kind.name])
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
        return self._tail_slices(Field.TEXT)

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
            slice_of(self._tail_sections[doc - self.base], where).encode("utf-8", "surrogatepass")[:most]
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
