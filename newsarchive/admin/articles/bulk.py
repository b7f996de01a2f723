"""Changing all filtered articles at once: choose, look at what it will affect, confirm, undo."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin.name_fields import NameField, NamesField
from newsarchive.archive import curation
from newsarchive.archive.history import Action
from newsarchive.models import Article
from newsarchive.runtime import background_jobs

from . import queues

Kind = Action.Kind
KINDS: Final = (
    *(Kind.PUBLISH, Kind.WITHDRAW, Kind.REVIEWED, Kind.OUTLET, Kind.CATEGORIES, Kind.LANGUAGE, Kind.DATE),
    *(Kind.ADD_TAGS, Kind.REMOVE_TAGS, Kind.GROUP, Kind.SPLIT, Kind.REPARSE),
)
_MOST_GROUPED = 100
_SHOWN = 10


class BulkForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("動作"), choices=[("", "—"), *((kind.value, kind.label) for kind in KINDS)]
    )
    reason = forms.CharField(
        label=gettext_lazy("撤下的原因"), required=False, widget=forms.TextInput({"class": "vTextField"})
    )
    outlet = NameField("outlet", label=gettext_lazy("媒體"), required=False)
    categories = NamesField("category", new=False, label=gettext_lazy("分類"), required=False)
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        label=gettext_lazy("語言"),
        required=False,
        help_text="zh-Hant-HK",
    )
    day = forms.DateField(
        label=gettext_lazy("日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    tags = NamesField("tag", new=True, label=gettext_lazy("標籤"), required=False)

    class Media:
        js = ("newsarchive/admin.js",)
        css = {"all": ("newsarchive/admin.css",)}

    # What each kind needs beside the articles.
    NEEDS: Final = {
        Kind.WITHDRAW: "reason",
        Kind.OUTLET: "outlet",
        Kind.CATEGORIES: "categories",
        Kind.LANGUAGE: "language",
        Kind.DATE: "day",
        Kind.ADD_TAGS: "tags",
        Kind.REMOVE_TAGS: "tags",
    }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = self.NEEDS.get(data.get("kind", ""))
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, gettext_lazy("這個動作要填寫這一欄。"))
        return data

    def parameters(self) -> dict[str, Any]:
        data = self.cleaned_data
        needed = self.NEEDS.get(data["kind"])
        if needed is None:
            return {}
        name = "names" if needed in ("tags", "categories") else needed
        value = data[needed]
        return {name: value.isoformat() if isinstance(value, date) else value}


def page(
    request: HttpRequest, context: dict[str, Any], numbers: list[int], query: str, ids: list[int]
) -> HttpResponse:
    form = BulkForm(request.POST or None)
    ready = request.method == "POST" and form.is_valid()
    if ready and form.cleaned_data["kind"] == Kind.GROUP and not 2 <= len(numbers) <= _MOST_GROUPED:
        form.add_error("kind", _("歸為同一報道：2 至 %(most)d 篇。") % {"most": _MOST_GROUPED})
        ready = False
    as_seen = request.POST.get("count") == str(len(numbers))
    if ready and "confirm" in request.POST and as_seen and numbers:
        return _start(request, Kind(form.cleaned_data["kind"]), numbers, form.parameters())
    context |= {
        "title": _("批次修改"),
        "form": form,
        "ready": ready,
        "kind": Kind(form.cleaned_data["kind"]).label if ready else "",
        "parameters": form.parameters() if ready else {},
        "count": len(numbers),
        "changed_since": "confirm" in request.POST and not as_seen,
        "sample": Article.objects.filter(pk__in=numbers[:_SHOWN]).select_related("outlet"),
        "more": max(0, len(numbers) - _SHOWN),
        "query": query,
        "ids": ",".join(map(str, ids)),
        "media": form.media,
    }
    return render(request, "admin/bulk.html", context)


def _start(request: HttpRequest, kind: Kind, numbers: list[int], parameters: dict[str, Any]) -> HttpResponse:
    action = curation.begin(kind, request.user, numbers, **parameters)
    run(action)
    messages.info(request, _("已開始：%(action)s") % {"action": action})
    return redirect("admin:newsarchive_action_change", action.pk)


def run(action: Action) -> None:
    """At once when it is small; else in a process of its own, and its page says how far it is."""
    if len(action.numbers) <= curation.AT_ONCE:
        curation.run(action)
    else:
        background_jobs.start(job(action), "curate", str(action.pk))
    queues.changed()


def job(action: Action) -> str:
    return f"action-{action.pk}"
