"""Where in Whoosh's file of postings the list of each word lies, so that reading one is two look-ups and no
unpickling. Whoosh's own table of terms stays the authority: what it is asked for rarely is not in here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from .ngrams import SortedKeys
from .storage.mapping import MappedFile

_FILES: Final = (("keys", np.uint64), ("docs", np.uint64), ("weights", np.uint64), ("sizes", np.uint32))


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes at which a list's gaps between documents begin, and its weights, and how many there are.
    Size 0: the list lies in several pieces, ask Whoosh."""

    docs: int
    weights: int
    size: int


def _key(field: str, word: bytes) -> int:
    return int.from_bytes(blake2b(word, digest_size=8, person=field.encode()[:16]).digest(), "big")


def write(folder: Path, places: Iterable[tuple[str, bytes, Place]]) -> None:
    """Of (field, word, place)."""
    rows = [(_key(field, word), place.docs, place.weights, place.size) for field, word, place in places]
    columns = np.asarray(rows, np.uint64).reshape(-1, len(_FILES)).T
    order = np.argsort(columns[0], kind="stable")
    keys = columns[0][order]
    alone = np.ones(len(keys), np.bool_)  # words whose keys are the same, if ever there are two
    alone[1:] &= keys[1:] != keys[:-1]
    alone[:-1] &= keys[1:] != keys[:-1]
    for (name, kind), column in zip(_FILES, columns, strict=True):
        values = column[order]
        (values * alone if name == "sizes" else values).astype(kind).tofile(folder / f"places.{name}")


class Places:
    """Opened for reading; threads and processes share the mapped files."""

    def __init__(self, folder: Path) -> None:
        self._keys = SortedKeys(folder / "places.keys")
        docs, weights, sizes = (MappedFile(folder / f"places.{name}") for name, _ in _FILES[1:])
        self._docs, self._weights = docs.array(np.uint64), weights.array(np.uint64)
        self._sizes = sizes.array(np.uint32)
        self.files = (self._keys.file, docs, weights, sizes)

    @staticmethod
    def are_in(folder: Path) -> bool:
        return (folder / "places.keys").exists()

    def find(self, field: str, word: str) -> Place | None:
        """None: no text has the word."""
        at = self._keys.find(_key(field, word.encode("utf-8", "surrogatepass")))
        return None if at < 0 else Place(int(self._docs[at]), int(self._weights[at]), int(self._sizes[at]))
