"""All that a search finds, not a page of it: the stories one after the other, or how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from newsarchive.runtime import work
from search.engines.base import Facet, Hits, Request

from . import timing
from .addresses.lookup import Lookup, look_up
from .service import MORE_THAN_ALL, Parameters, as_typed, question

_EVERY_OUTLET: Final = 10_000  # values of a facet: more outlets than an archive has


@dataclass(frozen=True, slots=True)
class EveryStory:
    """All that a query finds, and how."""

    stories: Iterator[int]  # in the order that was asked for
    partial: tuple[str, ...]  # parts searched instead, when the whole stands nowhere
    also: tuple[str, ...]  # synonyms that were searched too
    literal: bool  # it is no query: searched as the text it is
    total: int  # of the stories
    widened: tuple[str, ...] = ()  # as in `SearchPage`


def every_story(text: str, *, also: bool = True, exact: bool = False, loose: bool = True) -> EveryStory:
    """In order of relevance, ten thousand at a time: as many as the reader of `stories` takes."""
    return _every(Parameters(text=text, also=also, exact=exact, loose=loose), at_once=10_000)


def every_hit(parameters: Parameters) -> EveryStory:
    """All stories of the search, whatever page was asked for, of one state of the index."""
    return _every(parameters, at_once=MORE_THAN_ALL)


def _every(parameters: Parameters, *, at_once: int) -> EveryStory:
    if found := look_up(parameters.text):
        stories = dict.fromkeys(article.story_id for article in found.articles)
        return EveryStory(iter(stories), (), (), literal=False, total=len(stories))
    parsed, expanded, _waiting, request = question(parameters)
    request = replace(request, limit=at_once, counts=False)
    hits = timing.found(request)
    return EveryStory(
        stories=_all_of(request, hits),
        partial=hits.partial,
        also=() if hits.partial else expanded.also,
        literal=parsed.literal,
        total=hits.total,
        widened=as_typed(work.current().widened, expanded.tree),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stories a search finds, as its page says, and how they spread."""

    total: int
    literal: bool  # it is no query: searched as the text it is
    partial: tuple[str, ...]  # parts searched instead, when the whole stands nowhere
    widened: tuple[str, ...]  # as in `SearchPage`
    months: list[tuple[str, int]]  # ("2021-11", n), ascending; without the stories that have no date
    outlets: list[tuple[str, int]]  # the most frequent first, all of them


def counted(parameters: Parameters, *, outlets: bool = True) -> Counts:
    """Without reading any article; `outlets` False: without counting these. Raises IndexUnavailable."""
    if found := look_up(parameters.text):
        return _counts_of(found)
    parsed, expanded, _waiting, request = question(parameters)
    hits = timing.found(
        replace(request, limit=1, facet_size=_EVERY_OUTLET, facets=(Facet.OUTLET,) if outlets else ())
    )
    return Counts(
        total=hits.total,
        literal=parsed.literal,
        partial=hits.partial,
        widened=as_typed(work.current().widened, expanded.tree),
        months=hits.timeline,
        outlets=list(hits.facets.get(Facet.OUTLET, ())),
    )


def _counts_of(lookup: Lookup) -> Counts:
    """Of an address or identity, whose articles have no facets but their outlets."""
    articles = lookup.articles
    months = Counter(f"{day:%Y-%m}" for article in articles if (day := article.published_on))
    outlets = Counter(article.outlet.name for article in articles if article.outlet)
    return Counts(len(articles), False, (), (), sorted(months.items()), outlets.most_common())


def _all_of(request: Request, hits: Hits) -> Iterator[int]:
    while True:
        yield from (hit.story_id for hit in hits.hits)
        request = replace(request, offset=request.offset + request.limit)
        if request.offset >= hits.total:
            return
        hits = timing.found(request)


def story_ids(text: str, *, also: bool = True, exact: bool = False, loose: bool = True) -> Iterator[int]:
    """Every story that a query finds, in order of relevance; for exports."""
    return every_story(text, also=also, exact=exact, loose=loose).stories
