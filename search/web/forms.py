"""The search parameters of every page, feed and API: one form reads and checks them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsarchive.importers.fields.encoding import clean
from search.engines.base import Facet, Filters, Sort
from search.results.service import Parameters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PER_PAGE = 10  # results, where the address names no number
MOST_PER_PAGE = 100  # as the API promises; a greater number is an error of the form
MOST_VALUES = 50  # of one facet in one address
_MOST_IN_ALL = 100  # of all facets: a page has a link for each, which holds all the others
_FACETS = [prefix + facet for facet in Facet for prefix in ("", "not_")]


class _Values(forms.MultipleChoiceField):
    """A facet's values, repeated in the address: `outlet=眾新聞&outlet=ZAKER`. Any value may be asked
    for; one that nothing has finds nothing."""

    def __init__(self, help_text: StrOrPromise = "") -> None:
        super().__init__(required=False, help_text=help_text)

    def valid_value(self, value: str) -> bool:
        return True

    def clean(self, value: Sequence[str] | None) -> list[str]:
        values = [item for item in super().clean(value) if item.strip()]
        if len(values) > MOST_VALUES:
            raise ValidationError(_("最多 %(most)d 個值"), params={"most": MOST_VALUES})
        return values


class _Words(forms.CharField):
    """What was typed or pasted, without what nobody sees: NUL, controls, zero-width blanks."""

    def to_python(self, value: str | None) -> str:
        return clean(super().to_python(value) or "")


def _choice(*values: str, help_text: StrOrPromise) -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False, choices=[(value, value) for value in values], help_text=help_text
    )


def _day(help_text: StrOrPromise) -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], help_text=help_text)


class SearchForm(forms.Form):
    """The texts say what the API's document says of each."""

    q = _Words(required=False, strip=False, max_length=10_000, help_text=_("檢索式，寫法與搜尋框相同"))
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000_000, help_text=_("頁次，由 1 起"))
    per_page = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_PER_PAGE, help_text=_("每頁多少篇，預設 10")
    )
    sort = _choice(*Sort, help_text=_("排序：相關、最新或最舊在前"))
    timeline = _choice("count", "share", help_text=_("網頁上時間分佈的量度；API 不受影響"))
    thumbnails = _choice("on", "off", help_text=_("on：網頁在結果旁顯示檔案自存的圖片；API 不受影響"))
    also = _choice("on", "off", help_text=_("off：不找同義詞"))
    loose = _choice("on", "off", help_text=_("off：不找有標點相隔的"))
    exact = _choice("on", "off", help_text=_("on：只找與輸入完全相同的字"))
    group = _choice("on", "off", help_text=_("off：同一篇報道的各個版本逐一列出；只限 API 和匯出"))
    undated = _choice("on", "off", help_text=_("on：只要沒有日期的"))
    to = _day(_("到這一天為止"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `from` is a word of Python; `not_outlet` and its like take values away
        self.fields["from"] = _day(_("由這一天起"))
        # most searches tick nothing, and the fields of all facets took as long as a query
        for name in _FACETS:
            if name in self.data:
                self.fields[name] = _Values()

    @classmethod
    def names(cls) -> frozenset[str]:
        """Of all parameters."""
        return frozenset((*cls.base_fields, "from", *_FACETS))

    @classmethod
    def every_field(cls) -> dict[str, forms.Field]:
        """Those of all facets too, which a form makes only when they are asked for."""
        fields = dict(cls().fields)
        for name in _FACETS:
            without = name.startswith("not_")
            fields[name] = _Values(_("不要有這些值的文章") if without else _("只要有這些值之一的文章"))
        return fields

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
                undated=data["undated"] == "on",
            ),
            also=data["also"] != "off",
            loose=data["loose"] != "off",
            exact=data["exact"] == "on",
            share=data["timeline"] == "share",
            thumbnails=data["thumbnails"] == "on",
        )

    def _values(self, prefix: str) -> dict[Facet, tuple[str, ...]]:
        chosen = {facet: self.cleaned_data.get(prefix + facet) for facet in Facet}
        return {facet: tuple(values) for facet, values in chosen.items() if values}


class FeedForm(SearchForm):
    """`since`: only stories that came into the archive from this moment on (2026-11-28, or a time in ISO
    8601, in the archive's time zone unless it has one)."""

    since = forms.DateTimeField(required=False)
