from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.archive import curation
from newsarchive.archive.history import Action
from newsarchive.runtime import background_jobs

from . import bulk, edit_diff

_SHOWN = 50
_STARTING = timedelta(seconds=15)


@admin.register(Action)
class ActionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was done, by whom, and its undo. Nothing here is written by hand."""

    list_display = ("__str__", "user", "created_at", "affected", "changed", "state")
    list_filter = ("kind",)
    list_select_related = ("user", "undone_by")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/action.html"
    fields = ()

    @admin.display(description=gettext_lazy("篇數"))
    def affected(self, action: Action) -> int:
        return action.done

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        return super().get_queryset(request).defer("numbers")

    @admin.display(description=gettext_lazy("狀態"))
    def state(self, action: Action) -> str:
        if action.undone_by_id:
            return _("已復原")
        if action.problem:
            return _("中斷")
        return _("完成") if action.finished_at else _("進行中")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Action | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Action | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        action: Action | None = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if action is not None:
            edits = action.edits.select_related("article")[:_SHOWN]
            context = {
                "action": action,
                "title": str(action),
                "said": said(action),
                "edits": [(edit, edit_diff.of(edit)) for edit in edits],
                "more": max(0, action.changed - _SHOWN),
                "running": action.finished_at is None and not action.problem and not _left(action),
                "may_undo": _may_undo(request, action),
                "may_go_on": (bool(action.problem) or _left(action))
                and request.user.has_perm("newsarchive.bulk"),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/undo/", site(self.undo), name="newsarchive_action_undo"),
            path("<int:pk>/go-on/", site(self.go_on), name="newsarchive_action_go_on"),
            *super().get_urls(),
        ]

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = get_object_or_404(Action, pk=pk)
        if request.method != "POST":
            raise Http404
        if not _may_undo(request, action):
            raise PermissionDenied
        undoing = curation.undo(action, request.user)
        bulk.run(undoing)
        messages.success(request, _("已復原：%(action)s") % {"action": action})
        return redirect("admin:newsarchive_action_change", undoing.pk)

    def go_on(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("newsarchive.bulk"):
            raise PermissionDenied
        action = get_object_or_404(Action, pk=pk, finished_at=None)
        if request.method != "POST":
            raise Http404
        bulk.run(action)
        return redirect("admin:newsarchive_action_change", pk)


def said(action: Action) -> list[str]:
    """With what it was done, in words."""
    parameters = action.parameters
    words = [str(parameters[key]) for key in ("reason", "outlet", "language", "day") if parameters.get(key)]
    if names := parameters.get("names"):
        words.append("、".join(names))
    if field := parameters.get("field"):
        words.append(edit_diff.label(field))
    if of := parameters.get("of"):
        words.append(str(Action.objects.filter(pk=of).defer("numbers").first() or f"#{of}"))
    if tables := parameters.get("agencies"):
        gone, come = (
            {f"{name}（{'、'.join(spellings)}）" if spellings else name for name, spellings in tables[side]}
            for side in ("before", "after")
        )
        words += [*(f"− {row}" for row in sorted(gone - come)), *(f"+ {row}" for row in sorted(come - gone))]
    return words


def _left(action: Action) -> bool:
    """Its process is gone, or never came: a machine was switched off."""
    if (
        action.finished_at is not None
        or curation.is_running(action)
        or background_jobs.is_running(bulk.job(action))
    ):
        return False
    return abs(timezone.now() - action.created_at) > _STARTING  # also when the clock was set back


def _may_undo(request: HttpRequest, action: Action) -> bool:
    wanted = "newsarchive.change_article" if action.total <= 1 else "newsarchive.bulk"
    done = action.changed > 0 and not action.undone_by_id and (action.finished_at or action.problem)
    return bool(done) and request.user.has_perm(wanted)
