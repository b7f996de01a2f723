"""The operators' page on the index: its state, and the buttons to rebuild and verify it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.archive import outbox
from newsarchive.messages import texts
from newsarchive.runtime import background_jobs, locks
from newsarchive.runtime.background_jobs import LastRun
from search.engines import get_engine
from search.indexing import documents, rebuild_process, sync

from ..errors import IndexUnavailable
from ..models import Article, DamagedFile, RawFile

_DAMAGED: Final = 500  # damaged files that the page lists


@dataclass(frozen=True, slots=True)
class Job:
    key: str
    title: str | Promise
    command: tuple[str, ...]

    @property
    def last(self) -> LastRun | None:
        return background_jobs.last_run(self.key)


JOBS = (
    Job("update", gettext_lazy("更新索引"), ("update_index",)),
    Job("rebuild", gettext_lazy("重建索引"), ("rebuild_index",)),
    Job("check", gettext_lazy("核對索引"), ("check_index",)),
    Job("files", gettext_lazy("核對原始檔"), ("check_files",)),
    Job("repair", gettext_lazy("核對並修補"), ("check_index", "--repair")),
)


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("newsarchive.operate"):
        raise PermissionDenied
    if request.method == "POST":
        for job in JOBS:
            if job.key == request.POST.get("job"):
                _start(request, job)
        return redirect("admin:health")
    engine, problem, state, why = get_engine(), "", None, None
    try:
        why = sync.needs_rebuild(engine)
        state = engine.state()
    except IndexUnavailable as error:
        problem = texts.said(error.message)
    damaged = DamagedFile.objects.select_related("raw__article").defer("raw__packed")
    done = [(job, job.last) for job in JOBS]
    context = {
        **admin.site.each_context(request),
        "title": _("索引與狀況"),
        "state": state,
        "stamps": [(texts.STAMPS.get(name, name), stamp) for name, stamp in state.stamps.items()]
        if state
        else [],
        "problem": problem,
        "why": texts.said(why),
        "articles": Article.objects.count(),
        "visible": len(documents.visible_stories()),
        "files": RawFile.objects.count(),
        "damaged": [(damage, texts.said_stored(damage.reason)) for damage in damaged[:_DAMAGED]],
        "damaged_count": DamagedFile.objects.count(),
        "waiting": outbox.count(),
        "lag": round(outbox.lag()),
        "importing": locks.is_held(locks.import_lock()),
        "jobs": done,
        "running": [job for job, last in done if last and last.running],
        "own": background_jobs.last_run(rebuild_process.NAME),
    }
    return render(request, "admin/health.html", context)


def _start(request: HttpRequest, job: Job) -> None:
    if background_jobs.start(job.key, *job.command):
        messages.success(request, _("已開始。結果見下方。"))
    else:
        messages.error(request, _("「%(job)s」正在進行。") % {"job": job.title})
