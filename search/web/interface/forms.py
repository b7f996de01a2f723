"""The parameters of the addresses that are no searches."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsarchive.importers.fields.encoding import clean
from search.results.tally import By

MOST_QUERIES: Final = 500  # in one request; with their counts some seconds of a core
LONGEST_QUERY: Final = 10_000  # characters, as `SearchForm.q`


class Queries(forms.Field):
    """A list of strings, or a text with one query a line, of which blank lines are none."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, str):
            value = [line for line in value.splitlines() if line.strip()]
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(query, str) for query in value):
            raise ValidationError(_("要一個字串的列表"))
        if len(value) > MOST_QUERIES:
            raise ValidationError(_("最多 %(most)d 個檢索式"), params={"most": MOST_QUERIES})
        if any(len(query) > LONGEST_QUERY for query in value):
            raise ValidationError(_("檢索式最長 %(most)d 字"), params={"most": LONGEST_QUERY})
        return [clean(query) for query in value]


class BatchForm(forms.Form):
    queries = Queries(help_text=_("檢索式，最多 500 個"))
    by = forms.ChoiceField(
        required=False,
        choices=[(By.YEAR, _("年")), (By.MONTH, _("月")), (By.OUTLET, _("媒體"))],
        help_text=_("按年、月或媒體分開計算；預設是年"),
    )

    def grouping(self) -> By:
        """Call when the form is valid."""
        return By(self.cleaned_data["by"] or By.YEAR)


class NoForm(forms.Form):
    """Of addresses that take no parameters."""
