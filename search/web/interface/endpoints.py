"""The addresses of the API, each with the form that its view checks. A new one has its line here; a test
holds that every address under /api/ has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from search.web.browse.calendar import CalendarForm
from search.web.counting import schemas as counted
from search.web.counting.forms import CollocatesForm, ConcordanceForm, KeynessForm, PassagesForm, TrendsForm
from search.web.forms import SearchForm

from . import schemas
from .forms import BatchForm, NoForm
from .parameters import Fields


@dataclass(frozen=True, slots=True)
class Endpoint:
    view: str  # its name in the URL patterns
    form: type[forms.Form]
    summary: Any  # lazy text
    answer: schemas.Schema
    name: str  # of the answer's schema
    method: str = "get"
    path: dict[str, schemas.Schema] = field(default_factory=dict)  # what stands in the address itself
    errors: tuple[int, ...] = (400, 404, 429, 503)
    media_type: str = "application/json"
    examples: tuple[dict[str, Any], ...] = ()  # parameters, or bodies; of what stands in the address: 1

    @property
    def fields(self) -> Fields:
        if issubclass(self.form, SearchForm):
            return self.form.every_field()
        return self.form.base_fields


_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
ENDPOINTS: Final = (
    Endpoint(
        view="api-search",
        form=SearchForm,
        summary=_("搜尋：一頁結果、篇數、篩選的值和時間分佈"),
        answer=schemas.SEARCH,
        name="Search",
        examples=(
            {"q": "習近平 拜登", "per_page": 3},
            {"q": "title:會晤", "sort": "newest", "from": "2021-11-01", "to": "2021-11-30"},
        ),
    ),
    Endpoint(
        view="api-article",
        form=NoForm,
        summary=_("一篇文章的全部資料"),
        answer=schemas.ARTICLE,
        name="Article",
        path={"pk": _NUMBER},
        errors=(404, 410, 429),
        examples=({},),
    ),
    Endpoint(
        view="api-batch",
        form=BatchForm,
        summary=_("批量檢索：每個檢索式的篇數，按年、月或媒體分開"),
        answer=schemas.BATCH,
        name="Batch",
        method="post",
        errors=(400, 429, 503),
        examples=({"queries": ["習近平", "拜登"], "by": "year"},),
    ),
    Endpoint(
        view="api-calendar",
        form=CalendarForm,
        summary=_("日曆：每個媒體每天有的、擷取失敗的、應有的和從未收到的"),
        answer=schemas.CALENDAR,
        name="Calendar",
        errors=(400, 404, 429),
        examples=({"outlet": "眾新聞", "year": 2021}, {}),
    ),
    Endpoint(
        view="api-concordance",
        form=ConcordanceForm,
        summary=_("逐處列出：每次出現一行，前後文照原文"),
        answer=counted.CONCORDANCE,
        name="Concordance",
        examples=({"q": "習近平", "sort": "right", "per_page": 3},),
    ),
    Endpoint(
        view="api-trends",
        form=TrendsForm,
        summary=_("趨勢：每月或每年的篇數和次數"),
        answer=counted.TRENDS,
        name="Trends",
        errors=(400, 429, 503),
        examples=({"q": "習近平", "by": "year"},),
    ),
    Endpoint(
        view="api-collocates",
        form=CollocatesForm,
        summary=_("搭配詞：出現在旁邊比偶然多的詞"),
        answer=counted.COLLOCATES,
        name="Collocates",
        errors=(400, 429, 503),
        examples=({"q": "習近平", "window": 5},),
    ),
    Endpoint(
        view="api-keyness",
        form=KeynessForm,
        summary=_("關鍵詞比較：兩次搜尋各自較多的詞"),
        answer=counted.KEYNESS,
        name="Keyness",
        errors=(400, 429, 503),
        examples=({"a": "q=習近平", "b": "to=2021-12-31"},),
    ),
    Endpoint(
        view="api-coverage",
        form=NoForm,
        summary=_("其他報道：同一件事別處怎樣說"),
        answer=counted.COVERAGE,
        name="Coverage",
        path={"pk": _NUMBER},
        errors=(404, 410, 429, 503),
        examples=({},),
    ),
    Endpoint(
        view="api-passages",
        form=PassagesForm,
        summary=_("相同段落：找到的文章與其他報道共有的段落，最早刊出的在前"),
        answer=counted.PASSAGES,
        name="Passages",
        examples=({"q": "習近平", "sort": "oldest", "per_page": 3},),
    ),
    Endpoint(
        view="api-article-passages",
        form=NoForm,
        summary=_("一篇文章與其他報道共有的段落"),
        answer=counted.ARTICLE_PASSAGES,
        name="ArticlePassages",
        path={"pk": _NUMBER},
        errors=(404, 410, 429, 503),
        examples=({},),
    ),
    Endpoint(
        view="openapi",
        form=NoForm,
        summary=_("這份文件"),
        answer={"type": "object"},
        name="Document",
        errors=(429,),
        examples=({},),
    ),
    Endpoint(
        view="api",
        form=NoForm,
        summary=_("供人閱讀的說明"),
        answer=schemas.TEXT,
        name="Page",
        errors=(429,),
        media_type="text/html",
    ),
)
