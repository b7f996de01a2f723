"""Dates as people write them: read exactly, or not at all."""

from datetime import date, datetime, timedelta, timezone

import pytest

from newsarchive.importers.fields import dates
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.messages import Message

from .samples import post

HONG_KONG = timezone(timedelta(hours=8))
DAY = date(2021, 11, 17)


def read(text: str) -> Published | None:
    return dates.published(text, DateSource.FRONT_MATTER, zone="Asia/Hong_Kong")


@pytest.mark.parametrize(
    "text",
    [
        "民國110年11月17日", "中華民國一百一十年十一月十七日", "110/11/17", "二〇二一年十一月十七日",
        "２０２１年１１月１７日", "2021 年 11 月 17 日", "2021年11月17日 星期三",
        "2021-11-17 (三)", "2021. 11. 17.",
        "17 Nov 2021", "17th November 2021", "November 17, 2021", "Nov. 17, 2021",
        "17-Nov-2021", "十一月 17, 2021",
        "11 月 17, 2021", "Wednesday, 17 November 2021", "20211117", "17/11/2021", "11/17/2021",
        "17.11.2021", "2021 Nov 17", "公元2021年11月17日", "Last updated on 17 November 2021",
        "發佈於 2021-11-17", "Published: November 17, 2021", "2021-11-17T00:00:00Z",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read(text) == Published(DAY, None, Precision.DAY, DateSource.FRONT_MATTER)


@pytest.mark.parametrize(
    "text",
    [
        "2021年11月17日 15:05", "2021年11月17日下午3:05", "2021年11月17日 下午3時05分", "2021-11-17 3:05 PM",
        "2021-11-17, 3:05 p.m.", "3:05 PM · Nov 17, 2021", "2021-11-17 周三 15:05", "2021-11-17 15:05 HKT",
        "2021-11-17T15:05+08", "2021-11-17 15:05 (UTC+8)", "2021-11-17 15:05 香港時間", "1637132700",
        "1637132700000",
        "Wed Nov 17 2021 15:05:00 GMT+0800 (CST)", "Wed Nov 17 15:05:00 CST 2021", "20211117150500",
        "發布時間：2021-11-17 15:05　更新時間：2021-11-18 10:00",
    ],
)  # fmt: skip
def test_a_time_is_read_in_the_zone_that_it_names_or_the_outlets(text: str) -> None:
    found = read(text)

    assert found is not None
    assert found.at == datetime(2021, 11, 17, 15, 5, tzinfo=HONG_KONG)
    assert found.day == DAY


@pytest.mark.parametrize(
    "text", ["2021-11", "2021年11月", "民國110年11月", "Nov 2021", "November, 2021", "11/2021"]
)
def test_of_a_month_no_day_is_made(text: str) -> None:
    assert read(text) == Published(date(2021, 11, 1), None, Precision.MONTH, DateSource.FRONT_MATTER)


@pytest.mark.parametrize("text", ["03/04/2021", "3.4.2021", "17/11/21", "21-11-17", "11月17日"])
def test_what_could_be_two_days_is_neither_and_said_to_be_so(text: str) -> None:
    article = post("正文。", date=f'"{text}"')

    assert article.published is None
    assert Message("date_ambiguous", text=text) in article.problems


@pytest.mark.parametrize(
    "text", ["2021-02-30", "2021-13-01", "2021", "yesterday", "2小時前", "2021-11-17 25:00", "版本 2.0"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read(text) is None
    assert not dates.is_ambiguous(text)


def test_a_time_at_either_end_of_the_night_is_only_the_day() -> None:
    assert read("2021年11月17日 晚上12時") == Published(DAY, None, Precision.DAY, DateSource.FRONT_MATTER)


@pytest.mark.parametrize(
    "path",
    [
        "2021-11-17-title.md",
        "a/b/20211117 題.md",
        "2021年11月17日 題.md",
        "題 2021-11-17.md",
        "2021_11_17.txt",
    ],
)
def test_a_files_name_can_have_the_date_and_it_is_marked_as_such(path: str) -> None:
    article = post("正文。", date="", path=path)

    assert article.published == Published(DAY, None, Precision.DAY, DateSource.FILE_NAME)
    assert Message("date_from_file_name") in article.problems


def test_the_address_comes_before_the_files_name() -> None:
    article = post("正文。", date="", url="https://a.example/2021/11/17/x.html", path="2022-01-01-x.md")

    assert article.published == Published(DAY, None, Precision.DAY, DateSource.URL)
    assert Message("date_from_address") in article.problems
