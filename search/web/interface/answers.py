"""What every address of the API answers with."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

from django.forms import Form
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext, ngettext

from newsarchive.archive.visibility import Refusal
from newsarchive.messages import texts

RETRY_AFTER: Final = 5  # seconds, while the index is being opened or built


def answer(data: dict[str, Any], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def error(status: int, code: str, message: str, **more: object) -> JsonResponse:
    response = answer({"error": {"code": code, "message": message, **more}}, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def refused(refusal: Refusal) -> JsonResponse:
    """For an article that may not be shown, or that there is none of."""
    if refusal.status == HTTPStatus.GONE:
        reason = texts.said_stored(refusal.reason)
        return error(refusal.status, "withdrawn", gettext("這篇文章已撤下，不再公開。"), reason=reason)
    return error(refusal.status, "not_found", gettext("沒有這篇文章。"))


def bad_parameter(form: Form) -> JsonResponse:
    """The first error of a form that is not valid."""
    name, messages = next(iter(form.errors.items()))
    return error(400, "bad_parameter", f"{name}: {messages[0]}")


def no_such_page(page: int, pages: int) -> JsonResponse:
    message = gettext("沒有第 %(page)d 頁，共 %(pages)d 頁。") % {"page": page, "pages": pages}
    return error(404, "no_such_page", message)


def too_many(request: HttpRequest, seconds: int) -> JsonResponse:
    message = ngettext("請求太多，請於 %(n)d 秒後再試。", "請求太多，請於 %(n)d 秒後再試。", seconds)
    return error(429, "too_many_requests", message % {"n": seconds})


def warnings(asked: Collection[str], known: Collection[str]) -> list[dict[str, str]]:
    """One for each parameter that the address does not know: a misspelt filter is no filter."""
    message = gettext("不認識參數「%(name)s」，沒有理會。")
    return [
        {"code": "unknown_parameter", "parameter": name, "message": message % {"name": name}}
        for name in asked
        if name not in known
    ]
