"""Every occurrence of a query on a line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from search.engines.base import CountedTexts, Occurrences, Places
from search.results.service import Parameters

from . import asking, lines
from .lines import Line

_BATCH = 500  # lines read at a time, where all are wanted
_ROUGHLY = 4  # characters that decide which lines may be on a page


class Order(StrEnum):
    """Of lines. `left2`: by what stands to the left, beginning with the second word or character."""

    DATE = "date"
    LEFT = "left"
    LEFT2 = "left2"
    LEFT3 = "left3"
    RIGHT = "right"
    RIGHT2 = "right2"
    RIGHT3 = "right3"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class View:
    """How lines are shown."""

    order: Order = Order.DATE
    window: int = 20  # words or characters on either side
    by: str = "char"
    page: int = 1
    per_page: int = 50


@dataclass(frozen=True, slots=True)
class Concordance:
    occurrences: int
    stories: int  # that have any
    found: int  # that the search finds: some by byline, tag or an older copy alone
    pages: int  # at least 1
    lines: tuple[Line, ...]


def concordance(parameters: Parameters, view: View) -> Concordance:
    """A page of lines; beyond the last page there are none."""
    with asking.texts() as texts:
        asked = asking.asked(parameters)
        found = texts.occurrences(asked)
        begin = (view.page - 1) * view.per_page
        at = _page(texts, found, view, begin, begin + view.per_page)
        return Concordance(
            occurrences=len(found.docs),
            stories=found.stories,
            found=len(texts.documents(asked)),
            pages=max(1, -(-len(found.docs) // view.per_page)),
            lines=tuple(lines.read(texts, found.taken(at), view.window, view.by)),
        )


def every_line(parameters: Parameters, view: View) -> tuple[int, Iterator[Line]]:
    """How many there are, and all in order; read batch by batch while they are taken."""
    with asking.texts() as texts:
        found = texts.occurrences(asking.asked(parameters))
        order = _ordered(texts, found, view)
    return len(order), _read(texts, found, order, view)


def _read(texts: CountedTexts, found: Occurrences, order: Places, view: View) -> Iterator[Line]:
    for at in range(0, len(order), _BATCH):
        yield from lines.read(texts, found.taken(order[at : at + _BATCH]), view.window, view.by)


def _page(texts: CountedTexts, found: Occurrences, view: View, begin: int, end: int) -> Places:
    """The places in `found` of some lines, as in `_ordered`, without ordering all."""
    if view.order in (Order.DATE, Order.OUTLET) or begin >= len(found.docs):
        return _ordered(texts, found, view)[begin:end]
    last = min(end, len(found.docs)) - 1
    count = last + 1 - begin
    keys = _keys(texts, found, view, depth=_ROUGHLY)[:, 0]
    low, high = np.partition(keys, (begin, last))[[begin, last]]
    close = np.flatnonzero((keys >= low) & (keys <= high))
    begin -= int(np.count_nonzero(keys < low))
    return close[_ordered(texts, found.taken(close), view)[begin : begin + count]]


def _ordered(texts: CountedTexts, found: Occurrences, view: View) -> Places:
    """By day, oldest first, where nothing else decides; what has no date comes last."""
    ranks = _ranks(texts, found.docs, by_outlet=view.order is Order.OUTLET)
    if view.order in (Order.DATE, Order.OUTLET):
        return np.argsort(ranks, kind="stable")
    return np.lexsort((ranks, *_keys(texts, found, view).T[::-1]))


def _ranks(texts: CountedTexts, docs: Places, *, by_outlet: bool) -> Places:
    """For each of these documents, ascending, the place of its story by date."""
    first = np.diff(docs, prepend=-1) > 0
    different = docs[first]
    days = texts.days(different).astype(np.int64)
    keys = [texts.stories(different), np.where(days > 0, days, np.iinfo(np.int64).max)]
    if by_outlet:
        numbers, names = texts.outlets(different)
        keys.append(np.argsort(np.argsort(np.asarray(names)))[numbers])
    ranks = np.empty(len(different), np.int64)
    ranks[np.lexsort(keys)] = np.arange(len(different))
    return np.asarray(ranks[np.cumsum(first) - 1])


def _keys(texts: CountedTexts, found: Occurrences, view: View, **depth: int) -> npt.NDArray[np.uint64]:
    left = view.order.startswith("left")
    skipped = int(view.order[-1]) - 1 if view.order[-1].isdigit() else 0
    return texts.keys(found, left=left, skipped=skipped, by=view.by, **depth)
