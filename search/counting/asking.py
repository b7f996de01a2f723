"""Search parameters -> what the engine counts, as the database has it now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from search.engines import get_engine
from search.engines.base import Asked, CountedTexts, Filters
from search.results import pending, service
from search.results.service import Parameters


@contextmanager
def texts() -> Iterator[CountedTexts]:
    """All running texts; what waits for the indexer is in them as it is now, what was withdrawn is not."""
    waiting = pending.stories()
    with get_engine().counting(hidden=waiting.hidden, fresh=waiting.fresh) as counted:
        yield counted


def asked(parameters: Parameters) -> Asked:
    _, tree = service.understood(parameters)
    return Asked(tree, parameters.filters, repr((tree, _key(parameters.filters))))


def everything(filters: Filters) -> Asked:
    """All stories that pass the filters, whatever their words."""
    return Asked(None, filters, repr((None, _key(filters))))


def _key(filters: Filters) -> object:
    values = [sorted(chosen.items()) for chosen in (filters.include, filters.exclude)]
    return values, filters.first, filters.last, filters.undated
