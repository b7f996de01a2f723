"""Pages of authors, columns and outlets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article
from tests.search.web.making import DAY, Page, publish, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def get(client: Client, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200
    page = Page(response.content)
    assert list(wrongs(page)) == []
    return page


def filled() -> list[Article]:
    return publish(
        story("test:1", column="讀者來論", published=replace(DAY, day=date(2019, 1, 1))),
        story("test:2", column="讀者來論", title="另一篇", published=None),
        story("test:3", title="第三篇", outlet="ZAKER", authors=(ParsedAuthor("AC/DC"),)),
    )


@pytest.mark.parametrize("kind", ["authors", "columns", "outlets"])
def test_a_list_leads_to_each_name_and_its_years_to_searches(client: Client, kind: str) -> None:
    filled()

    listing = get(client, f"/{kind}/")
    page = get(client, [link for link in listing.links(f"/{kind}/") if link != f"/{kind}/"][-1])
    found = Page(client.get(next(link for link in page.links("/search/") if "year=2" in link)).content)

    assert "找到 1 篇" in found.text


def test_a_name_has_its_years_its_undated_and_its_newest(client: Client) -> None:
    filled()

    page = get(client, "/authors/曾海琪/")

    assert "2 篇" in page.text
    assert page.links("year=2019")
    assert "找到 1 篇" in Page(client.get(page.links("undated=on")[0]).content).text
    assert "寫字的人。" in page.text
    assert "第三篇" not in page.text


def test_a_name_with_a_slash_has_its_page(client: Client) -> None:
    filled()

    [link] = [link for link in get(client, "/authors/").links("/authors/") if "AC" in link]

    assert "第三篇" in get(client, link).text


def test_what_is_withdrawn_names_nobody(client: Client) -> None:
    _, _, third = filled()
    articles.withdraw(Article.objects.filter(pk=third.pk), "x")

    assert client.get("/authors/AC/DC/").status_code == 404
    assert "AC/DC" not in get(client, "/authors/").text
    assert "ZAKER" not in get(client, "/outlets/").text


@pytest.mark.parametrize("address", ["/authors/誰/", "/columns/x/", "/outlets/x/", "/authors/a%00b/"])
def test_an_unknown_name_is_not_there(client: Client, address: str) -> None:
    filled()

    assert client.get(address).status_code == 404
