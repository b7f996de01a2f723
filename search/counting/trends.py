"""Queries over time: articles and occurrences by month or year, beside what the archive has of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from search.engines.base import CountedTexts, Facet, Filters, Occurrences, Places
from search.results.service import Parameters

from . import asking, buckets

MOST_SERIES: Final = 8  # lines that can be told apart


@dataclass(frozen=True, slots=True)
class Series:
    """One line. `archive` and `characters`: of all articles it is a share of."""

    name: str  # the query, or an outlet
    parameters: Parameters  # the search that finds its articles
    articles: tuple[int, ...]
    occurrences: tuple[int, ...]
    archive: tuple[int, ...]
    characters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    buckets: tuple[str, ...]
    articles: tuple[int, ...]  # in the archive, within the filters
    characters: tuple[int, ...]
    days: tuple[int, ...]  # of each bucket, on which the archive has any article
    series: tuple[Series, ...]


def trends(queries: list[Parameters], *, yearly: bool, by_outlet: bool = False) -> Trends:
    """A line for each query, which have the same filters; `by_outlet`: for the first query one for each of
    the outlets with most articles."""
    with asking.texts() as texts:
        filters = queries[0].filters
        archive = _Archive(texts, filters, yearly=yearly)
        if by_outlet:
            found = texts.occurrences(asking.asked(_of_any_outlet(queries[0])))
            series = [
                _Archive(texts, asked.filters, yearly=yearly, like=archive).series(
                    name, asked, archive, found
                )
                for name, asked in _by_outlet(texts, queries[0])
            ]
        else:
            series = [
                archive.series(query.text, query, archive, texts.occurrences(asking.asked(query)))
                for query in queries
            ]
        return Trends(
            tuple(archive.labels), archive.articles, archive.characters, archive.days, tuple(series)
        )


def _by_outlet(texts: CountedTexts, query: Parameters) -> list[tuple[str, Parameters]]:
    numbers, names = texts.outlets(texts.documents(asking.asked(query)))
    counts = np.bincount(numbers, minlength=len(names))
    counts[0] = 0
    best = np.argsort(-counts, kind="stable")[:MOST_SERIES]
    found = []
    for number in best.tolist():
        if counts[number]:
            include = {**query.filters.include, Facet.OUTLET: (names[number],)}
            filters = replace(query.filters, include=include)
            found.append((names[number], replace(query, filters=filters)))
    return found


def _of_any_outlet(query: Parameters) -> Parameters:
    include = dict(query.filters.include)
    include.pop(Facet.OUTLET, None)
    return replace(query, filters=replace(query.filters, include=include))


class _Archive:
    """All articles within some filters, by bucket."""

    def __init__(
        self, texts: CountedTexts, filters: Filters, *, yearly: bool, like: _Archive | None = None
    ) -> None:
        """`like`: with the buckets of another, in which these articles are."""
        self._texts = texts
        docs = texts.documents(asking.everything(filters))
        days = texts.days(docs)
        if like is None:
            self.labels, of = buckets.buckets(days, yearly=yearly)
            self._of = np.full(int(docs.max(initial=-1)) + 1, -1)
            self._of[docs] = of
        else:
            self.labels, self._of = like.labels, like._of
        of = self._of[docs]
        self.articles = tuple(buckets.counted(of, len(self.labels)))
        sizes = np.bincount(of[of >= 0], weights=texts.characters(docs)[of >= 0], minlength=len(self.labels))
        self.characters = tuple(int(size) for size in sizes)
        _, firsts = np.unique(days, return_index=True)  # a day is in one bucket
        self.days = tuple(buckets.counted(of[firsts], len(self.labels)))
        self._docs = docs

    def series(self, name: str, parameters: Parameters, whole: _Archive, found: Occurrences) -> Series:
        """`found`: the occurrences of the query, in these articles and others."""
        return Series(
            name,
            parameters,
            articles=whole.by_bucket(self._texts.documents(asking.asked(parameters))),
            occurrences=whole.by_bucket(self._within(found.docs)),
            archive=self.articles,
            characters=self.characters,
        )

    def _within(self, docs: Places) -> Places:
        within = np.zeros(max(docs.max(initial=-1), self._docs.max(initial=-1)) + 1, np.bool_)
        within[self._docs] = True
        return docs[within[docs]]

    def by_bucket(self, docs: Places) -> tuple[int, ...]:
        return tuple(buckets.counted(self._of[docs[docs < len(self._of)]], len(self.labels)))
