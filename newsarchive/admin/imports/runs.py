"""Import runs, with the result of each file."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from newsarchive.admin.read_only import ReadOnly
from newsarchive.archive.history import Action
from newsarchive.messages import texts
from newsarchive.models import ImportRun, Outcome, RunFile

_PER_PAGE: Final = 100


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        *("__str__", "finished_at", "seen", "imported", "updated", "unchanged", "failed", "quarantined"),
    )
    show_full_result_count = False
    change_form_template = "admin/run.html"
    readonly_fields = (
        *("started_at", "finished_at", "inputs", "importer_versions", "seen", "imported", "updated"),
        *("unchanged", "failed", "quarantined"),
    )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context = _files(request, run) if run is not None else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})


def _files(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """One page of the run's files, of one outcome or of all."""
    wanted = request.GET.get("outcome", "")
    files = RunFile.objects.filter(run=run)
    counts = dict(files.order_by().values_list("outcome").annotate(Count("pk")))
    outcomes = [(outcome.value, outcome.label, counts[outcome]) for outcome in Outcome if outcome in counts]
    if wanted in Outcome.values:
        files = files.filter(outcome=wanted)
    page = Paginator(files.select_related("article").order_by("number", "pk"), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    return {
        "files": [(file, texts.said_stored(file.reason)) for file in page],
        "page": page,
        "outcomes": outcomes,
        "wanted": wanted if wanted in Outcome.values else "",
        "every": sum(counts.values()),
        "action": Action.objects.filter(run=run, kind=Action.Kind.IMPORT).defer("numbers").first(),
        "files_label": gettext_lazy("檔案"),
    }
