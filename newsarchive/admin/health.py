"""The index beside the archive, for those who run it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from search import documents, sync
from search.engine import get_engine

from .. import jobs, locks, outbox
from ..errors import IndexUnavailable
from ..models import Article, RawFile

_JOBS = {
    "update": ("update_index",),
    "rebuild": ("rebuild_index",),
    "check": ("check_index",),
    "repair": ("check_index", "--repair"),
}


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("newsarchive.operate"):
        raise PermissionDenied
    if request.method == "POST":
        wanted = request.POST.get("job", "")
        if wanted in _JOBS:
            jobs.start("index", *_JOBS[wanted])
            messages.success(request, _("已開始。結果見下方。"))
        return redirect("admin:health")
    engine, problem, state, why = get_engine(), "", None, ""
    try:
        why = sync.needs_rebuild(engine)
        state = engine.state()
    except IndexUnavailable as error:
        problem = error.user_message
    oldest = outbox.oldest()
    context = {
        **admin.site.each_context(request),
        "title": _("索引與狀況"),
        "state": state,
        "problem": problem,
        "why": why,
        "articles": Article.objects.count(),
        "visible": len(documents.visible_stories()),
        "files": RawFile.objects.count(),
        "waiting": outbox.count(),
        "lag": round((timezone.now() - oldest).total_seconds()) if oldest else 0,
        "importing": locks.is_held(settings.DATA_DIR / "import.lock"),
        "log": jobs.tail("index"),
    }
    return render(request, "admin/health.html", context)
