from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from newsarchive.archive import visibility
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from search.indexing import documents
from search.results import all_hits
from search.results.exports import export_rows
from search.results.exports.references import with_abstract
from search.results.service import Parameters
from search.web import links
from search.web.conditional import has_etag
from search.web.redirects import leads_on
from search.web.refusals import refused
from search.web.views_search import searches

from . import streaming
from .form import ExportForm
from .formats import CITATIONS, FORMATS, LABELS, Format
from .provenance import Provenance


@require_safe
@limited("search")
@leads_on
@searches
def search_export(request: HttpRequest) -> HttpResponseBase:
    """All hits of a search, in its order, or the articles that `id` names."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    made = FORMATS[form.cleaned_data["format"]]
    if chosen := form.chosen():
        return _of_chosen(request, made, chosen)
    grouped = form.cleaned_data["group"] != "off"
    return _of_search(request, made, replace(form.parameters(), page=1, grouped=grouped))


def _of_search(request: HttpRequest, made: Format, parameters: Parameters) -> HttpResponseBase:
    stories = array("q", all_hits.every_hit(parameters).stories)
    total = len(stories) if parameters.grouped else sum(documents.count_copies(stories).values())
    base = base_of(request)
    source = Provenance(base, _now(), parameters.text, base + links.address(parameters), total)
    numbers = export_rows.shown_numbers(stories, grouped=parameters.grouped)
    return streaming.answer(request, made, numbers, source, state=stories.tobytes())


def _of_chosen(request: HttpRequest, made: Format, chosen: list[int]) -> HttpResponseBase:
    seen = set(visibility.visible().filter(pk__in=chosen).values_list("pk", flat=True))
    numbers = array("q", (number for number in chosen if number in seen))
    if not numbers:
        raise Http404
    source = Provenance(base_of(request), _now(), total=len(numbers))
    return streaming.answer(request, made, [numbers], source, state=numbers.tobytes())


@require_safe
@limited("read")
@has_etag
def cite(request: HttpRequest, pk: int) -> HttpResponse:
    """One article in `?format=`; without it a page of all."""
    found = get_object_or_404(Article.objects.only("status", "status_reason", "title", "language"), pk=pk)
    if refusal := refused(request, found):
        return refusal
    source = source_of(request)
    if "format" not in request.GET:
        files = [(made.name, LABELS[made.name], written(made, pk, source)) for made in reversed(CITATIONS)]
        return render(request, "articles/cite.html", {"article": found, "files": files})
    made = next((made for made in CITATIONS if made.name == request.GET["format"]), None)
    if made is None:
        return render(request, "400.html", status=400)
    response = HttpResponse(written(made, pk, source), content_type=made.media_type)
    name = f"newsarchive-{pk}.{made.suffix}"
    response["Content-Disposition"] = content_disposition_header(made.name != "gbt7714", name) or ""
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def written(made: Format, pk: int, source: Provenance) -> str:
    return "".join(made.write(with_abstract(pk), source))


def source_of(request: HttpRequest) -> Provenance:
    """Of an article that was chosen by itself, now."""
    return Provenance(base_of(request), _now())


def base_of(request: HttpRequest) -> str:
    """The archive's address, to which a path can be added."""
    return request.build_absolute_uri("/").rstrip("/")


def _now() -> datetime:
    return timezone.localtime(timezone=timezone.get_default_timezone())
