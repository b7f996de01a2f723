"""An archive with days, numbers and addresses taken out: every gap is named, and none invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedArticle, RelatedLink
from newsarchive.models import Article
from tests.newsarchive.archive import making
from tests.search.web.making import DAY, Page, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FIRST = date(2020, 1, 1)
A_DAY = 3  # numbers that the outlet gives a day
DAYS = 60


def numbered(number: int, **fields: Any) -> ParsedArticle:
    """Of 眾新聞, which numbers its articles."""
    address = f"https://www.hkcnews.com/article/{number}/slug"
    fields = {"source_url": address, "canonical_url": address, "archived_url": "", "related": ()} | fields
    day = FIRST + timedelta(days=(number - 100) // A_DAY)
    return story(
        f"hkcnews:{number}",
        title=f"第{number}篇",
        published=replace(DAY, day=day),
        images=(),
        embeds=(),
        **fields,
    )


def daily(outlet: str, days: Iterable[int], **fields: Any) -> list[ParsedArticle]:
    """Of an outlet without numbers."""
    return [
        story(
            f"url:daily.example/{outlet}-{day}",
            title=f"{outlet}第{day}日",
            outlet=outlet,
            published=replace(DAY, day=FIRST + timedelta(days=day)),
            source_url=f"https://daily.example/news/{day}",
            canonical_url="",
            images=(),
            embeds=(),
            related=(),
            **fields,
        )
        for day in days
    ]


def save(files: Iterable[ParsedArticle]) -> None:
    making.save(*files)


def api(client: Client, **parameters: object) -> list[dict[str, Any]]:
    response = client.get("/api/calendar/", parameters)
    assert response.status_code == 200
    outlets: list[dict[str, Any]] = response.json()["outlets"]
    return outlets


def get(client: Client, address: str, **parameters: object) -> Page:
    response = client.get(address, parameters)
    assert response.status_code == 200
    page = Page(response.content)
    assert list(wrongs(page)) == []
    return page


WHOLE = range(100, 100 + A_DAY * DAYS)


def test_a_whole_archive_has_no_gap(client: Client) -> None:
    save([*map(numbered, WHOLE), *daily("日報", range(DAYS))])

    for outlet in api(client):
        assert outlet["missing"] == outlet["failed"] == 0
        assert outlet["missing_days"] == outlet["missing_numbers"] == outlet["not_held"] == []
        assert outlet["held"] == outlet["expected"]


def test_numbers_that_were_taken_out_are_named_with_their_days_and_no_others(client: Client) -> None:
    gone = {104, 131, 132, 170}
    save(map(numbered, (number for number in WHOLE if number not in gone)))

    [outlet] = api(client)

    assert [(gap["first"], gap["last"]) for gap in outlet["missing_numbers"]] == [
        ("hkcnews:104", "hkcnews:104"),
        ("hkcnews:131", "hkcnews:132"),
        ("hkcnews:170", "hkcnews:170"),
    ]
    assert outlet["missing"] == 4
    assert outlet["expected"] == len(WHOLE)
    by_day = {day["day"]: day for day in outlet["days"]}
    assert by_day["2020-01-02"] == {"day": "2020-01-02", "held": 2, "failed": 0, "missing": 1, "expected": 3}
    assert outlet["missing_days"] == []


def test_an_article_with_an_old_day_and_a_new_number_invents_no_missing_days(client: Client) -> None:
    old = replace(numbered(140), published=replace(DAY, day=FIRST - timedelta(days=30)))
    save([*map(numbered, (number for number in WHOLE if number not in (140, 141))), old])

    [outlet] = api(client)

    assert outlet["missing"] == 1
    assert outlet["missing_days"] == []
    assert {day["day"] for day in outlet["days"] if day["missing"]} == {"2020-01-14"}


def test_a_day_whose_articles_were_all_taken_out_is_named(client: Client) -> None:
    gone = {FIRST + timedelta(days=day) for day in (10, 25, 26)}
    save(one for one in map(numbered, WHOLE) if one.published and one.published.day not in gone)

    [outlet] = api(client)

    assert outlet["missing_days"] == [day.isoformat() for day in sorted(gone)]
    page = get(client, "/calendar/", outlet="眾新聞", year=2020)
    assert all(page.links(f"/days/{day.isoformat()}/") for day in gone)
    assert "這一天應有文章" in get(client, "/days/2020-01-11/").text
    assert "這一天應有文章" not in get(client, "/days/2020-01-10/").text


def test_of_an_outlet_without_numbers_a_day_is_missing_where_its_weekdays_are_never_empty(
    client: Client,
) -> None:
    weekly = [day for day in range(DAYS) if day % 7 != 3]
    save([*daily("日報", set(range(DAYS)) - {30, 41}), *daily("周三休", set(weekly) - {30})])

    missing = {outlet["outlet"]: outlet["missing_days"] for outlet in api(client)}

    assert missing["日報"] == ["2020-01-31", "2020-02-11"]
    assert missing["周三休"] == ["2020-01-31"]  # its free days are no gaps


def test_addresses_that_articles_link_to_and_that_are_not_held_are_named(client: Client) -> None:
    links = (
        RelatedLink("https://www.hkcnews.com/article/99999/x", "沒有的"),
        RelatedLink("https://hkcnews.com/article/101/held", "有的"),
        RelatedLink("https://www.hkcnews.com/author/someone", "作者"),
        RelatedLink("https://elsewhere.example/article/5", "別處"),
    )
    body = '<p><a href="http://hkcnews.com/article/99998/%E5%AD%97?utm_source=a">連結</a></p>'
    save(
        [
            *map(numbered, range(100, 110)),
            numbered(110, related=links, body=body),
            numbered(111, related=links),
        ]
    )

    [outlet] = api(client)

    assert [(one["identity"], one["links"]) for one in outlet["not_held"]] == [
        ("hkcnews:99999", 2),
        ("hkcnews:99998", 1),
    ]
    assert "hkcnews.com/article/99999" in get(client, "/calendar/", outlet="眾新聞").text


def test_a_link_to_a_page_that_is_no_article_of_an_outlet_without_numbers_is_no_gap(client: Client) -> None:
    links = (
        RelatedLink("https://daily.example/news/777", "文章"),
        RelatedLink("https://daily.example/about", "關於"),
        RelatedLink("https://daily.example/pictures/7.jpg", "圖"),
    )
    files = daily("日報", range(10))
    save([replace(one, identity=f"url:daily.example/news/{at}") for at, one in enumerate(files)])
    save([replace(daily("日報", [11])[0], identity="url:daily.example/news/11", related=links)])

    [outlet] = api(client)

    assert [one["identity"] for one in outlet["not_held"]] == ["url:daily.example/news/777"]


def test_a_failed_capture_is_counted_about_when_its_number_was_given(client: Client) -> None:
    save(map(numbered, WHOLE))
    failed = Article.objects.filter(identity="hkcnews:105")
    articles.set_status(failed, Article.Status.CAPTURE_FAILED)
    failed.update(published_on=None)

    [outlet] = api(client, year=2020)

    by_day = {day["day"]: day for day in outlet["days"]}
    assert by_day["2020-01-02"]["failed"] == 1
    assert outlet["missing"] == 0
    assert outlet["missing_numbers"] == []


def test_what_was_withdrawn_is_neither_held_nor_missing(client: Client) -> None:
    save(map(numbered, WHOLE))
    articles.withdraw(Article.objects.filter(identity="hkcnews:105"), "x")

    [outlet] = api(client)

    assert (outlet["held"], outlet["missing"]) == (len(WHOLE) - 1, 0)


def test_years_months_and_days_lead_into_each_other(client: Client) -> None:
    save(map(numbered, WHOLE))

    years = get(client, "/calendar/")
    [year] = [link for link in years.links("year=2020") if "month" not in link]
    months = Page(client.get(year).content)
    month = next(link for link in months.links("month=1") if link.endswith("month=1"))
    days = Page(client.get(month).content)
    day = get(client, days.links("/days/2020-01-05/")[0])

    assert "3 篇" in day.text
    assert len(day.links("/articles/")) == 3
    assert day.all("a", rel="prev")[0]["href"] == "/days/2020-01-04/"
    assert day.links("/search/?from=2020-01-05&to=2020-01-05")


def test_a_day_shows_the_same_day_of_other_years(client: Client) -> None:
    days = (date(2019, 5, 4), date(2020, 5, 4), date(2021, 5, 4), date(2021, 5, 5))
    save(story(f"test:{day}", title=f"{day}的事", published=replace(DAY, day=day)) for day in days)

    page = get(client, "/days/2020-05-04/")

    assert "當年今日" in page.text
    assert page.links("/days/2021-05-04/")
    assert page.text.index("2021-05-04的事") < page.text.index("2019-05-04的事")
    assert "2021-05-05的事" not in page.text


@pytest.mark.parametrize("day", ["2020-02-29", "0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_can_be_seen(client: Client, day: str) -> None:
    save([story()])

    assert "這一天沒有收到文章" in get(client, f"/days/{day}/").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/days/2020-02-30/", 404),
        ("/days/x/", 404),
        ("/calendar/?year=x", 400),
        ("/calendar/?month=13", 400),
        ("/calendar/?outlet=沒有的", 404),
        ("/api/calendar/?year=x", 400),
        ("/api/calendar/?outlet=沒有的", 404),
    ],
)
def test_what_does_not_exist_is_refused(client: Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_an_empty_archive_has_an_empty_calendar(client: Client) -> None:
    assert api(client) == []
    assert "日曆" in get(client, "/calendar/").text
