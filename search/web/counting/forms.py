"""The parameters of the counting pages: those of a search, and how its words are counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from search.counting import collocates, keyness, reuse, trends
from search.counting.collocates import Rank, Window
from search.counting.concordance import Order, View
from search.results.service import Parameters
from search.web.forms import MOST_PER_PAGE, SearchForm

NARROWEST, WIDEST = 5, 60  # words or characters of context in a concordance
LINES: Final = 50  # on a page
PASSAGES: Final = 20  # on a page
_LONGEST_TABLE: Final = 1_000  # words of one side, or names
_BY: Final = ("word", "char")
_FORMATS: Final = ("html", "csv")
_FILE: Final = _("csv：整個表的檔案（只限網頁）")


def _integer(least: int, most: int, said: Any) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=least, max_value=most, help_text=said)


def _choice(values: Iterable[str], said: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=[(value, value) for value in values], help_text=said)


class CountingForm(SearchForm):
    """`format=csv` asks for the whole table as a file."""

    by = _choice(_BY, _("單位：詞或字"))
    format = _choice(_FORMATS, _FILE)

    def parameters(self) -> Parameters:
        data, self.cleaned_data = self.cleaned_data, {**self.cleaned_data, "sort": "", "page": None}
        try:
            return super().parameters()
        finally:
            self.cleaned_data = data

    @property
    def wants_file(self) -> bool:
        return bool(self.cleaned_data["format"] == "csv")


class ConcordanceForm(CountingForm):
    sort = _choice(Order, _("排序：日期、媒體、左右第一至第三個字或詞"))
    window = _integer(NARROWEST, WIDEST, _("前後多少字或詞，預設 20"))
    per_page = _integer(1, MOST_PER_PAGE, _("每頁多少行，預設 50"))

    def view(self) -> View:
        data = self.cleaned_data
        return View(
            order=Order(data["sort"] or Order.DATE),
            window=data["window"] or 20,
            by=data["by"] or "char",
            page=data["page"] or 1,
            per_page=data["per_page"] or LINES,
        )


class TrendsForm(CountingForm):
    """`by`: year or month. `q` may be given several times."""

    by = _choice(("year", "month"), _("按年或按月，預設 month"))
    lines = _choice(("query", "outlet"), _("outlet：第一個查詢，每家媒體一條線"))
    show = _choice(("share", "articles", "rate"), _("圖上看甚麼；API 不受影響"))
    format = _choice((*_FORMATS, "svg"), _FILE)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if len(self.queries()) > trends.MOST_SERIES:
            self.add_error("q", _("最多 %(most)d 個查詢") % {"most": trends.MOST_SERIES})
        return data

    def queries(self) -> list[str]:
        """Those that are typed, each once, in order."""
        typed = self.data.getlist("q") if isinstance(self.data, QueryDict) else [self.data.get("q", "")]
        words = self.fields["q"]
        cleaned = [str(words.to_python(text)) for text in typed]
        return list(dict.fromkeys(text for text in cleaned if text.strip()))


class CollocatesForm(CountingForm):
    sort = _choice(Rank, _("排序，預設 log_likelihood"))
    window = _integer(1, collocates.WIDEST, _("左右多少個詞或字，預設 5"))
    side = _choice(("both", "left", "right"), _("看哪一邊"))
    least = _integer(1, 1_000_000, _("最少出現多少次，預設 3"))
    per_page = _integer(1, 1_000, _("最多列多少個，預設 100"))

    def window_asked(self) -> Window:
        data = self.cleaned_data
        return Window(
            words=data["window"] or 5,
            by=data["by"] or "word",
            left=data["side"] != "right",
            right=data["side"] != "left",
            least=data["least"] or 3,
            rank=Rank(data["sort"] or Rank.LOG_LIKELIHOOD),
            most=data["per_page"] or 100,
        )


class PassagesForm(CountingForm):
    by = None  # type: ignore[assignment]  # how Django takes a field away
    sort = _choice(reuse.Order, _("排序：最多篇有的（預設）、最早刊出的或最長的在前"))
    page = forms.IntegerField(required=False, min_value=1, max_value=reuse.MOST, help_text=_("頁次，由 1 起"))
    per_page = _integer(1, MOST_PER_PAGE, _("每頁多少段，預設 20"))

    def order(self) -> reuse.Order:
        return reuse.Order(self.cleaned_data["sort"] or reuse.Order.STORIES)

    def place(self) -> tuple[int, int]:
        """The page, and how many passages one has."""
        return self.cleaned_data["page"] or 1, self.cleaned_data["per_page"] or PASSAGES


class KeynessForm(forms.Form):
    """`a` and `b` are the parameters of a search, as they stand in its address."""

    a = forms.CharField(required=False, max_length=10_000, help_text=_("搜尋的參數，照網址的寫法"))
    b = forms.CharField(required=False, max_length=10_000, help_text=_("另一次搜尋；留空即全部文章"))
    by = _choice(_BY, _("單位：詞或字"))
    least = _integer(1, 1_000_000, _("兩邊合計最少多少次，預設 5"))
    per_page = _integer(1, _LONGEST_TABLE, _("每個表最多多少個，預設 50"))
    format = _choice(_FORMATS, _FILE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides: dict[str, CountingForm] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("a", "b"):
            side = CountingForm(QueryDict(data.get(name, "").lstrip("?")))
            if not side.is_valid():
                inner, messages = next(iter(side.errors.items()))
                self.add_error(name, f"{inner}: {messages[0]}")
            self.sides[name] = side
        return data

    @property
    def wants_file(self) -> bool:
        return bool(self.cleaned_data["format"] == "csv")

    def compared(self) -> keyness.Keyness:
        """In a file each table is as long as it may be."""
        data = self.cleaned_data
        most = _LONGEST_TABLE if self.wants_file else data["per_page"] or 50
        return keyness.keyness(
            self.sides["a"].parameters(),
            self.sides["b"].parameters(),
            by=data["by"] or "word",
            least=data["least"] or keyness.LEAST,
            most=most,
        )
