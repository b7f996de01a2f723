"""A table before its import: its columns and first rows, which column fills which field, and what three rows
would become. The choice is remembered for tables with the same columns (`ingest.column_mappings`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.importers.fields import column_names
from newsarchive.ingest import column_mappings, run, samples
from newsarchive.ingest.records import splitting
from newsarchive.runtime import background_jobs, locks

from . import uploads
from .explain import said

FIELDS = {
    "title": gettext_lazy("標題"),
    "body": gettext_lazy("內文"),
    "date": gettext_lazy("日期"),
    "updated": gettext_lazy("更新日期"),
    "author": gettext_lazy("作者"),
    "outlet": gettext_lazy("媒體"),
    "url": gettext_lazy("原址"),
    "archived_url": gettext_lazy("存檔網址"),
    "tags": gettext_lazy("標籤"),
    "category": gettext_lazy("分類"),
    "language": gettext_lazy("語言"),
    "image": gettext_lazy("圖片"),
    "caption": gettext_lazy("圖說"),
    "credit": gettext_lazy("圖片來源"),
    "summary": gettext_lazy("摘要"),
}


def upload(request: HttpRequest) -> HttpResponse:
    _allowed(request)
    form = uploads.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        path = uploads.keep(form.cleaned_data["inputs"][:1])[0]
        return redirect("admin:import_columns_of", path.parent.name)
    context = {**admin.site.each_context(request), "title": _("表格的欄位對應"), "form": form}
    return render(request, "admin/columns_upload.html", context)


def page(request: HttpRequest, folder: str) -> HttpResponse:
    _allowed(request)
    path = _file(folder)
    names = splitting.columns(path, run.limits())
    chosen = _chosen(request.POST, names)
    mapping = column_mappings.recall(names) if chosen is None else chosen
    if "import" in request.POST:
        if locks.is_held(locks.import_lock()) or background_jobs.is_running("import"):
            messages.error(request, _("另一個匯入正在進行。"))
        elif {"title", "body"} <= {field for _name, field in splitting.fields(names, mapping)}:
            words = [word for field, column in mapping.items() for word in ("--map", f"{field}={column}")]
            background_jobs.start("import", "import_articles", str(path), *words)
            messages.success(request, _("已開始匯入。"))
            return redirect("admin:imports")
        else:
            messages.error(request, _("請選出標題與內文的欄。"))
    context = {
        **admin.site.each_context(request),
        "title": _("表格的欄位對應"),
        "file": path.name.partition("-")[2],
        "columns": samples.columns(path, mapping),
        "fields": FIELDS.items(),
        "articles": [said(article) for article in samples.articles(path, mapping)] if names else [],
        "remembered": chosen is None and bool(mapping),
    }
    return render(request, "admin/columns.html", context)


def _allowed(request: HttpRequest) -> None:
    if not request.user.has_perm("newsarchive.operate"):
        raise PermissionDenied


def _file(folder: str) -> Path:
    """The uploaded table. `folder` is a slug, so that it names nothing outside."""
    found = sorted((settings.DATA_DIR / "uploads" / folder).glob("001-*"))
    if not found:
        raise Http404
    path: Path = found[0]
    return path


def _chosen(sent: Mapping[str, Any], names: list[str]) -> dict[str, str] | None:
    """Field -> column, as the form has it: a select for each column, by its number. None when no form was
    sent. Of two columns with the same field the first counts."""
    if "column-0" not in sent:
        return None
    mapping: dict[str, str] = {}
    for number, name in enumerate(names):
        field = sent.get(f"column-{number}", "")
        if field in column_names.FIELDS and field not in mapping:
            mapping[field] = name
    return mapping
