"""Pages for what went wrong, and what a watchdog reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from newsarchive.archive import articles
from newsarchive.models import Article
from newsarchive.web import probes
from search.engines import get_engine
from search.indexing import sync
from search.web import views_search

from .making import Page, publish, story, wrongs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/nowhere/", "/articles/", "/search", "/articles/x/"])
def test_an_unknown_address_is_a_friendly_404(client: Client, address: str) -> None:
    response = client.get(address, follow=True)

    if address == "/search":
        assert response.status_code == 503  # redirected to the page; there is no index yet
    else:
        assert response.status_code == 404
    page = Page(response.content)
    assert list(wrongs(page)) == []
    assert page.all("form", role="search")


def test_an_accident_is_a_friendly_500(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(views_search.service, "search", fails)
    client.raise_request_exception = False

    response = client.get("/search/")

    assert response.status_code == 500
    assert "系統發生問題" in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert list(wrongs(Page(response.content))) == []


def test_an_unknown_host_is_a_400(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "參數有誤" in response.content.decode()


def test_what_cannot_be_posted_is_refused(client: Client) -> None:
    for address in ("/", "/search/", "/feeds/search/", "/opensearch.xml", "/readyz", "/healthz"):
        assert client.post(address).status_code == 405


def test_healthz_answers_without_anything(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_says_how_the_index_is(client: Client) -> None:
    [article] = publish(story())
    facts = client.get("/readyz").json()
    assert facts["ready"]
    assert facts["index"] == "gen-1"
    assert facts["documents"] == 1
    assert facts["stale"] == ""
    assert facts["lag_seconds"] == 0

    articles.withdraw(Article.objects.filter(pk=article.pk), "x")
    facts = client.get("/readyz").json()
    assert facts["waiting"] == 1
    assert facts["lag_seconds"] >= 0

    sync.drain(get_engine())
    assert client.get("/readyz").json()["documents"] == 0


def test_readyz_is_503_without_an_index(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert response.json()["ready"] is False


def test_readyz_is_503_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise DatabaseError

    publish(story())
    monkeypatch.setattr(probes.outbox, "lag", fails)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] is False


def test_a_withdrawn_article_leaves_searches_before_the_index_has_seen_it(client: Client) -> None:
    [article] = publish(story())

    articles.withdraw(Article.objects.filter(pk=article.pk), "x")

    assert "沒有找到文章" in client.get("/search/", {"q": "會晤"}).content.decode()
    assert b"<entry" not in client.get("/feeds/search/", {"q": "會晤"}).content
    assert article.title not in client.get("/").content.decode()


def test_browsers_find_an_icon(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/search/icon.svg"
