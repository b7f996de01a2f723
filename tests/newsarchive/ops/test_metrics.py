"""The numbers at /metrics, added up over all processes that serve."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from newsarchive.archive import articles
from newsarchive.models import Article
from newsarchive.runtime import metrics
from search.engines import get_engine
from search.engines.base import Facet, Filters, Hits, Request
from search.query.parser import parse
from search.results import timing
from tests.search.web.making import publish, story

from .running import PATIENCE, Started, answers, environment, free_port, get, gunicorn, wait_for

WORDS = "習近平"


def numbers(text: str) -> dict[str, float]:
    """As `name{label="value",…}` -> value, labels in order."""
    return {
        sample.name
        + (
            "{" + ",".join(f'{k}="{v}"' for k, v in sorted(sample.labels.items())) + "}"
            if sample.labels
            else ""
        ): (sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def folders(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    settings.INDEX_DIR = tmp_path / "index"
    get_engine.cache_clear()
    metrics._counters.cache_clear()
    yield
    get_engine().close()
    get_engine.cache_clear()
    metrics._counters.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("folders")
class TestOneProcess:
    def test_without_the_setting_there_is_no_such_page(self, client: Client) -> None:
        assert client.get("/metrics").status_code == 404

    def test_without_the_setting_the_library_is_not_loaded(self, tmp_path: Path) -> None:
        script = (
            "import django, sys; django.setup(); from django.test import Client; "
            "import newsarchive.urls; from newsarchive.runtime import metrics; "
            "metrics.count_request('x', 'GET', 200, 1.0); "
            "sys.exit('prometheus_client' in sys.modules)"
        )
        subprocess.run([sys.executable, "-c", script], env=environment(tmp_path), check=True)

    def test_a_token_is_asked_for_where_one_is_set(self, client: Client, settings: Any) -> None:
        settings.METRICS, settings.METRICS_TOKEN = True, "a token"

        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics")["WWW-Authenticate"] == "Bearer"
        assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200

    def test_requests_are_counted_by_view_method_and_status(self, client: Client, settings: Any) -> None:
        settings.METRICS = True
        [article] = publish(story())
        for path in (
            f"/articles/{article.pk}/",
            f"/articles/{article.pk}/",
            "/articles/999/",
            "/wp-login.php",
        ):
            client.get(path)
        client.post("/search/")

        found = numbers(client.get("/metrics").content.decode())

        assert found['newsarchive_requests_total{method="GET",status="200",view="article"}'] == 2
        assert found['newsarchive_requests_total{method="GET",status="404",view="article"}'] == 1
        assert found['newsarchive_requests_total{method="GET",status="404",view="none"}'] == 1
        assert found['newsarchive_requests_total{method="POST",status="405",view="search"}'] == 1
        assert found['newsarchive_request_seconds_count{method="GET",view="article"}'] == 3

    def test_no_word_of_a_reader_is_in_them(self, client: Client, settings: Any) -> None:
        settings.METRICS = True
        publish(story())
        client.get("/search/", {"q": "護欄"})
        client.get("/護欄/")
        client.generic("護欄".encode().hex(), "/")

        text = client.get("/metrics").content.decode()

        assert [word for word in ("護欄", quote("護欄"), "護欄".encode().hex()) if word in text.lower()] == []

    def test_outbox_index_and_imports_are_told_as_they_are(self, client: Client, settings: Any) -> None:
        settings.METRICS = True
        [article] = publish(story())
        articles.withdraw(Article.objects.filter(pk=article.pk), "x")

        found = numbers(client.get("/metrics").content.decode())

        assert found["newsarchive_outbox_rows"] == 1
        assert 0 <= found["newsarchive_outbox_oldest_seconds"] < PATIENCE
        assert found["newsarchive_index_documents"] == 1  # the withdrawal waits
        assert found['newsarchive_index_info{generation="gen-1"}'] == 1
        assert found["newsarchive_index_stale"] == 0
        assert found["newsarchive_index_tail"] == 0
        assert found["newsarchive_indexer_running"] == 0

    def test_without_an_index_the_rest_is_told(self, client: Client, settings: Any) -> None:
        settings.METRICS = True

        found = numbers(client.get("/metrics").content.decode())

        assert found["newsarchive_index_up"] == 0
        assert found["newsarchive_database_up"] == 1
        assert "newsarchive_index_documents" not in found

    def test_searches_are_counted_by_engine_and_kind(self, client: Client, settings: Any) -> None:
        settings.METRICS = True
        publish(story())
        client.get("/search/", {"q": WORDS})
        client.get("/api/search/", {"q": f"「{WORDS}」"})

        found = numbers(client.get("/metrics").content.decode())

        for name in ("newsarchive_engine_seconds_count", "newsarchive_search_seconds_count"):
            assert found[f'{name}{{engine="embedded",kind="word"}}'] == 1
            assert found[f'{name}{{engine="embedded",kind="phrase"}}'] == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("習近平", "word"),
        ("習近平 拜登", "words"),
        ("「習近平」", "phrase"),
        ("title:習近平", "advanced"),
        ("習近平 -拜登", "advanced"),
        ("習近平 OR 拜登", "advanced"),
        ("covid*", "advanced"),
        ("", "all"),
    ],
)
def test_the_kind_of_a_search(text: str, kind: str) -> None:
    tree = parse(text).tree
    assert timing.kind(Request(tree, partly=tree), Hits(1, ())) == kind


def test_a_partial_answer_and_a_filter_are_kinds_of_their_own() -> None:
    tree = parse("習近平").tree
    ticked = Filters(include={Facet.OUTLET: ("眾新聞",)})
    assert timing.kind(Request(tree, partly=tree), Hits(1, (), partial=("習近",))) == "partial"
    assert timing.kind(Request(tree, ticked, partly=tree), Hits(1, ())) == "filtered"


def test_all_workers_are_added_up_those_that_ended_too(
    data: Path, start: Started, tmp_path: Path, settings: Any
) -> None:
    port, log = free_port(), tmp_path / "log"
    options = ("--bind", f"127.0.0.1:{port}", "--workers", "2", "--max-requests", "0")
    server = start(gunicorn(*options), log, environment(data, NEWSARCHIVE_METRICS="1"))
    wait_for(lambda: answers(port), "the start")
    counted = 'newsarchive_requests_total{method="GET",status="200",view="search"}'
    searches = 'newsarchive_search_seconds_count{engine="embedded",kind="word"}'
    for _ in range(20):
        assert get(port, f"/search/?q={quote(WORDS)}").status == 200
    assert {numbers(get(port, "/metrics").text)[counted] for _ in range(6)} == {20}

    server.send_signal(signal.SIGHUP)  # new workers
    wait_for(lambda: log.read_bytes().count(b"Worker exiting") == 2, "the end of the old ones")
    wait_for(lambda: answers(port), "an answer")
    for _ in range(5):
        get(port, f"/search/?q={quote(WORDS)}")

    settings.DATA_DIR = data
    folder = metrics.folder()
    wait_for(lambda: len(list(folder.glob("counter_*.db"))) <= 3, "the burial")
    found = numbers(get(port, "/metrics").text)
    assert found[counted] == found[searches] == 25
    server.terminate()
    assert server.wait(timeout=60) == 0
    shutil.rmtree(folder)
