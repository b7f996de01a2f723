"""jieba's dictionary, folded, in mapped arrays that all processes share (a dict of it is 50 MB in each).

A word is looked for by 64 bits of its hash: 2 µs. Two of the 500,000 entries with one hash would be noticed
when the table is made; that a string which is no entry has the hash of one happens once in 10^13.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

import numpy as np

from . import tables

_HASH_BYTES: Final = 8


def made_of(counts: dict[str, int], names: set[str]) -> tables.Arrays:
    """The arrays of a dictionary with these words and their frequencies. Beginnings of words get the
    frequency 0, as jieba wants them."""
    entries = dict(counts)
    for word in counts:
        for end in range(1, len(word)):
            entries.setdefault(word[:end], 0)
    hashes = np.fromiter(map(_hash, entries), np.uint64, len(entries))
    order = np.argsort(hashes)
    if len(np.unique(hashes)) != len(hashes):
        raise ValueError("two words have one hash")
    frequent = sorted(counts, key=lambda word: (counts[word], word), reverse=True)
    lines = "\n".join(f"{word} {counts[word]}" for word in frequent)
    return {
        "hashes": hashes[order],
        "counts": np.fromiter(entries.values(), np.uint32, len(entries))[order],
        "names": np.fromiter((word in names for word in entries), np.bool_, len(entries))[order],
        "words": np.frombuffer(lines.encode("utf-8"), np.uint8),
        "total": np.asarray([sum(counts.values())], np.uint64),
    }


class Dictionary:
    """What jieba asks of a dict of frequencies. What is set stays in this object, beside the arrays."""

    def __init__(self, found: tables.Arrays) -> None:
        self._hashes, self._counts = found["hashes"].data, found["counts"].data
        self._names, self._words = found["names"], found["words"]
        self.total = int(found["total"][0])
        self._set: dict[str, int] = {}

    def get(self, word: str, default: int | None = None) -> int | None:
        if (count := self._set.get(word)) is not None:
            return count
        at = self._at(word)
        return default if at is None else self._counts[at]

    def __getitem__(self, word: str) -> int:
        if (count := self.get(word)) is None:
            raise KeyError(word)
        return count

    def __contains__(self, word: str) -> bool:
        return word in self._set or self._at(word) is not None

    def __setitem__(self, word: str, count: int) -> None:
        self._set[word] = count

    def own(self, word: str) -> int:
        """Its frequency, whatever was set; 0 when it is no word."""
        at = self._at(word)
        return 0 if at is None else self._counts[at]

    def is_name(self, word: str) -> bool:
        """Of a person, a place, an institution or a work."""
        at = self._at(word)
        return at is not None and bool(self._names[at])

    def words(self) -> Iterator[tuple[str, int]]:
        """Every word with its frequency, the frequent first; without what was set."""
        for line in str(self._words.tobytes(), "utf-8").splitlines():
            word, _, count = line.rpartition(" ")
            yield word, int(count)

    def added(self) -> dict[str, int]:
        """What was set."""
        return dict(self._set)

    def _at(self, word: str) -> int | None:
        sought = _hash(word)
        at = bisect_left(self._hashes, sought)
        return at if at < len(self._hashes) and self._hashes[at] == sought else None


def _hash(word: str) -> int:
    """The same in every process, other than `hash`."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "little")
