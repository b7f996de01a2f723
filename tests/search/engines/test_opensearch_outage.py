"""The cluster goes away and comes back: what readers, curators and the indexer notice."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from newsarchive.archive import articles, outbox
from newsarchive.errors import SearchServerAway
from newsarchive.models import Article
from search.engines import get_engine
from search.engines.base import Request
from search.engines.opensearch.breaker import Breaker
from search.indexing import documents, sync
from search.indexing.indexer import Indexer
from tests.search.web import making

from . import real_server
from .wire import Wire, wire

pytestmark = real_server.needs_server


@pytest.fixture
def server() -> Iterator[Wire]:
    with wire(real_server.address().hosts[0]) as made:
        yield made


@pytest.fixture
def behind(server: Wire, settings: Any, tmp_path: Path) -> Iterator[Wire]:
    """The project's engine is the cluster, at the other end of the wire."""
    settings.DATA_DIR = tmp_path
    settings.SEARCH = replace(real_server.address(), hosts=(("127.0.0.1", server.port),))
    settings.SEARCH_REPLICAS = 0
    get_engine.cache_clear()
    yield server
    get_engine().close()
    get_engine.cache_clear()
    with real_server.archive(replace(settings.SEARCH, hosts=real_server.address().hosts)):
        pass  # taken away


@pytest.fixture
def article(behind: Wire, db: None) -> Article:
    (article,) = making.publish(making.story())
    return article


def rested() -> None:
    """As if the breaker's pause were over: tests do not wait for clocks."""
    get_engine()._cluster._breaker._opens_at = 0.0  # type: ignore[attr-defined]


def test_pages_say_so_with_503_and_retry_after_while_articles_and_admin_go_on(
    behind: Wire, article: Article
) -> None:
    User.objects.create_superuser("root", "", "correct horse")
    reader, curator = Client(), Client()
    curator.force_login(User.objects.get())
    assert reader.get("/search/?q=習近平").status_code == 200

    behind.cut()

    for address in ("/search/?q=習近平", "/api/search/?q=習近平", "/feeds/search/?q=習近平", "/readyz"):
        response = reader.get(address)
        assert (address, response.status_code) == (address, 503)
        assert int(response["Retry-After"]) > 0
    assert reader.get("/suggest/?q=習").status_code in (404, 503)
    assert "搜尋伺服器暫時沒有回應" in reader.get("/search/?q=習近平").content.decode()
    for address in ("/", f"/articles/{article.pk}/", f"/api/articles/{article.pk}/", "/healthz"):
        assert (address, reader.get(address).status_code) == (address, 200)
    for page in ("admin:index", "admin:newsarchive_article_changelist", "admin:health"):
        assert (page, curator.get(reverse(page)).status_code) == (page, 200)
    changelist = reverse("admin:newsarchive_article_changelist")
    assert "沒有回應" in curator.get(f"{changelist}?q=習近平").content.decode()
    change = reverse("admin:newsarchive_article_change", args=[article.pk])
    assert curator.get(change).status_code == 200


def test_while_the_breaker_is_open_nobody_knocks_and_then_one_does(behind: Wire, article: Article) -> None:
    engine = get_engine()
    behind.cut()
    with pytest.raises(SearchServerAway, match="can't be reached"):
        engine.search(Request(None))
    behind.mend()
    before = behind.calls

    for _ in range(20):
        with pytest.raises(SearchServerAway, match="a moment ago"):
            engine.search(Request(None))
    assert behind.calls == before

    rested()
    assert engine.search(Request(None)).total == 1
    assert engine.search(Request(None)).total == 1


def test_what_changes_while_the_cluster_is_away_is_found_when_it_is_back(
    behind: Wire, article: Article, caplog: pytest.LogCaptureFixture
) -> None:
    indexer = Indexer(get_engine())
    behind.cut()
    articles.withdraw(Article.objects.filter(pk=article.pk), reason="試驗")

    with caplog.at_level(logging.WARNING, "search.indexer"):
        for _ in range(5):
            indexer.step()
    said = [record for record in caplog.records if record.name == "search.indexer"]
    assert len(said) == 1  # said once, however long it is
    assert outbox.count() == 1
    assert indexer._rebuilding is None  # which would not help

    behind.mend()
    rested()
    indexer.step()
    assert outbox.count() == 0
    assert get_engine().story_ids() == frozenset()


def test_a_rebuild_that_loses_the_cluster_leaves_the_index_and_the_outbox(
    behind: Wire, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.engines.opensearch.client._TRIES", 2)

    def cut(done: int) -> None:
        behind.cut()

    making.making.save(*making.many(250))
    with pytest.raises(SearchServerAway):
        sync.rebuild(get_engine(), on_progress=cut)
    behind.mend()
    rested()

    assert get_engine().story_ids() == {article.story_id}
    assert outbox.count() == 250


def test_a_rebuild_goes_on_when_the_cluster_comes_back_within_minutes(behind: Wire, article: Article) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        behind.mend()
        rested()

    engine = get_engine()
    engine._cluster._sleep = sleep  # type: ignore[attr-defined]
    making.making.save(*making.many(250))

    stories = documents.visible_stories()

    assert sync.rebuild(engine, on_progress=lambda done: behind.cut()) == len(stories)

    assert waits
    assert engine.story_ids() == stories
    assert outbox.count() == 0


def test_a_breaker_opens_after_failures_in_a_row_and_closes_when_one_succeeds() -> None:
    now = 0.0
    breaker = Breaker(failures=3, pause=5.0, clock=lambda: now)
    for _ in range(2):
        breaker.failed(surely_away=False)
    breaker.succeeded()
    for _ in range(2):
        breaker.failed(surely_away=False)
    assert breaker.lets_pass()

    breaker.failed(surely_away=False)
    assert not breaker.lets_pass()

    now = 5.0
    assert [breaker.lets_pass(), breaker.lets_pass()] == [True, False]  # one tries
    breaker.failed(surely_away=False)
    now = 9.9
    assert not breaker.lets_pass()
    now = 10.0
    assert breaker.lets_pass()
    breaker.succeeded()
    assert [breaker.lets_pass(), breaker.lets_pass()] == [True, True]
