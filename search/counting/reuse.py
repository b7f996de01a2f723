"""Who printed it first: passages that stories share, with all who print them, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from newsarchive.errors import TooMuchToCount
from newsarchive.models import Article
from newsarchive.runtime import work
from search.engines.base import CountedTexts, Occurrences, Places, Shared
from search.language.folding import Aligned, aligned
from search.language.loosening import LINE
from search.results.rows import Row
from search.results.service import Parameters

from . import asking, lines, reuse_stories
from .reuse_stories import Group
from .shown import Shown, rows_of

# Passages that are listed of one search, in its order: a file of more would take longer than one request may.
MOST: Final = 500
_BESIDE: Final = 8  # passages beside an article: the longest
_BODY: Final = 1  # its number among the fields (`base.Occurrences`)
# Units of work (newsarchive.runtime.work): of ranking one passage of two stories; of reading and folding what
# one story prints of it.
_RECORD_COST, _PRINT_COST = 2, 300
_UNDATED: Final = np.iinfo(np.int64).max


class Order(StrEnum):
    STORIES = "stories"  # those that most stories have first
    OLDEST = "oldest"  # by the day on which they were printed first
    LENGTH = "length"  # the longest first


@dataclass(frozen=True, slots=True)
class Print(Shown):
    """A passage as one story prints it."""

    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """`prints`: the oldest first, undated ones last."""

    prints: tuple[Print, ...]

    @property
    def text(self) -> str:
        return self.prints[0].text


@dataclass(frozen=True, slots=True)
class Beside:
    """A passage of an article, as it prints it, and the other stories that have it, the oldest first."""

    text: str
    others: tuple[Row, ...]
    is_first: bool  # none of the others is older, and the article is dated


@dataclass(frozen=True, slots=True)
class Listed:
    found: int  # stories that the search finds
    sharing: int  # of them, that share any passage
    passages: tuple[Passage, ...]
    more: bool  # are there further pages?
    whole: bool  # False: some stories that wait to be indexed anew were not compared


def beside(article: Article) -> list[Beside]:
    """In the order of the text. [] for an article that the index does not have."""
    with asking.texts() as texts:
        doc = texts.document_of(article.story_id)
        if doc is None:
            return []
        groups = _longest(texts, doc, _BESIDE)
        stories = [_stories(texts, [place.doc for place in one.places]) for one in groups]
        spans = _spans(texts, [(doc, one.start, one.end) for one in groups])
    read = rows_of(story for every in stories for story in every)
    body = _body(article)
    found = []
    for every, span in zip(stories, spans, strict=True):
        others = [read[story] for story in dict.fromkeys(every) if story in read]
        others = sorted((row for row in others if row.article.story_id != article.story_id), key=_age)
        if others:
            day = article.published_on
            first = day is not None and all(day <= (one.article.published_on or day) for one in others)
            found.append(Beside(_printed(body, span), tuple(others), first))
    return found


def of_article(article: Article) -> list[Passage]:
    """All that an article shares, as each prints it, in the order of the text."""
    with asking.texts() as texts:
        doc = texts.document_of(article.story_id)
        if doc is None:
            return []
        return _passages(texts, _longest(texts, doc, MOST))


def listed(parameters: Parameters, order: Order, *, page: int, per_page: int) -> Listed:
    """A page of the passages that stories of a search share with any others. Raises TooMuchToCount."""
    with asking.texts() as texts:
        docs = texts.documents(asking.asked(parameters))
        shared = texts.shared(docs)
        before = (page - 1) * per_page
        most = min(MOST, before + per_page + 1)
        groups = _groups(texts, shared, order, most)
        return Listed(
            found=len(docs),
            sharing=len(np.unique(shared.docs)),
            passages=tuple(_passages(texts, groups[before : before + per_page])),
            more=len(groups) > before + per_page,
            whole=shared.whole,
        )


def every_one(parameters: Parameters, order: Order) -> Iterator[Passage]:
    """All that are listed on all pages."""
    with asking.texts() as texts:
        shared = texts.shared(texts.documents(asking.asked(parameters)))
        yield from _passages(texts, _groups(texts, shared, order, MOST))


def _longest(texts: CountedTexts, doc: int, most: int) -> list[Group]:
    """Of the passages of one story, in the order of its text."""
    shared = texts.shared(np.asarray([doc], np.int64))
    return sorted(_groups(texts, shared, Order.LENGTH, most), key=lambda one: one.start)


def _groups(texts: CountedTexts, shared: Shared, order: Order, most: int) -> list[Group]:
    if not work.current().reading.affords(_RECORD_COST * len(shared.docs)):
        raise TooMuchToCount
    shared, stories = reuse_stories.without_boilerplate(shared)
    return reuse_stories.grouped(shared, _order(texts, shared, stories, order), most)


def _order(
    texts: CountedTexts, shared: Shared, stories: npt.NDArray[np.int64], order: Order
) -> npt.NDArray[np.int64]:
    lengths = shared.ends - shared.starts
    if order is Order.LENGTH:
        return np.lexsort((shared.starts, -lengths))
    if order is Order.STORIES:
        return np.lexsort((shared.starts, -lengths, -stories))
    first = np.minimum(_days(texts, shared.docs), _days(texts, shared.others))
    return np.lexsort((shared.starts, -lengths, first))


def _days(texts: CountedTexts, docs: Places) -> npt.NDArray[np.int64]:
    days = texts.days(docs).astype(np.int64)
    return np.where(days > 0, days, _UNDATED)


# -- as they are printed -------------------------------------------------------------------------------


def _passages(texts: CountedTexts, groups: Sequence[Group]) -> list[Passage]:
    places = [place for group in groups for place in group.every]
    work.current().reading.spent += _PRINT_COST * len(places)
    stories = _stories(texts, [place.doc for place in places])
    spans = _spans(texts, [(place.doc, place.start, place.end) for place in places])
    read = rows_of(stories)
    bodies: dict[int, tuple[str, Aligned]] = {}
    found, at = [], 0
    for group in groups:
        prints: dict[int, Print] = {}
        for number in range(at, at + len(group.every)):
            story = stories[number]
            if story in read and story not in prints:
                if story not in bodies:
                    bodies[story] = _body(read[story].article)
                prints[story] = Print(read[story], _printed(bodies[story], spans[number]))
        at += len(group.every)
        if len(prints) > 1:
            found.append(Passage(tuple(sorted(prints.values(), key=lambda one: _age(one.row)))))
    return found


def _stories(texts: CountedTexts, docs: Sequence[int]) -> list[int]:
    stories: list[int] = texts.stories(np.asarray(docs, np.int64)).tolist()
    return stories


def _spans(texts: CountedTexts, places: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
    columns = np.asarray(places, np.int64).reshape(-1, 3)
    fields = np.full(len(columns), _BODY, np.int64)
    return texts.spans(Occurrences(columns[:, 0], fields, columns[:, 1], columns[:, 2]))


def _body(article: Article) -> tuple[str, Aligned]:
    text = lines.running_text(article, [])[_BODY]
    return text, aligned(text)


def _printed(body: tuple[str, Aligned], span: tuple[int, int]) -> str:
    text, written = body
    start, end = written.printed(*span)
    return text[start:end].replace(LINE, "\n")


def _age(row: Row) -> tuple[bool, object, object, int]:
    """The oldest first: by day, within it by the minute where both say it."""
    article = row.article
    day = article.published_on
    return day is None, day or 0, article.published_at.timestamp() if article.published_at else 0, article.pk
