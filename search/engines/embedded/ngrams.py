"""Gram postings: every character and every pair of neighbours, in arrays mapped from disk.

They decide what is found. A list holds, for each gram, the documents that have it (ascending), each with
how weighty it is there (its impact, in one byte) and whether it stands in what is printed as the article,
beside it (byline, tags …), or both: a posting in four bytes.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .impacts import Floats, impact_of
from .storage.mapping import MappedFile

Keys = npt.NDArray[np.uint64]
Docs = npt.NDArray[np.uint32]
Postings = npt.NDArray[np.uint32]
Facts = npt.NDArray[np.uint16]  # the low bits of postings: where a gram stands and its impact
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]  # code points
Counts = npt.NDArray[np.int64]
_Kind = TypeVar("_Kind", bound=np.generic)

# A key is a gram's code (42 bits: one or two code points of 21) above a document number (22 bits).
CHAR, DOC = 21, 22
MAX_DOCUMENTS = 1 << DOC  # 4.2 million; more are for a cluster
DOC_MASK = np.uint64(MAX_DOCUMENTS - 1)
_LAST = np.uint64((1 << CHAR) - 1)
PARTITION = 4_000_000  # postings merged at a time: bounds the memory of a build
_HEAD = 256  # a sparse index: every 256th key is kept in memory, so that a look-up reads one mapped page

# A posting: document, where the gram stands in it, and its impact.
_FACTS = 10  # bits
PRINTED, BESIDE = 1 << 8, 1 << 9
WHERE = PRINTED | BESIDE
IMPACT = 0xFF  # the byte that `impacts` makes


def docs_of(postings: Postings) -> Docs:
    return postings >> np.uint32(_FACTS)


def facts_of(postings: Postings) -> Facts:
    return postings.astype(np.uint16) & np.uint16(WHERE | IMPACT)


def posting(docs: npt.NDArray[np.unsignedinteger], facts: Facts) -> Postings:
    return docs.astype(np.uint32) << np.uint32(_FACTS) | facts


def code(gram: str) -> int:
    """Of a character or a pair of them."""
    return ord(gram) if len(gram) == 1 else ord(gram[0]) << CHAR | ord(gram[1])


def codes(folded: str) -> list[int]:
    """The grams that a text must have to hold this string: its pairs, or a lone character itself.

    Blanks and line ends are no part of a gram: pairs do not reach across them.
    """
    found: list[int] = []
    for piece in folded.split():
        if len(piece) == 1:
            found.append(code(piece))
        found.extend(map(code, map("".join, itertools.pairwise(piece))))
    return found


@dataclass(frozen=True, slots=True)
class Characters:
    """Folded texts end to end, character by character."""

    codes: Keys
    docs: Keys  # the number of each one's text, from 0
    inked: Flags  # neither blank nor line end: part of a gram

    @classmethod
    def of(cls, texts: Sequence[str]) -> Characters:
        joined = "\n".join(texts)
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
        lengths[-1:] -= 1
        docs = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
        blank = (codes == 0x20) | ((codes >= 0x0A) & (codes <= 0x0D))
        return cls(codes, docs, ~blank)


@dataclass(frozen=True, slots=True)
class Counted:
    """Sorted unique keys with their frequencies (255 stands for more)."""

    keys: Keys
    frequencies: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, keys: Keys) -> Counted:
        """Of keys in any order, which are put in order in place."""
        keys.sort()
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else keys
        frequencies = np.diff(np.append(starts, len(keys)))
        return cls(keys[starts.astype(np.int64)], np.minimum(frequencies, 255).astype(np.uint8))


def count(characters: Characters, *, first: int) -> Counted:
    """The grams of folded texts, the documents numbered from `first`."""
    chars, inked = characters.codes, characters.inked
    docs = characters.docs + np.uint64(first)
    pairs = inked[:-1] & inked[1:]
    return Counted.of(
        np.concatenate(
            (
                (chars << np.uint64(DOC) | docs)[inked],
                ((chars[:-1] << np.uint64(CHAR) | chars[1:]) << np.uint64(DOC) | docs[:-1])[pairs],
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Counted grams of one field in a run of documents, with what a single occurrence weighs there."""

    counted: Counted
    weight_of: Floats  # by document number
    where: int = PRINTED  # or BESIDE

    def numbered(self, keys: Keys) -> Keys:
        """Some of its keys as they are merged: a document's number is the lowest DOC bits."""
        return keys


OfWords = Callable[[Keys], Floats]  # keys -> what their grams weigh in their documents as words


def merge(folder: Path, name: str, parts: Sequence[Part], of_words: OfWords) -> None:
    """Write the list `name` from its parts; frequencies of one gram in one document add up."""
    total = sum(len(part.counted.keys) for part in parts)
    with Writer(folder, name) as writer:
        for low, high in partitions(parts, -(-total // PARTITION)):
            keys, facts = merged(parts, low, high, of_words)
            writer.add(keys >> np.uint64(DOC), posting(keys & DOC_MASK, facts))


def merged(parts: Sequence[Part], low: np.uint64, high: np.uint64, of_words: OfWords) -> tuple[Keys, Facts]:
    """What the parts have from the key `low` and below `high` (0: to their end): each key once, in order,
    as it is numbered, with where it stands and its impact."""
    keys: list[Keys] = []
    weights: list[Floats] = []
    where: list[Facts] = []
    for part in parts:
        of_part = part.counted.keys
        begin, end = np.searchsorted(of_part, low), np.searchsorted(of_part, high) if high else len(of_part)
        keys.append(part.numbered(np.asarray(of_part[begin:end])))
        docs = (keys[-1] & DOC_MASK).astype(np.int64)
        weights.append(part.counted.frequencies[begin:end].astype(np.float32) * part.weight_of[docs])
        where.append(np.full(len(docs), part.where, np.uint16))
    every_key = np.concatenate(keys)
    order = np.argsort(every_key, kind="stable")
    every_key = every_key[order]
    starts = np.flatnonzero(np.diff(every_key, prepend=~every_key[:1]))
    unique = every_key[starts]
    impacts = impact_of(np.add.reduceat(np.concatenate(weights)[order], starts), of_words(unique))
    return unique, np.bitwise_or.reduceat(np.concatenate(where)[order], starts) | impacts


def partitions(parts: Sequence[Part], wanted: int) -> Iterable[tuple[np.uint64, np.uint64]]:
    """Ranges of keys that hold something, split between grams; the last upper bound is 0: no bound."""
    if wanted < 2:
        return [(np.uint64(0), np.uint64(0))][:wanted]
    sample = np.concatenate([part.counted.keys[::997] for part in parts])
    sample.sort()
    cuts = np.unique(sample[np.linspace(0, len(sample) - 1, wanted + 1).astype(np.int64)[1:-1]] & ~DOC_MASK)
    bounds = [np.uint64(0), *cuts[cuts > sample[0]], np.uint64(0)]
    return list(itertools.pairwise(bounds))


class Writer:
    """Appends sorted postings to the files of a list."""

    def __init__(self, folder: Path, name: str) -> None:
        self._paths = {part: folder / f"{name}.{part}" for part in ("codes", "starts", "postings")}
        self._codes: list[Keys] = []
        self._starts: list[npt.NDArray[np.uint64]] = []
        self.postings = 0

    def __enter__(self) -> Writer:
        self._file = self._paths["postings"].open("wb")
        return self

    def add(self, grams: Keys, postings: Postings) -> None:
        """All postings of some grams, one gram after another; `grams` has the gram of each."""
        firsts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1])))
        self._codes.append(grams[firsts])
        self._starts.append(firsts.astype(np.uint64) + np.uint64(self.postings))
        postings.tofile(self._file)
        self.postings += len(postings)

    def __exit__(self, *_: object) -> None:
        self._file.close()
        empty = np.empty(0, np.uint64)
        np.concatenate([empty, *self._codes]).tofile(self._paths["codes"])
        end = np.array([self.postings], np.uint64)
        np.concatenate([*self._starts, end]).tofile(self._paths["starts"])


class SortedKeys:
    """Ascending keys mapped from a file, with a sparse index: every 256th key (`_HEAD`) is kept in memory, so
    that a look-up reads one mapped page, where binary search over the file would read some twelve."""

    def __init__(self, path: Path) -> None:
        self.file = MappedFile(path)
        self.every = self.file.array(np.uint64)
        self._keys = self.every.data
        self._heads: list[int] = self.every[::_HEAD].tolist()

    def find(self, key: int) -> int:
        """Where the key is; -1 when it is not there."""
        block = max(bisect_right(self._heads, key) - 1, 0) * _HEAD
        end = min(block + _HEAD, len(self._keys))
        at = bisect_left(self._keys, key, block, end)
        return at if at < end and self._keys[at] == key else -1


class GramList:
    """A list opened for reading; its pages are shared by all processes that map them."""

    def __init__(self, folder: Path, name: str) -> None:
        self._codes = SortedKeys(folder / f"{name}.codes")
        starts, postings = MappedFile(folder / f"{name}.starts"), MappedFile(folder / f"{name}.postings")
        self._starts = starts.array(np.uint64)
        self._postings = postings.array(np.uint32)
        self.files = (self._codes.file, starts, postings)

    def postings(self, code: int) -> Postings:
        """Those of a gram, by document (ascending); none when it occurs nowhere."""
        begin, end = self._bounds(code)
        return self._postings[begin:end]

    def _bounds(self, code: int) -> tuple[int, int]:
        at = self._codes.find(code)
        return (0, 0) if at < 0 else (int(self._starts[at]), int(self._starts[at + 1]))

    def after(self, char: str) -> tuple[Codes, Counts]:
        """The characters that follow one somewhere, and in how many documents each does."""
        first = ord(char) << CHAR
        begin, end = self._codes.every.searchsorted(np.asarray([first, first + (1 << CHAR)], np.uint64))
        return self._neighbours(np.arange(begin, end), 0)

    def before(self, char: str) -> tuple[Codes, Counts]:
        """The characters that precede one somewhere; reads every code, some 2 ms a million."""
        codes = np.asarray(self._codes.every)
        pairs = (codes & _LAST == np.uint64(ord(char))) & (codes > _LAST)
        return self._neighbours(np.flatnonzero(pairs), CHAR)

    def _neighbours(self, at: npt.NDArray[np.int64], shift: int) -> tuple[Codes, Counts]:
        codes = (self._codes.every[at] >> np.uint64(shift)) & _LAST
        return codes.astype(np.uint32), (self._starts[at + 1] - self._starts[at]).astype(np.int64)

    def frequency(self, code: int) -> int:
        """In how many documents the gram occurs."""
        begin, end = self._bounds(code)
        return end - begin


def mapped(path: Path, kind: type[_Kind]) -> npt.NDArray[_Kind]:
    if path.stat().st_size == 0:  # nothing to map
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, dtype=kind, mode="r"))
