"""Changing all filtered articles at once: choose, preview, confirm; it can be undone.

The change is made only if articles and parameters are exactly those of the preview; otherwise the preview is
shown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin.name_fields import NameField, NamesField
from newsarchive.archive import copies, curation
from newsarchive.archive.history import Action
from newsarchive.models import Article
from newsarchive.runtime import background_jobs
from newsarchive.runtime.number_lists import rows
from newsarchive.runtime.number_lookups import row_number

from . import confirmation, language_tags, queues, scope

Kind = Action.Kind
KINDS: Final = (
    *(Kind.PUBLISH, Kind.WITHDRAW, Kind.REVIEWED, Kind.OUTLET, Kind.CATEGORIES, Kind.LANGUAGE, Kind.DATE),
    *(Kind.ADD_TAGS, Kind.REMOVE_TAGS, Kind.GROUP, Kind.SPLIT, Kind.REPARSE),
)
_MOST_GROUPED = 100
_SHOWN = 10
_LONGEST = 100  # characters of a wrong value from the address that a message repeats


class BulkForm(forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("範圍"),
        choices=[(scope.COPY, gettext_lazy("只此版本")), (scope.STORY, gettext_lazy("整篇報道"))],
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("動作"), choices=[("", "—"), *((kind.value, kind.label) for kind in KINDS)]
    )
    reason = forms.CharField(
        label=gettext_lazy("撤下的原因"),
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=gettext_lazy("讀者會在原頁看到。"),
    )
    outlet = NameField("outlet", label=gettext_lazy("媒體"), required=False)
    categories = NamesField("category", new=False, label=gettext_lazy("分類"), required=False)
    language = forms.CharField(
        label=gettext_lazy("語言"),
        required=False,
        validators=[language_tags.checked],
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

    # The form field that each kind of change requires.
    NEEDS: Final = {
        Kind.WITHDRAW: "reason",
        Kind.OUTLET: "outlet",
        Kind.CATEGORIES: "categories",
        Kind.LANGUAGE: "language",
        Kind.DATE: "day",
        Kind.ADD_TAGS: "tags",
        Kind.REMOVE_TAGS: "tags",
    }

    def of(self, alone: int, together: int) -> BulkForm:
        """Adds the number of articles to each choice of scope."""
        said = {"alone": alone, "together": together}
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            (scope.COPY, _("只此版本（%(alone)d 篇）") % said),
            (scope.STORY, _("整篇報道（%(together)d 個版本）") % said),
        ]
        return self

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or scope.COPY

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """The articles of a change, and what the page says about how they were found."""

    numbers: list[int]
    query: str = ""  # the list's query string, with the ids of ticked rows
    notes: tuple[str, ...] = ()
    wrong: str = ""  # why no change is offered


def page(request: HttpRequest, context: dict[str, Any], chosen: Chosen) -> HttpResponse:
    together = copies.copies_of(chosen.numbers)
    initial = {"scope": request.GET.get(scope.FIELD) or scope.COPY, "kind": request.GET.get("kind", "")}
    form = BulkForm(request.POST or None, initial=initial).of(len(chosen.numbers), len(together))
    ready = request.method == "POST" and not chosen.wrong and form.is_valid()
    numbers = together if ready and form.cleaned_data["scope"] == scope.STORY else chosen.numbers
    if ready and form.cleaned_data["kind"] == Kind.GROUP and not 2 <= len(numbers) <= _MOST_GROUPED:
        form.add_error("kind", _("歸為同一報道：2 至 %(most)d 篇。") % {"most": _MOST_GROUPED})
        ready = False
    kind = Kind(form.cleaned_data["kind"]) if ready else None
    parameters = form.parameters() if ready else {}
    seal = confirmation.seal(request, kind, parameters, numbers)
    as_seen = confirmation.holds(request, seal)
    if kind and "confirm" in request.POST and as_seen and numbers:
        return _start(request, kind, numbers, parameters)
    context |= {
        "title": _("批次修改"),
        "form": form,
        "ready": ready,
        "kind": kind.label if kind else "",
        "parameters": parameters,
        "scope": dict(form.fields["scope"].choices)[form.cleaned_data["scope"]] if ready else "",  # type: ignore[attr-defined]
        "count": len(numbers),
        "seal": seal if ready else "",
        "changed_since": "confirm" in request.POST and not as_seen,
        "sample": Article.objects.filter(pk__in=numbers[:_SHOWN]).select_related("outlet"),
        "more": max(0, len(numbers) - _SHOWN),
        "query": chosen.query,
        "notes": chosen.notes,
        "wrong": chosen.wrong,
        "media": form.media,
        **(_public(numbers) if kind == Kind.WITHDRAW else {}),
    }
    return render(request, "admin/bulk.html", context, status=400 if chosen.wrong else 200)


def _public(numbers: list[int]) -> dict[str, Any]:
    """Copies that stay public when only some copies of a story are withdrawn."""
    others = scope.still_public(numbers)
    count = others.count()
    return {"public": others[:_SHOWN], "public_count": count, "public_more": max(0, count - _SHOWN)}


def ticked(values: Sequence[str]) -> list[int]:
    """Ids of articles from the address: `ids=1,2`. Raises ValidationError for anything else."""
    parts = [part.strip() for value in values for part in value.split(",")]
    if not any(parts):
        raise ValidationError(_("沒有選取文章。"))
    wrong = [part for part in parts if row_number(part) is None]
    if wrong:
        raise ValidationError(_("不是文章編號：%(wrong)s") % {"wrong": "、".join(wrong)[:_LONGEST]})
    numbers = sorted({int(part) for part in parts})
    there = set(Article.objects.filter(pk__in=rows(numbers)).values_list("pk", flat=True))
    if unknown := [number for number in numbers if number not in there]:
        said = "、".join(map(str, unknown))[:_LONGEST]
        raise ValidationError(_("沒有這些文章：%(unknown)s") % {"unknown": said})
    return numbers


def _start(request: HttpRequest, kind: Kind, numbers: list[int], parameters: dict[str, Any]) -> HttpResponse:
    action = curation.begin(kind, request.user, numbers, **parameters)
    run(action)
    messages.info(request, _("已開始：%(action)s") % {"action": action})
    return redirect("admin:newsarchive_action_change", action.pk)


def run(action: Action) -> None:
    """Runs a small action at once, and a large one in a background process; the action's page shows its
    progress."""
    if len(action.numbers) <= curation.AT_ONCE:
        curation.run(action)
    else:
        background_jobs.start(curation.job(action), "curate", str(action.pk))
    queues.changed()
