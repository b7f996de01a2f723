"""The engine of large archives, against a real server. `.ci/run` starts one; by hand:

SEARCH_TEST_URL=$(tests/servers/opensearch start) python -m pytest tests/search/test_opensearch_engine.py
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from newsarchive.search_url import parse
from search.engine import Engine
from search.engines.opensearch import OpenSearchEngine

from .engine_contract import EngineContract

URL = os.environ.get("SEARCH_TEST_URL", "")

pytestmark = pytest.mark.skipif(
    not URL and not os.environ.get("CI"),
    reason="needs an OpenSearch server: SEARCH_TEST_URL=$(tests/servers/opensearch start)",
)


@contextmanager
def archive(**options: int) -> Iterator[OpenSearchEngine]:
    """An archive of its own in the cluster, gone afterwards."""
    address = replace(parse(URL), prefix=f"test-{uuid.uuid4().hex[:12]}")
    engine = OpenSearchEngine(address, **{"replicas": 0, **options})
    try:
        yield engine
    finally:
        engine.remove()
        engine.close()


class TestOpenSearchEngine(EngineContract):
    @pytest.fixture(scope="class")
    def shared(self) -> Iterator[Engine]:
        """Making an index takes the cluster a second: one for all tests that do not make another."""
        with archive() as engine:
            engine.rebuild(list)
            yield engine

    @pytest.fixture
    def engine(self, shared: Engine) -> Engine:
        shared.delete(shared.story_ids())
        return shared
