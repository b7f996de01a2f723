"""Facets and the timeline as aggregations of one search, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from search.engines.base import Facet, Filters

from . import query_compiler

Json = dict[str, Any]

# How many values each shard names. With several shards a value may be cut off in some of them; the cluster
# says so, and then all values are asked for.
_FEW: Final = 500
_EVERY: Final = 60_000  # the cluster refuses more than 65,536 buckets (search.max_buckets)
_MONTHS: Final[Json] = {
    "date_histogram": {"field": "day", "calendar_interval": "month", "format": "yyyy-MM", "min_doc_count": 1}
}


def facets(filters: Filters, size: int, wanted: Iterable[Facet] = Facet, *, shard_size: int = _FEW) -> Json:
    """Aggregations of what a query matches before anything was ticked: each facet applies the ticks of
    the others."""
    return {
        str(of): {
            "filter": {"bool": {"filter": query_compiler.ticked(filters, but=of)}},
            "aggs": {
                "values": {
                    "terms": {
                        "field": f"facets.{of}",
                        "size": size,
                        "shard_size": max(shard_size, size),
                        "order": [{"_count": "desc"}, {"_key": "asc"}],
                        "show_term_doc_count_error": True,
                    }
                }
            },
        }
        for of in wanted
        if size
    }


def all_values(filters: Filters, size: int, wanted: Iterable[Facet]) -> Json:
    return facets(filters, size, wanted, shard_size=_EVERY)


def timeline(filters: Filters) -> Json:
    return {
        "timeline": {
            "filter": {"bool": {"filter": query_compiler.ticked(filters)}},
            "aggs": {"values": _MONTHS},
        }
    }


def read_facets(answer: Json, wanted: Iterable[Facet] = Facet) -> dict[Facet, list[tuple[str, int]]]:
    return {of: _counts(answer, of) if of in answer["aggregations"] else [] for of in wanted}


def _counts(answer: Json, of: Facet) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in _values(answer, of)["buckets"]]


def unsure(answer: Json) -> list[Facet]:
    """The facets whose counts, or places, may be wrong because shards cut their lists off."""
    return [of for of in Facet if of in answer["aggregations"] and not _is_sure(_values(answer, of))]


def _is_sure(values: Json) -> bool:
    buckets = values["buckets"]
    if not buckets or not values["doc_count_error_upper_bound"]:
        return True
    exact = not any(bucket["doc_count_error_upper_bound"] for bucket in buckets)
    return exact and bool(values["doc_count_error_upper_bound"] < buckets[-1]["doc_count"])


def read_timeline(answer: Json) -> list[tuple[str, int]]:
    buckets = _values(answer, "timeline")["buckets"]
    return [(bucket["key_as_string"], bucket["doc_count"]) for bucket in buckets]


def _values(answer: Json, name: str) -> Json:
    values: Json = answer["aggregations"][name]["values"]
    return values
