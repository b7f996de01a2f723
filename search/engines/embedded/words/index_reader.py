"""The words of a generation: a Whoosh index opened for reading, whose posting lists come out as arrays."""

from __future__ import annotations

import itertools
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import whoosh
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.reading import IndexReader, TermNotFound

from newsarchive.errors import IndexUnavailable
from search.engines.embedded.byte_cache import cached_within
from search.query.fields import EVERY_WORD, WORD_LISTS

from .codec import ArrayMatcher, Docs, Weights
from .schema import schema
from .storage import StorageInMemory

VERSION = ".".join(map(str, whoosh.__version__))

_KEPT = 8_000_000  # bytes of posting lists that each process keeps; beyond, the least recently used goes
_NO_POSTINGS = np.empty(0, np.uint32), np.empty(0, np.float32)


class Words:
    """Safe to share between threads."""

    def __init__(self, folder: Path, *, documents: int) -> None:
        storage = StorageInMemory(folder)
        try:
            self._index: FileIndex = storage.open_index(schema=schema())
            self._reader: IndexReader = self._index.reader()
        except (EmptyIndexError, OSError, ValueError) as exc:
            raise IndexUnavailable(f"the word index in {folder} cannot be opened: {exc}") from exc
        if self._reader.doc_count_all() != documents:
            raise IndexUnavailable(
                f"the word index in {folder} has {self._reader.doc_count_all()} documents, not {documents}"
            )
        # The files are closed when the last search that uses them is done with this object.
        self.close = weakref.finalize(self, _close, self._reader, self._index)
        self._lock = threading.Lock()
        self.files = tuple(storage.opened)
        # The frequent words of Chinese are few and their lists long.
        self.postings = cached_within(_KEPT, self._postings, size_of=_size)

    def _postings(self, field: str, word: str) -> tuple[Docs, Weights]:
        """Documents (ascending) and weights of a folded word; empty arrays when there are none."""
        with self._lock:  # a reader of Whoosh is for one thread at a time
            try:
                matcher = self._reader.postings(field, word.encode("utf-8", "surrogatepass"))
            except TermNotFound:
                return _NO_POSTINGS
            if isinstance(matcher, ArrayMatcher):
                return matcher.docs, matcher.weights
            return _one_by_one(matcher)

    def has(self, word: str) -> bool:
        """Is it a word of any text? Keeps nothing, unlike `postings`."""
        with self._lock:
            return (EVERY_WORD, word) in self._reader

    def starting_with(self, prefix: str, *, limit: int) -> list[str]:
        """Words of any field that begin with a folded prefix, in order of code points."""
        found: set[str] = set()
        with self._lock:
            for field in WORD_LISTS:
                some = itertools.islice(self._reader.expand_prefix(field, prefix), limit)
                found.update(text.decode("utf-8") for text in some)
        return sorted(found)[:limit]


def _one_by_one(matcher: Any) -> tuple[Docs, Weights]:
    """Of an index that Whoosh's own codec wrote (layouts 3 to 5): a microsecond for each posting."""
    docs: list[int] = []
    weights: list[float] = []
    while matcher.is_active():
        docs.append(matcher.id())
        weights.append(matcher.weight())
        matcher.next()
    return np.asarray(docs, np.uint32), np.asarray(weights, np.float32)


def _size(postings: tuple[Docs, Weights]) -> int:
    return postings[0].nbytes + postings[1].nbytes


def _close(reader: IndexReader, index: FileIndex) -> None:
    reader.close()
    index.close()
