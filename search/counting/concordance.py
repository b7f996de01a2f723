"""Every occurrence of a query on a line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from search.engines.base import CountedTexts, Occurrences, Places
from search.results.service import Parameters

from . import asking, lines
from .lines import Line

_BATCH = 500  # lines read at a time, where all are wanted


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
        at = _ordered(texts, found, view)[begin : begin + view.per_page]
        return Concordance(
            occurrences=len(found.docs),
            stories=len(np.unique(found.docs)),
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


def _ordered(texts: CountedTexts, found: Occurrences, view: View) -> Places:
    """By day, oldest first, where nothing else decides; what has no date comes last."""
    days = texts.days(found.docs).astype(np.int64)
    by_date = np.lexsort((texts.stories(found.docs), np.where(days > 0, days, np.iinfo(np.int64).max)))
    if view.order is Order.DATE:
        return by_date
    if view.order is Order.OUTLET:
        numbers, names = texts.outlets(found.docs)
        rank = np.argsort(np.argsort(np.asarray(names)))
        return by_date[np.argsort(rank[numbers][by_date], kind="stable")]
    left = view.order.startswith("left")
    skipped = int(view.order[-1]) - 1 if view.order[-1].isdigit() else 0
    keys = texts.keys(found, left=left, skipped=skipped, by=view.by)
    return by_date[np.argsort(keys[by_date], kind="stable")]
