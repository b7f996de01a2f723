from __future__ import annotations

import pytest
from django.test import Client

from search.engines.embedded.engine import EmbeddedEngine
from search.indexing import sync
from search.results import service
from search.results.service import Parameters
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


@pytest.fixture(autouse=True)
def stories(index: EmbeddedEngine) -> None:
    save(
        parsed("test:1", title="口號", body="<p>高呼光復香港，時代革命。</p>"),
        parsed("test:2", title="標語", body="<p>光復香港時代革命</p>"),
        parsed("test:3", title="兩行", body="<p>光復香港<br>時代革命</p>"),
        parsed("test:4", title="兩段", body="<p>光復香港</p><p>時代革命</p>"),
        parsed("test:5", title="報紙", body="<p>《蘋果日報》停刊後，國安法的影響。</p>"),
    )
    sync.rebuild(index)


def titles(text: str, **options: object) -> list[str]:
    return [result.article.title for result in service.search(Parameters(text, **options)).results]  # type: ignore[arg-type]


def test_the_unbroken_come_first_and_paragraphs_part() -> None:
    found = titles("光復香港時代革命")

    assert found[0] == "標語"
    assert set(found) == {"標語", "口號", "兩行"}


def test_quoted_strings_stay_exact() -> None:
    assert titles('"光復香港時代革命"') == ["標語"]
    assert titles('"光復香港，時代革命"') == ["口號"]


def test_the_api_says_how_many_are_parted_and_leaves_them_out(client: Client) -> None:
    both = client.get("/api/search/", {"q": "光復香港時代革命"}).json()
    strict = client.get("/api/search/", {"q": "光復香港時代革命", "loose": "off"}).json()

    assert (both["count"], both["query"]["loosened"]) == (3, 2)
    assert (strict["count"], strict["query"]["loosened"]) == (1, 0)


def test_the_page_says_so_with_a_switch(client: Client) -> None:
    page = client.get("/search/", {"q": "光復香港時代革命"}).content.decode()
    strict = client.get("/search/", {"q": "光復香港時代革命", "loose": "off"}).content.decode()

    assert "其中 2 篇有標點相隔" in page
    assert "loose=off" in page
    assert "有標點相隔的也要" in strict


def test_the_marks_stand_on_what_is_printed(client: Client) -> None:
    results = client.get("/api/search/", {"q": "光復香港時代革命"}).json()["results"]
    snippets = " ".join(snippet for result in results for snippet in result["snippets"])
    article = client.get(next(result["url"] for result in results if result["title"] == "兩行"))

    assert "高呼<mark>光復香港，時代革命</mark>。" in snippets
    assert '<mark id="hit-1">光復香港</mark><br><mark>時代革命</mark>' in article.content.decode()


@pytest.mark.parametrize(
    "text", ["《蘋果日報》停刊", "蘋果日報停刊", "「國安法」，", "國安法、影響", "，影響。"]
)
def test_typed_punctuation_is_not_looked_for(text: str) -> None:
    assert titles(text) == ["報紙"]


def test_unless_nothing_else_was_typed() -> None:
    assert set(titles("，")) == {"口號", "報紙"}
    assert titles("》，") == []


def test_a_comma_is_not_marked(client: Client) -> None:
    [result] = client.get("/api/search/", {"q": "「國安法」，"}).json()["results"]

    assert "<mark>國安法</mark>" in " ".join(result["snippets"])
    assert "<mark>，</mark>" not in " ".join(result["snippets"])
