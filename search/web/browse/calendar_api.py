"""/api/calendar/: the calendar whole, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from newsarchive.archive.holdings import census as holdings
from newsarchive.archive.holdings.census import Census, Day
from newsarchive.archive.holdings.series import Gap
from newsarchive.quotas.rate_limits import limited
from search.web.interface import answers

from .calendar import CalendarForm, is_in


@require_safe
@limited("search", refusal=answers.too_many)
def calendar(request: HttpRequest) -> JsonResponse:
    form = CalendarForm(request.GET)
    if not form.is_valid():
        return answers.bad_parameter(form)
    asked = form.cleaned_data
    outlets = holdings.census()
    name, year, month = asked["outlet"], asked["year"] or 0, asked["month"] or 0
    if name and name not in outlets:
        return answers.error(404, "not_found", gettext("沒有這個媒體。"))
    chosen = [outlets[name]] if name else list(outlets.values())
    return answers.answer(
        {
            "outlets": [_outlet(one, year, month) for one in chosen],
            "warnings": answers.warnings(request.GET, form.fields.keys()),
        }
    )


def _outlet(census: Census, year: int, month: int) -> dict[str, Any]:
    def asked(day: date | None) -> bool:
        return not year or is_in(day, year, month)

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
