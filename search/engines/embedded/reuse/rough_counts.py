"""How often strings stand in very long texts, counted in one small table."""

from __future__ import annotations

from typing import Final

import numpy as np

from .letters import Hashes, Unsigned

_BITS: Final = 24  # of a hash by which strings are counted together: 64 MB, two different strings a cell
_SHIFT: Final = np.uint64(64 - _BITS)


class RoughCounts:
    """By the leading bits of their hashes, so that strings with the same ones are counted together: what is
    rare by this is rare, what is frequent may be two."""

    def __init__(self) -> None:
        self._counts = np.zeros(1 << _BITS, np.uint32)

    def add(self, hashes: Hashes) -> None:
        cells = (hashes >> _SHIFT).astype(np.int64)
        self._counts += np.bincount(cells, minlength=len(self._counts)).astype(np.uint32)

    def of(self, hashes: Hashes) -> Unsigned:
        return np.asarray(self._counts[hashes >> _SHIFT])
