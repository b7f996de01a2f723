"""Outlets in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsarchive.admin.articles import language_tags
from newsarchive.admin.unchanged import UnchangedForm
from newsarchive.models import Outlet
from search.models import WordList

from . import merging


class OutletForm(UnchangedForm):
    def clean_language(self) -> str:
        tag: str = self.cleaned_data["language"]
        language_tags.checked(tag)
        return tag


@admin.register(Outlet)
class OutletAdmin(merging.MergeableAdmin):
    kind = "outlet"
    form = OutletForm
    fields = ("name", "homepage", "language", "aliases")
    list_display = ("name", "homepage", "language", "count")
    search_fields = ("name", "aliases")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "aliases":
            said = _("一行一個；匯入時也認得這些名稱。")
            return WordList(db_field.verbose_name, blank=True, help_text=said).formfield()
        if db_field.name == "language":
            options["help_text"] = _("語言標籤；例如 zh-Hant-HK。")
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_changed(self, request: HttpRequest, obj: Outlet, form: Any, change: bool) -> None:
        if {"name", "aliases"} & set(form.changed_data):
            obj.aliases = [alias for alias in obj.aliases if alias != obj.name]
        super().save_changed(request, obj, form, change)
