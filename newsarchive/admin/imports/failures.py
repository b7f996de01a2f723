"""Files that gave no article: why, what is in them, and the button to try them again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin.articles import queues
from newsarchive.admin.read_only import ReadOnly
from newsarchive.errors import ArchiveError, DamagedRawFile
from newsarchive.ingest import reparse
from newsarchive.messages import Message, english, read, texts
from newsarchive.models import ImportFailure

_SHOWN = 20_000  # bytes of a file that the page shows
_NAMED = 5  # damaged files that a message lists
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    offends: bool


def lines(text: str, reason: Message | None) -> list[Line]:
    """The lines of the file. The one that the reason names is marked, otherwise those with undecodable
    characters."""
    number = reason.get("line") if reason else None
    return [
        Line(place, line, place == number or bool(_UNREADABLE.search(line)))
        for place, line in enumerate(text.splitlines(), 1)
    ]


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("狀態")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", gettext_lazy("未解決")), ("mended", gettext_lazy("已解決"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportFailure]) -> QuerySet[ImportFailure]:
        unsolved = Q(raw=None) | Q(raw__article=None)
        if self.value() == "open":
            return queryset.filter(unsolved)
        return queryset.exclude(unsolved) if self.value() == "mended" else queryset


@admin.register(ImportFailure)
class ImportFailureAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("path", "reason_said", "run_said", "mended")
    list_filter = (StateFilter,)
    list_select_related = ("run", "raw")
    search_fields = ("path",)  # shows the search box; `get_search_results` also searches reasons
    show_full_result_count = False
    change_form_template = "admin/failure.html"
    change_list_template = "admin/failure_list.html"
    fields = ("path", "reason", "run")
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportFailure]:
        return super().get_queryset(request).defer("raw__packed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ImportFailure], search_term: str
    ) -> tuple[QuerySet[ImportFailure], bool]:
        """Searches paths, and reasons as the curator reads them, values included."""
        words = search_term.strip()
        if not words:
            return queryset, False
        wanted = Q(path__icontains=words) | Q(reason__icontains=words)
        for code in texts.codes_saying(words):
            wanted |= Q(reason__contains=f'"code": "{code}"')
        return queryset.filter(wanted), False

    @admin.display(description=gettext_lazy("原因"), ordering="reason")
    def reason_said(self, failure: ImportFailure) -> str:
        return texts.said_stored(failure.reason)

    @admin.display(description=gettext_lazy("匯入"), ordering="run")
    def run_said(self, failure: ImportFailure) -> str:
        return str(failure.run)

    @admin.display(description=gettext_lazy("已解決"), boolean=True)
    def mended(self, failure: ImportFailure) -> bool:
        return failure.raw is not None and failure.raw.article_id is not None

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsarchive.operate")

    @admin.action(description=gettext_lazy("再試一次"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[ImportFailure]) -> None:
        try:
            report = reparse.retry(list(queryset.exclude(raw=None).values_list("raw_id", flat=True)))
        except ArchiveError as error:
            messages.error(request, texts.said(error.message))
            return
        queues.changed()
        said = _("試了 %(tried)d 個檔案，%(mended)d 個成為文章。") % {
            "tried": report.tried,
            "mended": report.mended,
        }
        messages.info(request, said)
        for damage in report.damaged[:_NAMED]:
            messages.error(request, texts.said(damage.message))
        if more := len(report.damaged[_NAMED:]):
            messages.error(request, _("另有 %(more)d 個損壞的檔案，見「索引與狀況」。") % {"more": more})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        failure = self.get_object(request, object_id)
        context: dict[str, Any] = {"failure": failure}
        if failure is not None:
            context["reason"] = texts.said_stored(failure.reason)
            report = english(failure.reason)
            context["english"] = report if report != context["reason"] else ""
        if failure is not None and failure.raw is not None:
            try:
                data = failure.raw.data
            except DamagedRawFile as damage:
                context["damage"] = texts.said(damage.message)
                data = b""
            text = data[:_SHOWN].decode(failure.raw.encoding or "utf-8", errors="replace")
            context |= {
                "lines": lines(text, read(failure.reason)),
                "cut": len(data) > _SHOWN,
                "may_retry": self.has_operate_permission(request) and not self.mended(failure),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(self.retry_one)
        every = self.admin_site.admin_view(self.retry_all)
        return [
            path("retry/", every, name="newsarchive_importfailure_retry_all"),
            path("<int:pk>/retry/", again, name="newsarchive_importfailure_retry"),
            *super().get_urls(),
        ]

    def retry_all(self, request: HttpRequest) -> HttpResponse:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            raise Http404
        self.retry(request, ImportFailure.objects.filter(raw__article=None))
        return redirect(f"{reverse('admin:newsarchive_importfailure_changelist')}?state=open")

    def retry_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            raise Http404
        get_object_or_404(ImportFailure, pk=pk)
        self.retry(request, ImportFailure.objects.filter(pk=pk))
        return redirect("admin:newsarchive_importfailure_change", pk)
