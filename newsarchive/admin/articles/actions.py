from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin.read_only import ReadOnly
from newsarchive.archive import curation
from newsarchive.archive.curation import State
from newsarchive.archive.history import Action
from newsarchive.errors import ArchiveError
from newsarchive.messages import texts

from . import bulk, edit_diff

_SHOWN = 50


@admin.register(Action)
class ActionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """The list of actions: what was done, by whom, and the buttons to undo, continue or stop it. Rows are
    read-only."""

    list_display = ("__str__", "who", "created_at", "affected", "changed", "skipped", "state")
    list_filter = ("kind",)
    list_select_related = ("user", "run", "undone_by")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/action.html"
    fields = ()

    @admin.display(description=gettext_lazy("篇數"))
    def affected(self, action: Action) -> int:
        return action.done

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        return super().get_queryset(request).defer("numbers")

    @admin.display(description=gettext_lazy("誰"), ordering="user")
    def who(self, action: Action) -> str:
        return who(action)

    @admin.display(description=gettext_lazy("狀態"))
    def state(self, action: Action) -> str:
        return str(curation.state(action).label)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        action: Action | None = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if action is not None:
            state = curation.state(action)
            edits = action.edits.select_related("article")[:_SHOWN]
            context = {
                "action": action,
                "title": str(action),
                "who": who(action),
                "said": said(action),
                "state": state,
                "stopping": state == State.RUNNING and action.stop_asked_at,
                "edits": [(edit, edit_diff.of(edit), edit_diff.left(edit)) for edit in edits],
                "more": max(0, action.edits.count() - _SHOWN),
                "total": action.total or action.done,
                "running": state in (State.WAITING, State.RUNNING),
                "may_stop": _may_stop(request, action, state),
                "may_undo": _may_undo(request, action, state),
                "may_go_on": _may_go_on(request, action, state),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/undo/", site(self.undo), name="newsarchive_action_undo"),
            path("<int:pk>/go-on/", site(self.go_on), name="newsarchive_action_go_on"),
            path("<int:pk>/stop/", site(self.stop), name="newsarchive_action_stop"),
            *super().get_urls(),
        ]

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = self._posted(request, pk)
        if not _may_undo(request, action, curation.state(action)):
            return _cannot(request, action)
        try:
            undoing = curation.undo(action, request.user)
        except ArchiveError as error:
            messages.error(request, texts.said(error.message))
            return redirect("admin:newsarchive_action_change", pk)
        bulk.run(undoing)
        if undoing.finished_at:
            messages.success(request, _("已復原：%(action)s") % {"action": action})
        return redirect("admin:newsarchive_action_change", undoing.pk)

    def go_on(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = self._posted(request, pk)
        if not _may_go_on(request, action, curation.state(action)):
            return _cannot(request, action)
        curation.resume(action)
        bulk.run(action)
        return redirect("admin:newsarchive_action_change", pk)

    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = self._posted(request, pk)
        if not _may_stop(request, action, curation.state(action)):
            return _cannot(request, action)
        curation.stop(action)
        messages.info(request, _("做完手上的一批就停；已做的可以復原，其餘可以繼續。"))
        return redirect("admin:newsarchive_action_change", pk)

    def _posted(self, request: HttpRequest, pk: int) -> Action:
        if request.method != "POST":
            raise Http404
        action = get_object_or_404(Action, pk=pk)
        if not _may(request, action):
            raise PermissionDenied
        return action


def _cannot(request: HttpRequest, action: Action) -> HttpResponse:
    """The answer when the button came from an outdated page: the action has changed its state since."""
    said = {"action": action, "state": curation.state(action).label}
    messages.error(request, _("%(action)s現在是「%(state)s」，不能這樣做。") % said)
    return redirect("admin:newsarchive_action_change", action.pk)


def who(action: Action) -> str:
    """The user's name, or the import that made the change."""
    if action.run is not None:
        return _("匯入 %(run)s") % {"run": action.run}
    return str(action.user) if action.user else "—"


def said(action: Action) -> list[str]:
    """The action's parameters as readable lines."""
    parameters = action.parameters
    words = [str(parameters[key]) for key in ("reason", "outlet", "language", "day") if parameters.get(key)]
    if names := parameters.get("names"):
        words.append("、".join(names))
    if field := parameters.get("field"):
        words.append(edit_diff.label(field))
    if naming := parameters.get("naming"):
        words.append(f"{naming['before']} → {naming['after']}")
    if merging := parameters.get("merging"):
        words.append(f"{merging['gone']['name']} → {merging['into_name']}")
    if of := parameters.get("of"):
        words.append(str(Action.objects.filter(pk=of).defer("numbers").first() or f"#{of}"))
    if tables := parameters.get("agencies"):
        gone, come = (
            {f"{name}（{'、'.join(spellings)}）" if spellings else name for name, spellings in tables[side]}
            for side in ("before", "after")
        )
        words += [*(f"− {row}" for row in sorted(gone - come)), *(f"+ {row}" for row in sorted(come - gone))]
    return words


def _may(request: HttpRequest, action: Action) -> bool:
    return request.user.has_perm("newsarchive.change_article" if action.total <= 1 else "newsarchive.bulk")


def _may_stop(request: HttpRequest, action: Action, state: State) -> bool:
    return state in (State.WAITING, State.RUNNING) and not action.stop_asked_at and _may(request, action)


def _may_undo(request: HttpRequest, action: Action, state: State) -> bool:
    """An import as a whole can't be undone, because the next one would set the same values again; single
    values are changed back on the article's page."""
    done = action.changed > 0 or curation.of_names(action)
    undoable = done and not action.undone_by_id and action.kind != Action.Kind.IMPORT
    return undoable and state in curation.RESTING and _may(request, action)


def _may_go_on(request: HttpRequest, action: Action, state: State) -> bool:
    unfinished = action.finished_at is None and not action.undone_by_id and action.run_id is None
    return unfinished and state in curation.RESTING and _may(request, action)
