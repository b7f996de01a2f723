"""Form data -> a page of marked results: query, engine, rows, marks. Pages, API, feeds, exports and
the admin all search through here, so that the same question has the same answer everywhere."""

from __future__ import annotations

import itertools
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from newsarchive.runtime import work
from search.engines.base import Facet, Filters, Hits, Request, Sort
from search.indexing import documents
from search.query.date_words import DateWords, date_words
from search.query.parser import (
    Or,
    ParsedQuery,
    Query,
    Term,
    positive_terms,
)
from search.query.semantics import needle_of
from search.query.synonyms import Expanded

from . import pending, timing
from .addresses.lookup import Lookup, look_up, offers
from .asked import Asked, asked
from .highlight import Marker
from .meant import FEW, Meant, meant
from .pending import Pending
from .reading import read, searched, synonyms_of
from .results import Found, Result, results
from .zero_results import Misses, explain

MORE_THAN_ALL: Final = 100_000_000  # as many stories as no archive has
_COPIES_COST: Final = 5  # units of work for the copies of one story


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was asked for, checked (see `forms.SearchForm`)."""

    text: str = ""
    page: int = 1
    per_page: int = 10
    sort: Sort = Sort.RELEVANCE
    filters: Filters = field(default_factory=Filters)
    also: bool = True  # synonyms too
    loose: bool = True  # bare strings also where punctuation parts them
    exact: bool = False  # only the characters as typed: no other script, variant, width, case or accent
    share: bool = False  # the timeline shows shares of each month's articles, not counts
    thumbnails: bool = False  # the page shows pictures beside its hits, of which the archive has copies
    grouped: bool = True  # a story is one hit; else each of its visible copies is

    def pages_of(self, total: int) -> int:
        """At least 1: the first page of nothing says that nothing was found."""
        return max(1, -(-total // self.per_page))


@dataclass(frozen=True, slots=True)
class DateOffer:
    """The search for the rest of the query, within the days that its date in words means."""

    words: DateWords
    stories: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    parsed: ParsedQuery
    parameters: Parameters
    total: int
    pages: int  # at least 1
    results: tuple[Result, ...]
    facets: Mapping[Facet, list[tuple[str, int]]]
    timeline: list[tuple[str, int]]
    archive: list[tuple[str, int]]  # the timeline of everything, for shares
    partial: tuple[str, ...]  # parts searched instead, when the whole stands nowhere
    also: tuple[str, ...]  # synonyms that were searched too
    took_ms: float
    regional: tuple[str, ...] = ()  # those of `also` that are words of other regions, not curators' synonyms
    loosened: int = 0  # hits in which a string stands only with punctuation between its characters
    joined: bool = False  # something on this page is marked that is printed in other characters than typed
    lookup: Lookup | None = None  # the query is an address or an identity: what it leads to
    dated: DateOffer | None = None  # the query says a date in words
    meant: Meant | None = None  # another spelling that finds much more
    misses: Misses | None = None  # why nothing was found as asked; None when something was
    # What would have cost more than one question may: conditions that were widened, so that `total` counts
    # what the wider ones find; and are passages and marks those of a part of the texts only?
    widened: tuple[str, ...] = ()
    unmarked: bool = False

    @property
    def undated(self) -> int:
        """Hits without a date, which no bar of the timeline has; 0 when nothing was counted."""
        dated = sum(count for _, count in self.timeline)
        return max(0, self.total - dated) if self.facets and not self.partial else 0


def search(parameters: Parameters, *, counts: bool = True) -> SearchPage:
    """Raises IndexUnavailable when there is nothing to search in."""
    began = time.perf_counter()
    if lookup := look_up(parameters.text):
        return _looked_up(parameters, lookup, began)
    parsed, expanded, waiting, request = question(parameters)
    request = _one_page(parameters, request, counts=counts)
    hits, total, found = _stories(request) if parameters.grouped else _copies(request)
    done = work.current()
    widened = as_typed(done.widened, expanded.tree)
    marker = Marker(_marked(expanded.tree, hits.partial), texts=len(found))
    shown = results(found, marker)
    unmarked = done.unmarked  # before the questions below use up what is left of the budget
    questions = _asked(parameters, waiting)
    page = SearchPage(
        parsed=parsed,
        parameters=parameters,
        total=total,
        pages=parameters.pages_of(total),
        results=shown,
        loosened=hits.loosened,
        joined=marker.joined,
        facets=hits.facets,
        timeline=hits.timeline,
        archive=hits.archive,
        partial=hits.partial,
        also=() if hits.partial else expanded.also,
        regional=() if hits.partial else expanded.regional,
        dated=_dated(parameters, questions) if counts else None,
        misses=_misses(parsed, questions) if counts and (hits.partial or not hits.total) else None,
        meant=_meant(parsed, questions, hits) if counts else None,
        widened=widened,
        unmarked=unmarked,
        took_ms=round((time.perf_counter() - began) * 1000, 1),
    )
    timing.made(request, hits, time.perf_counter() - began)
    return page


def _looked_up(parameters: Parameters, lookup: Lookup, began: float) -> SearchPage:
    """The visible articles of an address or identity, whatever the filters."""
    if lookup.outcome == "absent":
        lookup = replace(lookup, offers=tuple(offers(lookup, _asked(parameters, pending.stories()))))
    first = (parameters.page - 1) * parameters.per_page
    found = [
        Found(article.pk, article.story_id, 0.0)
        for article in lookup.articles[first : first + parameters.per_page]
    ]
    page = page_of(found, len(lookup.articles), parameters)
    return replace(page, lookup=lookup, took_ms=round((time.perf_counter() - began) * 1000, 1))


def page_of(found: list[Found], total: int, parameters: Parameters) -> SearchPage:
    """A page of stories that were not found by their words: without marks and counts."""
    return SearchPage(
        parsed=ParsedQuery(parameters.text, None),
        parameters=parameters,
        total=total,
        pages=parameters.pages_of(total),
        results=results(found, Marker(None)),
        facets={},
        timeline=[],
        archive=[],
        partial=(),
        also=(),
        took_ms=0.0,
    )


def _misses(parsed: ParsedQuery, asked: Asked) -> Misses | None:
    """None too when there is not enough work left to count it exactly."""
    done = work.current()
    if done.widened:
        return None
    misses = explain(parsed.tree, asked)
    return None if done.widened else misses


def _meant(parsed: ParsedQuery, asked: Asked, hits: Hits) -> Meant | None:
    found = 0 if hits.partial else hits.total
    if found > FEW or work.current().widened:
        return None
    return meant(parsed.tree, asked, found=found)


def _asked(parameters: Parameters, waiting: Pending) -> Asked:
    return asked(
        parameters.filters,
        also=parameters.also,
        loose=parameters.loose,
        exact=parameters.exact,
        waiting=waiting,
    )


def _dated(parameters: Parameters, asked: Asked) -> DateOffer | None:
    """None for a date whose stories are all that is searched already."""
    words = date_words(parameters.text)
    if words is None:
        return None
    filters = replace(parameters.filters, first=words.first, last=words.last)
    if filters == parameters.filters and not words.rest:
        return None
    return DateOffer(words, asked.count_text(words.rest, filters=filters))


def question(parameters: Parameters) -> tuple[ParsedQuery, Expanded, Pending, Request]:
    """What the engine is asked, from the first hit on, and what waits for the indexer meanwhile."""
    parsed, expanded = _understood(parameters)
    waiting = pending.stories()
    request = Request(
        query=expanded.tree,
        partly=parsed.tree,
        filters=parameters.filters,
        sort=_sort(parameters, parsed),
        hidden=waiting.hidden,
        fresh=waiting.fresh,
    )
    return parsed, expanded, waiting, request


def _one_page(parameters: Parameters, request: Request, *, counts: bool) -> Request:
    offset = (parameters.page - 1) * parameters.per_page
    return replace(request, offset=offset, limit=parameters.per_page, counts=counts)


def marker_for(text: str, *, also: bool = True, exact: bool = False, loose: bool = True) -> Marker:
    """Marks for a page that was reached from the search for `text`."""
    if look_up(text):
        return Marker(None)
    return Marker(understood(Parameters(text=text, also=also, exact=exact, loose=loose))[1])


def understood(parameters: Parameters) -> tuple[ParsedQuery, Query | None]:
    """The reader's words, and what a search looks for in their place: with synonyms, or without."""
    parsed, expanded = _understood(parameters)
    return parsed, expanded.tree


def _understood(parameters: Parameters) -> tuple[ParsedQuery, Expanded]:
    parsed = read(parameters.text, exact=parameters.exact)
    also = parameters.also and parsed.tree is not None  # without words no synonym is looked for
    synonyms = synonyms_of(also=also, exact=parameters.exact)
    return parsed, searched(parsed.tree, synonyms, loose=parameters.loose)


def as_typed(widened: Iterable[str], tree: Query | None) -> tuple[str, ...]:
    """An engine names strings in their folded spelling: here they are in the reader's."""
    terms = [term for term in positive_terms(tree) if isinstance(term, Term)]
    typed = {
        sought.text + "*" * term.prefix: term.text + "*" * term.prefix
        for term in terms
        if (sought := needle_of(term))
    }
    return tuple(typed.get(text, text) for text in widened)


def _sort(parameters: Parameters, parsed: ParsedQuery) -> Sort:
    """Without words there is no relevance: the newest come first."""
    if parsed.tree is None and parameters.sort is Sort.RELEVANCE:
        return Sort.NEWEST
    return parameters.sort


def _marked(tree: Query | None, partial: tuple[str, ...]) -> Query | None:
    return Or(tuple(Term(part, unbroken=True) for part in partial)) if partial else tree


def _stories(request: Request) -> tuple[Hits, int, list[Found]]:
    """A page of stories."""
    hits = timing.found(request)
    copies = documents.visible_copies([hit.story_id for hit in hits.hits])
    found = [
        Found(numbers[0], hit.story_id, hit.score, len(numbers), others=len(numbers) > 1)
        for hit in hits.hits
        if (numbers := copies.get(hit.story_id))
    ]
    return hits, hits.total, found


def _copies(request: Request) -> tuple[Hits, int, list[Found]]:
    """A page of the visible copies of all stories that match, those of a story one after the other."""
    hits = timing.found(replace(request, offset=0, limit=MORE_THAN_ALL))
    work.current().reading.affords(_COPIES_COST * len(hits.hits))
    counts = documents.count_copies([hit.story_id for hit in hits.hits])
    ends = list(itertools.accumulate(counts.get(hit.story_id, 0) for hit in hits.hits))
    first = bisect_right(ends, request.offset)
    last = bisect_left(ends, request.offset + request.limit) + 1
    of_page = hits.hits[first:last]
    copies = documents.visible_copies([hit.story_id for hit in of_page])
    every = [(number, hit) for hit in of_page for number in copies.get(hit.story_id, ())]
    before = request.offset - (ends[first - 1] if first else 0)
    page = every[before : before + request.limit]
    found = [Found(number, hit.story_id, hit.score, len(copies[hit.story_id])) for number, hit in page]
    return hits, ends[-1] if ends else 0, found


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says of a page, before any row is read."""

    parsed: ParsedQuery
    tree: Query | None  # what was searched: synonyms and all
    hits: Hits

    @property
    def stories(self) -> tuple[int, ...]:
        return tuple(hit.story_id for hit in self.hits.hits)


def answer(
    parameters: Parameters,
    *,
    counts: bool = False,
    narrowed: Callable[[Query | None], Query | None] = lambda tree: tree,
) -> Answer:
    """`narrowed` changes what is searched before it is. Raises IndexUnavailable."""
    parsed, expanded, _waiting, request = question(parameters)
    tree = narrowed(expanded.tree)
    request = replace(request, query=tree, partly=narrowed(parsed.tree))
    hits = timing.found(_one_page(parameters, request, counts=counts))
    return Answer(parsed, _marked(tree, hits.partial), hits)


def request_of(parameters: Parameters) -> Request:
    """What the engine is asked for this search: for further questions about the same stories."""
    return question(parameters)[-1]
