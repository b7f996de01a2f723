"""Stories that an index has not seen yet, put into the answers of a cluster that was asked without them.

They are few (`search.results.pending`) and matched here, by the same rules as everywhere. The cluster counts
what it has of their values, so that facets are exact; a page is merged from its hits and theirs. How well one
of them matches is known for what the cluster has of it from before: what it has not yet is last by relevance
until it is indexed.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from search.query import semantics
from search.query.parser import Query, unbroken

from .base import Facet, Filters, Sort
from .document import IndexDocument
from .opensearch import deep_paging, query_compiler

Json = dict[str, Any]
Counts = list[tuple[str, int]]

_NO_FILTERS: Final = Filters()


class Overlay:
    """Documents that match a query, without regard to filters."""

    def __init__(self, fresh: Iterable[IndexDocument], query: Query | None) -> None:
        self.matching = [document for document in fresh if query is None or _matches(query, document)]
        strict = unbroken(query)
        self._loosened = {
            document.story_id
            for document in self.matching
            if strict is not None and strict != query and not _matches(strict, document)
        }

    def is_loosened(self, document: IndexDocument) -> bool:
        """Does it match only since punctuation may part a string?"""
        return document.story_id in self._loosened

    def passing(self, filters: Filters, *, but: Facet | None = None) -> list[IndexDocument]:
        return [document for document in self.matching if _passes(document, filters, but)]

    # -- counts ------------------------------------------------------------------------------------

    def aggregations(self, filters: Filters) -> Json:
        """How many of its own stories the cluster has for each value of these documents."""
        return {
            _name(facet): {
                "filter": {"bool": {"filter": query_compiler.ticked(filters, but=facet)}},
                "aggs": {
                    "values": {
                        "terms": {
                            "field": f"facets.{facet}",
                            "include": sorted(values),
                            "size": len(values),
                            "shard_size": len(values),
                        }
                    }
                },
            }
            for facet in Facet
            if (values := self._counted(facet, filters))
        }

    def facets(
        self, counted: Mapping[Facet, Counts], answer: Json, filters: Filters, size: int
    ) -> dict[Facet, Counts]:
        merged: dict[Facet, Counts] = {}
        for facet, of_cluster in counted.items():
            counts = Counter(dict(of_cluster))
            if own := self._counted(facet, filters):
                buckets = answer["aggregations"][_name(facet)]["values"]["buckets"]
                counts.update({bucket["key"]: 0 for bucket in buckets})
                for bucket in buckets:
                    counts[bucket["key"]] = bucket["doc_count"]
                counts.update(own)
            merged[facet] = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:size]
        return merged

    def _counted(self, facet: Facet, filters: Filters) -> Counter[str]:
        documents = self.passing(filters, but=facet)
        return Counter(value for document in documents for value in dict.fromkeys(document.values(facet)))

    def timeline(self, of_cluster: Counts, filters: Filters) -> Counts:
        counts = Counter(dict(of_cluster))
        counts.update(f"{document.day:%Y-%m}" for document in self.passing(filters) if document.day)
        return sorted(counts.items())


def merged(
    rows: Sequence[list[Any]], late: Sequence[list[Any]], sort: Sort, *, start: int, offset: int, limit: int
) -> list[list[Any]]:
    """The page from `offset` of two lists of sort values; `rows` are those of the cluster from `start` on,
    which is so far before the page that all of `late` may lie between."""

    def key(row: list[Any]) -> tuple[Any, ...]:
        return tuple(row) if sort is Sort.OLDEST else tuple(-value for value in row)

    late = sorted(late, key=key)
    if start and rows:
        before = sum(1 for row in late if key(row) < key(rows[0]))
        late, start = late[before:], start + before
    elif start:  # the cluster's hits and `late` together end before the page
        return []
    page = list(heapq.merge(rows, late, key=key))
    return page[offset - start : offset - start + limit]


def row_of(document: IndexDocument, sort: Sort, score: float) -> list[Any]:
    """Its sort values, as the cluster gives them (see `deep_paging`)."""
    missing = deep_paging.LAST_DAY if sort is Sort.OLDEST else deep_paging.FIRST_DAY
    day = document.day
    millis = int(datetime.combine(day, time(), UTC).timestamp()) * 1000 if day else missing
    values = [millis, document.story_id]
    return [score, *values] if sort is Sort.RELEVANCE else values


def _matches(query: Query, document: IndexDocument) -> bool:
    return semantics.matches(query, document.folded_parts(), document.day, printed=document.printed_parts())


def _name(facet: Facet) -> str:
    return f"{facet}, fresh"


def _passes(document: IndexDocument, filters: Filters, but: Facet | None) -> bool:
    if filters.first and not (document.day and filters.first <= document.day):
        return False
    if filters.last and not (document.day and document.day <= filters.last):
        return False
    if filters.undated and document.day:
        return False
    return all(
        not wanted or facet is but or set(document.values(facet)) & set(wanted)
        for facet, wanted in filters.include.items()
    ) and not any(set(document.values(facet)) & set(unwanted) for facet, unwanted in filters.exclude.items())
