"""Stretches of long arrays, and what is different in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
_Kind = TypeVar("_Kind", bound=np.generic)


def stretches(begins: Places, ends: Places) -> Iterator[tuple[int, int]]:
    """Those that touch as one."""
    if not len(begins):
        return
    apart = np.flatnonzero(begins[1:] != ends[:-1]) + 1
    firsts, lasts = begins[np.concatenate(([0], apart))], ends[np.concatenate((apart - 1, [len(ends) - 1]))]
    yield from zip(firsts.tolist(), lasts.tolist(), strict=True)


def gathered(values: npt.NDArray[_Kind], begins: Places, ends: Places) -> npt.NDArray[_Kind]:
    """The stretches one after the other."""
    every = [values[begin:end] for begin, end in stretches(begins, ends)] or [values[:0]]
    return every[0] if len(every) == 1 else np.concatenate(every)


def ranges(begins: Places, lengths: Places) -> Places:
    """All places of stretches of so many."""
    return np.repeat(begins - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))


def different(values: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
    """Ascending. np.unique without further results hashes them, which takes twenty times as long as sorting
    where most of a million are different."""
    every = np.sort(values)
    first = np.ones(len(every), np.bool_)
    first[1:] = every[1:] != every[:-1]
    return np.asarray(every[first])
