"""What a curator changed holds at once: every answer is the same before the indexer has run and after."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client

from newsarchive.archive import articles, outbox
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article, OutboxRow, Tag
from search.engines import get_engine
from search.engines.opensearch.engine import OpenSearchEngine
from search.indexing import sync
from search.results import pending
from tests.search.engines import real_server

from .making import publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(300))
BARE: dict[str, Any] = {"images": (), "embeds": (), "related": (), "byline": ""}
ONLY_THERE = "獨一無二的渡輪"


def archive() -> dict[str, Article]:
    """A story of two copies, of which the older alone has a phrase, and three stories of one."""
    old, new, other, third, plain = publish(
        story(
            "hkcnews:1",
            body=f"<p>{TEXT}</p><p>{ONLY_THERE}</p>",
            tags=("渡輪專題",),
            authors=(ParsedAuthor("唯一作者"),),
            **BARE,
        ),
        story("hkcnews:2", body=f"<p>{TEXT}</p><p>別的話</p>", tags=("中美會晤",), authors=(), **BARE),
        story("test:3", title="天氣晴朗", body="<p>今日渡輪停航。</p>", outlet="海報", **BARE),
        story("test:4", title="股市報道", body="<p>恒指上升。</p>", categories=("財經",), **BARE),
        story("test:5", title="體育新聞", body="<p>球賽延期。</p>", tags=(), authors=(), **BARE),
    )
    return {"old": old, "new": new, "other": other, "third": third, "plain": plain}


def chosen(*found: Article) -> QuerySet[Article]:
    return Article.objects.filter(pk__in=[article.pk for article in found])


def retitle(article: Article) -> None:
    article.title = "颱風警告"
    article.save()
    articles.record_edit(article, ["title"])


def correct(article: Article) -> None:
    article.body = "<p>今日照常。</p>"
    article.save()
    articles.record_edit(article, ["body"])


def untag(article: Article) -> None:
    article.tags.set([Tag.objects.get_or_create(name="新標籤")[0]])
    articles.record_edit(article, ["tags"])


Change = Callable[[dict[str, Article]], object]
REVIEW, FAILED = Article.Status.NEEDS_REVIEW, Article.Status.CAPTURE_FAILED
CHANGES: dict[str, Change] = {
    "needs review": lambda a: articles.set_status(chosen(a["other"]), REVIEW),
    "a failed capture": lambda a: articles.set_status(chosen(a["third"]), FAILED),
    "one copy withdrawn": lambda a: articles.withdraw(chosen(a["old"]), "錯"),
    "the copy shown to be reviewed": lambda a: articles.set_status(chosen(a["new"]), REVIEW),
    "all copies withdrawn": lambda a: articles.withdraw(chosen(a["old"], a["new"]), "錯"),
    "stories merged": lambda a: articles.group(chosen(a["other"], a["third"])),
    "a story split": lambda a: articles.split(a["old"]),
    "split and withdrawn": lambda a: (
        articles.split(a["old"]),
        articles.withdraw(chosen(a["old"]), "錯"),
    ),
    "another title": lambda a: retitle(a["other"]),
    "another text": lambda a: correct(a["other"]),
    "another tag": lambda a: untag(a["new"]),
    "withdrawn and published again": lambda a: (
        articles.withdraw(chosen(a["other"]), "錯"),
        articles.publish(chosen(a["other"])),
    ),
}
ASKED: list[dict[str, str]] = [
    {},
    {"group": "off"},
    {"sort": "oldest"},
    {"q": "渡輪"},
    {"q": f'"{ONLY_THERE}"'},
    {"q": f'"{ONLY_THERE}"', "outlet": "海報"},
    {"q": "題目:天氣 OR 題目:颱風"},
    {"q": "-渡輪"},
    {"q": '"今日 停航"~5'},
    {"q": "tag:渡輪"},
    {"q": "習近平 渡輪 恒指"},
    {"tag": "渡輪專題"},
    {"tag": "新標籤"},
    {"not_outlet": "海報"},
    {"q": "渡倫專題"},
]
TYPED = ["渡輪", "唯一", "天氣", "颱風", "海", "新標", "股市"]


def answers(client: Client) -> dict[str, Any]:
    """Everything that readers are told, but for how long it took."""
    told: dict[str, Any] = {}
    for asked in ASKED:
        found = client.get("/api/search/", asked).json()
        told[f"api {asked}"] = found | {"took_ms": 0}
        page = client.get("/search/", asked)
        told[f"page {asked}"] = re.sub(r"[\d.]+ 毫秒|[\d.]+ ms", "", page.content.decode())
        told[f"feed {asked}"] = client.get("/feeds/search/", asked).content
    for typed in TYPED:
        told[f"suggest {typed}"] = client.get("/suggest/", {"q": typed}).json()[1]
    told["front"] = client.get("/").content
    told["export"] = exported("渡輪")
    return told


def exported(query: str) -> str:
    out = io.StringIO()
    call_command("export_articles", "--query", query, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def total(client: Client, words: str) -> int:
    """Of what matches as asked."""
    found = client.get("/api/search/", {"q": words}).json()
    return 0 if found["query"]["partial"] else int(found["count"])


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_answer_is_the_same_before_the_indexer_has_run_and_after(
    client: Client, change: Change
) -> None:
    change(archive())

    before = answers(client)
    assert sync.drain(get_engine())
    after = answers(client)

    assert {name: told for name, told in before.items() if told != after[name]} == {}


@pytest.mark.parametrize("change", ["one copy withdrawn", "split and withdrawn", "all copies withdrawn"])
def test_a_phrase_of_a_withdrawn_copy_alone_is_found_by_nobody_while_very_many_stories_wait(
    client: Client, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MOST", 3)
    found = archive()
    CHANGES[change](found)
    outbox.enqueue(range(10_000, 10_050))
    outbox.enqueue([article.story_id for article in found.values()])

    assert total(client, f'"{ONLY_THERE}"') == 0
    assert client.get("/suggest/", {"q": "渡輪專"}).json()[1] == []
    assert "渡輪專題" not in client.get("/search/").content.decode()


def test_of_more_changed_stories_than_are_read_at_a_search_the_rest_is_left_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MOST", 2)
    found = archive()
    articles.set_status(chosen(found["other"], found["third"], found["plain"]), REVIEW)
    articles.withdraw(chosen(found["old"]), "錯")

    counts = [total(client, words) for words in (f'"{ONLY_THERE}"', "停航", "恒指", "球賽")]

    assert counts == [0, 0, 0, 0]
    assert len(pending.stories().fresh) <= 2


def test_while_an_import_runs_what_it_did_not_touch_stays_found(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MOST", 3)
    found = archive()
    outbox.enqueue(sorted({article.story_id for article in found.values()}) * 3)

    assert client.get("/api/search/").json()["count"] == 4
    assert total(client, "球賽") == 1


def test_a_change_that_is_waiting_is_read_once(client: Client, django_assert_num_queries: Any) -> None:
    articles.withdraw(chosen(archive()["old"]), "錯")
    pending.stories()

    with django_assert_num_queries(1):
        pending.stories()


def test_a_second_change_of_a_story_that_waits_holds_too(client: Client) -> None:
    found = archive()
    correct(found["other"])
    assert total(client, "停航") == 0

    articles.set_status(chosen(found["other"]), REVIEW)

    assert total(client, "今日照常") == 0
    assert OutboxRow.objects.exists()


# -- in a cluster ------------------------------------------------------------------------------------


@pytest.fixture
def cluster(settings: Any) -> Iterator[None]:
    settings.SEARCH = real_server.address()
    get_engine.cache_clear()
    yield
    engine = get_engine()
    assert isinstance(engine, OpenSearchEngine)
    engine.remove()
    engine.close()
    get_engine.cache_clear()


def counted(client: Client) -> dict[str, Any]:
    """Everything but the order of hits, which is that of the index, and best matches of what stands
    nowhere."""
    told: dict[str, Any] = {}
    for asked in ASKED:
        found = client.get("/api/search/", asked).json()
        if not found["query"]["partial"]:
            hits = sorted((hit["id"], hit["versions"], *hit["snippets"]) for hit in found["results"])
            told[str(asked)] = found["count"], hits, found["facets"], found["timeline"]
    for typed in TYPED:
        told[f"suggest {typed}"] = client.get("/suggest/", {"q": typed}).json()[1:3]
    return told


@real_server.needs_server
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_cluster_too_counts_what_it_has_not_seen_yet(client: Client, change: Change, cluster: None) -> None:
    change(archive())

    before = counted(client)
    assert sync.drain(get_engine())
    after = counted(client)

    assert {name: told for name, told in before.items() if told != after[name]} == {}
