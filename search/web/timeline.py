"""How many stories each month has, as bars that are links."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 100  # units of the SVG, of the highest bar
STEP: Final = 10  # a bar is 8 wide (templates/jinja2/search/_timeline.html)
_NARROWEST_YEAR: Final = 4  # months: the name of a year has no room over fewer
_MOST_YEARS: Final = 12  # names of years beside each other
_MOST_MONTHS: Final = 180  # more than these are counted by year


@dataclass(frozen=True, slots=True)
class Bar:
    label: str  # 2021-11, or 2021
    count: str  # 1,204
    href: str  # the same search within that time
    x: int
    y: int
    height: int
    share: str  # of all articles of that time: 3.2%


@dataclass(frozen=True, slots=True)
class Timeline:
    """Coordinates of a drawing `width` wide and HEIGHT high; times without a story have no bar."""

    bars: tuple[Bar, ...]
    width: int
    ticks: tuple[int, ...]  # where a year begins
    years: tuple[tuple[str, int], ...]  # what is printed under it, and how many bars wide; "" has no room
    most: str  # how much the highest bar is

    @property
    def first(self) -> str:
        return self.bars[0].label

    @property
    def last(self) -> str:
        return self.bars[-1].label


def timeline(
    months: list[tuple[str, int]], archive: list[tuple[str, int]], beginning: str, *, share: bool = False
) -> Timeline | None:
    """`months` as the engine counts them: ("2021-11", n), ascending; `archive` the same of everything.
    `beginning` is an address to which a date range can be added. Bars are as high as the counts, or as
    the shares. None when there is nothing to compare."""
    if not months:
        return None
    if _number(months[-1][0]) - _number(months[0][0]) >= _MOST_MONTHS:
        months, archive = _by_year(months), _by_year(archive)
    if len(months) < 2:
        return None
    first, last = _number(months[0][0]), _number(months[-1][0])
    everything = dict(archive)
    shares = {label: count / max(count, everything.get(label, 0)) for label, count in months}
    most = max(shares[label] if share else count for label, count in months)
    yearly = len(months[0][0]) == 4
    return Timeline(
        bars=tuple(
            Bar(
                label,
                f"{count:,}",
                beginning + _range(label),
                (_number(label) - first) * STEP,
                HEIGHT - height,
                height,
                f"{shares[label]:.1%}",
            )
            for label, count in months
            for height in [max(2, round((shares[label] if share else count) / most * (HEIGHT - 4)))]
        ),
        width=(last - first + 1) * STEP,
        years=tuple(_years(first, last, yearly=yearly)),
        most=f"{most:.1%}" if share else f"{most:,}",
        ticks=() if yearly else tuple((at - first) * STEP for at in range(first, last + 1) if at % 12 == 0),
    )


def _years(first: int, last: int, *, yearly: bool) -> Iterator[tuple[str, int]]:
    """The years under the bars, each with its months; of many years, one in so many is named."""
    if not yearly:
        months = Counter(number // 12 for number in range(first, last + 1))
        for year, width in months.items():
            yield str(year) if width >= _NARROWEST_YEAR else "", width
        return
    step = -(-(last - first + 1) // _MOST_YEARS)
    for year in range(first, last + 1):
        yield str(year) if (year - first) % step == 0 else "", 1


def _number(label: str) -> int:
    """A year is its own number, a month counts from the year 0."""
    if len(label) == 4:
        return int(label)
    return int(label[:4]) * 12 + int(label[5:]) - 1


def _by_year(months: list[tuple[str, int]]) -> list[tuple[str, int]]:
    years: Counter[str] = Counter()
    for month, count in months:
        years[month[:4]] += count
    return list(years.items())


def _range(label: str) -> str:
    if len(label) == 4:
        return f"from={label}-01-01&to={label}-12-31"
    days = monthrange(int(label[:4]), int(label[5:]))[1]
    return f"from={label}-01&to={label}-{days}"
