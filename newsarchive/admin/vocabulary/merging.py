"""Names of articles (outlets, authors, categories, tags): how many articles have them, renaming and merging,
which can be undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin import name_search
from newsarchive.admin.articles import queues
from newsarchive.admin.unchanged import UnchangedAdmin
from newsarchive.admin.under_write_lock import UnderWriteLock
from newsarchive.archive import name_actions, renaming
from newsarchive.archive.history import Action

from .merge_page import MergePage


class NameAdmin(UnderWriteLock, UnchangedAdmin):
    list_display: Any = ("name", "count")
    search_fields: ClassVar[Any] = ("name",)
    show_full_result_count = False
    list_per_page = 100
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        match = request.resolver_match
        rows: QuerySet[Any] = super().get_queryset(request)
        if match and match.url_name and match.url_name.endswith("_changelist"):
            rows = rows.annotate(times=Count("articles"))
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return name_search.narrowed(queryset, search_term, *self.search_fields), False

    @admin.display(description=gettext_lazy("文章"), ordering="times")
    def count(self, row: Any) -> int:
        return row.times  # type: ignore[no-any-return]

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Only names without articles can be deleted."""
        unused: bool = obj is None or not obj.articles.exists()
        return unused and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_changed(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        for field in form.changed_data:
            if hasattr(obj, f"{field}_from"):  # a curator's value from now on, which no article's replaces
                setattr(obj, f"{field}_from", None)
        super().save_changed(request, obj, form, change)


class MergeableAdmin(MergePage, NameAdmin):
    change_form_template = "admin/name_form.html"

    def save_changed(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_changed(request, obj, form, change)
        before = form.initial.get("name")
        if change and before and "name" in form.changed_data:
            action = name_actions.rename(obj, before, request.user)
            messages.info(request, render_to_string("admin/_renamed.html", {"action": action}))
            queues.changed()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if row is not None:
            listed = reverse("admin:newsarchive_article_changelist")
            context = {
                "former": renaming.former_names(row),
                "articles": row.articles.count(),
                "listed": listed,
                "kind": self.kind,
                "may_merge": self.has_change_permission(request, row),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def touched(self, row: Any, into: Any | None) -> tuple[list[int], list[Any]]:
        return renaming.articles_of(row), []

    def unite(self, request: HttpRequest, row: Any, into: Any) -> Action | None:
        gone = row.name
        action = name_actions.merge(row, into, request.user)
        queues.changed()
        said = {"gone": gone, "into": into.name, "count": action.changed}
        messages.success(request, _("「%(gone)s」已併入「%(into)s」，改了 %(count)d 篇。") % said)
        return action
