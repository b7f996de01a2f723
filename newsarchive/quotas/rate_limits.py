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

from newsarchive.conf.env import Rate
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
    reading: int | None = None,
) -> Callable[[View[Any]], View[Any]]:
    """Requests of one `kind` share a limit, whichever view they ask for. `reading`: units of work that one
    may cost, if other than usual."""

    def limit(view: View[Any]) -> View[Any]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            rate: Rate | None = settings.RATE_LIMITS[kind]
            key = f"{kind} {client_ip.rate_limit_key(request)}" if rate else ""
            count = counters.add(key, rate.seconds) if rate else 0
            # Logged-in users are not limited; the session is read only once the limit is reached.
            if rate and count > rate.count and not request.user.is_authenticated:
                response = refused(refusal(request, seconds := counters.seconds_left(rate.seconds)), seconds)
            else:
                with work.counted(reading) as done:
                    response = view(request, *args, **kwargs)
                if rate and done.requests > 1:  # all but the first, which was counted before the view ran
                    count = counters.add(key, rate.seconds, done.requests - 1)
            shared = "public" in response.get("Cache-Control", "")  # with clients whose quota is another
            if rate and not shared:
                say_quota(response, rate, count)
            return response

        return counted

    return limit


def refused(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def say_quota(response: HttpResponse, rate: Rate, count: int) -> None:
    """`count` is how many requests the client has been charged for in this window. The headers are those of
    draft-ietf-httpapi-ratelimit-headers-07."""
    response["RateLimit-Limit"] = str(rate.count)
    response["RateLimit-Remaining"] = str(max(0, rate.count - count))
    response["RateLimit-Reset"] = str(counters.seconds_left(rate.seconds))
    response["RateLimit-Policy"] = f"{rate.count};w={rate.seconds}"
