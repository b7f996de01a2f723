"""The page that merges two rows of names: choose, preview, confirm."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin import name_fields
from newsarchive.admin.articles import confirmation
from newsarchive.archive.history import Action
from newsarchive.runtime.write_lock import holding_write_lock


class MergeForm(forms.Form):
    def __init__(self, kind: str, *args: Any) -> None:
        super().__init__(*args)
        self.fields["into"] = name_fields.NameField(kind, label=gettext_lazy("併入"))

    class Media:
        js = ("newsarchive/admin.js",)


class MergePage:
    """A mixin that stands before ModelAdmin among the bases. Preview and merge hold the write lock, so what
    is merged is what was counted."""

    kind: ClassVar[str]  # the model's name in URLs
    merge_template: ClassVar[str] = "admin/merge.html"

    def touched(self, row: Any, into: Any | None) -> tuple[list[int], list[Any]]:
        """Ids of the articles that change, and further plain values that the curator confirms. `into` is None
        before a row was chosen."""
        raise NotImplementedError

    def unite(self, request: HttpRequest, row: Any, into: Any) -> Action | None:
        """Merges `row` into `into` while the write lock is held, and tells the curator."""
        raise NotImplementedError

    def united(self, action: Action | None, into: Any) -> HttpResponse:
        """The answer after the merge; the write lock has been released."""
        if action is None:
            return redirect(f"admin:newsarchive_{self.kind}_change", into.pk)
        return redirect("admin:newsarchive_action_change", action.pk)

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        return [
            path("<int:pk>/merge/", site.admin_view(self.merge), name=f"newsarchive_{self.kind}_merge"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        with holding_write_lock():
            page, into, action = self._merge(request, pk)
        return page or self.united(action, into)

    def _merge(self, request: HttpRequest, pk: int) -> tuple[HttpResponse | None, Any, Action | None]:
        """The preview page, or the two rows' merged one and the action."""
        model: Any = self.model  # type: ignore[attr-defined]
        row: Any = get_object_or_404(model, pk=pk)
        if not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = MergeForm(self.kind, request.POST or None)
        into: Any = None
        seal = ""
        if request.method == "POST" and form.is_valid():
            into = model._default_manager.get(name=form.cleaned_data["into"])
            if into.pk == row.pk:
                form.add_error("into", _("不能併入自己。"))
                into = None
        numbers, more = self.touched(row, into)
        if into is not None:
            both = [[row.pk, row.name], [into.pk, into.name]]
            seal = confirmation.seal(request, "merge", self.kind, both, numbers, more)
            if "confirm" in request.POST and confirmation.holds(request, seal):
                return None, into, self.unite(request, row, into)
        return self._merge_preview(request, row, into, form, numbers, seal), into, None

    def _merge_preview(
        self, request: HttpRequest, row: Any, into: Any, form: MergeForm, numbers: list[int], seal: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("合併"),
            "form": form,
            "row": row,
            "into": into,
            "seal": seal,
            "changed_since": "confirm" in request.POST and into is not None,
            "count": len(numbers),
            "media": form.media,
            "kinds": self.opts.verbose_name_plural,  # type: ignore[attr-defined]
            "listed": reverse(f"admin:newsarchive_{self.kind}_changelist"),
            "back": reverse(f"admin:newsarchive_{self.kind}_change", args=[row.pk]),
        }
        return render(request, self.merge_template, context)
