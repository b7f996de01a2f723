"""What a curator changed holds at once in a cluster too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from search.engines import get_engine
from search.engines.opensearch.engine import OpenSearchEngine
from search.indexing import sync
from tests.search.engines import real_server

from .changing import ASKED, CHANGES, TYPED, Change, archive

pytestmark = [pytest.mark.django_db, real_server.needs_server]


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


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_cluster_too_counts_what_it_has_not_seen_yet(client: Client, change: Change, cluster: None) -> None:
    change(archive())

    before = counted(client)
    assert sync.drain(get_engine())
    after = counted(client)

    assert {name: told for name, told in before.items() if told != after[name]} == {}
