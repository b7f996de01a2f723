"""Form data -> a page of marked results: query, engine, rows, marks. Pages, API, feeds, exports and
the admin all search through here, so that the same question has the same answer everywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from newsarchive.importers.html import plain_text
from newsarchive.models import Article

from . import documents, timing, vocabulary
from .engine import Facet, Filters, Hits, Request, Sort, get_engine
from .highlight import Marker
from .legend import Legend, legend
from .misses import Misses, explain
from .query import Field, Or, ParsedQuery, Query, Term, parse
from .synonyms import NO_SYNONYMS, Expanded, expand

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
    share: bool = False  # the timeline shows shares of each month's articles, not counts
    grouped: bool = True  # a story is one hit; else each of its visible copies is


@dataclass(frozen=True, slots=True)
class FoundImage:
    """A picture or video whose caption or credit holds what was looked for."""

    src: str  # of a video: its poster
    archived_src: str
    caption: str
    caption_html: SafeString
    credit: str
    credit_html: SafeString
    url: str = ""  # of a video: where it is
    anchor: str = ""  # of its figure on the article's page
    legend: Legend | None = None  # caption and credit as pages print them


@dataclass(frozen=True, slots=True)
class OtherCopy:
    """The copy of the story in which the words stand, when they don't stand in the one shown."""

    article: Article
    title_html: SafeString


@dataclass(frozen=True, slots=True)
class Result:
    """A hit with its rows read and its words marked. With `found_in`, snippets and image are from there."""

    article: Article
    score: float
    title_html: SafeString
    snippets: tuple[SafeString, ...]
    image: FoundImage | None
    copies: int  # how many files tell this story, itself included
    found_in: OtherCopy | None = None


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
    misses: Misses | None = None  # why nothing was found as asked; None when something was


def search(parameters: Parameters, *, counts: bool = True) -> SearchPage:
    """Raises IndexUnavailable when there is nothing to search in."""
    began = time.perf_counter()
    parsed = parse(parameters.text)
    expanded = _expanded(parsed.tree, also=parameters.also)
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
    page = SearchPage(
        parsed=parsed,
        parameters=parameters,
        total=total,
        pages=max(1, -(-total // parameters.per_page)),
        results=tuple(_result(one, marker) for one in found),
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
    synonyms = vocabulary.synonyms() if parameters.also else NO_SYNONYMS
    return explain(parsed.tree, parameters.filters, get_engine(), synonyms=synonyms, hidden=hidden)


def story_ids(text: str, *, also: bool = True) -> Iterator[int]:
    """Every story that a query finds, in order of relevance; for exports."""
    tree = parse(text).tree
    request = Request(
        query=_expanded(tree, also=also).tree,
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


def marker_for(text: str, *, also: bool = True) -> Marker:
    """Marks for a page that was reached from the search for `text`."""
    return Marker(_expanded(parse(text).tree, also=also).tree)


def _expanded(tree: Query | None, *, also: bool) -> Expanded:
    return expand(tree, vocabulary.synonyms()) if also and tree is not None else Expanded(tree)


def _sort(parameters: Parameters, parsed: ParsedQuery) -> Sort:
    """Without words there is no relevance: the newest come first."""
    if parsed.tree is None and parameters.sort is Sort.RELEVANCE:
        return Sort.NEWEST
    return parameters.sort


def _marked(tree: Query | None, partial: tuple[str, ...]) -> Query | None:
    return Or(tuple(Term(part, field=Field.ANY) for part in partial)) if partial else tree


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows of one hit: the copy that is shown, and where else to look for the words."""

    shown: Article
    others: Sequence[Article]
    copies: int
    score: float


def _stories(request: Request) -> tuple[Hits, int, list[_Found]]:
    """A page of stories. Seven queries, however many."""
    hits = timing.found(request)
    by_story: dict[int, list[Article]] = {}
    for article in _rows().filter(story_id__in=[hit.story_id for hit in hits.hits]).order_by("id"):
        by_story.setdefault(article.story_id, []).append(article)
    found = []
    for hit in hits.hits:
        if copies := by_story.get(hit.story_id):
            shown = documents.shown_copy(copies)
            others = [copy for copy in reversed(copies) if copy is not shown]
            found.append(_Found(shown, others, len(copies), hit.score))
    return hits, hits.total, found


def _copies(request: Request) -> tuple[Hits, int, list[_Found]]:
    """A page of the visible copies of all stories that match, those of a story one after the other."""
    hits = timing.found(replace(request, offset=0, limit=_EVERY))
    copies = documents.visible_copies([hit.story_id for hit in hits.hits])
    every = [(number, hit) for hit in hits.hits for number in copies.get(hit.story_id, ())]
    page = every[request.offset : request.offset + request.limit]
    rows = {article.pk: article for article in _rows().filter(pk__in=[number for number, _ in page])}
    found = [
        _Found(rows[number], (), len(copies[hit.story_id]), hit.score)
        for number, hit in page
        if number in rows
    ]
    return hits, len(every), found


def _rows() -> QuerySet[Article]:
    """With all that a hit needs."""
    return (
        documents.visible()
        .select_related("outlet", "story")
        .prefetch_related("images", "authorships__author")
    )


def _result(found: _Found, marker: Marker) -> Result:
    """Where nothing is marked in the copy that is shown, the others are looked through, the newest first."""
    title, snippets, image = _marks(found.shown, marker)
    result = Result(found.shown, found.score, title, snippets, image, found.copies)
    if _has_mark(title, snippets, image):
        return result
    for copy in found.others:
        title, snippets, image = _marks(copy, marker)
        if _has_mark(title, snippets, image):
            return replace(result, snippets=snippets, image=image, found_in=OtherCopy(copy, title))
    return result


def _marks(article: Article, marker: Marker) -> tuple[SafeString, tuple[SafeString, ...], FoundImage | None]:
    title = marker.mark(Field.TITLE, article.title)
    return title, tuple(marker.snippets(plain_text(article.body))), _found_image(article, marker)


def _has_mark(title: SafeString, snippets: Sequence[SafeString], image: FoundImage | None) -> bool:
    return image is not None or any("<mark>" in html for html in (title, *snippets))


def _found_image(article: Article, marker: Marker) -> FoundImage | None:
    """The first picture, then video, whose caption or credit has a mark."""
    candidates = [
        FoundImage(
            src=image.src,
            archived_src=image.archived_src,
            caption=image.caption,
            caption_html=marker.mark(Field.CAPTION, image.caption),
            credit=image.credit,
            credit_html=marker.mark(Field.CREDIT, image.credit),
            anchor=f"image-{image.position}",
            legend=legend(marker, image.caption, image.credit),
        )
        for image in article.images.all()
    ] + [
        FoundImage(
            src=embed["poster"],
            archived_src="",
            caption=embed["caption"],
            caption_html=marker.mark(Field.CAPTION, embed["caption"]),
            credit="",
            credit_html=SafeString(""),
            url=embed["url"],
            anchor=f"embed-{number}",
            legend=legend(marker, embed["caption"], ""),
        )
        for number, embed in enumerate(article.embeds)
    ]
    for image in candidates:
        if "<mark>" in image.caption_html or "<mark>" in image.credit_html:
            return image
    return None
