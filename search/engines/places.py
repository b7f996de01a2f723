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
import numpy.typing as npt

_FILES: Final = (("keys", np.uint64), ("docs", np.uint64), ("weights", np.uint64), ("sizes", np.uint32))
_HEAD: Final = 256  # every so manieth key is kept in memory: a look-up then touches one mapped page


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
        self._keys, self._docs, self._weights, self._sizes = (
            _mapped(folder / f"places.{name}", kind) for name, kind in _FILES
        )
        self._heads = self._keys[::_HEAD].copy()

    @staticmethod
    def are_in(folder: Path) -> bool:
        return (folder / "places.keys").exists()

    def find(self, field: str, word: str) -> Place | None:
        """None: no text has the word."""
        sought = np.uint64(_key(field, word.encode("utf-8", "surrogatepass")))
        block = max(int(self._heads.searchsorted(sought, "right")) - 1, 0) * _HEAD
        keys = self._keys[block : block + _HEAD]
        at = int(keys.searchsorted(sought))
        if at == len(keys) or keys[at] != sought:
            return None
        at += block
        return Place(int(self._docs[at]), int(self._weights[at]), int(self._sizes[at]))


def _mapped(path: Path, kind: npt.DTypeLike) -> npt.NDArray[np.unsignedinteger]:
    if not path.stat().st_size:  # nothing to map
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, dtype=kind, mode="r"))
