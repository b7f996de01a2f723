"""Many searches counted at once, as JSON, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from newsarchive.conf.env import Rate
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.quotas import counters
from newsarchive.runtime import work
from search.results import tally
from tests.search.web.making import Page, publish, story, wrongs

pytestmark = pytest.mark.django_db

A_DAY = 24 * 3600
QUERIES = ["会晤", "護欄 -拜登", '"沒有這句話"', "(會晤", "火星人", "date:2020", ""]


def on(year: int, month: int) -> Published:
    return Published(date(year, month, 3), None, Precision.DAY, DateSource.FRONT_MATTER)


def archive() -> None:
    publish(
        story("test:1", published=on(2020, 1)),
        story("test:2", title="第二次會晤", published=on(2020, 12)),
        story("test:3", title="第三次會晤", published=on(2021, 5), outlet="ZAKER"),
        story("test:4", title="第四次會晤", published=None, outlet="", byline=""),
        story(
            "test:5", title="颱風", body="<p>風球</p>", tags=(), embeds=(), related=(), published=on(2019, 1)
        ),
    )


def post(client: Client, body: Any) -> Any:
    return client.post("/api/batch/", body, content_type="application/json")


@pytest.mark.parametrize("by", ["year", "month", "outlet"])
def test_the_counts_are_those_of_the_searches(client: Client, by: str) -> None:
    archive()

    rows = post(client, {"queries": QUERIES, "by": by}).json()["rows"]

    assert [row["query"] for row in rows] == QUERIES
    for row in rows:
        found = client.get("/api/search/", {"q": row["query"]}).json()
        assert (row["count"], row["literal"]) == (found["count"], found["query"]["literal"])
        assert row["partial"] == found["query"]["partial"]
        assert sum(number for _bucket, number in row["by"]) + row["without"] == row["count"]


def test_they_are_told_apart_by_time_or_outlet(client: Client) -> None:
    archive()

    def of(by: str) -> Any:
        return post(client, {"queries": ["會晤"], "by": by}).json()["rows"][0]

    assert of("year")["by"] == [["2020", 2], ["2021", 1]]
    assert of("month")["by"] == [["2020-01", 1], ["2020-12", 1], ["2021-05", 1]]
    assert of("outlet")["by"] == [["眾新聞", 2], ["ZAKER", 1]]
    assert of("year")["without"] == of("outlet")["without"] == 1


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        {"queries": []},
        {"queries": "不是列表", "by": "day"},
        {"queries": [1]},
        {"queries": ["x"] * 501},
        {"queries": ["x" * 10_001]},
        {"queries": ["x"], "by": "week"},
        {"queries": ["x"], "by": ["year"]},
        {"by": "year"},
    ],
)
def test_what_cannot_be_counted_is_refused_as_json(client: Client, body: Any) -> None:
    publish(story())

    response = post(client, body)

    assert response.status_code == 400
    assert response.json()["error"]["code"] in ("bad_json", "bad_parameter")


def test_programs_need_no_cookie_and_get_none() -> None:
    publish(story())
    client = Client(enforce_csrf_checks=True)

    counted = post(client, {"queries": ["會晤"], "more": 1})
    page = client.post("/batch/", {"queries": "會晤", "by": "year"})

    assert (counted.status_code, page.status_code) == (200, 200)
    assert counted.json()["by"] == "year"
    assert [warning["parameter"] for warning in counted.json()["warnings"]] == ["more"]
    assert not client.cookies


def test_without_an_index_it_says_so(client: Client) -> None:
    assert post(client, {"queries": ["x"]}).json()["error"]["code"] == "index_unavailable"
    assert client.post("/batch/", {"queries": "x"}).status_code == 503


def test_the_page_has_a_table_and_a_file(client: Client) -> None:
    archive()
    asked = {"queries": "會晤\r\n\r\n=1+1 會晤\r\n", "by": "year"}

    table = client.post("/batch/", asked)
    file = client.post("/batch/", asked | {"format": "csv"})

    page = Page(table.content)
    assert list(wrongs(page)) == []
    assert page.all("textarea", name="queries")
    assert [cell for cell in ("2020", "2021", "日期不詳") if cell not in page.text] == []
    assert "/search/?q=%E6%9C%83%E6%99%A4" in [link["href"] for link in page.all("a")]
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    text = file.content.decode()
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert text.startswith("\ufeffquery,count,2020,2021,without,")
    assert (first["query"], first["count"], first["2020"], first["without"]) == ("會晤", "4", "2", "1")
    assert second["query"] == "'=1+1 會晤"


def test_the_page_before_and_the_page_of_a_mistake(client: Client) -> None:
    publish(story())

    assert list(wrongs(Page(client.get("/batch/").content))) == []
    assert client.get("/batch/", {"queries": "會晤", "by": "week"}).status_code == 400
    assert "2021-11" in client.get("/batch/", {"queries": "會晤", "by": "month"}).content.decode()


def test_many_queries_count_as_what_they_cost(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": Rate(10_000, A_DAY)}
    publish(story())

    response = post(client, {"queries": ["會晤"] * 60})

    assert response.status_code == 200
    assert counters.add("search 127.0.0.1", A_DAY, 0) == 60 * tally._QUERY_COST / work.ONE_REQUEST
