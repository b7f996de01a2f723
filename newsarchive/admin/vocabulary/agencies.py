"""The table of agencies in picture credits. A change updates the pictures' agencies: previewed with counts,
and undone as one action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin import name_search
from newsarchive.admin.articles import bulk, confirmation
from newsarchive.admin.try_box import TriedAdmin
from newsarchive.admin.unchanged import UnchangedForm
from newsarchive.archive import agencies, curation
from newsarchive.archive.history import Action
from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.models import Agency, Article, Image
from newsarchive.runtime.write_lock import holding_write_lock
from search.models import WordList

from .merge_page import MergePage

_SHOWN: Final = 10
_UNKNOWN: Final = 30  # how many of the most frequent credits without an agency are listed
_OF_THE_PREVIEW: Final = ("csrfmiddlewaretoken", "confirm", confirmation.FIELD)
_MOST_SPELLINGS, _LONGEST_SPELLING = 50, 60


class AgencyForm(UnchangedForm):
    spellings = WordList(
        gettext_lazy("其他寫法"),
        blank=True,
        help_text=gettext_lazy("一行一個。大小寫不用分開寫；英文只認整個字（AP 不在 MAPPING 之中）。"),
    ).formfield()

    class Meta:
        model = Agency
        fields = ("name", "spellings")

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        """Checks new spellings only; stored ones stay valid."""
        data = super().clean() or {}
        if self.instance.pk is not None and not self.changed_data:
            return data
        before, stored = self.initial.get("name", ""), self.initial.get("spellings") or []
        name, spellings = data.get("name", ""), data.get("spellings") or []
        if before and before != name:
            spellings = [*spellings, before]  # captions still contain the old name
        once = {spelling.casefold(): spelling for spelling in reversed(spellings)}
        once.pop(name.casefold(), None)
        once |= {word.casefold(): word for word in stored if word in spellings and word != name}
        kept = [word for word in spellings if word in stored or once.get(word.casefold()) == word]
        kept = [word for word in kept if word != name]
        if kept != stored:
            self.touch("spellings", list(dict.fromkeys(kept)))
        new = [word for word in kept if word not in stored]
        if len(kept) > max(_MOST_SPELLINGS, len(stored)) or any(
            not 2 <= len(word) <= _LONGEST_SPELLING for word in new
        ):
            self.add_error(
                "spellings", _("寫法最多 %(most)d 個，每個 2 至 60 個字。") % {"most": _MOST_SPELLINGS}
            )
        others = Agencies(Agency.objects.exclude(pk=self.instance.pk).values_list("name", "spellings"))
        for word in (*([name] if name != before else []), *new):
            if taken := others.names.get(word.casefold()):
                said = _("「%(word)s」已屬於「%(name)s」。") % {"word": word, "name": taken}
                self.add_error("name" if word == name else "spellings", ValidationError(said))
        return data


@dataclass(frozen=True, slots=True)
class Tried:
    credit: str
    agency: str


class AgencyList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counted = Image.objects.exclude(agency="").order_by().values_list("agency")
        times = dict(counted.annotate(Count("pk")))
        self.result_list: Any = list(self.result_list)
        for agency in self.result_list:
            agency.pictures = times.get(agency.name, 0)


@admin.register(Agency)
class AgencyAdmin(MergePage, TriedAdmin):
    kind = "agency"
    merge_template = "admin/agency_merge.html"
    form = AgencyForm
    list_display = ("name", "others", "pictures")
    search_fields = ("name", "spellings")
    list_per_page = 200
    change_list_template = "admin/agency_list.html"
    change_form_template = "admin/agency_form.html"

    # -- the list

    @admin.display(description=gettext_lazy("其他寫法"))
    def others(self, agency: Agency) -> str:
        return "、".join(agency.spellings)

    @admin.display(description=gettext_lazy("圖片"))
    def pictures(self, agency: Agency) -> int:
        return agency.pictures  # type: ignore[attr-defined,no-any-return]  # AgencyList counts them

    def get_changelist(self, request: HttpRequest, **options: Any) -> Any:
        return AgencyList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Agency], search_term: str
    ) -> tuple[QuerySet[Agency], bool]:
        return name_search.narrowed(queryset, search_term, *self.search_fields), False

    def try_it(self, text: str) -> Tried:
        """What an import would find in a caption."""
        known = agencies.table()
        credit = captions.credit_of(text, known)
        return Tried(credit, known.name_in(credit))

    def beside(self) -> dict[str, Any]:
        return {"unknown": _unknown()}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: Agency | None = None) -> bool:
        """Only agencies without pictures can be deleted; others are merged."""
        unused = obj is None or not Image.objects.filter(agency=obj.name).exists()
        return unused and super().has_delete_permission(request, obj)

    # -- a change: its preview, and its effect on pictures

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"name": request.GET.get("name", "")}

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any) -> HttpResponse:
        if request.method == "POST":
            row = self.get_object(request, object_id) if object_id else None
            allowed = self.has_change_permission(request, row) if row else self.has_add_permission(request)
            form = AgencyForm(request.POST, instance=row)
            if allowed and form.is_valid():
                before = agencies.table()
                others = [known for known in before.rows if known[0] != form.initial.get("name")]
                new = (form.cleaned_data["name"], form.cleaned_data["spellings"])
                after = Agencies([*others, new])
                numbers = agencies.affected(before, after)
                seal = confirmation.seal(request, agencies.as_json(before), agencies.as_json(after), numbers)
                if numbers and not ("confirm" in request.POST and confirmation.holds(request, seal)):
                    return self._preview(request, numbers, row, seal)
        answer = super().changeform_view(request, object_id, *args)
        action: Action | None = getattr(request, "naming", None)
        return _begun(action) if action else answer

    def save_changed(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        with holding_write_lock():
            before = agencies.table()
            super().save_changed(request, obj, form, change)
            request.naming = _naming(before, request)  # type: ignore[attr-defined]  # run after the transaction

    def _preview(
        self, request: HttpRequest, numbers: list[int], row: Agency | None, seal: str
    ) -> HttpResponse:
        given = [(key, value) for key in request.POST for value in request.POST.getlist(key)]
        context = {
            **self.admin_site.each_context(request),
            "title": _("圖片來源改名"),
            "given": [(key, value) for key, value in given if key not in _OF_THE_PREVIEW],
            "seal": seal,
            "changed_since": "confirm" in request.POST,
            "count": len(numbers),
            "sample": Article.objects.filter(pk__in=numbers[:_SHOWN]).select_related("outlet"),
            "more": max(0, len(numbers) - _SHOWN),
            "back": request.get_full_path(),
            "row": row,
        }
        return render(request, "admin/agency_preview.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if row is not None:
            context = {
                "pictures": Image.objects.filter(agency=row.name).count(),
                "may_merge": self.has_change_permission(request, row),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def touched(self, row: Agency, into: Agency | None) -> tuple[list[int], list[Any]]:
        if into is None:
            return [], []
        before = agencies.table()
        after = agencies.united(before, row, into)
        return agencies.affected(before, after), [agencies.as_json(before), agencies.as_json(after)]

    def unite(self, request: HttpRequest, row: Agency, into: Agency) -> Action | None:
        before = agencies.table()
        said = {"gone": row.name, "into": into.name}
        agencies.unite(row, into)
        messages.success(request, _("「%(gone)s」已併入「%(into)s」。") % said)
        return _naming(before, request)

    def united(self, action: Action | None, into: Agency) -> HttpResponse:
        return _begun(action) if action else super().united(action, into)


def _naming(before: Agencies, request: HttpRequest) -> Action | None:
    """The action that updates the pictures, not run yet; None when no row was changed."""
    after = agencies.table()
    if agencies.as_json(before) == agencies.as_json(after):
        return None
    return curation.change_agencies(before, request.user, agencies.affected(before, after))


def _begun(action: Action) -> HttpResponse:
    bulk.run(action)
    return redirect("admin:newsarchive_action_change", action.pk)


def _unknown() -> list[tuple[str, int]]:
    credits = Image.objects.filter(agency="").exclude(credit="").order_by().values_list("credit")
    return list(credits.annotate(times=Count("pk")).order_by("-times", "credit")[:_UNKNOWN])
