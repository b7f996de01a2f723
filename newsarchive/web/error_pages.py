"""Error pages: Django's from templates/, and JSON under /api/ (docs/api.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

_API: Final = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "bad_request", lambda: defaults.bad_request(request, exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "forbidden", lambda: defaults.permission_denied(request, exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", lambda: defaults.page_not_found(request, exception))


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "server_error", lambda: defaults.server_error(request))


def _answer(request: HttpRequest, status: int, code: str, page: Callable[[], Any]) -> HttpResponse:
    if not request.path_info.startswith(_API):
        found: HttpResponse = page()
        return found
    messages = {
        400: _("伺服器看不懂這個請求。"),
        403: _("沒有權限"),
        404: _("沒有這一頁"),
        500: _("系統發生問題"),
    }
    response = JsonResponse(
        {"error": {"code": code, "message": messages[status]}},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Access-Control-Allow-Origin"] = "*"
    return response
