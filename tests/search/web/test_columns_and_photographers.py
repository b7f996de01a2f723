"""Columns, series and photographers: found, counted, ticked, in every place where the other facets are."""

from __future__ import annotations

import pytest
from django.test import Client

from newsarchive.importers.types import ParsedAuthor, ParsedImage

from .making import publish, story

pytestmark = pytest.mark.django_db

BIO = "【一悠・到此一遊】喜歡談古論今。"


def picture(number: int, caption: str, credit: str) -> ParsedImage:
    return ParsedImage(src=f"https://pictures.example/{number}.jpg", caption=caption, credit=credit)


@pytest.fixture(autouse=True)
def archive() -> None:
    publish(
        story(
            "test:1",
            title="【圖輯】山頂的霧",
            authors=(ParsedAuthor("一悠", bio=BIO),),
            images=(
                picture(1, "林鄭出席。實習記者何君健攝", "實習記者何君健攝"),
                picture(2, "遊行", "美聯社"),
            ),
        ),
        story(
            "test:2",
            title="海邊的風",
            canonical_url="https://news.example/article/2",
            body="<p>完全另一件事，說海邊的風。</p>",
            images=(
                picture(3, "林鄭離開。美聯社", "美聯社"),
                picture(4, "海邊。攝影：何君健", "何君健"),
            ),
        ),
    )


def found(client: Client, **asked: str) -> list[str]:
    return sorted(hit["title"] for hit in client.get("/api/search/", asked).json()["results"])


def test_they_are_facets_with_the_names_as_printed_and_the_roles_left_out(client: Client) -> None:
    facets = client.get("/api/search/").json()["facets"]

    assert facets["column"] == [["一悠・到此一遊", 1], ["圖輯", 1]]
    assert facets["photographer"] == [["何君健", 2]]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "到此一遊"},
        {"q": "專欄：到此一遊"},
        {"column": "圖輯"},
        {"not_column": "x", "column": "一悠・到此一遊", "photographer": "何君健"},
        {"q": "caption:林鄭 credit:何君健"},
    ],
)
def test_they_are_found(client: Client, asked: dict[str, str]) -> None:
    assert found(client, **asked) == ["【圖輯】山頂的霧"]
    assert "山頂的霧" in client.get("/feeds/search/", asked).content.decode()


def test_a_photographer_is_found_in_all_his_pictures(client: Client) -> None:
    assert len(found(client, q="攝影記者：何君健")) == len(found(client, photographer="何君健")) == 2


def test_the_picture_that_is_shown_has_all_that_was_asked_of_it(client: Client) -> None:
    [hit] = client.get("/api/search/", {"q": "caption:林鄭 credit:何君健"}).json()["results"]

    assert hit["image"]["src"].endswith("/1.jpg")
    assert hit["image"]["credit_html"] == "實習記者<mark>何君健</mark>攝"


def test_the_page_names_the_facets_in_three_languages(client: Client) -> None:
    for language, names in (
        ("zh-hant", ("專欄、系列", "攝影記者")),
        ("en", ("Columns and series", "Photographers")),
    ):
        client.cookies["django_language"] = language
        page = client.get("/search/", {"q": "林鄭"}).content.decode()
        assert all(name in page for name in names), language
