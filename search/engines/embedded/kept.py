"""Answers that are kept for the next time, the last used the longest, within so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")

# Python's own part of an answer: key, tuple, the heads of its arrays.
_HEAD = 500


class Kept(Generic[_Answer]):
    """functools.lru_cache bounds how many answers are kept. Posting lists of Chinese differ by a factor of
    ten thousand, so that a number bounds nothing: here it is their bytes. Threads share it."""

    def __init__(self, find: Callable[..., _Answer], *, size_of: Callable[[_Answer], int], most: int) -> None:
        self._find = find
        self._size_of = size_of
        self._most = most
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def __call__(self, *asked: Hashable) -> _Answer:
        with self._lock:
            if (kept := self._answers.get(asked)) is not None:
                self._answers.move_to_end(asked)
                return kept
        answer = self._find(*asked)
        size = self._size_of(answer) + _HEAD
        if size <= self._most:
            with self._lock:
                if asked not in self._answers:
                    self._answers[asked] = answer
                    self.bytes += size
                while self.bytes > self._most:
                    _, old = self._answers.popitem(last=False)
                    self.bytes -= self._size_of(old) + _HEAD
        return answer

    def __len__(self) -> int:
        return len(self._answers)
