"""What holds for every answer under /api/, whoever makes it: errors are JSON, and pages of other sites may
read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API: Final = "/api/"
_CORS: Final = {
    # the same data that anyone may read on the pages, without a cookie
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After,"
        " X-Request-ID"
    ),
}
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_CODES: Final = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    500: "server_error",
}


def json_errors(get_response: GetResponse) -> GetResponse:
    """Middleware outside of all that may answer with an error page of its own: no address of that name, a
    method that it does not take, a host name that is not ours, an error of the program."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_CORS | _PREFLIGHT)
        response = get_response(request)
        if response.status_code >= 400 and isinstance(response, HttpResponse):
            _as_json(response)
        for name, value in _CORS.items():
            response.headers[name] = value
        return response

    return middleware


def _as_json(response: HttpResponse) -> None:
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return
    status = response.status_code
    code = _CODES.get(status, HTTPStatus(status).name.lower())
    response.content = json.dumps({"error": {"code": code, "message": _message(status)}}, ensure_ascii=False)
    response.headers["Content-Type"] = "application/json"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))


def _message(status: int) -> str:
    messages = {
        400: _("伺服器看不懂這個請求。"),
        403: _("沒有權限"),
        404: _("沒有這一頁"),
        405: _("這個網址不接受這種請求。"),
        500: _("系統發生問題"),
    }
    return messages.get(status, HTTPStatus(status).phrase)
