"""A Whoosh codec whose posting lists are arrays: written, and read, as a whole.

All else (the table of terms, lengths, stored fields, the segment) is Whoosh's own codec. Where that one
pickles a list block by block, this one writes the document numbers (uint32, ascending) and after them the
weights (float32), in the byte order of the machine. How many there are is the term's document frequency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo
from whoosh.matching import LeafMatcher, ReadTooFar

Docs = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]
_NUMBER_BYTES = 4  # of a document number, and of a weight


class ArrayCodec(W3Codec):
    """Every segment names this class in the index's table of contents (a pickle): an index can be opened only
    where the class can be imported from this module."""

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> PostingsWriter:
        if byteids:  # the terms of one document (a vector), of which our fields have none
            return super().postings_writer(dbfile, byteids)
        return ArrayWriter(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: W3TermInfo, format_: Any, term: Any = None, scorer: Any = None
    ) -> ArrayMatcher:
        start, _ = terminfo.extent()
        size = _NUMBER_BYTES * terminfo.doc_frequency()
        docs = np.frombuffer(dbfile.get(start, size), np.uint32)
        weights = np.frombuffer(dbfile.get(start + size, size), np.float32)
        return ArrayMatcher(docs, weights, format_, term=term, terminfo=terminfo, scorer=scorer)


class ArrayWriter(PostingsWriter):
    """Takes each term's list in one call of `add_posting`, where Whoosh's writer takes a posting."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._terminfo: W3TermInfo | None = None

    def start_postings(self, format_: Any, terminfo: W3TermInfo) -> None:
        """`terminfo` is left aside: the list comes with its own."""
        self._terminfo = None

    def add_posting(self, docs: bytes, weights: bytes, vbytes: bytes, terminfo: W3TermInfo) -> None:
        """Both arrays as bytes; `terminfo` has the statistics of the whole list; values are not kept."""
        start = self._file.tell()
        self._file.write(docs)
        self._file.write(weights)
        terminfo.set_extent(start, len(docs) + len(weights))
        self._terminfo = terminfo

    def finish_postings(self) -> W3TermInfo:
        if self._terminfo is None:
            raise ValueError("a term without postings")
        return self._terminfo

    def written(self) -> bool:
        return self._terminfo is not None


class ArrayMatcher(LeafMatcher):
    """A posting list in memory: to Whoosh one block, which is skipped as a whole."""

    def __init__(
        self, docs: Docs, weights: Weights, format_: Any, *, term: Any, terminfo: W3TermInfo, scorer: Any
    ) -> None:
        self.docs = docs
        self.weights = weights
        self.format = format_
        self.scorer = scorer
        self._named = term
        self._terminfo = terminfo
        self._at = 0

    def term(self) -> Any:
        return self._named

    def is_active(self) -> bool:
        return self._at < len(self.docs)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> ArrayMatcher:
        other = ArrayMatcher(
            *(self.docs, self.weights, self.format),
            term=self._named,
            terminfo=self._terminfo,
            scorer=self.scorer,
        )
        other._at = self._at
        return other

    def id(self) -> int:
        return int(self.docs[self._at])

    def all_ids(self) -> Iterator[int]:
        return iter(self.docs[self._at :].tolist())

    def weight(self) -> float:
        return float(self.weights[self._at])

    def value(self) -> bytes:
        return b""

    def next(self) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = max(self._at, int(self.docs.searchsorted(id)))

    def skip_to_quality(self, minquality: float) -> int:
        if self.block_quality() > minquality:
            return 0
        self._at = len(self.docs)
        return 1

    def block_min_length(self) -> int:
        return int(self._terminfo.min_length())

    def block_max_length(self) -> int:
        return int(self._terminfo.max_length())

    def block_max_weight(self) -> float:
        return float(self._terminfo.max_weight())
