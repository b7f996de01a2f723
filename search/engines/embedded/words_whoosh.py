"""The words of the archive in a Whoosh index: the only module that imports whoosh.

jieba's words go in with their weights (BM25F's length-normalised frequencies), field by field; what
comes out are whole posting lists as arrays. The files are Whoosh's own (its format 3, read by whoosh3
and Whoosh 2.7.4 alike), so any Whoosh program can open and search them. Two things are done in bulk
that Whoosh does a posting at a time: writing a segment from sorted arrays, and decoding a list block
by block.
"""

from __future__ import annotations

import io
import itertools
import pickle
import struct
import threading
import weakref
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import whoosh
from whoosh.analysis import Token, Tokenizer
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3PostingsWriter
from whoosh.fields import NUMERIC, FieldType, Schema
from whoosh.filedb.filestore import FileStorage, Storage, copy_to_ram
from whoosh.formats import Existence
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.index import create_in as _create_in
from whoosh.reading import IndexReader, TermNotFound
from whoosh.util.numeric import length_to_byte

from newsarchive.errors import IndexUnavailable
from search.language.tokens import search_text, segmenter
from search.query.fields import WORD_LISTS

from . import places
from .byte_cache import cached_within
from .places import Place, Places
from .storage.mapping import SMALL, MappedFile

VERSION = ".".join(map(str, whoosh.__version__))
WORD_FIELDS = tuple(WORD_LISTS)

_KEPT = 24_000_000  # bytes of decoded lists in each process
# Long blocks: a posting list is always read whole here, and each block costs a pickle.
_BLOCK = 65_536
_AT_A_TIME = 50_000  # words whose postings are in memory together
_INT = struct.Struct("!i")

Docs = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]
_NO_POSTINGS = np.empty(0, np.uint32), np.empty(0, np.float32)
_IN_PIECES = Place(0, 0, 0)


class JiebaTokenizer(Tokenizer):
    """The archive's words for Whoosh's own query parsers and analysers."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **options: Any,
    ) -> Iterator[Token]:
        token = Token(positions, chars, **options)
        for number, word in enumerate(segmenter().tokens(search_text(value))):
            token.text = word.text
            token.boost = 1.0
            if positions:
                token.pos = start_pos + number
            if chars:
                token.startchar, token.endchar = start_char + word.start, start_char + word.end
            yield token


class WordField(FieldType):
    """Words with a weight: no positions, since the text itself is asked for strings."""

    indexed = True
    scorable = True

    def __init__(self) -> None:
        self.analyzer = JiebaTokenizer()
        self.format = Existence()
        self.stored = False
        self.unique = False
        self.vector = None
        self.spelling = False
        self.column_type = None


def _schema() -> Schema:
    return Schema(story=NUMERIC(int, 64, stored=True), **{name: WordField() for name in WORD_FIELDS})


@dataclass(frozen=True, slots=True)
class WordPostings:
    """The postings of one field, sorted by word (as UTF-8 bytes), then by document.

    Word i has `docs[starts[i]:starts[i + 1]]`; `lengths` has the words of each document.
    """

    words: Sequence[str]
    starts: npt.NDArray[np.int64]  # one more than there are words
    docs: Docs
    weights: Weights
    lengths: npt.NDArray[np.int64]


def write(folder: Path, story_ids: Sequence[int], postings: dict[str, WordPostings]) -> None:
    """A new index of one segment in `folder`, whose document n is `story_ids[n]`."""
    folder.mkdir(parents=True, exist_ok=True)
    index = _create_in(str(folder), _schema())
    codec = _BulkCodec()
    writer = index.writer(codec=codec, compound=False)
    lengths = {name: field.lengths.tolist() for name, field in postings.items()}
    documents = writer.perdocwriter
    for number, story_id in enumerate(story_ids):
        documents.start_doc(number)
        documents.add_field("story", writer.schema["story"], story_id, 0)
        for name, of_field in lengths.items():
            documents.add_field(name, writer.schema[name], None, of_field[number])
        documents.finish_doc()
    writer.docnum = len(story_ids)
    writer._added = True  # else commit() thinks there is nothing to write
    writer.pool = _SortedPostings(writer.pool, postings)
    writer.commit(merge=False)
    index.close()
    places.write(folder, codec.places)


class _SortedPostings:
    """Stands where Whoosh keeps its sorting pool: everything in it is sorted already."""

    def __init__(self, pool: Any, postings: dict[str, WordPostings]) -> None:
        self._pool = pool
        self._postings = postings

    def iter_postings(self) -> dict[str, WordPostings]:
        return self._postings

    def cleanup(self) -> None:
        self._pool.cleanup()


class _BulkCodec(W3Codec):
    """Whoosh's codec, with writers that take a whole posting list at once. Same files."""

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK, compression=0)
        self.places: list[tuple[str, bytes, Place]] = []

    def __reduce__(self) -> tuple[type[W3Codec], tuple[int, int]]:
        """In the index's own description stands Whoosh's codec: it reads what this one has written."""
        return W3Codec, (self._blocklimit, self._compression)

    def field_writer(self, storage: Any, segment: Any) -> _BulkFieldWriter:
        return _BulkFieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return _BulkPostingsWriter(dbfile, self._blocklimit, byteids=byteids, compression=self._compression)


class _BulkFieldWriter(W3FieldWriter):
    def add_postings(self, schema: Schema, lengths: Any, items: dict[str, WordPostings]) -> None:
        for name in sorted(items):
            field = items[name]
            if not len(field.words):
                continue
            self.start_field(name, schema[name])
            for begin in range(0, len(field.words), _AT_A_TIME):
                self._add_words(name, field, begin, min(begin + _AT_A_TIME, len(field.words)))
            self.finish_field()

    def _add_words(self, name: str, field: WordPostings, begin: int, end: int) -> None:
        first, last = int(field.starts[begin]), int(field.starts[end])
        docs, weights = np.asarray(field.docs[first:last]), np.asarray(field.weights[first:last])
        starts = field.starts[begin : end + 1] - first
        of_posting = field.lengths[docs]
        heaviest = np.maximum.reduceat(weights, starts[:-1]).tolist()
        shortest = np.minimum.reduceat(of_posting, starts[:-1]).tolist()
        longest = np.maximum.reduceat(of_posting, starts[:-1]).tolist()
        of_docs, of_weights = array("I", docs.tobytes()), array("f", weights.tobytes())
        bounds = zip(heaviest, shortest, longest, itertools.pairwise(starts.tolist()), strict=True)
        for word, (weight, short, long, (start, stop)) in zip(field.words[begin:end], bounds, strict=True):
            text = word.encode("utf-8")
            self.start_term(text)
            self._postwriter.add_list(of_docs[start:stop], of_weights[start:stop], (weight, short, long))
            self.finish_term()
            self._codec.places.append((name, text, self._postwriter.place))


class _BulkPostingsWriter(W3PostingsWriter):
    place = _IN_PIECES  # of the list written last

    def add_list(self, docs: array[int], weights: array[float], bounds: tuple[float, int, int]) -> None:
        """All postings of the term begun. `bounds` (greatest weight, least and greatest length) are
        those of the whole list: true of each block, if looser than need be."""
        for start in range(0, len(docs), self._blocklimit):
            if start:
                self._write_block()
            self._ids = docs[start : start + self._blocklimit]
            self._weights = weights[start : start + self._blocklimit]
            self._maxweight, self._minlength, self._maxlength = bounds

    def _write_block(self, last: bool = False) -> None:
        """As Whoosh writes it, but arrays are pickled as arrays, which load without a step a number."""
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        gaps = np.diff(np.frombuffer(self._ids, np.uint32), prepend=np.uint32(0))
        data = pickle.dumps((array("I", gaps.tobytes()), self._weights, None), 4)
        bounds = length_to_byte(self._minlength), length_to_byte(self._maxlength)
        facts = pickle.dumps((len(self._ids), self._ids[-1], self._maxweight, 0, *bounds), 2)
        size = len(facts) + len(data)
        self._postfile.write_int(-size if last else size)
        self._postfile.write(facts)
        at = self._postfile.tell()
        self._postfile.write(data)
        self.place = _IN_PIECES
        if last and not self._blockcount:
            docs = _begins(data, gaps.tobytes())
            weights = _begins(data, self._weights.tobytes(), docs + gaps.nbytes)
            self.place = Place(at + docs, at + weights, len(gaps))
        self._blockcount += 1
        self._new_block()


def _begins(pickled: bytes, value: bytes, start: int = 0) -> int:
    """Where bytes lie in a pickle (protocol 4), which says their number before them."""
    size = len(value)
    head = b"C" + bytes((size,)) if size < 256 else b"B" + size.to_bytes(4, "little")
    return pickled.index(head + value, start) + len(head)


class Words:
    """A Whoosh index of words, open for reading. Safe to share between threads."""

    def __init__(self, folder: Path, *, documents: int) -> None:
        try:
            # The schema that lies there names classes by their module, which releases before had elsewhere.
            self._index: FileIndex = _storage(folder).open_index(schema=_schema())
            self._reader = self._index.reader()
        except (EmptyIndexError, OSError, ValueError) as exc:
            raise IndexUnavailable(f"the word index in {folder} cannot be opened: {exc}") from exc
        if self._reader.doc_count_all() != documents:
            raise IndexUnavailable(
                f"the word index in {folder} has {self._reader.doc_count_all()} documents, not {documents}"
            )
        # The files are closed when the last search that uses them is done with this object.
        self.close = weakref.finalize(self, _close, self._reader, self._index)
        self._lock = threading.Lock()
        self._terms = self._reader._terms
        (path,) = folder.glob("*.pst")
        lists = MappedFile(path)
        (path,) = folder.glob("*.trm")
        terms = MappedFile(path, read_up_to=0)  # Whoosh has it mapped
        self._lists = lists.data
        self._places = Places(folder) if Places.are_in(folder) else None
        self.files = (lists, terms, *(self._places.files if self._places else ()))
        # Decoded lists are kept: the frequent words of Chinese are few and their lists long.
        self.postings = cached_within(_KEPT, self._postings, size_of=_size)

    def _postings(self, field: str, word: str) -> tuple[Docs, Weights]:
        """Documents (ascending) and weights of a folded word; empty arrays when there are none."""
        if self._places is None:
            return self._ask_whoosh(field, word)
        place = self._places.find(field, word)
        if place is None:
            return _NO_POSTINGS
        if not place.size:
            return self._ask_whoosh(field, word)
        gaps = np.frombuffer(self._lists, np.uint32, place.size, place.docs)
        weights = np.frombuffer(self._lists, np.float32, place.size, place.weights)
        return np.cumsum(gaps, dtype=np.uint32), weights

    def _ask_whoosh(self, field: str, word: str) -> tuple[Docs, Weights]:
        with self._lock:  # the reader seeks in one open file
            try:
                info = self._terms.term_info(field, word.encode("utf-8"))
            except TermNotFound:
                return _NO_POSTINGS
        at = info.extent()[0] + len(WHOOSH3_HEADER_MAGIC)
        docs: list[Docs] = []
        weights: list[Weights] = []
        last = False
        while not last:
            (size,) = _INT.unpack_from(self._lists, at)
            last, size = size < 0, abs(size)  # Whoosh marks the last block so
            block = io.BytesIO(self._lists[at + _INT.size : at + _INT.size + size])
            pickle.load(block)  # the facts by which Whoosh skips blocks
            gaps, of_block, _ = pickle.load(block)
            docs.append(np.cumsum(np.asarray(gaps, np.uint32), dtype=np.uint32))
            weights.append(np.asarray(of_block, np.float32))
            at += _INT.size + size
        return (docs[0], weights[0]) if len(docs) == 1 else (np.concatenate(docs), np.concatenate(weights))

    def has(self, word: str) -> bool:
        """Is it a word of any text? Keeps nothing, unlike `postings`."""
        with self._lock:
            return (WORD_FIELDS[0], word) in self._reader

    def starting_with(self, prefix: str, *, limit: int) -> list[str]:
        """Words of any field that begin with a folded prefix, in order of code points."""
        found: set[str] = set()
        for field in WORD_FIELDS:
            for text in self._reader.expand_prefix(field, prefix):
                found.add(text.decode("utf-8") if isinstance(text, bytes) else text)
                if len(found) >= limit:
                    break
        return sorted(found)[:limit]


def _storage(folder: Path) -> Storage:
    """Small files are read whole, as in `mapping`; Whoosh maps the large ones."""
    storage = FileStorage(str(folder), readonly=True)
    if sum(path.stat().st_size for path in folder.iterdir()) <= SMALL:
        return copy_to_ram(storage)
    return storage


def _size(postings: tuple[Docs, Weights]) -> int:
    return postings[0].nbytes + postings[1].nbytes


def _close(reader: IndexReader, index: FileIndex) -> None:
    reader.close()
    index.close()
