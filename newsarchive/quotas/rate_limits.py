"""Rate limits by client address (settings.RATE_LIMITS): a view wrapped in `limited` answers 429 beyond the
limit.

The work of such a view is counted and limited too (`work.counted`), and an expensive request counts as
several.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from newsarchive.runtime import work

from . import client_ip, counters

Response = TypeVar("Response", bound=HttpResponse)
View = Callable[..., Response]


def page(request: HttpRequest, seconds: int) -> HttpResponse:
    """The 429 page in the reader's language; `seconds` until the next try."""
    return render(request, "429.html", {"seconds": seconds}, status=429)


def limited(
    kind: str,
    *,
    refusal: Callable[[HttpRequest, int], HttpResponse] = page,
    reading: int = work.READING,
) -> Callable[[View[Any]], View[Any]]:
    """Requests of one `kind` share a limit, whichever view they ask for. `reading`: units of work that one
    may cost."""

    def limit(view: View[Any]) -> View[Any]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seconds = seconds_to_wait(request, kind)
            if not seconds:
                with work.counted(reading) as done:
                    response: HttpResponse = view(request, *args, **kwargs)
                charge(request, kind, done)
                return response
            response = refusal(request, seconds)
            response["Retry-After"] = str(seconds)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return counted

    return limit


def charge(request: HttpRequest, kind: str, done: work.Work) -> None:
    """Counts an expensive request as several: all but the first, which was counted before the view ran."""
    rate = settings.RATE_LIMITS[kind]
    if rate is not None and done.requests > 1:
        counters.add(f"{kind} {client_ip.rate_limit_key(request)}", rate.seconds, done.requests - 1)


def seconds_to_wait(request: HttpRequest, kind: str) -> int:
    """Counts the request and returns 0 when it may be answered. Logged-in users are not limited; the session
    is read only once the limit is reached."""
    rate = settings.RATE_LIMITS[kind]
    if rate is None:
        return 0
    count = counters.add(f"{kind} {client_ip.rate_limit_key(request)}", rate.seconds)
    if count <= rate.count or request.user.is_authenticated:
        return 0
    return counters.seconds_left(rate.seconds)
