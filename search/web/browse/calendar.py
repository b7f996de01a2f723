"""/calendar/ and /api/calendar/: what is held, failed, expected and missing, by outlet and day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.archive.holdings import census as holdings
from newsarchive.archive.holdings.census import Census, Day
from newsarchive.archive.holdings.series import Gap
from newsarchive.quotas.rate_limits import limited

CACHE_SECONDS: Final = 60
_LEVELS: Final = 4  # shades of a cell
_MOST_LISTED: Final = 120  # ranges of numbers on a page; the API has all


class CalendarForm(forms.Form):
    outlet = forms.CharField(required=False, max_length=200)
    year = forms.IntegerField(required=False, min_value=1, max_value=9999)
    month = forms.IntegerField(required=False, min_value=1, max_value=12)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day or a month of a table. `level`: 0 for none to 4 for as many as the outlet ever had."""

    label: str
    counts: Day
    level: int
    missing: bool = False  # something should be held, and nothing is
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    year: int
    month: int
    cells: tuple[Cell | None, ...]  # None: no such day
    counts: Day


@require_safe
@limited("search")
def calendar(request: HttpRequest) -> HttpResponse:
    form = CalendarForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    asked = form.cleaned_data
    outlets = holdings.census()
    name, year, month = asked["outlet"], asked["year"] or 0, asked["month"] or 0
    if name and name not in outlets:
        return render(request, "404.html", {}, status=404)
    if not name and year and len(outlets) == 1:
        name = next(iter(outlets))
    chosen = outlets.get(name) if name else None
    context: dict[str, Any] = {"outlets": outlets, "outlet": chosen, "year": year, "month": month}
    context["tables"] = [(one, _years(one)) for one in (chosen,) if one] or [
        (one, _years(one)) for one in outlets.values()
    ]
    if chosen and year:
        context |= _of_year(chosen, year, month)
    response = render(request, "browse/calendar.html", context)
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


def _of_year(census: Census, year: int, month: int) -> dict[str, Any]:
    gaps = [gap for gap in census.gaps if _is_in(gap.day, year, month)]
    return {
        "rows": list(_months(census, year, month)),
        "days": list(_days(census, year, month)) if month else [],
        "gaps": gaps[:_MOST_LISTED],
        "gaps_left": max(0, len(gaps) - _MOST_LISTED),
        "empty": sorted(day for day in census.empty_days if _is_in(day, year, month)),
    }


def _is_in(day: date | None, year: int, month: int) -> bool:
    return day is not None and day.year == year and (not month or day.month == month)


def _years(census: Census) -> list[Row]:
    """A row for each year, a cell for each month."""
    counted = {(y, m): census.total(year=y, month=m) for y in census.years for m in range(1, 13)}
    most = max((one.held for one in counted.values()), default=0)
    return [
        Row(
            str(year),
            year,
            0,
            tuple(Cell(str(m), counted[year, m], _level(counted[year, m].held, most)) for m in range(1, 13)),
            census.total(year=year),
        )
        for year in census.years
    ]


def _months(census: Census, year: int, month: int) -> Iterator[Row]:
    """A row for each month of the year (or the one), a cell for each day."""
    most = max((one.held for one in census.days.values()), default=0)
    for number in (month,) if month else range(1, 13):
        cells = tuple(
            _cell(census, date(year, number, day), most) if day <= monthrange(year, number)[1] else None
            for day in range(1, 32)
        )
        yield Row(f"{year}-{number:02d}", year, number, cells, census.total(year=year, month=number))


def _cell(census: Census, day: date, most: int) -> Cell:
    counts = census.days.get(day) or Day()
    return Cell(str(day.day), counts, _level(counts.held, most), missing=day in census.empty_days, day=day)


def _days(census: Census, year: int, month: int) -> Iterator[tuple[Cell, list[Gap]]]:
    """The days of a month with their missing numbers."""
    for number in range(1, monthrange(year, month)[1] + 1):
        day = date(year, month, number)
        yield _cell(census, day, 0), [gap for gap in census.gaps if gap.day == day]


def _level(held: int, most: int) -> int:
    return -(-held * _LEVELS // most) if most else 0


# --- the same as JSON


@require_safe
@limited("search")
def calendar_json(request: HttpRequest) -> JsonResponse:
    form = CalendarForm(request.GET)
    if not form.is_valid():
        name, messages = next(iter(form.errors.items()))
        return _answer({"error": {"code": "bad_parameter", "message": f"{name}: {messages[0]}"}}, status=400)
    asked = form.cleaned_data
    outlets = holdings.census()
    name, year, month = asked["outlet"], asked["year"] or 0, asked["month"] or 0
    if name and name not in outlets:
        return _answer({"error": {"code": "not_found", "message": f"outlet: {name}"}}, status=404)
    chosen = [outlets[name]] if name else list(outlets.values())
    return _answer({"outlets": [_outlet(one, year, month) for one in chosen]})


def _answer(data: dict[str, Any], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _outlet(census: Census, year: int, month: int) -> dict[str, Any]:
    def asked(day: date | None) -> bool:
        return not year or _is_in(day, year, month)

    return {
        "outlet": census.outlet,
        **_counts(census.total(year=year, month=month)),
        "undated": _counts(census.undated),
        "years": [{"year": one, **_counts(census.total(year=one))} for one in census.years],
        "days": [
            {"day": day.isoformat(), **_counts(one)} for day, one in sorted(census.days.items()) if asked(day)
        ],
        "missing_days": [day.isoformat() for day in sorted(census.empty_days) if asked(day)],
        "missing_numbers": [_gap(gap) for gap in census.gaps if asked(gap.day)],
        "not_held": [
            {"identity": one.identity, "url": one.url, "links": one.links, "linked_from": list(one.sources)}
            for one in census.not_held
        ],
    }


def _counts(day: Day) -> dict[str, int]:
    return {"held": day.held, "failed": day.failed, "missing": day.missing, "expected": day.expected}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "first": f"{gap.prefix}{gap.first}",
        "last": f"{gap.prefix}{gap.last}",
        "count": gap.count,
        "after": gap.after and gap.after.isoformat(),
        "before": gap.before and gap.before.isoformat(),
    }
