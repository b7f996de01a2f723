"""The admin site: Django's, with the archive's index page and pages that belong to no model."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsarchive.runtime.number_lookups import row_number

from .login import ThrottledForm
from .resume import KEPT, keeps_typed, offer

_FIRST: Final = (
    *("Article", "Outlet", "Author", "Category", "Tag", "Agency"),
    *("Action", "ImportRun", "ImportFailure", "DictionaryWord", "SynonymGroup"),
)


_LONGEST: Final = 100  # characters of a wrong value that a message repeats


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


class CurationSite(admin.AdminSite):
    site_header = _("新聞檔案：管理")
    site_title = _("管理")
    index_title = _("首頁")
    index_template = "admin/queues.html"
    login_form = ThrottledForm
    # The sidebar stores its state by JavaScript, and the index page lists the same.
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return keeps_typed(super().admin_view(_readable(_with_numbers(view)), cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Shows the form that was sent after the session had ended, if there is one."""
        kept = request.POST.get(KEPT, "")
        answer: HttpResponse = super().login(request, {"kept": kept, **(extra_context or {})})
        if kept and answer.status_code == 302:
            return offer(request, answer.headers["Location"], kept)
        return answer

    def get_urls(self) -> list[Any]:
        from . import health
        from .imports import columns, explain, uploads

        own: list[URLPattern] = [
            path("names/<slug:kind>/", self.admin_view(self.names), name="names"),
            path("health/", self.admin_view(health.page), name="health"),
            path("imports/", self.admin_view(uploads.page), name="imports"),
            path("imports/columns/", self.admin_view(columns.upload), name="import_columns"),
            path("imports/columns/<slug:folder>/", self.admin_view(columns.page), name="import_columns_of"),
            path("imports/explain/", self.admin_view(explain.page), name="import_explain"),
            path("imports/explain/<int:raw>/", self.admin_view(explain.stored), name="import_explain_stored"),
        ]
        return [*own, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Models in the order of how often curators open them, instead of Django's by name."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return apps

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        from .articles import queues

        may_see = request.user.has_perm("newsarchive.view_article")
        waiting = queues.waiting() if may_see else []
        return super().index(request, {"waiting": waiting, **(extra_context or {})})

    def names(self, request: HttpRequest, kind: str) -> JsonResponse:
        from . import name_fields

        if not request.user.has_perm("newsarchive.view_article"):
            raise PermissionDenied
        known = kind in name_fields.MODELS
        found = name_fields.like(kind, request.GET.get("q", "")[:100]) if known else []
        return JsonResponse({"names": found}, status=200 if known else 404)


def _readable(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses requests with NUL characters, which PostgreSQL rejects in a query; Django's filters would pass
    them on. Forms check for them already."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            raise BadRequest("a NUL in the address")
        response: HttpResponseBase = view(request, *args, **kwargs)
        return response

    return asked


def _with_numbers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses ticked rows that are no ids, for which Django's list would end in an error."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME) if request.method == "POST" else []
        if wrong := [value for value in chosen if row_number(value) is None]:
            messages.error(request, gettext("不是編號：%(wrong)s") % {"wrong": "、".join(wrong)[:_LONGEST]})
            return HttpResponseRedirect(request.get_full_path())
        response: HttpResponseBase = view(request, *args, **kwargs)
        return response

    return asked
