"""Generations of layout 2, read for as long as it takes to build one of today's beside them.

There, what stands beside the text had gram lists of its own, documents and impacts lay in two files, and
every facet had its own columns. This module goes when no release that wrote them is to be upgraded from.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from . import grams
from .columns import Columns, FacetValues
from .grams import GramList, Postings, SortedKeys, mapped

SCHEMA = "2"


class _Merged(GramList):
    """The list of what is printed; what another list has beside it comes in as it is asked for."""

    def __init__(self, folder: Path, printed: str, beside: GramList | None = None) -> None:
        self._where = grams.BESIDE if beside is None and printed == "other" else grams.PRINTED
        self._codes = SortedKeys(folder / f"{printed}.codes")
        self._starts = mapped(folder / f"{printed}.starts", np.uint64)
        self._docs = mapped(folder / f"{printed}.docs", np.uint32)
        self._impacts = mapped(folder / f"{printed}.impacts", np.uint8)
        self._beside = beside

    def postings(self, code: int) -> Postings:
        begin, end = self._bounds(code)
        facts = self._impacts[begin:end] | np.uint16(self._where)
        found = grams.posting(self._docs[begin:end], facts)
        beside = self._beside.postings(code) if self._beside else found[:0]
        return grams.united(found, beside) if len(beside) else found

    def frequency(self, code: int) -> int:
        return len(self.postings(code))


def lists(folder: Path) -> dict[str, GramList]:
    return {
        "any": _Merged(folder, "text", _Merged(folder, "other")),
        "title": _Merged(folder, "title"),
        "caption": _Merged(folder, "caption"),
    }


def columns(folder: Path) -> Columns:
    days = np.fromfile(folder / "columns" / "days", np.int32)
    return Columns(days, FacetValues.joined(folder / "columns", len(days), _column))


def _column(folder: Path, facet: str) -> tuple[list[str], grams.Docs, grams.Docs]:
    """Names, and pairs of a document and the number of a name."""
    return (
        json.loads((folder / f"{facet}.names").read_text(encoding="utf-8")),
        np.fromfile(folder / f"{facet}.docs", np.uint32),
        np.fromfile(folder / f"{facet}.values", np.uint32),
    )
