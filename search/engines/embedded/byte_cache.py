"""Answers that are kept for the next time, the least recently used dropped first, within so many bytes.

functools.lru_cache bounds how many answers are kept. Posting lists of Chinese differ by a factor of ten
thousand, so that a number of them bounds nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from cachetools import LRUCache, cached

_Answer = TypeVar("_Answer")

_OVERHEAD = 500  # bytes of an answer that Python itself takes: key, tuple, the heads of its arrays


def cached_within(
    most: int, find: Callable[..., _Answer], *, size_of: Callable[[_Answer], int]
) -> Callable[..., _Answer]:
    """`find` with a cache of `most` bytes, which threads share. An answer larger than that is not kept."""

    def size(answer: _Answer) -> int:
        return size_of(answer) + _OVERHEAD

    return cached(LRUCache(most, getsizeof=size), lock=threading.Lock())(find)
