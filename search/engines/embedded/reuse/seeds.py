"""Seeds: strings of six letters chosen so that any two texts that share a longer one share a seed.

Winnowing (Schleimer, Wilkerson, Aiken 2003): of every eight neighbouring strings the one with the least hash
is a seed, so that every shared string of 13 letters has one in common. Strings that very many places have say
nothing and cost most: they come last in the order, and where a window has nothing else it has no seed (as the
weighted minimizers of Jain et al. 2020).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.counting.arrays import ranges
from search.engines.embedded.counting.running_texts import Places
from search.engines.embedded.storage.mapping import MappedFile

from .letters import Hashes, Mask, Unsigned

# Places of a string of six letters from which on it is chosen as a seed only where nothing rarer stands, and
# left out: what at most `boilerplate.STORIES` stories share has rarer ones. It bounds what a text costs that
# repeats one word ten thousand times: without it each of its places would be compared with each other.
MOST_PLACES: Final = 64
_WINDOW: Final = 8  # strings of which one is a seed; with six letters each, 13 letters have one
_LAST: Final = np.uint64((1 << 64) - 1)
_FREQUENT: Final = np.uint64(1 << 63)
# Seeds of one bucket on average; each is compared with the text, so that no hashes are stored.
_OF_BUCKET: Final = 4
_MOST_BITS: Final = 26


def chosen(hashes: Hashes, whole: Mask, frequent: Mask | None = None) -> Places:
    """Which of these strings, which follow one another, are seeds."""
    order = hashes >> np.uint64(1)
    if frequent is not None:
        order[frequent] |= _FREQUENT
    order[~whole] = _LAST
    least = _sliding(np.concatenate((order, np.full(_WINDOW - 1, _LAST))), np.minimum)
    best = _sliding(np.concatenate((np.zeros(_WINDOW - 1, np.uint64), least)), np.maximum)
    taken = (best == order) & whole
    if frequent is not None:
        taken &= ~frequent
    return np.flatnonzero(taken)


def frequent_among(hashes: Hashes, whole: Mask) -> Mask:
    """Which of these strings stand at more than MOST_PLACES of these places."""
    order = np.sort(hashes[whole])
    return order.searchsorted(hashes, "right") - order.searchsorted(hashes, "left") > MOST_PLACES


def _sliding(values: Hashes, of_two: np.ufunc) -> Hashes:
    """The least (or greatest) of every `_WINDOW` neighbours, which is a power of two."""
    step = 1
    while step < _WINDOW:
        values = of_two(values[:-step], values[step:])
        step *= 2
    return values


class Seeds:
    """Places by the leading bits of the hash of what stands there."""

    def __init__(self, starts: Unsigned, places: Unsigned) -> None:
        self.starts, self.places = starts, places
        self._shift = np.uint64(64 - (len(starts) - 1).bit_length() + 1)

    @classmethod
    def of(cls, hashes: Hashes, places: Unsigned, *, of_bucket: int = _OF_BUCKET) -> Seeds:
        bits = min(_MOST_BITS, max(1, (len(hashes) // of_bucket).bit_length()))
        order = np.argsort(hashes, kind="stable")
        buckets = (hashes >> np.uint64(64 - bits)).astype(np.int64)
        counts = np.bincount(buckets, minlength=1 << bits)
        starts = np.concatenate((np.zeros(1, np.uint32), np.cumsum(counts, dtype=np.uint32)))
        return cls(starts, places[order])

    def candidates(self, hashes: Hashes) -> tuple[Places, npt.NDArray[np.int64]]:
        """(which of these hashes, a place that may have the same string): the strings are to be compared."""
        buckets = (hashes >> self._shift).astype(np.int64)
        begins = self.starts[buckets].astype(np.int64)
        many = self.starts[buckets + 1] - begins
        which = np.repeat(np.arange(len(hashes)), many)
        return which, self.places[ranges(begins, many)].astype(np.int64)

    def coarser(self, *, of_bucket: int = _OF_BUCKET) -> Seeds:
        """The same with fewer buckets, as they are stored."""
        starts = self.starts
        while len(starts) > 3 and (len(starts) - 1) * of_bucket > 2 * len(self.places):
            starts = starts[::2]
        return Seeds(np.ascontiguousarray(starts), self.places)


def write(folder: Path, seeds: Seeds) -> None:
    seeds.starts.astype(np.uint32).tofile(folder / "seeds.starts")
    seeds.places.astype(np.uint32).tofile(folder / "seeds")


def read(folder: Path) -> tuple[Seeds, tuple[MappedFile, ...]]:
    files = MappedFile(folder / "seeds.starts"), MappedFile(folder / "seeds")
    return Seeds(files[0].array(np.uint32), files[1].array(np.uint32)), files
