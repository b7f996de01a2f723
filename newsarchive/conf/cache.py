"""Django's Redis cache, made to tolerate a Redis that does not answer: everything kept in it can be computed
again."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

_log = logging.getLogger(__name__)


class SharedCache(RedisCache):
    """While Redis does not answer, `get` returns the default and `set` and `delete` do nothing. `add` and
    `incr` still raise, because the counters (`newsarchive.quotas.counters`) must know that they did not
    count."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as exc:
            _log.warning("the shared cache is away: %s", exc)
            return default

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        try:
            super().set(key, value, *args, **options)
        except RedisError as exc:
            _log.warning("the shared cache is away: %s", exc)

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError as exc:
            _log.warning("the shared cache is away: %s", exc)
            return False
