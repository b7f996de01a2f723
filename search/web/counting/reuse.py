"""Who printed it first: a section of an article's page, its record, and the passages of a search as a page, a
file and a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from newsarchive.archive import export
from newsarchive.archive.identity.lookup import permalink
from newsarchive.models import Article
from search.counting import reuse
from search.counting.reuse import Order, Passage, Print
from search.web.interface.answers import answer, bad_parameter, error, warnings

from . import links, refusing, stories, tables
from .forms import PassagesForm

beside = refusing.or_nothing(reuse.beside)


@refusing.page
def page(request: HttpRequest) -> HttpResponseBase:
    form = PassagesForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    parameters, order = form.parameters(), form.order()
    context: dict[str, Any] = {"around": links.around("passages", parameters), "parameters": parameters}
    context["order"] = order
    if form.wants_file:
        return _file(request, reuse.every_one(parameters, order))
    number, per_page = form.place()
    found = reuse.listed(parameters, order, page=number, per_page=per_page)
    own = {"sort": order if order != Order.STORIES else "", "per_page": form.cleaned_data["per_page"]}

    def at(wanted: int) -> str:
        return links.href("passages", parameters, **own, page=wanted if wanted > 1 else "")

    context |= {
        "found": found,
        "start": (number - 1) * per_page,
        "previous": at(number - 1) if number > 1 else "",
        "next": at(number + 1) if found.more else "",
        "file": links.href("passages", parameters, **own, format="csv"),
    }
    status = 404 if number > 1 and not found.passages else 200
    return render(request, "counting/passages.html", context, status=status)


def _file(request: HttpRequest, passages: Iterator[Passage]) -> HttpResponseBase:
    columns = ("passage", "published_at", "outlet", "title", "text", "id", "story", "permalink")
    # Read before the answer begins: what it costs is charged to the request.
    return tables.download("passages", columns, list(_lines(passages, request.build_absolute_uri)))


def _lines(passages: Iterator[Passage], absolute: Callable[[str], str]) -> Iterator[tuple[object, ...]]:
    """A line for each story that prints it; the lines of one passage have one number."""
    for number, passage in enumerate(passages, 1):
        for one in passage.prints:
            article = one.article
            said = (export.published_at(article) or "", one.outlet, article.title, one.text)
            yield number, *said, article.pk, article.story_id, absolute(permalink(article))


@refusing.record
def record(request: HttpRequest) -> JsonResponse:
    form = PassagesForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    parameters = form.parameters()
    number, per_page = form.place()
    found = reuse.listed(parameters, form.order(), page=number, per_page=per_page)
    if number > 1 and not found.passages:
        return error(404, "no_such_page", gettext("沒有第 %(page)d 頁。") % {"page": number})
    return answer(
        {
            "found": found.found,
            "stories": found.sharing,
            "page": number,
            "more": found.more,
            "whole": found.whole,
            "sort": form.order(),
            "passages": [_passage(request, one) for one in found.passages],
            "warnings": warnings(request.GET, form.names()),
        }
    )


@refusing.record
@stories.asked_for
def of_article(request: HttpRequest, article: Article) -> JsonResponse:
    passages = [_passage(request, one) for one in reuse.of_article(article)]
    return answer({"passages": passages, "warnings": warnings(request.GET, ())})


def _passage(request: HttpRequest, passage: Passage) -> dict[str, Any]:
    return {"text": passage.text, "prints": [_print(request, one) for one in passage.prints]}


def _print(request: HttpRequest, one: Print) -> dict[str, Any]:
    return {**stories.named(request, one.article, one.outlet), "text": one.text}
