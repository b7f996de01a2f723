"""Lines over months or years, as coordinates of a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from search.counting import buckets
from search.counting.trends import Series, Trends
from search.web.links import address

from .links import plain

WIDTH: Final = 960
HEIGHT: Final = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 12, 34  # room for the numbers beside, and for the dates below
# With fewer articles in the archive a share is little more than chance: such points are drawn hollow.
FEW: Final = 20
_STEPS: Final = 4  # lines across


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    label: str  # 2021-11
    value: str  # as it is read: 3.2%
    href: str
    few: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    number: int  # from 1: its colour and dashes
    points: tuple[Point, ...]
    paths: tuple[str, ...]  # one for each stretch of buckets that the archive has articles of


@dataclass(frozen=True, slots=True)
class Chart:
    series: tuple[Drawn, ...]
    scale: tuple[tuple[float, str], ...]  # heights, with what they stand for
    dates: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    base: int = HEIGHT - _BOTTOM


def draw(found: Trends, show: str) -> Chart:
    """`show`: share of articles, articles, or occurrences a million characters (rate)."""
    every = [_values(series, show) for series in found.series]
    most = max((value for values in every for value in values if value is not None), default=0.0) or 1.0
    xs = [_x(number, len(found.buckets)) for number in range(len(found.buckets))]
    return Chart(
        series=tuple(
            _drawn(number, series, found, xs, values, most, show)
            for number, (series, values) in enumerate(zip(found.series, every, strict=True), 1)
        ),
        scale=tuple(_scale(most, show)),
        dates=tuple(_dates(found.buckets, xs)),
    )


def _scale(most: float, show: str) -> Iterator[tuple[float, str]]:
    for step in range(_STEPS + 1):
        value = most * step / _STEPS
        yield _y(value, most), said(value, show)


def _values(series: Series, show: str) -> list[float | None]:
    """None where the archive has nothing to compare with: the line has a gap there."""
    whole = series.characters if show == "rate" else series.archive
    counts = series.occurrences if show == "rate" else series.articles
    factor = {"rate": 1_000_000.0, "share": 1.0}.get(show)
    return [
        None if not of else float(count) if factor is None else count * factor / of
        for count, of in zip(counts, whole, strict=True)
    ]


def said(value: float, show: str) -> str:
    if show == "share":
        return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"
    return f"{value:,.1f}" if 0 < value < 10 and value != int(value) else f"{value:,.0f}"


def _x(number: int, count: int) -> float:
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (number / (count - 1) if count > 1 else 0.5), 1)


def _y(value: float, most: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / most, 1)


def _drawn(
    number: int,
    series: Series,
    found: Trends,
    xs: Sequence[float],
    values: Sequence[float | None],
    most: float,
    show: str,
) -> Drawn:
    points = [
        None
        if value is None
        else Point(
            x, _y(value, most), label, said(value, show), href(series, label), series.archive[at] < FEW
        )
        for at, (x, label, value) in enumerate(zip(xs, found.buckets, values, strict=True))
    ]
    shown = tuple(point for point in points if point is not None)
    return Drawn(series.name, number, shown, tuple(_paths(points)))


def _paths(points: Sequence[Point | None]) -> Iterator[str]:
    stretch: list[str] = []
    for point in (*points, None):
        if point is not None:
            stretch.append(f"{point.x},{point.y}")
        elif stretch:
            yield " ".join(stretch)
            stretch = []


def href(series: Series, label: str) -> str:
    """The articles behind a point."""
    first, last = (date.fromisoformat(day) for day in buckets.ends(label))
    filters = series.parameters.filters
    within = replace(filters, first=max(first, filters.first or first), last=min(last, filters.last or last))
    return address(plain(replace(series.parameters, filters=within)))


def _dates(labels: Sequence[str], xs: Sequence[float]) -> Iterator[tuple[float, str]]:
    """Years, as many as can be read side by side."""
    years = [(x, label[:4]) for x, label in zip(xs, labels, strict=True) if label[4:] in ("", "-01")]
    years = years or [(x, label) for x, label in zip(xs, labels, strict=True)][:1]
    step = -(-len(years) // 10)
    yield from years[::step]
