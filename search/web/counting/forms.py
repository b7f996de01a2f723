"""The parameters of the counting pages: those of a search, and how its words are counted."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from search.counting import collocates, keyness, trends
from search.counting.collocates import Rank, Window
from search.counting.concordance import Order, View
from search.results.service import Parameters
from search.web.forms import MOST_PER_PAGE, SearchForm

NARROWEST, WIDEST = 5, 60  # words or characters of context in a concordance
LINES: Final = 50  # on a page
_BY: Final = [("word", "word"), ("char", "char")]
_FORMATS: Final = [("html", "html"), ("csv", "csv")]


def _integer(least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=least, max_value=most)


def _choice(choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=list(choices))


class CountingForm(SearchForm):
    """`format=csv` asks for the whole table as a file."""

    by = _choice(_BY)
    format = _choice(_FORMATS)

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
    sort = _choice((order, order) for order in Order)
    window = _integer(NARROWEST, WIDEST)

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

    by = _choice([("year", "year"), ("month", "month")])
    lines = _choice([("query", "query"), ("outlet", "outlet")])
    show = _choice([("share", "share"), ("articles", "articles"), ("rate", "rate")])
    format = _choice([*_FORMATS, ("svg", "svg")])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if len(self.queries()) > trends.MOST_SERIES:
            self.add_error("q", _("最多 %(most)d 個查詢") % {"most": trends.MOST_SERIES})
        return data

    def queries(self) -> list[str]:
        """Those that are typed, each once, in order."""
        typed = self.data.getlist("q") if isinstance(self.data, QueryDict) else [self.data.get("q", "")]
        cleaned = (self.fields["q"].to_python(text) for text in typed)
        return list(dict.fromkeys(text for text in cleaned if text.strip()))


class CollocatesForm(CountingForm):
    sort = _choice((rank, rank) for rank in Rank)
    window = _integer(1, collocates.WIDEST)
    side = _choice([("both", "both"), ("left", "left"), ("right", "right")])
    least = _integer(1, 1_000_000)
    per_page = _integer(1, 1_000)

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


class KeynessForm(forms.Form):
    """`a` and `b` are the parameters of a search, as they stand in its address."""

    a = forms.CharField(required=False, max_length=10_000, strip=True)
    b = forms.CharField(required=False, max_length=10_000, strip=True)
    by = _choice(_BY)
    least = _integer(1, 1_000_000)
    per_page = _integer(1, MOST_PER_PAGE * 10)
    format = _choice(_FORMATS)

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
        """In a file all words are listed."""
        data = self.cleaned_data
        most = collocates.MOST if self.wants_file else data["per_page"] or 50
        return keyness.keyness(
            self.sides["a"].parameters(),
            self.sides["b"].parameters(),
            by=data["by"] or "word",
            least=data["least"] or keyness.LEAST,
            most=most,
        )
