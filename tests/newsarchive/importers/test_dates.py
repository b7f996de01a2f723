"""Dates claim no more than the source said."""

from datetime import UTC, date, datetime

import pytest

from newsarchive.importers.fields import dates
from newsarchive.importers.types import DateSource, Precision
from newsarchive.messages import Message

from .samples import hkcnews, read

HONG_KONG = "Asia/Hong_Kong"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-03-20", date(2021, 3, 20)),
        ("2021/3/20", date(2021, 3, 20)),
        ("2021年3月20日", date(2021, 3, 20)),
        ("Sat, 20 Mar 2021 00:00:00 GMT", date(2021, 3, 20)),
        ("2021-03-20T00:00:00Z", date(2021, 3, 20)),
        ("2021-03-20 00:00:00", date(2021, 3, 20)),
        ("20/03/2021", date(2021, 3, 20)),
    ],
)
def test_day_without_time_stays_a_day(text: str, day: date) -> None:
    when = dates.published(text, DateSource.PAGE, zone=HONG_KONG)

    assert when is not None
    assert (when.day, when.at, when.precision) == (day, None, Precision.DAY)


@pytest.mark.parametrize(
    ("text", "zone", "at", "precision"),
    [
        ("Tue, 30 Jun 2020 08:09:49 +0000", HONG_KONG, datetime(2020, 6, 30, 8, 9, 49), Precision.SECOND),
        ("Tue, 30 Jun 2020 08:09:49 +0800", HONG_KONG, datetime(2020, 6, 30, 0, 9, 49), Precision.SECOND),
        (
            "2020-10-13T06:08:01.314Z",
            "Europe/Berlin",
            datetime(2020, 10, 13, 6, 8, 1, 314000),
            Precision.SECOND,
        ),
        ("2020-10-13 14:38:42", HONG_KONG, datetime(2020, 10, 13, 6, 38, 42), Precision.SECOND),
        ("13/10/2020 - 07:35", "Europe/Paris", datetime(2020, 10, 13, 5, 35), Precision.MINUTE),
        ("2014-02-13T09:00:06+01:00", HONG_KONG, datetime(2014, 2, 13, 8, 0, 6), Precision.SECOND),
        ("2014-02-13 09:00 +0800", HONG_KONG, datetime(2014, 2, 13, 1, 0), Precision.MINUTE),
    ],
)
def test_times_are_read_in_their_zone(text: str, zone: str, at: datetime, precision: Precision) -> None:
    when = dates.published(text, DateSource.PAGE, zone=zone)

    assert when is not None
    assert when.at is not None
    assert when.at.astimezone(UTC) == at.replace(tzinfo=UTC)
    assert when.precision is precision


@pytest.mark.parametrize(
    "text",
    ["2021-02-30", "2021-13-01", "2021-03-20T25:00:00Z", "99/99/2020", "14 分钟前", "昨天",
     "2021-03-20T10:00:00+99:00",
     "Sat, 40 Mar 2021 00:00:00 GMT", "0000-00-00", "99999-01-01", "2021-03-20 10:61:00"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.published(text, DateSource.PAGE, zone=HONG_KONG) is None


def test_unreadable_date_is_a_problem_and_not_another_day() -> None:
    article = read('---\ntitle: 題\ndate: "2021-02-30"\nurl: https://a.example/1\n---\n正文。\n')

    assert article.published is None
    assert {Message("date_unreadable", text="2021-02-30"), Message("no_date")} <= set(article.problems)


def test_date_in_the_future_is_kept_with_a_problem() -> None:
    article = read('---\ntitle: 題\ndate: "2999-01-01"\nurl: https://a.example/1\n---\n正文。\n')

    assert article.published is not None
    assert article.published.day == date(2999, 1, 1)
    assert Message("date_in_future") in article.problems


def test_date_before_its_capture_is_no_problem() -> None:
    assert hkcnews("正文。").problems == ()


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://cn.nytimes.com/usa/20201013/trump/", date(2020, 10, 13)),
        ("https://a.example/2020/10/13/slug", date(2020, 10, 13)),
        ("https://www.rfa.org/mandarin/hc-10122020133733.html", date(2020, 10, 12)),
        ("https://www.voachinese.com/a/COVID-MAIN-20201011/5617184.html", date(2020, 10, 11)),
    ],
)
def test_day_in_an_address(url: str, day: date) -> None:
    when = dates.in_address(url)

    assert when is not None
    assert when.day == day


@pytest.mark.parametrize(
    "url", ["https://a.example/2020/10/slug", "https://a.example/20209999/", "https://a.example/123456789012"]
)
def test_address_without_a_day(url: str) -> None:
    assert dates.in_address(url) is None


@pytest.mark.parametrize(
    ("said", "day"), [("2 天前", 14), ("14 分钟前", 16), ("1 周前", 9), ("", 16), ("三天前", 13)]
)
def test_estimate_counts_back_from_the_capture(said: str, day: int) -> None:
    when = dates.estimated(datetime(2021, 11, 16, 2, 43, tzinfo=UTC), said, zone=HONG_KONG)

    assert when.estimated
    assert (when.day, when.precision, when.source) == (date(2021, 11, day), Precision.DAY, DateSource.CAPTURE)


def test_epochs_in_milliseconds_and_seconds_are_times_and_others_are_not() -> None:
    assert dates.from_epoch("1637030584000") == datetime(2021, 11, 16, 2, 43, 4, tzinfo=UTC)
    assert dates.from_epoch("1637030584") == datetime(2021, 11, 16, 2, 43, 4, tzinfo=UTC)
    assert [dates.from_epoch(digits) for digits in ("1" * 20, "12", "9999999999999")] == [None, None, None]
