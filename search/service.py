"""Form data -> a page of marked results: query, engine, rows, marks. Pages, API, feeds, exports and
the admin all search through here, so that the same question has the same answer everywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString

from newsarchive.importers.html import plain_text
from newsarchive.models import Article

from . import documents, vocabulary
from .engine import Facet, Filters, Request, Sort, get_engine
from .highlight import Marker
from .legend import Legend, legend
from .misses import Misses, explain
from .query import Field, Or, ParsedQuery, Query, Term, parse
from .synonyms import NO_SYNONYMS, Expanded, expand


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was asked for, checked (see `forms.SearchForm`)."""

    text: str = ""
    page: int = 1
    per_page: int = 10
    sort: Sort = Sort.RELEVANCE
    filters: Filters = field(default_factory=Filters)
    also: bool = True  # synonyms too


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
class Result:
    """A hit with its rows read and its words marked."""

    article: Article
    score: float
    title_html: SafeString
    snippets: tuple[SafeString, ...]
    image: FoundImage | None
    copies: int  # how many files tell this story, itself included


@dataclass(frozen=True, slots=True)
class SearchPage:
    parsed: ParsedQuery
    parameters: Parameters
    total: int
    pages: int  # at least 1
    results: tuple[Result, ...]
    facets: Mapping[Facet, list[tuple[str, int]]]
    timeline: list[tuple[str, int]]
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
    hits = get_engine().search(
        Request(
            query=expanded.tree,
            partly=parsed.tree,
            filters=parameters.filters,
            sort=_sort(parameters, parsed),
            offset=(parameters.page - 1) * parameters.per_page,
            limit=parameters.per_page,
            counts=counts,
            hidden=hidden,
        )
    )
    articles = _articles([hit.story_id for hit in hits.hits])
    marker = Marker(_marked(expanded.tree, hits.partial))
    results = tuple(
        _result(articles[hit.story_id], hit.score, marker) for hit in hits.hits if hit.story_id in articles
    )
    return SearchPage(
        parsed=parsed,
        parameters=parameters,
        total=hits.total,
        pages=max(1, -(-hits.total // parameters.per_page)),
        results=results,
        facets=hits.facets,
        timeline=hits.timeline,
        partial=hits.partial,
        also=() if hits.partial else expanded.also,
        misses=_misses(parsed, parameters, hidden) if counts and (hits.partial or not hits.total) else None,
        took_ms=round((time.perf_counter() - began) * 1000, 1),
    )


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
        hits = get_engine().search(request)
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


def _articles(wanted: list[int]) -> dict[int, Article]:
    """Story -> the copy that is shown, with all that a hit needs. Seven queries, however many."""
    found: dict[int, list[Article]] = {}
    rows = documents.visible().filter(story_id__in=wanted).select_related("outlet", "story").order_by("id")
    for article in rows.prefetch_related("images", "authorships__author"):
        found.setdefault(article.story_id, []).append(article)
    shown = {}
    for story_id, copies in found.items():
        shown[story_id] = article = documents.shown_copy(copies)
        article.copies = len(copies)  # type: ignore[attr-defined]
    return shown


def _result(article: Article, score: float, marker: Marker) -> Result:
    return Result(
        article=article,
        score=score,
        title_html=marker.mark(Field.TITLE, article.title),
        snippets=tuple(marker.snippets(plain_text(article.body))),
        image=_found_image(article, marker),
        copies=article.copies,  # type: ignore[attr-defined]
    )


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
