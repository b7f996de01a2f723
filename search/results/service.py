"""Form data -> a page of marked results: query, engine, rows, marks. Pages, API, feeds, exports and
the admin all search through here, so that the same question has the same answer everywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from search.engines import get_engine
from search.engines.base import Facet, Filters, Hits, Request, Sort
from search.indexing import documents
from search.query.parser import Or, ParsedQuery, Query, Term, in_typed_characters, parse, unbroken
from search.query.synonyms import NO_SYNONYMS, Expanded, expand
from search.vocabulary import store

from . import timing
from .highlight import Marker
from .results import Found, Result, results
from .zero_results import Misses, explain

_EVERY: Final = 100_000_000  # more stories than there are


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
    grouped: bool = True  # a story is one hit; else each of its visible copies is


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
    loosened: int = 0  # hits in which a string stands only with punctuation between its characters
    joined: bool = False  # something on this page is marked that is printed in other characters than typed
    misses: Misses | None = None  # why nothing was found as asked; None when something was


def search(parameters: Parameters, *, counts: bool = True) -> SearchPage:
    """Raises IndexUnavailable when there is nothing to search in."""
    began = time.perf_counter()
    parsed = _parsed(parameters.text, exact=parameters.exact)
    expanded = _expanded(parsed.tree, also=parameters.also and not parameters.exact, loose=parameters.loose)
    hidden = documents.withdrawn_lately()
    request = Request(
        query=expanded.tree,
        partly=parsed.tree,
        filters=parameters.filters,
        sort=_sort(parameters, parsed),
        offset=(parameters.page - 1) * parameters.per_page,
        limit=parameters.per_page,
        counts=counts,
        hidden=hidden,
    )
    hits, total, found = _stories(request) if parameters.grouped else _copies(request)
    marker = Marker(_marked(expanded.tree, hits.partial))
    marked = results(found, marker)
    page = SearchPage(
        parsed=parsed,
        parameters=parameters,
        total=total,
        pages=max(1, -(-total // parameters.per_page)),
        results=marked,
        loosened=hits.loosened,
        joined=marker.joined,
        facets=hits.facets,
        timeline=hits.timeline,
        archive=hits.archive,
        partial=hits.partial,
        also=() if hits.partial else expanded.also,
        misses=_misses(parsed, parameters, hidden) if counts and (hits.partial or not hits.total) else None,
        took_ms=round((time.perf_counter() - began) * 1000, 1),
    )
    timing.made(request, hits, time.perf_counter() - began)
    return page


def _misses(parsed: ParsedQuery, parameters: Parameters, hidden: frozenset[int]) -> Misses:
    synonyms = store.synonyms() if parameters.also and not parameters.exact else NO_SYNONYMS
    return explain(parsed.tree, parameters.filters, get_engine(), synonyms=synonyms, hidden=hidden)


def story_ids(text: str, *, also: bool = True, exact: bool = False, loose: bool = True) -> Iterator[int]:
    """Every story that a query finds, in order of relevance; for exports."""
    tree = _parsed(text, exact=exact).tree
    request = Request(
        query=_expanded(tree, also=also and not exact, loose=loose).tree,
        partly=tree,
        limit=10_000,
        counts=False,
        hidden=documents.withdrawn_lately(),
    )
    while True:
        hits = timing.found(request)
        yield from (hit.story_id for hit in hits.hits)
        request = replace(request, offset=request.offset + request.limit)
        if request.offset >= hits.total:
            return


def marker_for(text: str, *, also: bool = True, exact: bool = False, loose: bool = True) -> Marker:
    """Marks for a page that was reached from the search for `text`."""
    tree = _parsed(text, exact=exact).tree
    return Marker(_expanded(tree, also=also and not exact, loose=loose).tree)


def _parsed(text: str, *, exact: bool) -> ParsedQuery:
    parsed = parse(text)
    return replace(parsed, tree=in_typed_characters(parsed.tree)) if exact else parsed


def _expanded(tree: Query | None, *, also: bool, loose: bool) -> Expanded:
    found = expand(tree, store.synonyms()) if also and tree is not None else Expanded(tree)
    return found if loose else replace(found, tree=unbroken(found.tree))


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
    hits = timing.found(replace(request, offset=0, limit=_EVERY))
    copies = documents.visible_copies([hit.story_id for hit in hits.hits])
    every = [(number, hit) for hit in hits.hits for number in copies.get(hit.story_id, ())]
    page = every[request.offset : request.offset + request.limit]
    found = [Found(number, hit.story_id, hit.score, len(copies[hit.story_id])) for number, hit in page]
    return hits, len(every), found
