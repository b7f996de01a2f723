"""Tags on the very same stories of a search (林鄭, 林鄭月娥, Carrie Lam): mostly one person under several
names, which beside topics would look like as many subjects."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Final

from search.engines import get_engine
from search.engines.base import Facet, Request

from .. import service
from ..service import SearchPage

_FEWEST: Final = 3  # stories: fewer agree by chance
_MOST_COMPARED: Final = 12  # pairs, each a count of the engine


def repeated_tags(page: SearchPage) -> tuple[tuple[str, ...], ...]:
    """Groups of two and more. () where tags are ticked: a ticked facet is counted in another set."""
    tags = page.facets.get(Facet.TAG, [])
    if page.partial or page.parameters.filters.include.get(Facet.TAG):
        return ()
    compared = 0
    request: Request | None = None
    groups: list[list[str]] = []
    for count, equals in groupby(tags, key=lambda tag: tag[1]):
        alike: list[list[str]] = []
        for name, _ in equals if count >= _FEWEST else ():
            for group in alike:
                compared += 1
                request = request or service.request_of(page.parameters)
                if compared <= _MOST_COMPARED and _are_on_the_same(request, group[0], name):
                    group.append(name)
                    break
            else:
                alike.append([name])
        groups += alike
    return tuple(tuple(group) for group in groups if len(group) > 1)


def _are_on_the_same(request: Request, first: str, second: str) -> bool:
    """Both are on equally many stories: on the same ones when none has the first without the second."""
    filters = request.filters
    without = {**filters.exclude, Facet.TAG: (*filters.exclude.get(Facet.TAG, ()), second)}
    apart = replace(filters, include={**filters.include, Facet.TAG: (first,)}, exclude=without)
    count = get_engine().count(request.query, filters=apart, hidden=request.hidden, fresh=request.fresh)
    return not count
