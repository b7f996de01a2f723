"""The parameters of an export: those of a search, a format, and chosen articles."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from search.web.forms import SearchForm

from .formats import FORMATS

MOST_CHOSEN: Final = 300  # articles; an address with more is longer than servers take


class _Numbers(forms.MultipleChoiceField):
    """`id=12&id=15`"""

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdecimal() and len(value) < 19

    def clean(self, value: Any) -> list[int]:
        numbers = list(dict.fromkeys(map(int, super().clean(value))))
        if len(numbers) > MOST_CHOSEN:
            raise ValidationError(_("最多 %(most)d 個值"), params={"most": MOST_CHOSEN})
        return numbers


class ExportForm(SearchForm):
    """`which=all` exports every hit whatever is ticked, `which=chosen` the ticked ones; without it an address
    with `id` means these articles."""

    format = forms.ChoiceField(choices=[(name, name) for name in FORMATS])
    id = _Numbers(required=False)
    which = forms.ChoiceField(required=False, choices=[("all", "all"), ("chosen", "chosen")])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("which") == "chosen" and not data.get("id") and "id" not in self.errors:
            raise ValidationError(_("沒有選取文章。"))
        return data

    def chosen(self) -> list[int]:
        """Numbers of articles; [] for every hit of the search."""
        return [] if self.cleaned_data["which"] == "all" else self.cleaned_data["id"]
