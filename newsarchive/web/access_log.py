"""Every request gets an id, one line in the access log, and is counted in the metrics.

    GET search 200 12.3 ms

The line names the view instead of the URL, so it shows neither search words nor addresses nor which article
was read. NEWSARCHIVE_LOG_QUERIES adds the URL with its query, NEWSARCHIVE_LOG_ADDRESSES the client's address.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from newsarchive.quotas import client_ip
from newsarchive.runtime import logs, metrics

logger = logging.getLogger("newsarchive.access")

SLOW_SECONDS: Final = 2.0  # seconds; a slower answer is logged as a warning
# Requested every few seconds by monitoring, so logged at DEBUG.
PROBES: Final = frozenset({"healthz", "readyz", "metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

GetResponse = Callable[[HttpRequest], HttpResponse]


def answering(get_response: GetResponse) -> GetResponse:
    """Middleware that logs and times the request. Only `client_ip.forwarded` runs outside of it, so the time
    includes all other middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        number = logs.valid_id(request.headers.get("X-Request-ID", "")) or logs.new_id()
        with logs.request_context(number):
            response = get_response(request)
            response.headers["X-Request-ID"] = number
            _note(request, response, time.perf_counter() - began)
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view = view_name(request)
    method = request.method if request.method in _METHODS else "other"
    metrics.count_request(view, method or "other", response.status_code, seconds)
    level = logging.INFO
    if response.status_code >= 500 or seconds >= SLOW_SECONDS:
        level = logging.WARNING
    elif view in PROBES:
        level = logging.DEBUG
    if not logger.isEnabledFor(level):
        return
    facts: dict[str, Any] = {
        "method": method,
        "view": view,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    line = f"{method} {view} {response.status_code} {facts['milliseconds']} ms"
    if settings.LOG_QUERIES:
        facts["address"] = request.get_full_path()
        line += f" {facts['address']}"
    if settings.LOG_ADDRESSES:
        facts["from"] = client_ip.rate_limit_key(request)
        line += f" from {facts['from']}"
    logger.log(level, "%s", line, extra={"facts": facts})


def view_name(request: HttpRequest) -> str:
    """The name of the view, one of few values, never part of the URL. "none" where no view answered."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def probes(get_response: GetResponse) -> GetResponse:
    """Middleware that answers the probes before the host name is checked: load balancers, containers and
    scrapers ask by IP address and over plain HTTP."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.strip("/") not in PROBES:
            return get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:  # "/healthz/"
            return get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response

    return middleware
