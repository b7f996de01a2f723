from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync
from search.query.fields import Facet

from .making import DAY, Page, many, publish, publish_seeds, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def get(client: Client, status: int = 200, **parameters: object) -> Page:
    response = client.get("/search/", parameters)
    assert response.status_code == status
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'" in response["Content-Security-Policy"]
    page = Page(response.content)
    assert list(wrongs(page)) == []
    return page


def test_hits_have_marks_in_either_script(client: Client) -> None:
    publish_seeds()

    traditional, simplified = get(client, q="習近平"), get(client, q="习近平")

    assert len(traditional.all("li", class_="hit")) == len(simplified.all("li", class_="hit")) >= 3
    assert len(traditional.all("mark")) == len(simplified.all("mark")) > 3


def test_a_hit_says_who_where_and_when(client: Client) -> None:
    publish(story())

    page = get(client, q="護欄")

    assert "眾新聞中國組記者 曾海琪2021年11月17日 05:10" in page.text
    assert page.all("time")[0]["datetime"] == "2021-11-17T05:10:00+08:00"


def test_a_date_without_a_time_shows_none(client: Client) -> None:
    publish(story(published=DAY))

    page = get(client, q="護欄")

    assert page.all("time") == [{"datetime": "2021-11-17"}]
    assert "00:00" not in page.text


def test_an_article_without_a_date_says_so(client: Client) -> None:
    publish(story(published=None))

    assert "日期不詳" in get(client, q="護欄").text


def test_a_hit_in_a_credit_shows_caption_and_credit_once(client: Client) -> None:
    [article] = publish(story())

    page = get(client, q="credit:美聯社")

    assert page.text.count("習近平在北京揮手。") == 1
    assert page.text.count("美聯社圖片") == 1
    assert len(page.all("figure", class_="found")) == 1
    assert len(page.all("mark")) == 1
    assert page.links("images=1") == [
        f"/articles/{article.pk}/?q=credit%3A%E7%BE%8E%E8%81%AF%E7%A4%BE&at=1&images=1#image-0"
    ]
    assert page.links("pictures.example")[0] == "https://pictures.example/1.jpg"


def test_a_hit_in_the_text_alone_shows_no_picture(client: Client) -> None:
    publish(story())

    assert get(client, q="老朋友").all("figure") == []


def test_a_hit_in_the_caption_of_a_video_leads_to_it(client: Client) -> None:
    [article] = publish(story())

    page = get(client, q="開場白")

    assert page.links("#embed-0") == [f"/articles/{article.pk}/?q=%E9%96%8B%E5%A0%B4%E7%99%BD&at=1#embed-0"]


def test_no_words_show_the_newest(client: Client) -> None:
    publish(
        story("test:1", title="舊聞", published=None),
        story("test:2", title="新聞"),
    )

    page = get(client)

    assert page.text.index("新聞") < page.text.index("舊聞")
    assert "找到 2 篇" in page.text


def test_nothing_found_says_what_to_try_and_which_filters_are_on(client: Client) -> None:
    publish(story())

    page = get(client, q="火星人", outlet="眾新聞", not_tag="足球", **{"from": "2020-01-01"})

    assert "沒有找到文章" in page.text
    assert "媒體：眾新聞" in page.text
    assert "標籤：不含 足球" in page.text
    assert "2020-01-01 起" in page.text
    dropping = "/search/?q=%E7%81%AB%E6%98%9F%E4%BA%BA&not_tag=%E8%B6%B3%E7%90%83&from=2020-01-01"
    assert page.links(dropping).count(dropping) == 2  # above and beside: it would find nothing either


def test_the_nearest_are_said_to_be_only_near(client: Client) -> None:
    publish(story())

    page = get(client, q="拜登 護欄 火星人")

    assert "沒有整句相符的文章，以下是最接近的" in page.text


def test_words_that_are_no_query_are_searched_literally_and_the_page_says_so(client: Client) -> None:
    publish(story(body="<p>他說（護欄</p>"))

    page = get(client, q="(護欄")

    assert "已按字面搜尋" in page.text
    assert "這個左括號沒有關上" in page.text


@pytest.mark.parametrize(
    "words",
    [
        *("AND x", "OR x", '"x', "(x", "/x", "~x", "x!", "^x", "[x", "*", "-", "「", "<b>", "a" * 9_000),
        "a\x00b",
    ],
)
def test_no_words_make_an_error(client: Client, words: str) -> None:
    publish(story())

    get(client, q=words)


@pytest.mark.parametrize(
    ("name", "value"),
    [("page", "x"), ("page", "0"), ("sort", "loudest"), ("from", "2019-02-30"), ("per_page", "1000")],
)
def test_a_bad_parameter_is_named(client: Client, name: str, value: str) -> None:
    page = get(client, 400, q="會晤", **{name: value})

    assert {"class": "errors"} in page.all("ul")
    assert name in page.text


def test_an_unknown_parameter_and_the_script_are_let_be(client: Client) -> None:
    publish(story())

    assert "找到 1 篇" in get(client, q="會晤", script="hans", utm_source="x").text


def test_without_an_index_the_page_says_so_and_when_to_come_back(client: Client) -> None:
    response = client.get("/search/", {"q": "會晤"})

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "索引尚未準備好" in response.content.decode()


# --- facets


def test_a_facet_value_is_added_taken_away_and_left_out(client: Client) -> None:
    publish(story("test:1"), story("test:2", title="另一次會晤", outlet="ZAKER"))

    page = get(client, q="會晤")
    assert "/search/?q=%E6%9C%83%E6%99%A4&outlet=ZAKER" in page.links("outlet")
    assert "ZAKER" in [button["value"] for button in page.all("button", name="not_outlet")]
    assert {"type": "hidden", "name": "q", "value": "會晤"} in page.all("input")
    assert {link["rel"] for link in page.all("a") if "outlet=" in link["href"]} == {"nofollow"}

    page = get(client, q="會晤", outlet="ZAKER")
    assert "找到 1 篇" in page.text
    assert page.all("li", class_="chosen")
    assert "/search/?q=%E6%9C%83%E6%99%A4" in page.links("/search/?q=")

    assert "找到 2 篇" in get(client, q="會晤", outlet=["ZAKER", "眾新聞"]).text
    assert "找到 1 篇" in get(client, q="會晤", not_outlet="ZAKER").text


def test_a_new_search_keeps_the_filters(client: Client) -> None:
    publish(story())

    page = get(client, q="會晤", outlet="眾新聞", sort="oldest")

    kept = [(field["name"], field["value"]) for field in page.all("input", type="hidden")]
    assert ("outlet", "眾新聞") in kept
    assert ("sort", "oldest") in kept


def test_every_facet_is_offered(client: Client) -> None:
    image = ParsedImage(src="https://pictures.example/1.jpg", caption="揮手。曾港深攝", credit="曾港深攝")
    publish(
        story("test:1"),
        story("test:2", title="【圖輯】會晤之後", canonical_url="https://a.example/2", images=(image,)),
    )

    page = get(client, q="會晤")

    for facet in Facet:
        assert page.links(f"&{facet}="), facet
    assert "繁體（香港）" in page.text
    assert "有圖片" in page.text


def test_what_has_no_date_is_said_and_can_be_seen_alone(client: Client) -> None:
    publish(story("test:1"), story("test:2", title="另一次會晤", published=None))

    page = get(client, q="會晤")
    [alone] = page.links("undated=on")
    undated = Page(client.get(alone).content)

    assert "其中 1 篇沒有日期" in page.text
    assert "找到 1 篇" in undated.text
    assert "另一次會晤" in undated.text
    assert "/search/?q=%E6%9C%83%E6%99%A4" in undated.links("/search/?q=")  # the filter can be dropped
    api = client.get("/api/search/", {"q": "會晤", "undated": "on"}).json()
    assert (api["count"], api["timeline"]) == (1, [])


def test_a_search_of_dated_articles_says_nothing_of_dates(client: Client) -> None:
    publish(story())

    assert "沒有日期</a>" not in client.get("/search/?q=會晤").content.decode()
    assert "其中" not in get(client, q="會晤").text


def test_names_of_one_person_are_one_choice_apart_from_topics(client: Client) -> None:
    person = ("林鄭", "林鄭月娥", "Carrie Lam")
    both = [story(f"test:{n}", title=f"第{n}次會晤", tags=(*person, "政治")) for n in range(4)]
    publish(*both, story("test:x", title="再次會晤", tags=("政治", "經濟")))

    page = get(client, q="會晤")

    assert "人物及同義標籤" in page.text
    [together] = [text for text in re.findall(r"<b>([^<]*)</b>", page_source(client)) if " / " in text]
    assert set(together.split(" / ")) == set(person)
    assert len([link for link in page.links("&tag=") if "not_" not in link]) == 3  # the person, 政治, 經濟


def page_source(client: Client) -> str:
    return client.get("/search/", {"q": "會晤"}).content.decode()


def test_nothing_found_offers_the_words_that_were_typed(client: Client) -> None:
    publish(story(), story("test:2", title="天氣", body="<p>颱風來了</p>", tags=(), images=(), embeds=()))

    by_field = get(client, q="title:護欄 title:颱風")
    assert "/search/?q=%E8%AD%B7%E6%AC%84" in by_field.links("/search/?q=")


# --- pages


def test_ten_to_a_page_and_any_page_can_be_reached(client: Client) -> None:
    publish(*many(95))

    first, fourth, last = get(client, q="會晤"), get(client, q="會晤", page=4), get(client, q="會晤", page=10)

    assert [len(page.all("li", class_="hit")) for page in (first, fourth, last)] == [10, 10, 5]
    assert "找到 95 篇，第 4 / 10 頁" in fourth.text
    assert fourth.all("ol", class_="hits")[0]["start"] == "31"
    assert not first.all("a", rel="prev")
    assert fourth.all("a", rel="prev")[0]["href"].endswith("page=3")
    assert fourth.all("a", rel="next")[0]["href"].endswith("page=5")
    assert not last.all("a", rel="next")
    assert fourth.all("input", name="page")[0]["max"] == "10"
    titles = {
        link["href"]
        for page in (first, fourth, last)
        for link in page.all("a")
        if "/articles/" in link["href"]
    }
    assert len({title.split("?")[0] for title in titles}) == 25


def test_a_page_behind_the_last_is_not_there(client: Client) -> None:
    publish(story())

    page = get(client, 404, q="會晤", page=2)

    assert "結果只有 1 頁，沒有第 2 頁" in page.text


def test_the_database_is_asked_as_often_for_one_hit_as_for_ten(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    publish(*many(12))
    for words in ("會晤", "第11次會晤"):  # what a process reads once
        get(client, q=words)

    with django_assert_max_num_queries(10) as one:
        get(client, q="第11次會晤")
    with django_assert_max_num_queries(10) as ten:
        get(client, q="會晤")

    assert len(one) == len(ten)


# --- timeline


def test_months_are_bars_and_rows_of_a_table(client: Client) -> None:
    publish(
        story("test:1"),
        story("test:2", published=None),
        story("test:3", published=replace(DAY, day=date(2020, 2, 5))),
    )

    page = get(client, q="會晤", outlet="眾新聞")

    february = (
        "/search/?q=%E6%9C%83%E6%99%A4&outlet=%E7%9C%BE%E6%96%B0%E8%81%9E&from=2020-02-01&to=2020-02-29"
    )
    assert page.links("to=2020-02") == [february]
    assert "找到 1 篇" in Page(client.get(february).content).text


def test_the_timeline_can_show_shares_of_each_months_articles(client: Client) -> None:
    other = story("test:3", title="天氣", body="<p>晴</p>", published=replace(DAY, day=date(2020, 2, 5)))
    publish(
        story("test:1"),
        story("test:2", published=replace(DAY, day=date(2020, 2, 5))),
        other,
    )

    page = get(client, q="title:會晤", timeline="share")

    assert "50.0%" in page.text
    assert "100.0%" in page.text
    assert page.links("timeline=share")


def test_a_single_month_is_no_timeline(client: Client) -> None:
    publish(story())

    assert get(client, q="會晤").all("svg") == []


# --- copies


def test_a_story_with_copies_says_how_many_more(client: Client) -> None:
    first, second = publish(story("test:1"), story("test:2", images=(ParsedImage(src=""),)))
    Article.objects.filter(pk=second.pk).update(story=first.story)
    sync.rebuild(get_engine())

    page = get(client, q="會晤")

    assert "找到 1 篇" in page.text
    assert "另有 1 個版本" in page.text


# --- the front page


def test_the_front_page_says_what_there_is(client: Client) -> None:
    publish_seeds()

    response = client.get("/")

    page = Page(response.content)
    assert list(wrongs(page)) == []
    assert response.status_code == 200
    assert "最新文章" in page.text
    assert "2021-11" in page.text
    assert "/search/?q=%E7%BF%92%E8%BF%91%E5%B9%B3" in page.links("/search/")
    assert page.all("link", rel="search")[0]["type"] == "application/opensearchdescription+xml"
    assert page.all("link", rel="alternate")[0]["type"] == "application/atom+xml"


def test_the_front_page_stands_without_an_index(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert "索引尚未準備好" in response.content.decode()


def test_the_front_page_of_an_empty_archive_says_how_to_fill_it(client: Client) -> None:
    sync.rebuild(get_engine())

    assert "import_articles" in client.get("/").content.decode()
