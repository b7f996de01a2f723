"""Imports from the browser. Uploaded files are stored under the data folder and read by the same import as on
the command line; none is executed, and their names are never used as paths."""

from __future__ import annotations

import math
import re
import secrets
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.ingest import run
from newsarchive.models import ImportFailure, ImportRun
from newsarchive.runtime import background_jobs, locks

KINDS = (
    *(".md", ".markdown", ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt", ".json", ".jsonl"),
    *(".csv", ".tsv", ".xlsx", ".xml", ".rss", ".atom", ".rtf", ".doc", ".docx", ".warc", ".arc", ".wacz"),
    *(".zip", ".tar", ".gz", ".tgz", ".xz", ".zst"),
)
_MOST_FILES = 500
_RUNS = 20


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_Files(attrs={"accept": ",".join(KINDS)}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > _MOST_FILES:
            raise ValidationError(_("一次最多 %(most)d 個檔案；更多請打包成 .zip。") % {"most": _MOST_FILES})
        if sum(file.size for file in files) > settings.IMPORT_MAX_UPLOAD_BYTES:
            raise ValidationError(_("檔案合計太大。"))
        wrong = [file.name for file in files if Path(file.name).suffix.lower() not in KINDS]
        if wrong:
            raise ValidationError(_("不收這種檔案：%(names)s") % {"names": "、".join(wrong[:5])})
        return files


class UploadForm(forms.Form):
    inputs = FilesField(label=gettext_lazy("檔案"))


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("newsarchive.operate"):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    reading = locks.is_held(locks.import_lock())
    # The started process needs a moment before it holds the import lock.
    running = reading or background_jobs.is_running("import")
    if request.method == "POST" and form.is_valid():
        if running:
            messages.error(request, _("另一個匯入正在進行。"))
        else:
            files = keep(form.cleaned_data["inputs"])
            background_jobs.start("import", "import_articles", *map(str, files))
            messages.success(request, _("已開始匯入。"))
            return redirect("admin:imports")
    progress = run.progress() if reading else None
    failed = ImportFailure.objects.filter(Q(raw=None) | Q(raw__article=None)).count()
    context = {
        **admin.site.each_context(request),
        "title": _("匯入"),
        "form": form,
        "kinds": " ".join(KINDS),
        "runs": ImportRun.objects.all()[:_RUNS],
        "last": background_jobs.last_run("import"),
        "failures": failed,
        "running": running,
        "progress": progress,
        "percent": int(100 * progress.share) if progress else 0,
        "minutes_left": math.ceil((progress.seconds_left or 0) / 60) if progress else 0,
    }
    return render(request, "admin/imports.html", context)


def keep(files: list[Any]) -> list[Path]:
    """Stores the files in a new folder under names of our own, which contain the harmless characters of the
    original ones. The paths are passed to the import one by one, since archives inside a named folder are not
    opened."""
    stamp = timezone.now().strftime("%Y%m%d-%H%M%S")
    folder: Path = settings.DATA_DIR / "uploads" / f"{stamp}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    return [write(file, folder, number) for number, file in enumerate(files, 1)]


def write(file: Any, folder: Path, number: int) -> Path:
    """Stores an uploaded file in the folder, under its number and the harmless characters of its name."""
    name = re.sub(r"[^\w.\-]+", "_", Path(file.name).name)[-100:]
    path = folder / f"{number:03}-{name}"
    with path.open("xb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return path
