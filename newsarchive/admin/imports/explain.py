"""What becomes of a file, before it is imported or of one that was: which importer takes it, where each field
is read, what is left out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from newsarchive.errors import DamagedRawFile
from newsarchive.importers.explanation import Explanation
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.explain import explain, explained
from newsarchive.messages import texts
from newsarchive.models import RawFile

from . import uploads

_SHOWN: Final = 20  # files of an archive, or rows of a table, that are explained on one page


@dataclass(frozen=True, slots=True)
class Said:
    """An explanation in the words of the page's language."""

    explanation: Explanation
    reason: str
    problems: list[str]


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("newsarchive.operate"):
        raise PermissionDenied
    form = uploads.UploadForm(request.POST or None, request.FILES or None)
    found: list[Said] = []
    if request.method == "POST" and form.is_valid():
        found = _of_uploads(form.cleaned_data["inputs"])
    return _answer(request, form=form, found=found, most=_SHOWN if len(found) == _SHOWN else 0)


def stored(request: HttpRequest, raw: int) -> HttpResponse:
    """Of an imported file, read anew by today's importers from the bytes that were kept."""
    if not request.user.has_perm("newsarchive.view_article"):
        raise PermissionDenied
    file = get_object_or_404(RawFile, pk=raw)
    try:
        found = [said(made) for made in explained([SourceFile(file.path, file.data)])]
    except DamagedRawFile as damage:
        return _answer(request, damage=texts.said(damage.message))
    return _answer(request, found=found, file=file)


def said(explanation: Explanation) -> Said:
    reason = texts.said(explanation.reason) if explanation.reason else ""
    return Said(explanation, reason, [texts.said(problem) for problem in explanation.problems])


def _of_uploads(files: list[Any]) -> list[Said]:
    """Of the files as they were sent; they are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="newsarchive-explain-") as folder:
        paths = [uploads.write(file, Path(folder), number) for number, file in enumerate(files, 1)]
        return [said(made) for made in islice(explain(paths), _SHOWN)]


def _answer(request: HttpRequest, **context: Any) -> HttpResponse:
    common = {**admin.site.each_context(request), "title": _("檔案會怎樣讀")}
    return render(request, "admin/explain.html", common | context)
