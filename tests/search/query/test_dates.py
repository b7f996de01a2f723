"""date: as readers write it."""

from __future__ import annotations

from datetime import date

import pytest

from search.query.parser import And, DateRange, Not, Or, parse

TODAY = date(2022, 3, 31)

RANGES: list[tuple[str, str, str]] = [
    ("2021", "2021-01-01", "2021-12-31"),
    ("2021-11", "2021-11-01", "2021-11-30"),
    ("2020-02", "2020-02-01", "2020-02-29"),
    ("2021-11-17", "2021-11-17", "2021-11-17"),
    ("2021-6-9", "2021-06-09", "2021-06-09"),
    ("2021年", "2021-01-01", "2021-12-31"),
    ("2021年11月", "2021-11-01", "2021-11-30"),
    ("2021年11月17日", "2021-11-17", "2021-11-17"),
    ("2021年6月9號", "2021-06-09", "2021-06-09"),
    ("2019-06-09/2019-07-01", "2019-06-09", "2019-07-01"),
    ("2019/2020-06", "2019-01-01", "2020-06-30"),
    ("2019-06-09/", "2019-06-09", ""),
    ("2019/", "2019-01-01", ""),
    ("/2016", "", "2016-12-31"),
    ("/", "", ""),
    ("P1M/2020-01-01", "2019-12-01", "2020-01-01"),
    ("P1M/2021-03-31", "2021-02-28", "2021-03-31"),
    ("P1Y2M3D/2020-06", "2019-04-27", "2020-06-30"),
    ("2020-01-01/P1M", "2020-01-01", "2020-01-31"),
    ("2020-01-01/P1W", "2020-01-01", "2020-01-07"),
    ("P7D", "2022-03-24", "2022-03-31"),
    ("p1y", "2021-03-31", "2022-03-31"),
    ("P2W", "2022-03-17", "2022-03-31"),
]


@pytest.mark.parametrize(("value", "first", "last"), RANGES, ids=[row[0] for row in RANGES])
def test_a_date_means_these_days(value: str, first: str, last: str) -> None:
    days = DateRange(*(date.fromisoformat(day) if day else None for day in (first, last)))

    assert parse(f"date:{value}", today=TODAY).tree == days
    assert parse(f"日期：{value}", today=TODAY).tree == days
    assert parse(f'date:"{value}"', today=TODAY).tree == days


@pytest.mark.parametrize(
    "value",
    [
        "2019-02-30",
        "2021-13",
        "0000",
        "2021-00",
        "soon",
        "21",
        "2021/11",
        "20211117",
        "2021年11",
        "2021-11-",
        "2020/2019",
        "2019-07-01/2019-06-09",
        "P",
        "PT5H",
        "P1M/P1M",
        "P1M/",
        "/P1M",
        "P9999Y/2020",
        "2020/P999999D/",
        "P9999Y",
        "2020/P9999Y",
        "2019/2020/2021",
        "P0D/x",
    ],
)
def test_an_impossible_date_is_a_problem_at_its_place(value: str) -> None:
    parsed = parse(f"中國 date:{value}", today=TODAY)

    assert parsed.literal
    assert parsed.position == 8
    assert value.lower() in str(parsed.problem)


def test_dates_can_be_grouped_and_excluded() -> None:
    first, second = (
        DateRange(date(2019, 1, 1), date(2019, 12, 31)),
        DateRange(date(2021, 1, 1), date(2021, 12, 31)),
    )

    assert parse("date:(2019 OR 2021)").tree == Or((first, second))
    assert parse("-date:2019").tree == And((Not(first),))
