"""The search parameters of every page, feed and API: one form reads and checks them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsarchive.importers.fields.encoding import clean
from search.engines.base import Facet, Filters, Sort
from search.results.service import Parameters

PER_PAGE = 10  # results, where the address names no number
MOST_PER_PAGE = 100  # as the API promises; a greater number is an error of the form
_MOST_VALUES = 50  # of one facet in one address
_MOST_IN_ALL = 100  # of all facets: a page has a link for each, which holds all the others
_FACETS = [prefix + facet for facet in Facet for prefix in ("", "not_")]


class _Values(forms.MultipleChoiceField):
    """A facet's values, repeated in the address: `outlet=眾新聞&outlet=ZAKER`. Any value may be asked
    for; one that nothing has finds nothing."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def valid_value(self, value: str) -> bool:
        return True

    def clean(self, value: Sequence[str] | None) -> list[str]:
        values = [item for item in super().clean(value) if item.strip()]
        if len(values) > _MOST_VALUES:
            raise ValidationError(_("最多 %(most)d 個值"), params={"most": _MOST_VALUES})
        return values


class _Words(forms.CharField):
    """What was typed or pasted, without what nobody sees: NUL, controls, zero-width blanks."""

    def to_python(self, value: str | None) -> str:
        return clean(super().to_python(value) or "")


class SearchForm(forms.Form):
    q = _Words(required=False, strip=False, max_length=10_000)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000_000)
    per_page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PER_PAGE)
    sort = forms.ChoiceField(required=False, choices=[(sort, sort) for sort in Sort])
    timeline = forms.ChoiceField(required=False, choices=[("count", "count"), ("share", "share")])
    also = forms.ChoiceField(required=False, choices=[("on", "on"), ("off", "off")])  # synonyms too
    loose = forms.ChoiceField(required=False, choices=[("on", "on"), ("off", "off")])  # parted by punctuation
    exact = forms.ChoiceField(required=False, choices=[("on", "on"), ("off", "off")])  # characters as typed
    group = forms.ChoiceField(required=False, choices=[("on", "on"), ("off", "off")])  # the API only
    to = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `from` is a word of Python; `not_outlet` and its like take values away
        self.fields["from"] = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
        # most searches tick nothing, and the fields of all facets took as long as a query
        for name in _FACETS:
            if name in self.data:
                self.fields[name] = _Values()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if sum(len(data.get(name) or ()) for name in _FACETS) > _MOST_IN_ALL:
            raise ValidationError(_("最多 %(most)d 個值"), params={"most": _MOST_IN_ALL})
        return data

    def parameters(self) -> Parameters:
        """Call when the form is valid."""
        data = self.cleaned_data
        return Parameters(
            text=data["q"],
            page=data["page"] or 1,
            per_page=data["per_page"] or PER_PAGE,
            sort=Sort(data["sort"] or Sort.RELEVANCE),
            filters=Filters(
                include=self._values(""),
                exclude=self._values("not_"),
                first=data["from"],
                last=data["to"],
            ),
            also=data["also"] != "off",
            loose=data["loose"] != "off",
            exact=data["exact"] == "on",
            share=data["timeline"] == "share",
        )

    def _values(self, prefix: str) -> dict[Facet, tuple[str, ...]]:
        chosen = {facet: self.cleaned_data.get(prefix + facet) for facet in Facet}
        return {facet: tuple(values) for facet, values in chosen.items() if values}
