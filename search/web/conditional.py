"""Answers that a client has already are not sent again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import set_response_etag
from django.views.decorators.http import conditional_page

View = Callable[..., HttpResponse]


def has_etag(view: View) -> View:
    """A view whose answers have an ETag, those to HEAD too (where Django's own `conditional_page` leaves it
    out), and whose GET is answered with 304 while nothing changed."""
    to_get = conditional_page(view)

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = to_get(request, *args, **kwargs)
        if request.method == "HEAD" and response.status_code == 200 and _may_have(response):
            set_response_etag(response)
        return response

    return answering


def _may_have(response: HttpResponse) -> bool:
    return ConditionalGetMiddleware(lambda _request: response).needs_etag(response)
