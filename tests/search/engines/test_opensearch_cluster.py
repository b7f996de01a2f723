"""What a cluster is for: deep pages, several shards, nodes that fail, rebuilds under way."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.conf import search_url
from newsarchive.errors import IndexBusy, IndexStale, IndexUnavailable, SearchServerAway
from search.engines.base import Facet, Request, Sort
from search.engines.document import IndexDocument
from search.engines.fingerprint import fingerprint
from search.engines.opensearch import aliases, bulk, mapping
from search.engines.opensearch.client import Cluster, Operation
from search.engines.opensearch.engine import OpenSearchEngine

from . import real_server
from .engine_contract import ask, doc, found

pytestmark = real_server.needs_server
SERVERS = Path(__file__).resolve().parents[2] / "servers" / "opensearch"


@pytest.fixture
def engine() -> Iterator[OpenSearchEngine]:
    with real_server.archive() as made:
        made.rebuild(list)
        yield made


# -- deep pages --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[OpenSearchEngine, list[IndexDocument]]]:
    """More stories than the cluster hands out by number, with days and scores that tie."""
    rng = random.Random(1)
    days = [None, *(date(2015, 1, 1) + timedelta(rng.randrange(2000)) for _ in range(200))]
    stories = [
        doc(number, "新聞", "文" * rng.randint(1, 40), day=rng.choice(days), tags=(f"標{number % 7}",))
        for number in range(1, 25_001)
    ]
    with real_server.archive(shards=3) as made:
        made.rebuild(lambda: stories)
        yield made, stories


def _by_day(story: IndexDocument) -> tuple[int, int]:
    return (story.day.toordinal() if story.day else 0, story.story_id)


@pytest.mark.parametrize("offset", [0, 9_995, 10_000, 12_480, 17_003, 24_990, 25_000])
def test_any_page_is_reached_and_is_the_page_that_counting_gives(
    many: tuple[OpenSearchEngine, list[IndexDocument]], offset: int
) -> None:
    engine, stories = many
    newest = sorted(stories, key=_by_day, reverse=True)
    oldest = sorted(stories, key=lambda story: (story.day is None, _by_day(story)))

    for sort, truth in ((Sort.NEWEST, newest), (Sort.OLDEST, oldest)):
        hits = ask(engine, "新聞", sort=sort, offset=offset, limit=20, counts=False)
        assert hits.total == 25_000
        assert [hit.story_id for hit in hits.hits] == [one.story_id for one in truth[offset : offset + 20]]


def test_pages_by_relevance_fit_together_however_deep(
    many: tuple[OpenSearchEngine, list[IndexDocument]],
) -> None:
    engine, _ = many
    every = ask(engine, "文", limit=1_000_000, counts=False).hits
    assert len({hit.story_id for hit in every}) == 25_000
    assert [hit.score for hit in every] == sorted((hit.score for hit in every), reverse=True)

    for offset in (9_990, 11_111, 20_000, 24_995):
        page = ask(engine, "文", offset=offset, limit=10).hits
        assert page == every[offset : offset + 10]


def test_facets_are_exact_over_several_shards(
    many: tuple[OpenSearchEngine, list[IndexDocument]],
) -> None:
    engine, stories = many
    years = {str(story.day.year) for story in stories if story.day}

    facets = ask(engine, "新聞", facet_size=3).facets

    truth = sorted(
        ((f"標{n}", sum(story.story_id % 7 == n for story in stories)) for n in range(7)),
        key=lambda one: (-one[1], one[0]),
    )
    assert facets[Facet.TAG] == truth[:3]
    assert len(ask(engine, "新聞", facet_size=50).facets[Facet.YEAR]) == len(years)


# -- rebuilding --------------------------------------------------------------------------------------


def test_searches_and_writes_go_on_during_a_rebuild_and_nothing_is_lost(engine: OpenSearchEngine) -> None:
    """A writer changes and deletes what the builder has read, will read, and never reads."""
    engine.upsert([doc(number, "舊聞") for number in range(200)])
    truth = dict.fromkeys(range(200), "舊聞")
    stop = threading.Event()
    problems: list[str] = []

    def read() -> None:
        while not stop.is_set():
            hits = ask(engine, "聞", limit=1000)
            if hits.total < 150 or len(hits.hits) != hits.total:
                problems.append(f"{hits.total} found, {len(hits.hits)} shown")

    def documents() -> Iterable[IndexDocument]:
        rng = random.Random(5)
        for number in range(200):
            if number % 10 == 0:
                changed = rng.sample(range(220), 4)
                engine.upsert([doc(one, f"改聞{number}") for one in changed])
                truth.update(dict.fromkeys(changed, f"改聞{number}"))
                gone = rng.choice(range(200))
                engine.delete([gone])
                truth.pop(gone, None)
            yield doc(number, "舊聞")  # as it was before all that

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert engine.rebuild(documents) == 200
    finally:
        stop.set()
        reader.join()

    assert problems == []
    expected = {number: fingerprint(doc(number, title)) for number, title in truth.items()}
    assert engine.fingerprints() == expected


def test_one_process_builds_at_a_time_and_a_dead_one_is_cleared_away(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aliases, "_DEAD_SECONDS", 3600.0)
    left = engine._generations.begin()

    with pytest.raises(IndexBusy, match="another process fills"):
        engine.rebuild(lambda: [doc(1, "新聞")])

    monkeypatch.setattr(aliases, "_DEAD_SECONDS", 0.0)
    assert engine.rebuild(lambda: [doc(1, "新聞")]) == 1
    assert engine.story_ids() == {1}
    with pytest.raises(IndexUnavailable):  # the one that was thought dead notices
        bulk.fill(engine._cluster, left, [doc(2, "新聞")], None)
    assert engine.story_ids() == {1}


def test_an_index_of_another_schema_is_said_to_be_stale_and_none_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = real_server.address()
    with real_server.archive(at) as engine:
        with pytest.raises(IndexUnavailable, match="run rebuild_index") as missing:
            engine.search(Request(None))
        assert not isinstance(missing.value, IndexStale | SearchServerAway)
        engine.rebuild(lambda: [doc(1, "新聞")])

        monkeypatch.setattr(mapping, "SCHEMA", "next")
        with real_server.archive(at) as newer:
            with pytest.raises(IndexStale):
                newer.state()
            assert found(engine, "新聞") == {1}  # the program before goes on meanwhile

            newer.rebuild(lambda: [doc(1, "新聞"), doc(2, "新聞")])
            assert newer.story_ids() == {1, 2}


def test_shards_replicas_and_stamps_are_those_of_the_settings(engine: OpenSearchEngine) -> None:
    with real_server.archive(shards=2, replicas=1) as made:
        made.rebuild(lambda: [doc(1, "新聞")])
        settings = made._cluster.ask("GET", f"/{made.state().generation}/_settings")
        (index,) = settings.values()
        assert index["settings"]["index"]["number_of_shards"] == "2"
        assert index["settings"]["index"]["number_of_replicas"] == "1"
        assert "gc_deletes" not in index["settings"]["index"]  # nor what else was for the time of filling
        assert dict(made.state().stamps) == mapping.stamps()
        assert made.state().stale == ""


# -- room --------------------------------------------------------------------------------------------


def test_writes_that_find_no_room_are_sent_again_later_and_later(engine: OpenSearchEngine) -> None:
    """A cluster that is blocked for writes answers 429, as one whose queues are full does."""
    alias, waits = engine._generations.alias, []
    block = "index.blocks.read_only_allow_delete"

    def set_block(on: bool | None) -> None:
        engine._cluster.ask("PUT", f"/{alias}/_settings", {block: on})

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            set_block(None)

    patient = Cluster(engine._cluster.address, sleep=sleep)
    story = mapping.source(doc(1, "新聞"), bulk.segmenter())
    set_block(True)

    patient.write([(Operation.of("index", {"_index": alias, "_id": "1"}, story),)])
    engine._cluster.ask("POST", f"/{alias}/_refresh")

    assert engine.story_ids() == {1}
    assert len(waits) == 4
    assert waits[3] > waits[0]

    set_block(True)
    helpless = Cluster(engine._cluster.address, sleep=lambda _: None)
    with pytest.raises(IndexBusy, match="no room"):
        helpless.write([(Operation.of("index", {"_index": alias, "_id": "2"}, story),)])
    set_block(None)


def test_requests_are_bounded_in_bytes(engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = Cluster._send

    def counted(cluster: Cluster, groups: list[bulk.Group]) -> list[bulk.Group]:
        sent.append(sum(len(operation.lines) for group in groups for operation in group))
        return send(cluster, groups)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(Cluster, "_send", counted)
    monkeypatch.setattr("search.engines.opensearch.client.CHUNK_BYTES", 20_000)

    engine.rebuild(lambda: (doc(number, "新聞", "文" * 100) for number in range(100)))

    assert engine.state().documents == 100
    assert len(sent) > 5
    assert max(sent) <= 20_000


# -- nodes -------------------------------------------------------------------------------------------


@pytest.fixture
def trio() -> Iterator[str]:
    """The address of three nodes of its own."""
    started = subprocess.run(
        [SERVERS, "start", "--name", "trio", "--nodes", "3", "--port", "9250", "--heap", "384m"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield started.stdout.strip()
    subprocess.run([SERVERS, "stop", "--name", "trio"], check=True)


def test_of_three_nodes_one_is_killed_and_nothing_is_lost(trio: str) -> None:
    at = replace(search_url.parse(trio), prefix="test-trio")
    with real_server.archive(at, shards=3, replicas=1) as engine:
        engine.rebuild(lambda: (doc(number, "新聞", f"第{number}篇") for number in range(300)))
        acknowledged = set(range(300))
        answered = 0

        for number in range(300, 340):
            if number == 305:
                subprocess.run([SERVERS, "kill", "--name", "trio", "--node", "2"], check=True)
            _until_done(lambda number=number: engine.upsert([doc(number, "新聞", f"第{number}篇")]))  # type: ignore[misc]
            acknowledged.add(number)
            hits = _until_done(lambda: ask(engine, "新聞", limit=1000))
            answered += 1
            assert {hit.story_id for hit in hits.hits} == acknowledged

        assert answered == 40
        assert engine.fingerprints() == {
            number: fingerprint(doc(number, "新聞", f"第{number}篇")) for number in acknowledged
        }
        assert _nodes(at) == 2
        assert engine.rebuild(lambda: [doc(1, "新聞")]) == 1  # with what is left


def _until_done(attempt: Callable[[], Any]) -> Any:
    """What the indexer and a reader's second click do: again, while the cluster finds itself."""
    for _ in range(60):
        try:
            return attempt()
        except SearchServerAway:
            time.sleep(1)
    raise AssertionError("the cluster did not find itself within a minute")


def _nodes(at: search_url.SearchAddress) -> int:
    host, port = at.hosts[0]
    with urllib.request.urlopen(f"http://{host}:{port}/_cluster/health") as answer:
        return int(json.load(answer)["number_of_nodes"])
