"""Why a search found nothing as asked, and what would: counts for each word, each exclusion and each
filter. A bounded number of counts, none of them long. What may have been meant says `meant`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from search.engines.base import Facet, Filters
from search.query.fields import WITHOUT_NAME
from search.query.parser import And, DateRange, Field, Near, Not, Or, Query, Term, Without, describe

from .asked import Asked

_MOST = 12  # words, exclusions and filters that are counted


@dataclass(frozen=True, slots=True)
class Word:
    """A part of the query by itself, without the filters."""

    text: str
    stories: int
    anywhere: int  # of a word that was looked for in one field: stories that have it somewhere


@dataclass(frozen=True, slots=True)
class Restriction:
    """One value of the filters: that stories must have, must not have, or the day from or until which."""

    kind: Literal["include", "exclude", "first", "last", "undated"]
    value: str  # of a day: 2021-11-17
    facet: Facet | None  # None of a day
    removed: Filters  # what is left of the filters without this value


@dataclass(frozen=True, slots=True)
class RestrictionCount:
    restriction: Restriction
    stories: int  # found without it


@dataclass(frozen=True, slots=True)
class Misses:
    words: tuple[Word, ...]
    exclusions: tuple[tuple[str, int], ...]  # as typed, and the stories of the query without it
    without_filter: tuple[RestrictionCount, ...]
    without_filters: int  # stories without any filter


def explain(tree: Query | None, asked: Asked) -> Misses:
    """`asked` is the search itself: its filters, its synonyms."""
    return Misses(
        words=tuple(_word(asked, node) for node in _words(tree)[:_MOST]),
        exclusions=tuple(
            (describe(part), asked.count(rest)) for part, rest in list(_without_exclusions(tree))[:_MOST]
        ),
        without_filter=tuple(
            RestrictionCount(restriction, asked.count(tree, filters=restriction.removed))
            for restriction in islice(restrictions(asked.filters), _MOST)
        ),
        without_filters=asked.count(tree, filters=Filters()),
    )


def restrictions(filters: Filters) -> Iterator[Restriction]:
    """In the order in which pages list them."""
    for facet in Facet:
        for value in filters.include.get(facet, ()):
            rest = replace(filters, include=values_without(filters.include, facet, value))
            yield Restriction("include", value, facet, rest)
        for value in filters.exclude.get(facet, ()):
            rest = replace(filters, exclude=values_without(filters.exclude, facet, value))
            yield Restriction("exclude", value, facet, rest)
    if filters.first:
        yield Restriction("first", filters.first.isoformat(), None, replace(filters, first=None))
    if filters.last:
        yield Restriction("last", filters.last.isoformat(), None, replace(filters, last=None))
    if filters.undated:
        yield Restriction("undated", "", None, replace(filters, undated=False))


def values_without(
    values: Mapping[Facet, tuple[str, ...]], facet: Facet, value: str
) -> dict[Facet, tuple[str, ...]]:
    return {**values, facet: tuple(other for other in values[facet] if other != value)}


def _word(asked: Asked, node: Term | Near | Without | DateRange) -> Word:
    stories = asked.count(node, filters=Filters())
    if isinstance(node, DateRange) or stories or node.field in WITHOUT_NAME:
        return Word(describe(node), stories, stories)
    anywhere = asked.count(replace(node, field=Field.ANY), filters=Filters())
    return Word(describe(node), stories, anywhere)


def _words(tree: Query | None) -> list[Term | Near | Without | DateRange]:
    """What is asked for, negations left out, each once."""
    return list(dict.fromkeys(_leaves(tree))) if tree is not None else []


def _leaves(node: Query) -> Iterator[Term | Near | Without | DateRange]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    elif not isinstance(node, Not):
        yield node


def _without_exclusions(tree: Query | None) -> Iterator[tuple[Not, Query]]:
    """Each exclusion of the query with the query that does without it."""
    if isinstance(tree, And):
        for part in tree.parts:
            rest = tuple(other for other in tree.parts if other is not part)
            if isinstance(part, Not) and rest:
                yield part, And(rest)
