"""What stands in an export, and in what order; how often one may ask for it; what Zotero finds on pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rispy
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsarchive.archive import articles
from newsarchive.conf.env import Rate
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article
from newsarchive.quotas import counters
from search.engines import get_engine
from search.indexing import sync
from search.web.exports.formats import FORMATS
from tests.search.web.making import DAY, Page, many, publish, story, wrongs

pytestmark = pytest.mark.django_db

A_DAY = 24 * 3600


def text(response: Any) -> str:
    assert response.status_code == 200
    content: bytes = b"".join(response.streaming_content)
    return content.decode()


def ids(client: Client, **asked: Any) -> list[int]:
    lines = text(client.get("/search/export/", {"format": "jsonl", **asked})).splitlines()
    return [json.loads(line)["id"] for line in lines]


def searched(client: Client, **asked: Any) -> list[int]:
    found = client.get("/api/search/", {"per_page": 100, **asked}).json()
    return [result["id"] for result in found["results"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "會晤"},
        {"q": "会晤", "sort": "oldest"},
        {"q": "會晤", "outlet": "ZAKER"},
        {"q": "會晤", "not_outlet": "ZAKER"},
        {"q": "會晤", "from": "2021-11-18"},
        {"q": "会晤", "exact": "on"},
        {"q": "會晤", "page": "2", "per_page": "1"},
        {"q": "會晤", "group": "off"},
        {},
        {"q": "火星人"},
    ],
)
def test_an_export_has_every_hit_in_the_order_of_the_search(client: Client, asked: dict[str, str]) -> None:
    publish(*many(25), story("zaker:1", title="會晤 會晤", outlet="ZAKER"), story("test:x", published=DAY))
    articles.group(Article.objects.filter(identity__in=["zaker:1", "test:x"]))
    sync.drain(get_engine())

    paged = {name: value for name, value in asked.items() if name not in ("page", "per_page")}

    assert ids(client, **asked) == searched(client, **paged)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_a_file_with_a_name_that_robots_leave_alone(client: Client, name: str) -> None:
    publish(story())

    response = client.get("/search/export/", {"format": name, "q": "會晤 護欄"})

    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''newsarchive-%E6%9C%83")
    assert response["Content-Disposition"].endswith(FORMATS[name].suffix)
    assert response["Content-Type"] == FORMATS[name].media_type
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["X-Total-Count"] == "1"
    assert "習近平" in text(response)


@pytest.mark.parametrize("name", FORMATS)
def test_of_nothing_found_every_format_makes_an_empty_file(client: Client, name: str) -> None:
    publish(story())

    said = text(client.get("/search/export/", {"format": name, "q": "火星人"}))

    assert "習近平" not in said
    if name == "csl":
        assert json.loads(said) == []


def test_chosen_articles_come_in_the_order_of_the_address(client: Client) -> None:
    first, second, third = publish(*many(3))

    assert ids(client, id=[third.pk, first.pk], q="會晤") == [third.pk, first.pk]
    assert ids(client, id=[third.pk], which="chosen") == [third.pk]
    assert set(ids(client, id=[third.pk], q="會晤", which="all")) == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "format=pdf",
        "format=ris&which=chosen",
        "format=ris&id=x",
        "format=ris&id=%D9%A1",
        "format=ris&page=0",
    ],
)
def test_what_no_export_can_be_made_of_is_refused_with_the_reason(client: Client, asked: str) -> None:
    publish(story())

    assert client.get(f"/search/export/?{asked}").status_code == 400


def test_more_articles_than_an_address_holds_are_refused(client: Client) -> None:
    query = "&".join(f"id={number}" for number in range(400))

    assert client.get(f"/search/export/?format=ris&{query}").status_code == 400


def test_without_an_index_an_export_says_so(client: Client) -> None:
    assert client.get("/search/export/", {"format": "ris"}).status_code == 503


def test_what_is_withdrawn_is_gone_at_once_even_from_an_export_that_has_begun(client: Client) -> None:
    kept, withdrawn = publish(story("test:1"), story("test:2"))

    begun = client.get("/search/export/", {"format": "jsonl", "q": "會晤"})
    articles.withdraw(Article.objects.filter(pk=withdrawn.pk), "應作者要求")

    assert [json.loads(line)["id"] for line in text(begun).splitlines()] == [kept.pk]
    assert ids(client, q="會晤") == [kept.pk]
    assert ids(client, id=[withdrawn.pk, kept.pk]) == [kept.pk]
    assert client.get("/search/export/", {"format": "ris", "id": withdrawn.pk}).status_code == 404
    assert client.get(f"/articles/{withdrawn.pk}/cite/", {"format": "ris"}).status_code == 410
    assert client.get("/unapi/", {"id": "test:2", "format": "ris"}).status_code == 410


def test_an_export_that_is_the_same_is_not_sent_again(client: Client) -> None:
    publish(story())
    asked = {"format": "ris", "q": "會晤"}
    etag = client.get("/search/export/", asked)["ETag"]

    assert client.get("/search/export/", asked, headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/search/export/", asked | {"format": "csv"})["ETag"] != etag
    publish(story("test:1"), story("test:2", title="另一次會晤"))
    assert client.get("/search/export/", asked, headers={"If-None-Match": etag}).status_code == 200


def test_a_head_request_sends_no_file(client: Client) -> None:
    publish(story())

    response = client.head("/search/export/", {"format": "csv"})

    assert response.status_code == 200
    assert response.content == b""
    assert response["X-Total-Count"] == "1"


def test_a_long_export_counts_as_several_requests(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": Rate(1000, A_DAY)}
    publish(*many(300))

    response = client.get("/search/export/", {"format": "csv"})

    assert counters.add("search 127.0.0.1", A_DAY, 0) == 3  # 300 records of 220 units each
    assert response["RateLimit-Remaining"] == "997"


def test_an_article_is_cited_in_every_format_and_all_stand_on_a_page(client: Client) -> None:
    [article] = publish(story())

    page = client.get(f"/articles/{article.pk}/cite/")
    [record] = rispy.loads(client.get(f"/articles/{article.pk}/cite/", {"format": "ris"}).content.decode())

    assert record["title"] == "習近平與拜登視像會晤"
    assert "notes" not in record
    assert list(wrongs(Page(page.content))) == []
    for name in ("ris", "bibtex", "csl", "gbt7714"):
        assert Page(page.content).links(f"cite/?format={name}")
    assert client.get(f"/articles/{article.pk}/cite/", {"format": "csv"}).status_code == 400
    assert client.get("/articles/999/cite/").status_code == 404


def test_the_page_of_an_article_leads_to_its_citation_and_that_of_results_to_exports(client: Client) -> None:
    [article] = publish(story())

    read = Page(client.get(f"/articles/{article.pk}/").content)
    results = Page(client.get("/search/", {"q": "會晤", "sort": "newest"}).content)

    assert read.links(f"/articles/{article.pk}/cite/")
    [form] = results.all("form", id="export")
    assert (form["action"], form["method"]) == ("/search/export/", "get")
    assert {option["value"] for option in results.all("option")} == set(FORMATS)
    assert results.all("input", name="id", form="export", value=str(article.pk))
    assert results.all("input", type="hidden", name="q", value="會晤")


def test_zotero_finds_each_hit_by_unapi_and_an_article_by_its_metas_alone(client: Client) -> None:
    address = "https://news.example/a?b=1&c=2#d"
    [article] = publish(story(address, authors=(ParsedAuthor("文：曾海琪"),)))

    results = Page(client.get("/search/", {"q": "會晤"}).content)
    read = Page(client.get(f"/articles/{article.pk}/").content)
    [server] = results.all("link", rel="unapi-server")
    [hit] = results.all("abbr", class_="unapi-id")
    reference = client.get(f"{server['href']}?id={hit['title']}&format=ris")  # joined as Zotero joins them

    assert rispy.loads(reference.content.decode())[0]["title"] == "習近平與拜登視像會晤"
    assert client.get(server["href"]).content.count(b"<format ") == 3
    assert client.get(f"{server['href']}?id={hit['title']}").status_code == 300
    assert client.get(f"{server['href']}?id={hit['title']}&format=x").status_code == 406
    assert client.get(server["href"], {"id": "test:none", "format": "ris"}).status_code == 404
    assert client.get(server["href"], {"id": "\x00"}).status_code == 404
    assert read.all("abbr", class_="unapi-id") == read.all("span", class_="Z3988") == []
    assert read.metas("DC.type") == ["newspaperArticle"]
    assert read.metas("citation_author") == ["曾海琪"]
    assert read.metas("DC.coverage") == [article.archived_url]


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_asks_the_database_no_more_often_for_more_articles(client: Client, name: str) -> None:
    publish(*many(3))
    few = queries(client, name)
    publish(*many(30))

    assert queries(client, name) == few


def queries(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        text(client.get("/search/export/", {"format": name}))
    return len(asked)
