"""The counting pages: concordance, trends, collocates, keyness. All work without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from newsarchive.runtime import work
from search.counting import buckets
from search.counting import collocates as collocating
from search.counting import concordance as concordances
from search.counting import trends as trending
from search.counting.keyness import Keyness
from search.results.service import Parameters
from search.web.links import address

from . import chart, files, links, refusing
from .forms import CollocatesForm, ConcordanceForm, CountingForm, KeynessForm, TrendsForm

_comparing = partial(refusing.page, reading=work.COMPARING)
_SIDE = ("q", "outlet", "from", "to")  # what the form of the keyness page asks for each side


def _bad(request: HttpRequest, form: Any) -> HttpResponse:
    return render(request, "400.html", {"form": form}, status=400)


def _wants_words(form: CountingForm) -> bool:
    return not form.cleaned_data["q"].strip()


@refusing.page
def concordance(request: HttpRequest) -> HttpResponseBase:
    form = ConcordanceForm(request.GET)
    if not form.is_valid():
        return _bad(request, form)
    parameters, view = form.parameters(), form.view()
    context = {"around": links.around("concordance", parameters), "parameters": parameters, "view": view}
    if _wants_words(form):
        return render(request, "counting/concordance.html", context)
    if form.wants_file:
        return files.concordance(parameters, view, request.build_absolute_uri)
    found = concordances.concordance(parameters, view)
    own = {"sort": view.order, "window": view.window, "by": view.by, "per_page": view.per_page}
    context |= {
        "found": found,
        "previous": _page(parameters, view.page - 1, found.pages, own),
        "next": _page(parameters, view.page + 1, found.pages, own),
        "file": links.href("concordance", parameters, **own, format="csv"),
        "own": own,
        "line_query": lambda asked: urlencode({"q": asked.text}),
        "start": (view.page - 1) * view.per_page,
    }
    return render(
        request, "counting/concordance.html", context, status=200 if view.page <= found.pages else 404
    )


def _page(parameters: Parameters, number: int, pages: int, own: dict[str, Any]) -> str:
    if not 1 <= number <= pages:
        return ""
    return links.href("concordance", parameters, **own, page=number if number > 1 else "")


@refusing.page
def trends(request: HttpRequest) -> HttpResponseBase:
    form = TrendsForm(request.GET)
    if not form.is_valid():
        return _bad(request, form)
    data, parameters, queries = form.cleaned_data, form.parameters(), form.queries()
    by, lines, show = data["by"] or "month", data["lines"] or "query", data["show"] or "share"
    around = links.around("trends", parameters)
    context = {
        "around": around,
        "parameters": parameters,
        "queries": queries,
        "by": by,
        "lines": lines,
        "show": show,
    }
    if not queries:
        return render(request, "counting/trends.html", context)
    asked = [replace(parameters, text=text) for text in queries]
    found = trending.trends(asked, yearly=by == "year", by_outlet=lines == "outlet")
    own = [
        *(("q", text) for text in queries),
        *_filters(parameters),
        ("by", by),
        ("lines", lines),
        ("show", show),
    ]
    drawn = chart.draw(found, show)
    if data["format"] == "csv":
        return files.trends(found)
    if data["format"] == "svg":
        return files.picture(request, drawn)
    context |= {"few": chart.FEW, "point_href": chart.href, "days_of": buckets.length}
    context |= {"found": found, "chart": drawn, "file": _with(own, "csv"), "picture": _with(own, "svg")}
    return render(request, "counting/trends.html", context)


def _filters(parameters: Parameters) -> list[tuple[str, str]]:
    asked = QueryDict(address(links.plain(replace(parameters, text=""))).partition("?")[2])
    return [(name, value) for name, values in asked.lists() for value in values]


def _with(pairs: list[tuple[str, str]], form: str) -> str:
    return reverse("trends") + "?" + urlencode([*pairs, ("format", form)])


@refusing.page
def collocates(request: HttpRequest) -> HttpResponseBase:
    form = CollocatesForm(request.GET)
    if not form.is_valid():
        return _bad(request, form)
    parameters, window = form.parameters(), form.window_asked()
    side = form.cleaned_data["side"] or "both"
    context = {"around": links.around("collocates", parameters), "parameters": parameters, "window": window}
    context |= {"side": side}
    if _wants_words(form):
        return render(request, "counting/collocates.html", context)
    own = {"window": window.words, "by": window.by, "side": side, "least": window.least, "sort": window.rank}
    if form.wants_file:
        every = collocating.collocates(parameters, replace(window, most=collocating.MOST))
        return files.collocates(every)
    context |= {
        "found": collocating.collocates(parameters, window),
        "pair": lambda word: links.pair(parameters, word, window.words),
        "file": links.href("collocates", parameters, **own, format="csv"),
    }
    return render(request, "counting/collocates.html", context)


@_comparing
def keyness(request: HttpRequest) -> HttpResponseBase:
    if typed := _typed(request):
        return redirect(reverse("keyness") + "?" + urlencode(typed))
    form = KeynessForm(request.GET)
    if not form.is_valid():
        return _bad(request, form)
    by = form.cleaned_data["by"] or "word"
    sides = {name: side.parameters() for name, side in form.sides.items()}
    context = {"around": links.around("keyness", sides["a"]), "sides": sides, "by": by}
    context |= {"parameters": sides["a"]}
    if not form.cleaned_data["a"] and not form.cleaned_data["b"]:
        return render(request, "counting/keyness.html", context)
    found = form.compared()
    if form.wants_file:
        return files.keyness(found)
    asked = {name: form.cleaned_data[name] for name in ("a", "b")} | {"by": by, "format": "csv"}
    context |= {
        "found": found,
        "lists": _lists(found),
        "concordance": lambda side, word: links.href("concordance", links.with_word(sides[side], word)),
        "file": reverse("keyness") + "?" + urlencode(asked),
    }
    return render(request, "counting/keyness.html", context)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What the page's own form sends, as the parameters of two searches; {} for an address that has these."""
    if not any(name.startswith(("a_", "b_")) for name in request.GET):
        return {}
    sides = {}
    for side in ("a", "b"):
        typed = {name: request.GET.get(f"{side}_{name}", "") for name in _SIDE}
        sides[side] = urlencode({name: value for name, value in typed.items() if value.strip()})
    return sides | {"by": request.GET.get("by", "")}


def _lists(found: Keyness) -> list[tuple[str, bool, list[Any]]]:
    """Side, names or not, words: as the page prints them."""
    return [
        (side, names, [key for key in found.keys if key.side == side and key.is_name is names])
        for side in ("a", "b")
        for names in (False, True)
    ]
