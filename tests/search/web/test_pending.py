"""What a curator changed holds at once: every answer is the same before the indexer has run and after."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.archive import articles, outbox
from newsarchive.models import OutboxRow
from search.engines import get_engine
from search.indexing import sync
from search.results import pending

from .changing import ASKED, CHANGES, ONLY_THERE, REVIEW, TYPED, Change, archive, chosen, correct

pytestmark = [pytest.mark.django_db, pytest.mark.database]


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
