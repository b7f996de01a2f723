"""How often one address may ask (settings.RATE_LIMITS): a view wrapped in `limited` answers 429 beyond it.

What such a view does is counted as work (`work.counted`): it is bounded, and who asks for much of it may ask
less often."""

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
    """In the reader's language; `seconds` until the next try."""
    return render(request, "429.html", {"seconds": seconds}, status=429)


def limited(
    kind: str, *, refusal: Callable[[HttpRequest, int], HttpResponse] = page
) -> Callable[[View[Any]], View[Any]]:
    """Requests of one `kind` are counted together, whichever view they ask."""

    def limit(view: View[Any]) -> View[Any]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seconds = seconds_to_wait(request, kind)
            if not seconds:
                with work.counted() as done:
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
    """A dear request counts as several: those beyond the first, which was counted before it was answered."""
    rate = settings.RATE_LIMITS[kind]
    if rate is not None and done.requests > 1:
        counters.add(f"{kind} {client_ip.reader(request)}", rate.seconds, done.requests - 1)


def seconds_to_wait(request: HttpRequest, kind: str) -> int:
    """Counts the request; 0 when it may be answered. Whoever has an account of this archive is not
    limited, and only beyond the limit is it asked who that is."""
    rate = settings.RATE_LIMITS[kind]
    if rate is None:
        return 0
    count = counters.add(f"{kind} {client_ip.reader(request)}", rate.seconds)
    if count <= rate.count or request.user.is_authenticated:
        return 0
    return counters.seconds_left(rate.seconds)
