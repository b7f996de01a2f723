"""Dates and facet values by document number, for filters, counts and the timeline."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..engine import Facet, IndexDocument
from ..tokens import fold

Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int32]
Docs = npt.NDArray[np.integer]

_FEW = 4_096  # values that are quicker sorted than counted over all names
NO_DAY = 0  # date.toordinal() begins at 1

VALUES: dict[Facet, Callable[[IndexDocument], tuple[str, ...]]] = {
    Facet.OUTLET: lambda document: (document.outlet,) if document.outlet else (),
    Facet.CATEGORY: lambda document: document.categories,
    Facet.TAG: lambda document: document.tags,
    Facet.AUTHOR: lambda document: document.authors,
    Facet.YEAR: lambda document: (str(document.day.year),) if document.day else (),
    Facet.LANGUAGE: lambda document: (document.language,) if document.language else (),
    Facet.IMAGE: lambda document: ("1",) if document.has_image else (),
    Facet.AGENCY: lambda document: document.agencies,
}


class FacetColumn:
    """The values of one facet: a list of (document, value) pairs, ascending by document."""

    def __init__(
        self, names: list[str], docs: npt.NDArray[np.uint32], values: npt.NDArray[np.uint32]
    ) -> None:
        self.names = names
        self._docs = docs
        self._values = values
        self._number = {name: number for number, name in enumerate(names)}
        self._folded: list[str] | None = None
        self._starts: npt.NDArray[np.int64] | None = None  # where each document's pairs begin

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Sequence[str]]]) -> FacetColumn:
        """From (document, its values); a value twice on one document counts once."""
        none = np.empty(0, np.uint32)
        return cls([], none, none).extended(rows)

    def extended(self, rows: Iterable[tuple[int, Sequence[str]]]) -> FacetColumn:
        """This column with further documents after its last."""
        names = list(self.names)
        number = dict(self._number)
        docs: list[int] = []
        values: list[int] = []
        for doc, of_doc in rows:
            for name in dict.fromkeys(of_doc):
                if name not in number:
                    number[name] = len(names)
                    names.append(name)
                docs.append(doc)
                values.append(number[name])
        return FacetColumn(
            names,
            np.concatenate((self._docs, np.asarray(docs, np.uint32))),
            np.concatenate((self._values, np.asarray(values, np.uint32))),
        )

    def counts(self, docs: Docs, *, size: int, documents: int) -> list[tuple[str, int]]:
        """The `size` most frequent values among these of all `documents`; ties by name."""
        numbers, found = self._counted(self._values_of(docs, documents))
        if len(numbers) > size:
            least = np.partition(found, -size)[-size]  # all that tie with the last one, then cut by name
            numbers, found = numbers[found >= least], found[found >= least]
        order = np.lexsort((self._rank[numbers], -found))[:size]
        return [
            (self.names[number], count)
            for number, count in zip(numbers[order], found[order].tolist(), strict=True)
        ]

    def _counted(self, values: npt.NDArray[np.uint32]) -> tuple[Docs, Docs]:
        """The different values and how often each is there."""
        if len(values) < _FEW:
            return np.unique(values, return_counts=True)
        every = np.bincount(values, minlength=len(self.names))
        numbers = np.flatnonzero(every)
        return numbers, every[numbers]

    def _values_of(self, docs: Docs, documents: int) -> npt.NDArray[np.uint32]:
        """The value numbers of documents (ascending), one after another."""
        if self._starts is None or len(self._starts) != documents + 1:
            self._starts = np.searchsorted(self._docs, np.arange(documents + 1))
        starts = self._starts[docs]
        sizes = self._starts[docs + 1] - starts
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        return np.asarray(self._values[np.arange(total) + np.repeat(starts - ends + sizes, sizes)])

    @functools.cached_property
    def _rank(self) -> npt.NDArray[np.int64]:
        """Of each value its place among the names in order."""
        rank = np.empty(len(self.names), np.int64)
        rank[sorted(range(len(self.names)), key=self.names.__getitem__)] = np.arange(len(self.names))
        return rank

    def frequencies(self, mask: Mask) -> npt.NDArray[np.int64]:
        """How many documents of `mask` have each value, in the order of `names`."""
        return np.bincount(self._values[mask[self._docs]], minlength=len(self.names))

    def mask(self, wanted: Iterable[str], *, documents: int) -> Mask:
        """Documents that have any of these values, exactly so spelt."""
        return self._mask([self._number[name] for name in wanted if name in self._number], documents)

    def holding(self, stands_in: Callable[[str], bool], *, documents: int) -> Mask:
        """Documents that have a value whose folded spelling passes the test."""
        if self._folded is None:
            self._folded = [fold(name) for name in self.names]
        return self._mask([n for n, name in enumerate(self._folded) if stands_in(name)], documents)

    def _mask(self, numbers: list[int], documents: int) -> Mask:
        result = np.zeros(documents, np.bool_)
        if numbers:
            wanted = np.zeros(len(self.names), np.bool_)
            wanted[numbers] = True
            result[self._docs[wanted[self._values]]] = True
        return result

    def write(self, folder: Path, name: str) -> None:
        (folder / f"{name}.names").write_text(json.dumps(self.names, ensure_ascii=False), encoding="utf-8")
        self._docs.tofile(folder / f"{name}.docs")
        self._values.tofile(folder / f"{name}.values")

    @classmethod
    def read(cls, folder: Path, name: str) -> FacetColumn:
        return cls(
            json.loads((folder / f"{name}.names").read_text(encoding="utf-8")),
            np.fromfile(folder / f"{name}.docs", np.uint32),
            np.fromfile(folder / f"{name}.values", np.uint32),
        )


class Columns:
    """All columns of a number of documents."""

    def __init__(self, days: Days, facets: dict[Facet, FacetColumn]) -> None:
        self.days = days
        self.facets = facets
        self._months = _months(days)

    @classmethod
    def of(cls, documents: Sequence[IndexDocument]) -> Columns:
        days = np.asarray([_day(document) for document in documents], np.int32)
        return cls(
            days,
            {
                facet: FacetColumn.of((number, values(document)) for number, document in enumerate(documents))
                for facet, values in VALUES.items()
            },
        )

    def extended(self, documents: Sequence[IndexDocument]) -> Columns:
        if not documents:
            return self
        first = len(self.days)
        days = np.concatenate((self.days, np.asarray([_day(document) for document in documents], np.int32)))
        return Columns(
            days,
            {
                facet: column.extended(
                    (first + number, VALUES[facet](document)) for number, document in enumerate(documents)
                )
                for facet, column in self.facets.items()
            },
        )

    def between(self, first: date | None, last: date | None) -> Mask:
        """Published in the closed range; documents without a date only when both ends are open."""
        if first is None and last is None:
            return np.ones(len(self.days), np.bool_)
        low = first.toordinal() if first else 1
        high = last.toordinal() if last else date.max.toordinal()
        return (self.days >= low) & (self.days <= high)

    def timeline(self, docs: Docs) -> list[tuple[str, int]]:
        """("2021-11", how many) for each month with any, ascending; undated documents left out."""
        months = self._months[docs]
        months = months[months > 0]
        if not len(months):
            return []
        first = int(months.min())
        found = np.bincount(months - first)
        return [
            (f"{(first + at) // 12:04d}-{(first + at) % 12 + 1:02d}", int(found[at]))
            for at in np.flatnonzero(found)
        ]

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.days.tofile(folder / "days")
        for facet, column in self.facets.items():
            column.write(folder, facet)

    @classmethod
    def read(cls, folder: Path) -> Columns:
        days = np.fromfile(folder / "days", np.int32)
        return cls(days, {facet: FacetColumn.read(folder, facet) for facet in Facet})


def _day(document: IndexDocument) -> int:
    return document.day.toordinal() if document.day else NO_DAY


def _months(days: Days) -> npt.NDArray[np.int32]:
    """Months since year 0, by day; 0 where there is no day."""
    result = np.zeros(len(days), np.int32)
    known = days > NO_DAY
    stamps = (days[known].astype("int64") - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    result[known] = stamps.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return result
