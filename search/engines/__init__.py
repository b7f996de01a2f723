"""Which engine answers in this process."""

from __future__ import annotations

import functools

from django.conf import settings

from .base import Engine


@functools.cache
def get_engine() -> Engine:
    """The process's engine: the cluster that SEARCH_URL names, else the embedded one."""
    if settings.SEARCH:
        from .opensearch.engine import OpenSearchEngine

        return OpenSearchEngine(
            settings.SEARCH, shards=settings.SEARCH_SHARDS, replicas=settings.SEARCH_REPLICAS
        )
    from .embedded.engine import EmbeddedEngine

    return EmbeddedEngine(settings.INDEX_DIR)
