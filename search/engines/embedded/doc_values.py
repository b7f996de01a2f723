"""Dates and facet values by document number, for filters, counts and the timeline."""

from __future__ import annotations

import functools
import itertools
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from search.engines.document import IndexDocument
from search.language.tokens import Needle, search_text
from search.query.fields import Facet

Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int32]
Docs = npt.NDArray[np.integer]
Numbers = npt.NDArray[np.uint32]  # of values
Counts = npt.NDArray[np.int64]

_FEW = 10_000  # values that are quicker sorted than counted over all names
_MANY = 4_096  # different values of which only those that can be listed are put in order
NO_DAY = 0  # date.toordinal() begins at 1

_FACETS = tuple(Facet)
_NUMBER = {facet: number for number, facet in enumerate(_FACETS)}
# A value's place among all that were counted: its facet, then how often it was found, then its name.
_FACET_BITS, _COUNT_BITS = 56, 32
_RANK, _MOST = (1 << _COUNT_BITS) - 1, (1 << _FACET_BITS - _COUNT_BITS) - 1


class FacetValues:
    """The values of all facets in one table, so that one pass over it counts every facet: a list of
    (document, value) pairs, ascending by document. Immutable; threads share it."""

    def __init__(
        self,
        names: list[str],
        facet_of: npt.NDArray[np.uint8],
        docs: Numbers,
        values: Numbers,
        documents: int,
    ) -> None:
        self.names = names
        self._facet_of = facet_of
        self._docs = docs
        self._values = values
        self._documents = documents
        counts = np.bincount(docs, minlength=documents)
        self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))  # of each document's pairs
        self._before: FacetValues | None = None  # of which this is a continuation
        self._joined: dict[Facet, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], str]] = {}

    @classmethod
    def of(cls, documents: Sequence[IndexDocument]) -> FacetValues:
        """A value twice on one document counts once."""
        none = np.empty(0, np.uint32)
        return cls([], np.empty(0, np.uint8), none, none, 0).extended(documents)

    def extended(self, documents: Sequence[IndexDocument]) -> FacetValues:
        """This table with further documents after its last."""
        names: list[str] = []
        facets: list[int] = []
        late: dict[tuple[Facet, str], int] = {}
        docs: list[int] = []
        values: list[int] = []
        for doc, document in enumerate(documents, self._documents):
            for facet in _FACETS:
                for name in dict.fromkeys(document.values(facet)):
                    number = self._number.get((facet, name), late.get((facet, name)))
                    if number is None:
                        number = late[facet, name] = len(self.names) + len(names)
                        names.append(name)
                        facets.append(_NUMBER[facet])
                    docs.append(doc)
                    values.append(number)
        table = FacetValues(
            self.names + names,
            np.concatenate((self._facet_of, np.asarray(facets, np.uint8))),
            np.concatenate((self._docs, np.asarray(docs, np.uint32))),
            np.concatenate((self._values, np.asarray(values, np.uint32))),
            self._documents + len(documents),
        )
        table._before = self if self.names else None
        return table

    @functools.cached_property
    def _number(self) -> dict[tuple[Facet, str], int]:
        facets = self._facet_of.tolist()
        return {
            (_FACETS[facet], name): number
            for number, (facet, name) in enumerate(zip(facets, self.names, strict=True))
        }

    def numbers(self, facet: Facet) -> npt.NDArray[np.int64]:
        """The values of one facet; `names` has their names."""
        return np.flatnonzero(self._facet_of == _NUMBER[facet])

    # -- counting ----------------------------------------------------------------------------------

    def counts(
        self, docs: Docs, *, size: int, facets: Collection[Facet] = _FACETS
    ) -> dict[Facet, list[tuple[str, int]]]:
        """Of each facet the `size` most frequent values among these documents; ties by name."""
        numbers, found = self._counted(self._values_of(docs))
        if len(numbers) > _MANY:
            facet_of = self._facet_of[numbers]
            listed = found >= _least(facet_of, found, size)[facet_of]
            numbers, found = numbers[listed], found[listed]
        places = self._places[numbers] + (_MOST - found << _COUNT_BITS).astype(np.uint64)
        places.sort()
        bounds = itertools.pairwise(places.searchsorted(_BOUNDS).tolist())
        names = self._ordering[1]
        result: dict[Facet, list[tuple[str, int]]] = {}
        for facet, (begin, end) in zip(_FACETS, bounds, strict=True):
            if facet in facets:
                listed = places[begin : min(end, begin + size)].tolist()
                result[facet] = [(names[at & _RANK], _MOST - (at >> _COUNT_BITS & _MOST)) for at in listed]
        return result

    def _counted(self, values: Numbers) -> tuple[Docs, Counts]:
        """The different values and how often each is there."""
        if len(values) < _FEW:
            ordered = np.sort(values)
            firsts = np.ones(len(ordered), np.bool_)
            np.not_equal(ordered[1:], ordered[:-1], out=firsts[1:])
            at = firsts.nonzero()[0]
            found = np.empty_like(at)
            np.subtract(at[1:], at[:-1], out=found[:-1])
            found[-1:] = len(values) - at[-1:]
            return ordered[at], found
        every = np.bincount(values, minlength=len(self.names))
        numbers = every.nonzero()[0]
        return numbers, every[numbers]

    def _values_of(self, docs: Docs) -> Numbers:
        """The values of documents (ascending), one after another."""
        docs = docs.astype(np.intp)
        starts = self._starts[docs]
        sizes = self._starts[docs + 1] - starts
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        return np.asarray(self._values[np.arange(total) + np.repeat(starts - ends + sizes, sizes)])

    @functools.cached_property
    def _places(self) -> npt.NDArray[np.uint64]:
        """Of each value its place if it was found as often as can be."""
        return self._facet_of.astype(np.uint64) << np.uint64(_FACET_BITS) | self._ordering[0]

    @functools.cached_property
    def _ordering(self) -> tuple[npt.NDArray[np.uint64], list[str]]:
        """Of each value the place of its name among all names in order, and the names in order."""
        if self._before is None:
            order = sorted(range(len(self.names)), key=self.names.__getitem__)
            rank = np.empty(len(order), np.uint64)
            rank[order] = np.arange(len(order), dtype=np.uint64)
            return rank, [self.names[number] for number in order]
        # few names are new: they are put between the known ones, which are not sorted again
        known, in_order = self._before._ordering
        late = self.names[len(in_order) :]
        order = sorted(range(len(late)), key=late.__getitem__)
        places = np.asarray([bisect_left(in_order, late[at]) for at in order], np.uint64)
        rank_of_late = np.empty(len(late), np.uint64)
        rank_of_late[order] = places + np.arange(len(late), dtype=np.uint64)
        in_order = in_order.copy()
        for at, place in zip(reversed(order), reversed(places.tolist()), strict=True):
            in_order.insert(place, late[at])
        rank = known + places.searchsorted(known, "right").astype(np.uint64)
        return np.concatenate((rank, rank_of_late)), in_order

    def first_of(self, facet: Facet, docs: Docs) -> tuple[npt.NDArray[np.int64], list[str]]:
        """For each of `docs` the place of its first value of a facet in the list of names, which begins with
        "" for those that have none."""
        numbers = self.numbers(facet)
        place = np.zeros(len(self.names) + 1, np.int64)
        place[numbers] = np.arange(1, len(numbers) + 1)
        of_doc = np.zeros(self._documents, np.int64)
        pairs = np.flatnonzero(place[self._values])[::-1]  # so that the first value is written last
        of_doc[self._docs[pairs]] = place[self._values[pairs]]
        return of_doc[docs], ["", *(self.names[number] for number in numbers.tolist())]

    def frequencies(self, mask: Mask) -> Counts:
        """How many documents of `mask` have each value, in the order of `names`."""
        return np.bincount(self._values[mask[self._docs]], minlength=len(self.names))

    # -- filtering ---------------------------------------------------------------------------------

    def mask(self, facet: Facet, wanted: Iterable[str]) -> Mask:
        """Documents that have any of these values, exactly so spelt."""
        return self._mask([self._number[facet, name] for name in wanted if (facet, name) in self._number])

    def holding(self, facet: Facet, needle: Needle) -> Mask:
        """Documents that have a value in whose folded spelling the needle stands."""
        numbers, starts, joined = self._spellings(facet)
        hits = np.asarray([hit.start() for hit in needle.pattern.finditer(joined)], np.int64)
        at = np.unique(starts.searchsorted(hits, "right") - 1)
        return self._mask(numbers[at].tolist())

    def _spellings(self, facet: Facet) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], str]:
        """The values of a facet, where the folded spelling of each begins, and all of them end to end."""
        if facet not in self._joined:
            numbers = self.numbers(facet)
            folded = [self._folded[number] for number in numbers.tolist()]
            lengths = np.fromiter((len(name) + 1 for name in folded), np.int64, len(folded))
            self._joined[facet] = numbers, np.cumsum(lengths) - lengths, "\n".join(folded)
        return self._joined[facet]

    def _mask(self, numbers: list[int]) -> Mask:
        result = np.zeros(self._documents, np.bool_)
        if (before := self._before) is not None:  # whose documents are in order by value already
            result[: before._documents] = before._mask([n for n in numbers if n < len(before.names)])
            late = slice(len(before._docs), None)
            result[self._docs[late][np.isin(self._values[late], numbers)]] = True
            return result
        starts, docs = self._by_value
        for number in numbers:
            result[docs[starts[number] : starts[number + 1]]] = True
        return result

    @functools.cached_property
    def _by_value(self) -> tuple[npt.NDArray[np.int64], Numbers]:
        """The documents of each value, and where each value's begin."""
        counts = np.bincount(self._values, minlength=len(self.names))
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        return starts, self._docs[np.argsort(self._values, kind="stable")]

    @functools.cached_property
    def _folded(self) -> list[str]:
        return [search_text(name) for name in self.names]

    # -- files -------------------------------------------------------------------------------------

    def write(self, folder: Path) -> None:
        (folder / "names").write_text(json.dumps(self.names, ensure_ascii=False), encoding="utf-8")
        self._facet_of.tofile(folder / "facets")
        self._docs.tofile(folder / "docs")
        self._values.tofile(folder / "values")

    @classmethod
    def read(cls, folder: Path, documents: int) -> FacetValues:
        return cls(
            json.loads((folder / "names").read_text(encoding="utf-8")),
            np.fromfile(folder / "facets", np.uint8),
            np.fromfile(folder / "docs", np.uint32),
            np.fromfile(folder / "values", np.uint32),
            documents,
        )


_BOUNDS = np.arange(len(_FACETS) + 1, dtype=np.uint64) << np.uint64(_FACET_BITS)


def _least(facet_of: npt.NDArray[np.uint8], found: Counts, size: int) -> Counts:
    """By facet, how often its `size`-th most frequent value was found; ties with it are listed too."""
    least = np.zeros(len(_FACETS), np.int64)
    for facet in range(len(_FACETS)):
        of_facet = found[facet_of == facet]
        if len(of_facet) > size:
            least[facet] = np.partition(of_facet, -size)[-size]
    return least


class Columns:
    """All columns of a number of documents."""

    def __init__(self, days: Days, values: FacetValues) -> None:
        self.days = days
        self.values = values
        months = _months(days)
        self._before_first = int(months[days > NO_DAY].min(initial=date.max.year * 12)) - 1
        # from the first month of all, which is 1; 0 where there is no day
        self._months = np.where(days > NO_DAY, months - self._before_first, 0)

    @classmethod
    def of(cls, documents: Sequence[IndexDocument]) -> Columns:
        return cls(_days(documents), FacetValues.of(documents))

    def extended(self, documents: Sequence[IndexDocument]) -> Columns:
        if not documents:
            return self
        return Columns(np.concatenate((self.days, _days(documents))), self.values.extended(documents))

    def between(self, first: date | None, last: date | None, docs: Docs | None = None) -> Mask:
        """Which of `docs` (None: of all) were published in the closed range; those without a date only
        when both ends are open."""
        days = self.days if docs is None else self.days.take(docs)
        if first is None and last is None:
            return np.ones(len(days), np.bool_)
        low = first.toordinal() if first else 1
        high = last.toordinal() if last else date.max.toordinal()
        return (days >= low) & (days <= high)

    def undated(self, docs: Docs) -> Mask:
        """Which of `docs` have no date."""
        return np.equal(self.days.take(docs), NO_DAY)

    def timeline(self, docs: Docs) -> list[tuple[str, int]]:
        """("2021-11", how many) for each month with any, ascending; undated documents left out."""
        found = np.bincount(self._months.take(docs), minlength=1)
        found[0] = 0
        at = found.nonzero()[0]
        return list(zip(map(self._month_names.__getitem__, at.tolist()), found[at].tolist(), strict=True))

    @functools.cached_property
    def _month_names(self) -> list[str]:
        """By number in `_months`, from 0, which is none."""
        months = range(self._before_first, self._before_first + int(self._months.max(initial=0)) + 1)
        return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months]

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.days.tofile(folder / "days")
        self.values.write(folder)

    @classmethod
    def read(cls, folder: Path) -> Columns:
        days = np.fromfile(folder / "days", np.int32)
        return cls(days, FacetValues.read(folder, len(days)))


def _days(documents: Sequence[IndexDocument]) -> Days:
    days = [document.day.toordinal() if document.day else NO_DAY for document in documents]
    return np.asarray(days, np.int32)


def _months(days: Days) -> npt.NDArray[np.int32]:
    """Months since year 0, by day; 0 where there is no day."""
    result = np.zeros(len(days), np.int32)
    known = days > NO_DAY
    stamps = (days[known].astype("int64") - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    result[known] = stamps.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return result
