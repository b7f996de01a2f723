"""The tables and the picture of the counting pages as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from newsarchive.archive import export
from newsarchive.archive.identity.lookup import permalink
from newsarchive.runtime import work
from search.counting import concordance as concordances
from search.counting.collocates import Collocates
from search.counting.concordance import View
from search.counting.keyness import Keyness
from search.counting.lines import Line
from search.counting.trends import Trends
from search.results.service import Parameters

from . import tables
from .chart import Chart

# Units of work (newsarchive.runtime.work) of writing one line, which is done after the answer has begun.
_LINE_COST = 100


def concordance(parameters: Parameters, view: View, absolute: Callable[[str], str]) -> StreamingHttpResponse:
    """Every line, in the order of the page."""
    count, lines = concordances.every_line(parameters, view)
    work.current().reading.spent += _LINE_COST * count
    columns = (
        "published_at",
        "outlet",
        "field",
        "left",
        "keyword",
        "right",
        "title",
        "id",
        "story",
        "permalink",
    )
    return tables.download("concordance", columns, _lines(lines, absolute))


def _lines(lines: Iterator[Line], absolute: Callable[[str], str]) -> Iterator[tuple[object, ...]]:
    for line in lines:
        article = line.article
        texts = (line.left, line.keyword, line.right, article.title)
        of_article = (article.pk, article.story_id, absolute(permalink(article)))
        yield (export.published_at(article) or "", line.outlet, line.field, *texts, *of_article)


def trends(found: Trends) -> StreamingHttpResponse:
    columns = ("bucket", "archive_articles", "archive_characters", "archive_days", "query")
    more = ("articles", "occurrences", "share_of_articles", "occurrences_per_million_characters")
    return tables.download("trends", (*columns, *more), _trends(found))


def _trends(found: Trends) -> Iterator[tuple[object, ...]]:
    for series in found.series:
        every = zip(
            found.buckets,
            series.archive,
            series.characters,
            found.days,
            series.articles,
            series.occurrences,
            strict=True,
        )
        for bucket, archive, characters, days, articles, occurrences in every:
            share = articles / archive if archive else ""
            rate = occurrences * 1_000_000 / characters if characters else ""
            yield bucket, archive, characters, days, series.name, articles, occurrences, share, rate


def picture(request: HttpRequest, chart: Chart) -> HttpResponse:
    response = render(request, "counting/chart.svg", {"chart": chart}, content_type="image/svg+xml")
    response["Content-Disposition"] = 'attachment; filename="trends.svg"'
    return response


def collocates(found: Collocates) -> StreamingHttpResponse:
    columns = (
        "word",
        "observed",
        "expected",
        "log_likelihood",
        "log_dice",
        "mi",
        "frequency",
        "stories",
        "outlets",
    )
    rows = ([getattr(one, name) for name in columns] for one in found.collocates)
    return tables.download("collocates", columns, rows)


def keyness(found: Keyness) -> StreamingHttpResponse:
    columns = ("word", "side", "is_name", "a", "b", "log_likelihood", "log_ratio")
    more = ("stories_a", "stories_b", "dispersion_a", "dispersion_b")
    rows = ([getattr(one, name) for name in (*columns, *more)] for one in found.keys)
    return tables.download("keyness", (*columns, *more), rows)
