"""Every request gets an id, a line in the access log, and a place in the numbers.

    GET search 200 12.3 ms

The line names the view, not the address: neither what was looked for, nor who asked, nor which article
was read can be learnt from it. NEWSARCHIVE_LOG_QUERIES adds the address with its words,
NEWSARCHIVE_LOG_ADDRESSES where the request came from.
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

SLOW_SECONDS: Final = 2.0  # such an answer is worth a warning
PROBES: Final = frozenset({"healthz", "readyz", "metrics"})  # asked every few seconds: logged at DEBUG
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

GetResponse = Callable[[HttpRequest], HttpResponse]


def answering(get_response: GetResponse) -> GetResponse:
    """The outermost middleware: what the others do is part of the time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        number = logs.sane(request.headers.get("X-Request-ID", "")) or logs.new_id()
        with logs.answering(number):
            response = get_response(request)
            response.headers["X-Request-ID"] = number
            _note(request, response, time.perf_counter() - began)
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view = view_name(request)
    method = request.method if request.method in _METHODS else "other"
    metrics.request(view, method or "other", response.status_code, seconds)
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
        facts["from"] = client_ip.reader(request)
        line += f" from {facts['from']}"
    logger.log(level, "%s", line, extra={"facts": facts})


def view_name(request: HttpRequest) -> str:
    """One of few: the name of the view, never a part of the address. "none" where no view answered."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def probes(get_response: GetResponse) -> GetResponse:
    """Load balancers, containers and scrapers ask by address and over plain HTTP: no name of the archive's
    and no TLS is demanded of them, and they get nothing but what these views say."""

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
