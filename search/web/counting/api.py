"""What is counted, as JSON. Keys are contracts: they may be added to, never changed (docs/counting.md)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext

from newsarchive.runtime import work
from search.counting import collocates as collocating
from search.counting import concordance as concordances
from search.counting import trends as trending
from search.counting.collocates import Collocate
from search.counting.keyness import Key
from search.counting.lines import Line
from search.web.interface.answers import answer, bad_parameter, error, no_such_page, warnings

from . import refusing, stories
from .forms import CollocatesForm, ConcordanceForm, KeynessForm, TrendsForm

_comparing = partial(refusing.record, reading=work.COMPARING)


def _no_words() -> JsonResponse:
    return error(400, "bad_parameter", gettext("q：請輸入要數的字詞。"))


@refusing.record
def concordance(request: HttpRequest) -> JsonResponse:
    form = ConcordanceForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    if not form.cleaned_data["q"].strip():
        return _no_words()
    view = form.view()
    found = concordances.concordance(form.parameters(), view)
    if view.page > found.pages:
        return no_such_page(view.page, found.pages)
    return answer(
        {
            "occurrences": found.occurrences,
            "stories": found.stories,
            "found": found.found,
            "page": view.page,
            "pages": found.pages,
            "sort": view.order,
            "window": view.window,
            "by": view.by,
            "lines": [_line(request, line) for line in found.lines],
            "warnings": warnings(request.GET, form.names()),
        }
    )


def _line(request: HttpRequest, line: Line) -> dict[str, Any]:
    return {
        **stories.named(request, line.article, line.outlet),
        "field": line.field,
        "left": line.left,
        "keyword": line.keyword,
        "right": line.right,
    }


@refusing.record
def trends(request: HttpRequest) -> JsonResponse:
    form = TrendsForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    queries, by_outlet = form.queries(), form.cleaned_data["lines"] == "outlet"
    if not queries:
        return _no_words()
    by = form.cleaned_data["by"] or "month"
    asked = [replace(form.parameters(), text=text) for text in queries]
    found = trending.trends(asked, yearly=by == "year", by_outlet=by_outlet)
    return answer(
        {
            "by": by,
            "buckets": found.buckets,
            "articles": found.articles,
            "characters": found.characters,
            "days": found.days,
            "series": [
                {
                    "q": series.parameters.text,
                    "outlet": series.name if by_outlet else None,
                    "articles": series.articles,
                    "occurrences": series.occurrences,
                    **({"of": series.archive, "of_characters": series.characters} if by_outlet else {}),
                }
                for series in found.series
            ],
            "warnings": warnings(request.GET, form.names()),
        }
    )


@refusing.record
def collocates(request: HttpRequest) -> JsonResponse:
    form = CollocatesForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    if not form.cleaned_data["q"].strip():
        return _no_words()
    window = form.window_asked()
    found = collocating.collocates(form.parameters(), window)
    return answer(
        {
            "occurrences": found.occurrences,
            "stories": found.stories,
            "window": window.words,
            "side": form.cleaned_data["side"] or "both",
            "by": window.by,
            "reach": found.reach,
            "words": found.words,
            "found": found.found,
            "collocates": [_collocate(one) for one in found.collocates],
            "warnings": warnings(request.GET, form.names()),
        }
    )


def _collocate(one: Collocate) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Collocate.__slots__}


@_comparing
def keyness(request: HttpRequest) -> JsonResponse:
    form = KeynessForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    found = form.compared()
    return answer(
        {
            "a": {"stories": found.a.stories, "words": found.a.words},
            "b": {"stories": found.b.stories, "words": found.b.words},
            "common": found.common,
            "by": form.cleaned_data["by"] or "word",
            "words": [_key(key) for key in found.keys],
            "warnings": warnings(request.GET, form.base_fields.keys()),
        }
    )


def _key(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in Key.__slots__}
