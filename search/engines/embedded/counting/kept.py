"""Answers that are kept for the next request, with what they cost the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from newsarchive.errors import TooMuchToCount
from newsarchive.runtime import work
from search.engines.embedded.byte_cache import cached_within

_Answer = TypeVar("_Answer")


def afford(units: int) -> None:
    """Raises TooMuchToCount where the request can't."""
    if not work.current().reading.affords(units):
        raise TooMuchToCount


class _Bought(NamedTuple, Generic[_Answer]):
    answer: _Answer
    units: int


class Kept(Generic[_Answer]):
    """A function whose answers are kept. What was paid for one is taken from the budget of each request that
    gets it, so that the same question is answered or refused whoever asked before; it is spent only once."""

    def __init__(self, find: Callable[..., _Answer], most: int, size_of: Callable[[_Answer], int]) -> None:
        """`most`: bytes that are kept."""
        self._find = find
        self._bought = cached_within(most, self._buy, size_of=lambda bought: size_of(bought.answer))

    def __call__(self, *asked: object) -> _Answer:
        budget = work.current().reading
        before = budget.spent
        bought: _Bought[_Answer] = self._bought(*asked)
        if budget.spent == before and not budget.forgo(bought.units):
            raise TooMuchToCount
        return bought.answer

    def _buy(self, *asked: object) -> _Bought[_Answer]:
        budget = work.current().reading
        before = budget.spent
        answer = self._find(*asked)
        return _Bought(answer, budget.spent - before)
