"""Archives of their own in a real OpenSearch, for tests."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from newsarchive.conf import search_url
from newsarchive.conf.search_url import SearchAddress
from search.engines.opensearch.engine import OpenSearchEngine

URL = os.environ.get("SEARCH_TEST_URL", "")

needs_server = pytest.mark.skipif(
    not URL and not os.environ.get("CI"),
    reason="needs an OpenSearch server: export SEARCH_TEST_URL=$(tests/servers/opensearch start)",
)


def address() -> SearchAddress:
    """In the cluster of the tests, with names that no other archive has."""
    return replace(search_url.parse(URL), prefix=f"test-{uuid.uuid4().hex[:12]}")


@contextmanager
def archive(
    at: SearchAddress | None = None, *, shards: int = 1, replicas: int = 0
) -> Iterator[OpenSearchEngine]:
    """Gone afterwards."""
    engine = OpenSearchEngine(at or address(), shards=shards, replicas=replicas)
    try:
        yield engine
    finally:
        engine.remove()
        engine.close()
