"""How often words or characters stand in some documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import Counts

from .arrays import gathered, stretches
from .running_texts import Places, RunningTexts
from .units import Table

# Words that are looked through at a time. What is sorted then stays in the processor's cache.
_AT_A_TIME: Final = 1 << 18
# With more cells than so many for each word that is counted, sorting is faster than a table.
_SPARSE: Final = 8


def of_words(texts: RunningTexts, docs: Places, size: int) -> Counts:
    """By number, of `size`, in these documents (ascending). Of more than half of them, what the others have
    is taken from what all have."""
    if _are_few(texts, docs):
        return _added(texts, docs, size)
    counts = np.zeros(size, np.int64)
    counts[: len(texts.frequencies)] = texts.frequencies
    return counts - _added(texts, _others(texts, docs), size)


def words_looked_at(texts: RunningTexts, docs: Places) -> int:
    """By `of_words`, once all were counted."""
    bounds = texts.word_bounds[docs if _are_few(texts, docs) else _others(texts, docs)]
    return int((bounds[:, -1] - bounds[:, 0]).sum())


def _are_few(texts: RunningTexts, docs: Places) -> bool:
    return len(docs) * 2 <= texts.documents


def _others(texts: RunningTexts, docs: Places) -> Places:
    others = np.ones(texts.documents, np.bool_)
    others[docs] = False
    return np.flatnonzero(others)


def _added(texts: RunningTexts, docs: Places, size: int) -> Counts:
    counts = np.zeros(size, np.int64)
    bounds = texts.word_bounds[docs]
    for begin, end in stretches(bounds[:, 0], bounds[:, -1]):
        np.add.at(counts, texts.words[begin:end], 1)
    return counts


def pairs(
    texts: RunningTexts, docs: Places, place: npt.NDArray[np.int32], table: Table | None
) -> Iterator[tuple[Places, Places, Counts]]:
    """Run by run: places of wanted words (with a table: characters) and of documents in `docs`, ascending,
    that have them, and how often. `place`: by number its place among those wanted, -1 for all others."""
    if not len(docs):
        return
    size = int(place.max()) + 1
    having = place >= 0 if table is None else table.having(place >= 0)
    bounds = texts.word_bounds[docs]
    sizes = bounds[:, -1] - bounds[:, 0]
    run = np.cumsum(sizes) // _AT_A_TIME
    firsts = np.flatnonzero(np.diff(run, prepend=-1))
    for begin, end in zip(firsts.tolist(), [*firsts[1:].tolist(), len(docs)], strict=True):
        words = gathered(texts.words, bounds[begin:end, 0], bounds[begin:end, -1])
        hits = np.flatnonzero(having.take(words, mode="clip"))
        before = hits.searchsorted(np.cumsum(sizes[begin:end]))
        of, numbers = np.repeat(np.arange(end - begin), np.diff(before, prepend=0)), words[hits]
        if table is not None:
            of, numbers = table.spelt(of, numbers)
            wanted = place[numbers] >= 0
            of, numbers = of[wanted], numbers[wanted]
        keys, counts = _counted(place[numbers].astype(np.int64) * (end - begin) + of, size * (end - begin))
        yield keys // (end - begin), keys % (end - begin) + begin, counts


def _counted(keys: Places, size: int) -> tuple[Places, Counts]:
    """The different keys, all below `size`, and how often each is there."""
    if size > _SPARSE * len(keys):
        return np.unique_counts(keys)
    counts = np.bincount(keys, minlength=size)
    found = np.flatnonzero(counts)
    return found, counts[found]
