"""The same event elsewhere, and two articles side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.models import Article
from search.counting import passages
from tests.search.web.making import Page, publish, publish_seeds, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
BARE: dict[str, Any] = {"images": (), "embeds": (), "tags": (), "related": (), "byline": "", "authors": ()}


def told(identity: str, title: str, text: str, outlet: str, day: int = 17) -> Any:
    published = Published(date(2021, 11, day), None, Precision.DAY, DateSource.FRONT_MATTER)
    return story(identity, title=title, body=f"<p>{text}</p>", outlet=outlet, published=published, **BARE)


def coverage(client: Client, article: Article) -> list[dict[str, Any]]:
    response = client.get(f"/api/articles/{article.pk}/coverage/")

    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def test_the_articles_on_one_summit_find_each_other_first(client: Client) -> None:
    publish_seeds()
    summit = Article.objects.filter(published_on__range=("2021-11-15", "2021-11-18"))
    assert summit.count() == 3

    for article in summit:
        others = set(summit.exclude(pk=article.pk).values_list("pk", flat=True))
        assert {one["id"] for one in coverage(client, article)[: len(others)]} == others


def test_other_outlets_come_before_the_same_one(client: Client) -> None:
    text = "孟晚舟在溫哥華獲准保釋，須戴電子腳鐐，特朗普稱或干預此案。"
    here, own, other = publish(
        told("test:1", "孟晚舟獲保釋", text, "甲報"),
        told("test:2", "孟晚舟保釋後續", text + "華為副董事長", "甲報", day=18),
        told("test:3", "加拿大法院准孟晚舟保釋", "加拿大溫哥華法院准孟晚舟保釋，須戴腳鐐。", "乙報", day=18),
    )

    assert [one["id"] for one in coverage(client, here)] == [other.pk, own.pk]


def test_copies_of_the_article_other_events_and_other_weeks_are_no_coverage(client: Client) -> None:
    text = "孟晚舟在溫哥華獲准保釋，須戴電子腳鐐，特朗普稱或干預此案。"
    here, *_ = publish(
        told("test:1", "孟晚舟獲保釋", text, "甲報"),
        told("test:2", "孟晚舟獲保釋", text, "甲報"),
        told("test:3", "天文台料周末轉涼", "天文台預測本港周末氣溫下降，市民應添衣。", "乙報"),
        told("test:4", "孟晚舟一案", text, "乙報", day=29),
    )

    assert coverage(client, here) == []


def test_a_withdrawn_story_is_no_coverage_at_once(client: Client) -> None:
    publish_seeds()
    here, there, _ = Article.objects.filter(published_on__range=("2021-11-15", "2021-11-18"))

    articles.withdraw(Article.objects.filter(pk=there.pk), "應作者要求")

    assert there.pk not in {one["id"] for one in coverage(client, here)}
    assert client.get(f"/api/articles/{there.pk}/coverage/").status_code == 410
    assert client.get(f"/compare/?a={here.pk}&b={there.pk}").status_code == 410


def test_passages_are_the_same_words_in_each_ones_print(client: Client) -> None:
    publish_seeds()
    article = Article.objects.get(identity="hkcnews:47815")

    every = [tuple(pair) for one in coverage(client, article) for pair in one["passages"]]

    assert ("相互尊重、和平共處、合作共贏", "相互尊重、和平共处、合作共赢") in every


def test_the_page_of_the_article_leads_to_the_others_and_to_the_comparison(client: Client) -> None:
    publish_seeds()
    article = Article.objects.get(identity="hkcnews:47815")

    page = client.get(article.get_absolute_url()).content.decode()

    assert "其他報道怎樣說" in page
    for one in coverage(client, article):
        assert f"/compare/?a={article.pk}&amp;b={one['id']}" in page


def test_what_both_have_is_marked_on_both_sides_and_the_rest_is_text(client: Client) -> None:
    first, second = publish(
        told("test:1", "一", "前言不同。兩國領袖在視像會晤中談及台灣問題&lt;b&gt;，<b>完</b>。", "甲報"),
        told("test:2", "二", "另一開頭。两国领袖在视像会晤中谈及台湾问题，還有榴槤榴槤。", "乙報"),
    )

    html = client.get(f"/compare/?a={first.pk}&b={second.pk}").content.decode()

    assert "<mark>兩國領袖在視像會晤中談及台灣問題</mark>" in html
    assert "<mark>两国领袖在视像会晤中谈及台湾问题</mark>" in html
    assert "<b>" not in html.partition('<div class="two">')[2]
    assert "榴槤" in Page(html).text.partition("只在這一篇的詞")[2]


@pytest.mark.parametrize("query", ["", "?a=1", "?a=x&b=1", "?a=1&b=999999", "?a=" + "9" * 40 + "&b=1"])
def test_what_is_not_there_cannot_be_compared(client: Client, query: str) -> None:
    assert client.get(f"/compare/{query}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?a={one}", 404, "網址沒有說要對照哪一篇文章（b=）"),
        ("?a={one}&b=999999", 404, "沒有編號或識別為「999999」的文章"),
        ("?a=<b>&b={one}", 404, "沒有編號或識別為「<b>」的文章"),
        ("?a={one}&b={one}", 400, "兩邊是同一篇文章"),
        ("?a={one}&b=url:example.org/nowhere", 404, "識別為「url:example.org/nowhere」的文章"),
    ],
)
def test_what_cannot_be_compared_is_said_with_a_form_to_set_it_right(
    client: Client, query: str, status: int, said: str
) -> None:
    (one,) = publish(told("test:1", "渡輪停航", "兩碼頭之間的渡輪今日停航。", "甲報"))

    response = client.get("/compare/" + query.format(one=one.pk))
    page = Page(response.content)

    assert response.status_code == status
    assert said in page.text
    assert [field["name"] for field in page.all("input") if "required" in field] == ["a", "b"]
    assert list(wrongs(page)) == []


def test_identities_lead_to_the_comparison_of_the_articles_that_have_them_today(client: Client) -> None:
    publish_seeds()
    here = Article.objects.get(identity="hkcnews:47815")
    there = Article.objects.get(identity="url:bbc.com/zhongwen/simp/world-59301487")

    response = client.get("/compare/", {"a": here.identity, "b": there.identity})

    assert response.status_code == 302
    assert response["Location"] == f"/compare/?a={here.pk}&b={there.pk}"


def test_both_sides_have_their_outlet_date_captions_and_credits(client: Client) -> None:
    publish_seeds()
    here = Article.objects.get(identity="hkcnews:47815")
    there = Article.objects.get(identity="url:bbc.com/zhongwen/simp/world-59301487")

    page = Page(client.get(f"/compare/?a={here.pk}&b={there.pk}").content)

    for article in (here, there):
        assert article.outlet is not None
        assert article.outlet.name in page.text
        for image in article.images.all():
            assert image.caption in page.text
            assert image.credit in page.text
    assert list(wrongs(page)) == []


def test_names_that_the_dictionary_lacks_make_one_event(client: Client) -> None:
    plain = "今日在法院應訊，押後再訊。"
    here, there, _ = publish(
        told("test:1", "鄺鱻龘案押後再訊", f"鄺鱻龘{plain}", "甲報"),
        told("test:2", "鄺鱻龘今早應訊", f"被告鄺鱻龘今早應訊，{plain}", "乙報"),
        told("test:3", "另一案押後再訊", f"另一被告{plain}", "丙報"),
    )

    assert [one["id"] for one in coverage(client, here)][:1] == [there.pk]


def test_common_passages_are_found_whatever_the_punctuation(client: Client) -> None:
    a, b = "他說：「一國兩制，行穩致遠，前程似錦」完", "一国两制行稳致远前程似锦"

    (found,) = passages.shared(a, b)

    assert a[found.a_start : found.a_end] == "一國兩制，行穩致遠，前程似錦"
    assert b[found.b_start : found.b_end] == b
