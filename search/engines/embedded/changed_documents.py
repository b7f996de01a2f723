"""The documents changed since a generation was built: few, so that their texts are searched one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search.engines import ranking
from search.engines.document import IndexDocument
from search.language.tokens import Needle
from search.query.fields import KINDS, WORD_LISTS, Field, Kind

from .builder import kind_texts
from .impacts import Floats, impact_of
from .matches import NO_MATCH, Match
from .stored_text import RANGE, sections, slice_of


class _Folded(NamedTuple):
    """A changed document as it is searched: its sections, and the texts that are weighed."""

    sections: tuple[str, ...]
    texts: Mapping[str, str]  # by kind

    @classmethod
    def of(cls, document: IndexDocument) -> _Folded:
        folded = sections(document)
        return cls(folded, kind_texts(folded))


class ChangedDocuments:
    """Numbered from `first`, in their order: the generation's own documents come before them."""

    def __init__(
        self,
        documents: Sequence[IndexDocument],
        *,
        first: int,
        mean_sizes: Mapping[str, float],
        known: ChangedDocuments | None = None,
    ) -> None:
        """`mean_sizes`: of the generation's texts, by kind. `known`: others that have folded some of the
        documents already."""
        self.documents = documents
        self._first = first
        self._mean_sizes = mean_sizes
        folded = known._by_identity() if known else {}
        self._folded = [folded.get(id(document)) or _Folded.of(document) for document in documents]
        self._sliced: dict[Field, list[str]] = {}

    def _by_identity(self) -> dict[int, _Folded]:
        """By the identity of the document object, which `documents` keeps alive."""
        return {id(one): folded for one, folded in zip(self.documents, self._folded, strict=True)}

    def sections_of(self, doc: int) -> tuple[str, ...]:
        """The folded sections of one of them, by its number."""
        return self._folded[doc - self._first].sections

    def slices(self, field: Field) -> list[str]:
        """What the field searches of each."""
        if field not in self._sliced:
            self._sliced[field] = [slice_of(folded.sections, RANGE[field]) for folded in self._folded]
        return self._sliced[field]

    def _numbered(self, field: Field) -> Iterator[tuple[int, str]]:
        return enumerate(self.slices(field), self._first)

    def find(self, needle: Needle, field: Field, words: str) -> Match:
        """`words`: the list whose kinds of text count as the word. These documents are not cut into words:
        wherever the string stands there, it counts as one."""
        if needle.plain:
            docs = [doc for doc, text in self._numbered(field) if needle.text in text]
        else:
            docs = [doc for doc, text in self._numbered(field) if needle.stands_in(text)]
        if not docs:
            return NO_MATCH
        weights = self._weights(needle, KINDS, docs)
        as_word = self._weights(Needle(needle.text), WORD_LISTS[words], docs) if words else 0.0
        return Match(np.asarray(docs, np.uint32), impact_of(weights, as_word))

    def find_parted(self, needle: Needle, field: Field) -> list[int]:
        """Those in which the needle stands only with punctuation in it."""
        if not self.documents:
            return []
        return [
            doc
            for doc, text in self._numbered(field)
            if needle.stands_in(text) and not needle.unbroken.stands_in(text)
        ]

    def weights(self, needle: Needle, kinds: Sequence[Kind]) -> Floats:
        """What a string weighs in these kinds of text of each of them."""
        return self._weights(needle, kinds, range(self._first, self._first + len(self.documents)))

    def _weights(self, needle: Needle, kinds: Sequence[Kind], docs: Sequence[int]) -> Floats:
        weights = np.zeros(len(docs), np.float32)
        for at, doc in enumerate(docs):
            texts = self._folded[doc - self._first].texts
            for kind in kinds:
                text = texts[kind.name]
                if needle.text in text and (count := len(needle.spans(text))):
                    weights[at] += count * ranking.weighed(kind, len(text), self._mean_sizes[kind.name])
        return weights
