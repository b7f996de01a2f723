"""Months and years: which one a day falls in, and all of them in a row."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.engines.base import Places


class Buckets(NamedTuple):
    labels: list[str]  # ("2021-11", …) or ("2021", …), ascending, without gaps
    of_day: npt.NDArray[np.int64]  # by document its place in `labels`; -1 for those without a date


def buckets(days: npt.NDArray[np.int32], *, yearly: bool) -> Buckets:
    """`days`: ordinals of dates, 0 for none."""
    known = days > 0
    stamps = (days[known].astype("int64") - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    numbers = stamps.astype("datetime64[Y]" if yearly else "datetime64[M]").astype(np.int64)
    of_day = np.full(len(days), -1)
    if not len(numbers):
        return Buckets([], of_day)
    first, last = int(numbers.min()), int(numbers.max())
    of_day[known] = numbers - first
    return Buckets([_label(number, yearly=yearly) for number in range(first, last + 1)], of_day)


def _label(number: int, *, yearly: bool) -> str:
    return f"{1970 + number:04d}" if yearly else f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"


def counted(of_day: Places, size: int) -> list[int]:
    found: list[int] = np.bincount(of_day[of_day >= 0], minlength=size).tolist()
    return found


def ends(label: str) -> tuple[str, str]:
    """The first and the last day of a bucket, as search parameters have them."""
    if len(label) == 4:
        return f"{label}-01-01", f"{label}-12-31"
    days = monthrange(int(label[:4]), int(label[5:]))[1]
    return f"{label}-01", f"{label}-{days}"


def length(label: str) -> int:
    """In days."""
    first, last = (date.fromisoformat(day) for day in ends(label))
    return (last - first).days + 1
