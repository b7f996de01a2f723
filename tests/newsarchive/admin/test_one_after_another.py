"""A list is worked through, and taken along as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article, Author
from newsarchive.pictures.store import Picture
from tests.newsarchive.archive.making import came_with
from tests.search.web.making import Page, publish, story

from .making import form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/newsarchive/article/"


def change(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def test_saving_leads_on_to_the_next_of_the_queue_until_its_end(curator: Client) -> None:
    first, second = publish(
        *[story(f"test:{number}", title=f"第{number}篇", authors=(), byline="") for number in (1, 2)]
    )
    Author.objects.create(name="陳甲")
    filters = "?_changelist_filters=queue%3Dno_author%26o%3D1"

    form = {**form_of(curator, change(first) + filters), "authorships-0-name": "陳甲", "_next": "1"}
    on = curator.post(change(first) + filters, form)
    form = {**form_of(curator, on["Location"]), "_next": "1"}
    end = curator.post(on["Location"], form)

    assert on["Location"] == change(second) + filters
    assert end["Location"] == f"{LIST}?queue=no_author&o=1"


def test_reviewing_leads_on_to_the_next_of_the_queue(curator: Client) -> None:
    publish(*[story(f"test:{number}", title=f"第{number}篇", authors=(), byline="") for number in (1, 2)])
    first, second = Article.objects.order_by("-pk")

    answer = curator.post(f"{LIST}{first.pk}/reviewed/?next=1&_changelist_filters=queue%3Dno_author")

    assert answer["Location"].startswith(change(second))


def test_a_filtered_list_is_a_file_for_spreadsheets(curator: Client) -> None:
    publish(story("test:1", title="=HYPERLINK(1)", tags=("樹",)), story("test:2", title="乙", tags=("海",)))

    answer = curator.get(f"{LIST}csv/", {"tag": "樹"})
    data = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]

    [row] = csv.DictReader(io.StringIO(data.removeprefix("\ufeff")))
    assert data.startswith("\ufeff")
    assert data.endswith("\r\n")
    assert row["title"] == "'=HYPERLINK(1)"
    assert row["identity"] == "test:1"
    assert "attachment" in answer["Content-Disposition"]


def test_the_file_is_in_the_order_of_the_list(curator: Client) -> None:
    publish(*[story(f"test:{number}", title=title) for number, title in enumerate("乙甲丙")])

    data = b"".join(curator.get(f"{LIST}csv/", {"o": "1"}).streaming_content)  # type: ignore[attr-defined]

    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == sorted("乙甲丙")


def test_copies_of_a_story_are_told_apart_by_their_identity(curator: Client) -> None:
    publish(story("test:1"), story("test:2"))
    assert Article.objects.values("story").distinct().count() == 1

    listed = curator.get(LIST).content.decode()
    form = curator.get(change(Article.objects.earliest("pk"))).content.decode()

    assert "習近平與拜登視像會晤 · test:1" in listed
    assert "習近平與拜登視像會晤 · test:2" in listed
    assert "<code>test:2</code>" in form


def test_an_archive_without_copies_of_pictures_has_no_empty_column(curator: Client) -> None:
    publish(story())

    bare = curator.get(LIST).content.decode()
    Picture.objects.create(address="0" * 64, src="x", status=Picture.Status.OK, fetched_at=timezone.now())

    assert "縮圖" not in bare
    assert "縮圖" in curator.get(LIST).content.decode()


def test_the_parse_result_shows_every_field(curator: Client) -> None:
    [article] = publish(story())
    raw = article.raw
    came_with(
        raw, b"---\ntitle: A title\nurl: https://news.example/1\n---\n\nSome text that makes a paragraph.\n"
    )

    page = curator.get(f"{LIST}{article.pk}/raw/{raw.pk}/")

    shown = dict(page.context["rows"])
    for label in ("標題", "內文", "標籤", "圖片", "嵌入", "相關連結", "語言", "原址", "識別", "問題", "編碼"):
        assert label in shown
    assert shown["標題"] == ["A title"]


def test_a_file_that_no_longer_parses_says_why(curator: Client) -> None:
    [article] = publish(story())
    raw = article.raw
    came_with(raw, b"")

    page = curator.get(f"{LIST}{article.pk}/raw/{raw.pk}/").content.decode()

    assert "檔案是空的。" in page


def test_a_history_shows_times_by_the_clock_of_the_archive(curator: Client) -> None:
    [article] = publish(story())
    at = datetime(2021, 11, 16, 21, 10, tzinfo=UTC)
    Article.objects.filter(pk=article.pk).update(published_at=at, published_offset=480)
    form = form_of(curator, change(article))
    assert form["clock"] == "05:10:00"
    curator.post(change(article), {**form, "clock": "05:11:07"})

    page = Page(curator.get(f"{LIST}{article.pk}/history/").content).text

    assert "+08:00" in page
    assert "+00:00" not in page


def test_pictures_without_text_do_not_stop_the_form(curator: Client) -> None:
    [article] = publish(story(images=(ParsedImage(src=""),)))

    assert curator.post(change(article), form_of(curator, change(article))).status_code == 302
