"""Withdrawn is gone, everywhere and at once: before the indexer has seen it, and after."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync

from .making import publish, story

pytestmark = pytest.mark.django_db

WORDS = "獨一無二的渡輪"
TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(300))


def withdrawn_story() -> Article:
    """With a tag, an author and an outlet of its own, so that nothing of it may be left in any list."""
    gone, _ = publish(
        story(
            "test:1",
            title=WORDS,
            tags=("渡輪專題",),
            authors=(ParsedAuthor("唯一作者"),),
            outlet="獨家海報",
            categories=("海事",),
        ),
        story("test:2", title="另一篇", tags=(), authors=(), categories=()),
    )
    articles.withdraw(Article.objects.filter(pk=gone.pk), "當事人要求")
    return gone


def later() -> None:
    sync.drain(get_engine())


@pytest.fixture(params=[lambda: None, later], ids=["before the indexer", "after it"])
def withdrawn(request: pytest.FixtureRequest) -> Article:
    found = withdrawn_story()
    when: Callable[[], None] = request.param
    when()
    return found


def text(client: Client, path: str, **asked: Any) -> str:
    return client.get(path, asked).content.decode()


def test_its_page_and_its_record_say_that_it_is_gone(client: Client, withdrawn: Article) -> None:
    page = client.get(f"/articles/{withdrawn.pk}/")
    record = client.get(f"/api/articles/{withdrawn.pk}/")

    assert (page.status_code, record.status_code) == (410, 410)
    assert record.json()["error"]["code"] == "withdrawn"
    for response in (page, record):
        assert WORDS not in response.content.decode()
        assert "老朋友" not in response.content.decode()


@pytest.mark.parametrize("asked", [{"q": WORDS}, {}, {"q": "會晤"}, {"group": "off"}, {"sort": "newest"}])
def test_no_search_finds_or_counts_it(client: Client, withdrawn: Article, asked: dict[str, str]) -> None:
    found = client.get("/api/search/", asked).json()

    assert withdrawn.pk not in {result["id"] for result in found["results"]}
    assert WORDS not in text(client, "/search/", **asked).replace("value=", "").split("<main", 1)[1].replace(
        asked.get("q", "\0"), ""
    )
    if asked != {"q": WORDS}:
        assert found["count"] == 1
        assert sum(count for _, count in found["timeline"]) == 1


def test_facets_do_not_name_what_only_it_had(client: Client, withdrawn: Article) -> None:
    facets = json.dumps(client.get("/api/search/").json()["facets"], ensure_ascii=False)

    for name in ("渡輪專題", "唯一作者", "獨家海報", "海事"):
        assert name not in facets


def test_feeds_exports_and_the_front_page_are_without_it(client: Client, withdrawn: Article) -> None:
    out = io.StringIO()
    call_command("export_articles", stdout=out, stderr=io.StringIO())
    of_query = io.StringIO()
    call_command("export_articles", "--query", "會晤", stdout=of_query, stderr=io.StringIO())

    for shown in (
        text(client, "/feeds/search/"),
        text(client, "/feeds/search/", q="會晤"),
        text(client, "/"),
        out.getvalue(),
        of_query.getvalue(),
    ):
        assert WORDS not in shown
        assert f"/articles/{withdrawn.pk}/" not in shown


@pytest.mark.parametrize("typed", ["獨一", "渡輪", "唯一", "獨家"])
def test_suggestions_do_not_tell_of_it(client: Client, withdrawn: Article, typed: str) -> None:
    response = client.get("/suggest/", {"q": typed})

    assert response.status_code == 200
    assert response.json()[1] == []


def test_a_withdrawn_copy_is_in_no_list_of_versions_and_its_words_find_nothing(client: Client) -> None:
    bare: dict[str, Any] = {"images": (), "embeds": (), "related": ()}
    old, new = publish(
        story("hkcnews:1", body=f"<p>{TEXT}</p><p>{WORDS}</p>", **bare),
        story("hkcnews:2", body=f"<p>{TEXT}</p><p>別的話</p>", **bare),
    )
    articles.withdraw(Article.objects.filter(pk=old.pk), "錯")

    before = client.get("/api/search/", {"q": WORDS}).json()
    later()
    after = client.get("/api/search/", {"q": f'"{WORDS}"'}).json()

    assert WORDS not in json.dumps(before["results"], ensure_ascii=False)
    assert all(result["found_in"] is None for result in before["results"])
    assert [result["id"] for result in after["results"] if "<mark>" + WORDS in str(result)] == []
    assert f"/articles/{old.pk}/" not in text(client, f"/articles/{new.pk}/")
    assert client.get("/api/search/", {"group": "off"}).json()["count"] == 1
    [shown] = client.get("/api/search/").json()["results"]
    assert (shown["id"], shown["versions"]) == (new.pk, 1)


def test_it_comes_back_when_it_is_published_again(client: Client, withdrawn: Article) -> None:
    articles.publish(Article.objects.filter(pk=withdrawn.pk))
    later()

    assert client.get(f"/articles/{withdrawn.pk}/").status_code == 200
    assert f"/articles/{withdrawn.pk}/?q={quote(WORDS)}" in text(client, "/search/", q=WORDS)
