"""Many searches counted in one request: as JSON for programs, as a page and CSV for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from newsarchive.archive import export
from newsarchive.errors import IndexUnavailable
from newsarchive.messages import texts
from newsarchive.quotas.rate_limits import limited
from search.results.tally import By, Tally, tallies
from search.web.views_search import searches

from .answers import answer, bad_parameter, error, too_many, warnings
from .forms import BatchForm


@csrf_exempt  # reads no cookie and changes nothing: a page elsewhere learns no more than its own reader could
@require_POST
@limited("search", refusal=too_many)
def batch(request: HttpRequest) -> JsonResponse:
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        return error(400, "bad_json", gettext("內容不是 JSON。"))
    if not isinstance(asked, dict):
        return error(400, "bad_json", gettext("內容不是 JSON 物件。"))
    if not isinstance(asked.get("by", ""), str):
        return error(400, "bad_parameter", "by: " + gettext("要一個字串"))
    form = BatchForm(asked)
    if not form.is_valid():
        return bad_parameter(form)
    by = form.grouping()
    try:
        rows = [_row(tally) for tally in tallies(form.cleaned_data["queries"], by)]
    except IndexUnavailable as unavailable:
        return error(503, "index_unavailable", texts.said(unavailable.message))
    unknown = warnings([*request.GET, *asked], BatchForm.base_fields)
    return answer({"by": by, "rows": rows, "warnings": unknown})


def _row(tally: Tally) -> dict[str, Any]:
    return {
        "query": tally.query,
        "count": tally.count,
        "literal": tally.literal,
        "partial": list(tally.partial),
        "widened": list(tally.widened),
        "by": tally.buckets,
        "without": tally.without,
    }


@csrf_exempt  # likewise; a token would give every reader a cookie
@require_http_methods(["GET", "HEAD", "POST"])
@limited("search")
@searches
def page(request: HttpRequest) -> HttpResponse:
    """A form, and below it a table of what was counted; `format=csv` gives the table as a file."""
    asked = request.POST if request.method == "POST" else request.GET
    if "queries" not in asked:
        return render(request, "search/batch.html", {"form": BatchForm()})
    form = BatchForm(asked)
    if not form.is_valid():
        return render(request, "search/batch.html", {"form": form}, status=400)
    by = form.grouping()
    rows = list(tallies(form.cleaned_data["queries"], by))
    columns = buckets(rows, by)
    if asked.get("format") == "csv":
        return _as_csv(rows, columns)
    table = [(tally, cells(tally, columns)) for tally in rows]
    context = {"form": form, "by": by, "columns": columns, "table": table}
    return render(request, "search/batch.html", context)


def buckets(rows: Sequence[Tally], by: By) -> list[str]:
    """All that any query has: years and months ascending, outlets with most hits first."""
    sums: dict[str, int] = {}
    for tally in rows:
        for bucket, number in tally.buckets:
            sums[bucket] = sums.get(bucket, 0) + number
    return sorted(sums, key=lambda bucket: (-sums[bucket], bucket)) if by is By.OUTLET else sorted(sums)


def cells(tally: Tally, columns: Sequence[str]) -> list[int]:
    """The number of each column, then of the hits that belong to none."""
    numbers = dict(tally.buckets)
    return [*(numbers.get(column, 0) for column in columns), tally.without]


def _as_csv(rows: Sequence[Tally], columns: Sequence[str]) -> HttpResponse:
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    for line in _table(rows, columns, now.isoformat(timespec="seconds")):
        writer.writerow([export.cell(value) for value in line])
    response = HttpResponse("\ufeff" + lines.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="newsarchive-counts-{now.date()}.csv"'
    return response


def _table(rows: Sequence[Tally], columns: Sequence[str], time: str) -> Iterator[list[object]]:
    yield ["query", "count", *columns, "without", "literal", "partial", "counted_at"]
    for tally in rows:
        partial = " ".join(tally.partial)
        yield [tally.query, tally.count, *cells(tally, columns), tally.literal, partial, time]
