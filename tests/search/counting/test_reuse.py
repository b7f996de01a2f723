"""Passages that stories share: who printed them first."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync
from tests.newsarchive.archive import making
from tests.search.web.making import Page, publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
BARE: dict[str, Any] = {"images": (), "embeds": (), "tags": (), "related": (), "byline": "", "authors": ()}

QUOTE = "我們從來沒有放棄過這片海，漁民的後代會記得每一個颱風的名字"
SIMPLIFIED = "我们从来没有放弃过这片海，渔民的后代会记得每一个台风的名字"
EDITED = "我們從來沒有忘記過這片海漁民的子孫會記得每一個颱風的名號"
PUT_IN = "港口的起重機整夜都沒據說有停過，貨櫃一個接一個給人吊上遠洋輪船的甲板"
# What no two of the stories below share.
FILLERS = (
    "市議會昨晚通過增建兩座圖書館，預算三億元，明年動工。",
    "氣象台指今季雨量偏少，水塘存量跌至六成，呼籲節約。",
    "球隊主場以三比一擊敗勁旅，升上聯賽榜首，球迷徹夜慶祝。",
    "博物館新展陳列六百件陶瓷，最古老的一件出土於江西窯址。",
    "渡輪公司宣布調整班次，離島居民批評做法倉促欠缺諮詢。",
    "考古隊在河谷發現石器，推算距今七千年，將送往檢測。",
)


def told(number: int, text: str, *, day: int, outlet: str = "甲報", before: str = "") -> Any:
    published = Published(date(2021, 11, day), None, Precision.DAY, DateSource.FRONT_MATTER)
    body = f"<p>{before or FILLERS[number % len(FILLERS)]}{text}</p>"
    title = f"第{number}篇"
    return story(f"test:{number}", title=title, body=body, outlet=outlet, published=published, **BARE)


def of_article(client: Client, article: Article) -> list[dict[str, Any]]:
    response = client.get(f"/api/articles/{article.pk}/passages/")

    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["passages"]
    return found


def listed(client: Client, **parameters: object) -> dict[str, Any]:
    response = client.get("/api/passages/", parameters)

    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def prints(passages: list[dict[str, Any]]) -> list[list[int]]:
    return [[one["id"] for one in passage["prints"]] for passage in passages]


def test_a_passage_is_found_in_both_scripts_and_edited_as_each_prints_it_the_oldest_first(
    client: Client,
) -> None:
    late, first, edited, _ = publish(
        told(1, QUOTE, day=9),
        told(2, SIMPLIFIED, day=3, outlet="乙報"),
        told(3, EDITED, day=5, outlet="丙報"),
        told(4, "", day=1),
    )

    (passage,) = of_article(client, late)

    assert prints([passage]) == [[first.pk, edited.pk, late.pk]]
    assert [one["text"] for one in passage["prints"]] == [SIMPLIFIED, EDITED[:-1], QUOTE]
    assert prints(of_article(client, first)) == [[first.pk, edited.pk, late.pk]]


def test_fifteen_characters_are_no_passage_and_sixteen_are(client: Client) -> None:
    long, short = "群山之間有一條河緩緩流向遠方大海", "稻田盡處是祖父親手砌成的磚屋院落"
    assert len(long) == len(short) == 16
    one, *_ = publish(
        told(1, f"{long}，不過{short[:12]}", day=1),
        told(2, f"{long}。", day=2),
        told(3, f"{short[:12]}。", day=3),
    )

    assert [passage["text"] for passage in of_article(client, one)] == [long]


def test_words_put_in_do_not_end_a_passage(client: Client) -> None:
    first, _ = publish(
        told(1, "港口的起重機整夜都沒有停過，貨櫃一個接一個吊上遠洋輪船的甲板", day=1),
        told(2, PUT_IN, day=2),
    )

    (passage,) = of_article(client, first)

    assert passage["prints"][1]["text"] == PUT_IN


def test_copies_of_one_story_share_no_passage(client: Client) -> None:
    text = QUOTE + "，老船長說完便起身離開，再沒有回頭看一眼。"
    here, *_ = publish(told(1, text, day=1), told(1, text, day=1))

    assert of_article(client, here) == []


def test_a_withdrawn_story_is_out_of_every_passage_at_once(client: Client) -> None:
    first, other, third = publish(
        told(1, QUOTE, day=1), told(2, QUOTE, day=2, outlet="乙報"), told(3, QUOTE, day=3)
    )

    articles.withdraw(Article.objects.filter(pk=first.pk), "應作者要求")

    assert prints(of_article(client, other)) == [[other.pk, third.pk]]
    assert prints(listed(client, q="漁民")["passages"]) == [[other.pk, third.pk]]
    assert client.get(f"/api/articles/{first.pk}/passages/").status_code == 410


@pytest.mark.parametrize("indexed", [False, True])
def test_an_edit_and_an_import_show_at_once(client: Client, *, indexed: bool) -> None:
    first, second = publish(told(1, QUOTE, day=1), told(2, "", day=2))
    assert of_article(client, first) == []

    second.body = f"<p>{SIMPLIFIED}</p>"
    articles.save_form(second)
    articles.reindex([second.story_id])
    making.save(told(3, QUOTE, day=3, outlet="乙報"))
    third = Article.objects.get(identity="test:3")
    if indexed:
        sync.drain(get_engine())

    whole = [[first.pk, second.pk, third.pk]]
    for article in (first, second, third):
        assert prints(of_article(client, article)) == whole
    assert prints(listed(client)["passages"]) == whole


def test_what_too_many_stories_print_is_boilerplate(client: Client) -> None:
    box = "作者為本地大學社會學系兼任講師，長期研究社區營造及老人福利。"
    every = publish(
        *(told(number, box, day=1, before=chr(0x4E00 + 97 * number) * 9) for number in range(24)),
        told(30, f"{QUOTE}。{box}", day=1),
        told(31, f"{QUOTE}！{box}", day=2),
    )

    assert of_article(client, every[0]) == []
    (passage,) = of_article(client, every[-1])
    assert passage["text"].startswith(QUOTE)
    assert prints([passage]) == [[every[-2].pk, every[-1].pk]]


def test_the_page_of_an_article_says_where_else_and_leads_to_the_comparison(client: Client) -> None:
    first, second, lonely = publish(
        told(1, QUOTE, day=1), told(2, SIMPLIFIED, day=2, outlet="乙報"), told(3, "", day=3)
    )

    page = client.get(first.get_absolute_url()).content.decode()
    other = client.get(second.get_absolute_url()).content.decode()

    assert "這段亦見於" in page
    assert QUOTE in page.partition("這段亦見於")[2]
    assert f"/compare/?a={first.pk}&amp;b={second.pk}" in page
    assert "檔案中以本篇最早" in page
    assert "檔案中以本篇最早" not in other
    assert SIMPLIFIED in other.partition("這段亦見於")[2]
    assert "這段亦見於" not in client.get(lonely.get_absolute_url()).content.decode()
    for language, heading in (("en", "This passage also appears in"), ("zh-hans", "这段亦见于")):
        client.cookies["django_language"] = language
        assert heading in client.get(first.get_absolute_url()).content.decode()


def test_the_list_of_a_search_has_each_passage_once_in_the_order_asked_for(client: Client) -> None:
    often = "鐘樓敲過十二下之後整條街只剩下賣餛飩的燈火"
    every = publish(
        told(1, often, day=9),
        told(2, often, day=8, outlet="乙報"),
        told(3, often, day=7, outlet="丙報"),
        told(4, QUOTE, day=2),
        told(5, QUOTE, day=1, outlet="乙報"),
    )
    one, two, three, four, five = (article.pk for article in every)

    assert prints(listed(client)["passages"]) == [[three, two, one], [five, four]]
    assert prints(listed(client, sort="oldest")["passages"]) == [[five, four], [three, two, one]]
    assert prints(listed(client, sort="length")["passages"]) == [[five, four], [three, two, one]]
    assert prints(listed(client, q="餛飩")["passages"]) == [[three, two, one]]
    assert prints(listed(client, outlet="丙報")["passages"]) == [[three, two, one]]
    page = listed(client, per_page=1, page=2)
    assert (prints(page["passages"]), page["more"], page["stories"]) == ([[five, four]], False, 5)
    assert client.get("/api/passages/", {"page": 3}).status_code == 404
    assert client.get("/api/passages/", {"sort": "newest"}).status_code == 400


def test_the_page_and_the_file_have_the_same_passages(client: Client) -> None:
    first, second = publish(told(1, QUOTE, day=1), told(2, SIMPLIFIED, day=2, outlet="=乙報"))

    html = client.get("/passages/", {"q": "颱風"}).content
    response = client.get("/passages/", {"q": "颱風", "format": "csv"})
    table = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))  # type: ignore[attr-defined]

    assert QUOTE in Page(html).text
    assert f"/compare/?a={first.pk}&amp;b={second.pk}".encode() in html
    assert [row["text"] for row in table] == [QUOTE, SIMPLIFIED]
    assert {row["passage"] for row in table} == {"1"}
    assert [row["outlet"] for row in table] == ["甲報", "'=乙報"]


def test_a_passage_of_hostile_text_is_text(client: Client) -> None:
    text = "&lt;script&gt;警報聲響起的時候沒有人知道發生了甚麼事&lt;/script&gt;"
    first, _ = publish(told(1, text, day=1), told(2, text, day=2))

    for address in ("/passages/", first.get_absolute_url()):
        assert b"<script>\xe8\xad\xa6" not in client.get(address).content


def test_beyond_the_last_page_and_with_bad_parameters_the_page_says_so(client: Client) -> None:
    publish(told(1, QUOTE, day=1))

    assert client.get("/passages/", {"page": 2}).status_code == 404
    assert client.get("/passages/", {"sort": "newest"}).status_code == 400
    assert listed(client)["passages"] == []
