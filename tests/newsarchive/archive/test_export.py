import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsarchive.archive import articles, export
from newsarchive.importers.types import (
    DateSource,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    Precision,
    Published,
    RelatedLink,
)
from newsarchive.models import Article

from .making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def exported(*options: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("export_articles", *options, stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_record_has_what_the_contract_says() -> None:
    save(
        parsed(
            title="樹與海",
            body='<p>海邊有<strong>一棵</strong>樹。</p><figure data-image="0"></figure><p>完。</p>',
            authors=(ParsedAuthor("李乙"), ParsedAuthor("陳甲")),
            outlet="海報",
            categories=("眾聞", "一"),
            tags=("樹", "海", "一"),
            language="zh-Hant-HK",
            source_url="https://a.example/1",
            archived_url="https://web.archive.org/web/2021/https://a.example/1",
            images=(
                ParsedImage(
                    "https://a.example/1.jpg",
                    archived_src="https://web.archive.org/web/2021im_/https://a.example/1.jpg",
                    alt="樹",
                    caption="海邊的樹（美聯社）",
                    credit="美聯社",
                ),
            ),
            embeds=(ParsedEmbed("https://v.example/1", kind="video", title="片"),),
            related=(RelatedLink("https://a.example/2", "另一篇"),),
        )
    )

    article = Article.objects.get()
    (record,) = exported()
    assert [{key: record[key] for key in export.FIELDS}] == [
        {
            "id": article.pk,
            "title": "樹與海",
            "authors": ["李乙", "陳甲"],
            "outlet": "海報",
            "published_at": "2021-03-20",
            "categories": ["眾聞", "一"],
            "tags": ["樹", "海", "一"],
            "language": "zh-Hant-HK",
            "source_url": "https://a.example/1",
            "archived_url": "https://web.archive.org/web/2021/https://a.example/1",
            "text": "海邊有一棵樹。\n完。",
            "images": [
                {
                    "src": "https://a.example/1.jpg",
                    "archived_src": "https://web.archive.org/web/2021im_/https://a.example/1.jpg",
                    "alt": "樹",
                    "caption": "海邊的樹（美聯社）",
                    "credit": "美聯社",
                }
            ],
            "embeds": [
                {"url": "https://v.example/1", "kind": "video", "title": "片", "caption": "", "poster": ""}
            ],
            "related_links": [{"url": "https://a.example/2", "text": "另一篇"}],
            "story": article.story_id,
            "status": "published",
            "identity": "test:1",
            "permalink": "/id/test:1/",
        }
    ]
    assert tuple(record) == export.FIELDS + export.MORE_FIELDS


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, None),
        (Published(date(2021, 3, 20), None, Precision.DAY, DateSource.PAGE), "2021-03-20"),
        (
            Published(
                date(2021, 11, 16),
                datetime(2021, 11, 16, 21, 10, 14, tzinfo=UTC),
                Precision.SECOND,
                DateSource.PAGE,
            ),
            "2021-11-16T21:10:14+00:00",
        ),
        (
            Published(
                date(2021, 3, 20),
                datetime(2021, 3, 20, 0, 30, tzinfo=timezone(timedelta(hours=8))),
                Precision.MINUTE,
                DateSource.PAGE,
            ),
            "2021-03-20T00:30:00+08:00",
        ),
    ],
)
def test_a_date_is_as_exact_as_its_source_and_in_its_source_s_offset(
    published: Published | None, expected: str | None
) -> None:
    save(parsed(published=published))

    assert exported()[0]["published_at"] == expected


def test_only_published_articles_are_exported_unless_all_are_asked_for() -> None:
    save(parsed("test:1"), parsed("test:2"))
    articles.withdraw(Article.objects.filter(identity="test:1"), "錯")

    assert [record["status"] for record in exported()] == ["published"]
    assert [record["status"] for record in exported("--all")] == ["withdrawn", "published"]


def test_records_come_by_id_in_a_constant_number_of_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    save(*(parsed(f"test:{n}", tags=(f"{n}",), authors=(ParsedAuthor(f"{n}"),)) for n in range(12)))
    ids = list(Article.objects.order_by("id").values_list("id", flat=True))

    with CaptureQueriesContext(connection) as one_chunk:
        assert [record["id"] for record in exported()] == ids
    monkeypatch.setattr(export, "CHUNK", 4)
    with CaptureQueriesContext(connection) as three_chunks:
        assert [record["id"] for record in exported()] == ids

    assert len(one_chunk) == 8 + 1  # the last finds nothing more
    assert len(three_chunks) == 3 * 8 + 1


def test_stories_can_be_chosen() -> None:
    save(parsed("test:1"), parsed("test:2", title="另一篇"))
    story = Article.objects.get(identity="test:2").story_id

    chosen = list(export.in_chunks(Article.objects.all(), stories={story}))

    assert [article.identity for article in chosen] == ["test:2"]


def test_csv_has_a_byte_order_mark_lists_as_json_and_no_formulas() -> None:
    save(parsed(title='=HYPERLINK("https://evil.example")', tags=("樹", "海"), body="<p>+1</p><p>二</p>"))
    out = io.StringIO()

    call_command("export_articles", "--format", "csv", stdout=out, stderr=io.StringIO())

    assert out.getvalue().startswith("\ufeffid,title,")
    (row,) = csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff")))
    assert row["title"] == '\'=HYPERLINK("https://evil.example")'
    assert row["text"] == "'+1\n二"
    assert json.loads(row["tags"]) == ["樹", "海"]


def test_an_export_can_go_to_a_file(tmp_path: Path) -> None:
    save(parsed(title="樹與海"))
    path = tmp_path / "out.csv"
    err = io.StringIO()

    call_command("export_articles", format="csv", output=path, stderr=err)

    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,")
    assert "樹與海" in path.read_text(encoding="utf-8")
    assert err.getvalue() == "1 articles\n"
