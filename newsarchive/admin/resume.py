"""Keeps the content of a form that was sent after its session had ended, or without its cookie.

The log-in page carries the content along in a hidden field. After the log-in the curator is asked whether to
send it. It is never sent automatically, since a page of another site could then write in a curator's name; a
form that came from another site is not kept at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

KEPT: Final = "kept"  # the hidden field of the log-in page that holds the other form
_SECRET: Final = ("csrfmiddlewaretoken", KEPT, "password", "password1", "password2", "old_password")


def keeps_typed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates an admin view: an ended session leads to a log-in page that keeps the sent form."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        leaving = request.path == reverse("admin:logout")
        if request.method == "POST" and not leaving and not admin.site.has_permission(request):
            return _log_in_again(request)
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    return asked


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The view of `settings.CSRF_FAILURE_VIEW`."""
    if not request.path.startswith(reverse("admin:index")) or not _is_from_here(request):
        return render(request, "403_csrf.html", status=403)
    if request.path == reverse("admin:login"):
        return _log_in_page(request, request.POST.get("next", ""), request.POST.get(KEPT, ""))
    if not admin.site.has_permission(request):
        return _log_in_again(request)
    return offer(request, request.get_full_path(), _typed(request), status=403)


def offer(request: HttpRequest, address: str, kept: str, *, status: int = 200) -> HttpResponse:
    """A page that shows what was typed, and a button that sends it to its original address."""
    try:
        pairs = [(str(key), str(value)) for key, value in json.loads(kept)]
    except ValueError:
        pairs = []
    context = {
        **admin.site.each_context(request),
        "title": _("你填寫的內容"),
        "address": address,
        "pairs": pairs,
        "shown": [(key, value) for key, value in pairs if value.strip() and "FORMS" not in key],
    }
    answer = render(request, "admin/resume.html", context, status=status)
    add_never_cache_headers(answer)
    return answer


def _log_in_again(request: HttpRequest) -> HttpResponse:
    return _log_in_page(request, request.get_full_path(), _typed(request) if _is_from_here(request) else "")


def _log_in_page(request: HttpRequest, address: str, kept: str) -> HttpResponse:
    username = request.POST.get("username", "") if request.path == reverse("admin:login") else ""
    assert admin.site.login_form is not None
    context = {
        **admin.site.each_context(request),
        "title": _("請再登入一次"),
        "app_path": reverse("admin:login"),
        "form": admin.site.login_form(request, initial={"username": username}),
        "next": address,
        "username": request.user.get_username(),
        "kept": kept,
        "ended": True,
        "had_files": request.content_type == "multipart/form-data",
    }
    answer = render(request, "admin/login.html", context, status=403)
    add_never_cache_headers(answer)
    return answer


def _typed(request: HttpRequest) -> str:
    given = [(key, value) for key, values in request.POST.lists() for value in values]
    return json.dumps([pair for pair in given if pair[0] not in _SECRET], ensure_ascii=False)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser's headers say that the form is from this site. A client without such headers is no
    browser, so it is not a forged form either."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not said or urlsplit(said).netloc == request.get_host()
