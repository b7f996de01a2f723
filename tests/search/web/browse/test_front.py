"""The front page and the about page say what is here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync
from tests.search.web.making import DAY, Page, publish, publish_seeds, story, wrongs

from .test_calendar import numbered

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def get(client: Client, address: str = "/") -> Page:
    response = client.get(address)
    assert response.status_code == 200
    page = Page(response.content)
    assert list(wrongs(page)) == []
    return page


def test_outlets_are_named_with_years_stories_and_gaps(client: Client) -> None:
    publish(*(numbered(number) for number in (100, 101, 104)), story("test:1", outlet="ZAKER", published=DAY))

    page = get(client)

    assert "眾新聞2020–2020" not in page.text
    assert "2020 · 3 篇" in page.text
    assert "缺 2 篇" in page.text
    assert "2021 · 1 篇" in page.text
    assert page.text.count("缺 ") == 1


def test_each_search_that_is_offered_finds_something(client: Client) -> None:
    publish(story(title="天氣", body="<p>晴</p>", tags=("颱風",), images=(), embeds=(), authors=()))
    page = get(client)

    offered = page.links("/search/?q=")

    assert offered
    for link in offered:
        assert "沒有找到文章" not in Page(client.get(link).content).text
    assert not any("%E7%BF%92" in link for link in offered)  # 習近平 is not in this archive


def test_the_newest_imports_are_said(client: Client) -> None:
    publish_seeds()

    page = get(client)

    assert "最近匯入" in page.text
    assert "，更新 0" in page.text


def test_what_is_withdrawn_is_not_on_the_front_page(client: Client) -> None:
    [article] = publish(story(outlet="ZAKER"))
    articles.withdraw(Article.objects.filter(pk=article.pk), "x")
    sync.update(get_engine())

    assert "ZAKER" not in get(client).text


def test_the_about_page_has_licence_and_contact_from_the_settings(client: Client, settings: Any) -> None:
    without = get(client, "/about/").text
    settings.CONTACT, settings.LICENCE = "desk@archive.example", "只供研究使用。"
    settings.LICENCE_URL = "https://archive.example/terms"
    page = get(client, "/about/")

    assert "沒有留下聯絡方法" in without
    assert "只供研究使用。" in page.text
    assert page.links("archive.example") == ["https://archive.example/terms", "mailto:desk@archive.example"]
