"""Dates in words in a query: what has one meaning, and what has none or two."""

from __future__ import annotations

import pytest

from search.query.date_words import date_words


def days(text: str) -> str:
    found = date_words(text)
    return f"{found.first}/{found.last}" if found else ""


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2019年6月12日",
            "2019 年 6 月 12 號",
            "２０１９年６月１２日",
            "公元2019年6月12日",
            "2019年06月12号",
        ),
        *("民國108年6月12日", "民国一〇八年六月十二日", "中華民國一百零八年六月十二日"),
        *("二〇一九年六月十二日", "二零一九年六月十二号", "2019-06-12", "2019/6/12", "2019.6.12", "20190612"),
        *("12 June 2019", "12th of June 2019", "June 12, 2019", "Jun 12 2019", "12-Jun-2019"),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert days(text) == "2019-06-12/2019-06-12"


@pytest.mark.parametrize(
    "text",
    ["2019年6月", "2019年六月份", "二〇一九年六月", "民國108年6月", "2019-06", "June 2019", "Jun. 2019"],
)
def test_a_month_is_all_its_days(text: str) -> None:
    assert days(text) == "2019-06-01/2019-06-30"


def test_a_year_and_a_time_between_two_dates_are_read() -> None:
    assert days("2019年") == "2019-01-01/2019-12-31"
    assert days("民國元年") == "1912-01-01/1912-12-31"
    assert days("2019年6月9日至2019年7月1日") == "2019-06-09/2019-07-01"
    assert days("二〇二〇年十一月廿三日") == "2020-11-23/2020-11-23"


@pytest.mark.parametrize(
    "text",
    [
        *("12/6/2019", "3.4.2019", "6月12日", "去年", "六月", "2019", "2019-2020", "2019.6", "108年6月12日"),
        *(
            "2019年13月",
            "2019年2月30日",
            "31 June 2019",
            "2019年6月 2020年6月",
            "1019年6月",
            "192.168.2019.6",
        ),
    ],
)
def test_what_has_two_meanings_or_none_is_no_date(text: str) -> None:
    assert days(text) == ""


def test_a_day_that_only_one_order_allows_is_read() -> None:
    assert days("25/12/2019") == days("12/25/2019") == "2019-12-25/2019-12-25"
    assert days("6/6/2019") == "2019-06-06/2019-06-06"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("林鄭月娥 2019年6月12日", "林鄭月娥"),
        ("2019年6月反修例", "反修例"),
        ("反修例2019年6月12日", "反修例"),
        ("protest in June 2019", "protest"),
    ],
)
def test_the_other_words_stay_the_query(text: str, rest: str) -> None:
    found = date_words(text)

    assert found is not None
    assert found.rest == rest


@pytest.mark.parametrize(
    "text", ['"2019年6月12日"', "date:2019-06-12", "title:林鄭 2019年6月", "林鄭 OR 2019年6月", "-2019年6月"]
)
def test_a_query_with_signs_is_left_to_the_parser(text: str) -> None:
    assert date_words(text) is None
