"""What `export_articles` wrote, read by another archive."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from newsarchive.archive import articles
from newsarchive.importers.types import (
    DateSource,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    Precision,
    Published,
    RelatedLink,
    Standing,
)
from newsarchive.ingest import run
from newsarchive.messages import Message, said
from newsarchive.models import (
    Article,
    Author,
    Category,
    ImportFailure,
    ImportRun,
    Outlet,
    RawFile,
    Story,
    Tag,
)
from tests.newsarchive.archive.making import parsed, post, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))
HERE_ONLY = ("id", "story")


def export(path: Path, *options: str) -> list[dict[str, Any]]:
    call_command("export_articles", "--output", str(path), *options, stderr=io.StringIO())
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def empty_the_archive() -> None:
    Story.objects.update(canonical=None)
    RawFile.objects.update(article=None)
    ImportFailure.objects.all().delete()
    for model in (Article, RawFile, ImportRun, Story, Author, Category, Outlet, Tag):
        model._default_manager.all().delete()


def stories(records: list[dict[str, Any]]) -> set[frozenset[str]]:
    together: dict[int, set[str]] = {}
    for record in records:
        together.setdefault(record["story"], set()).add(record["identity"])
    return {frozenset(group) for group in together.values()}


def without_numbers(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in record.items() if key not in HERE_ONLY} for record in records]


def test_an_archive_is_restored_from_its_export(tmp_path: Path, folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1, title="舊"))
    run.run([folder], workers=1)
    hong_kong = timezone(timedelta(hours=8))
    save(
        parsed(
            title="樹與海 & “海”",
            body='<p>海邊有<strong>一棵</strong>樹 &amp; 人。</p><figure data-image="0"></figure><h2>完</h2>',
            byline="記者陳甲",
            authors=(
                ParsedAuthor("陳甲", "記者", "寫海的人", "https://a.example/c.jpg"),
                ParsedAuthor("李乙"),
            ),
            column="讀者來論",
            outlet="海報",
            outlet_homepage="https://sea.example/",
            language="zh-Hant-HK",
            published=Published(
                date(2021, 3, 20),
                datetime(2021, 3, 21, 1, 2, tzinfo=hong_kong),
                Precision.MINUTE,
                DateSource.PAGE,
                estimated=True,
            ),
            updated_at=datetime(2021, 4, 1, 3, 4),
            captured_at=datetime(2022, 1, 17, 4, 44, 34, tzinfo=UTC),
            categories=("眾聞", "一"),
            tags=("海", "樹", "一"),
            source_url="https://a.example/1",
            canonical_url="https://a.example/1",
            archived_url="https://web.archive.org/web/2021/https://a.example/1",
            canonical_identity="test:77",
            images=(
                ParsedImage(
                    "https://a.example/1.jpg",
                    "https://b.example/1.jpg",
                    "1.jpg",
                    "樹",
                    "海。美聯社",
                    "美聯社",
                ),
            ),
            embeds=(ParsedEmbed("https://v.example/1", "video", "片", "說明", "https://v.example/p.jpg"),),
            related=(RelatedLink("https://a.example/2", "另一篇"),),
            problems=(said("something was odd"), Message("characters_lost", n=3)),
        ),
        parsed("test:2", title="複本", body=f"<p>{TEXT}</p>"),
        parsed("test:3", title="複本", body=f"<p>{TEXT}</p>"),
        parsed(
            "test:4",
            title="",
            body="",
            standing=Standing.STUB,
            standing_reason=Message("body_is_empty"),
            published=None,
        ),
        parsed("test:5", title="截短", standing=Standing.TRUNCATED),
        parsed("test:6", title="撤下的"),
        parsed("test:7", title="歸組甲"),
        parsed("test:8", title="歸組乙", body=f"<p>{TEXT[::-1]}</p>"),
        parsed("", title="沒有識別"),
    )
    articles.withdraw(Article.objects.filter(identity="test:6"), "當事人要求")
    articles.group(Article.objects.filter(identity__in=["test:7", "test:8"]))
    edited = Article.objects.get(identity="hkcnews:1")
    edited.title = "編者的標題"
    edited.save()
    articles.record_edit(edited, ["title"])
    before = export(tmp_path / "first.jsonl", "--all")
    empty_the_archive()

    report = run.run([tmp_path / "first.jsonl"], workers=2)

    after = export(tmp_path / "second.jsonl", "--all")
    assert report.failures == []
    assert len(after) == 10
    assert without_numbers(after) == without_numbers(before)
    assert stories(after) == stories(before)
    assert RawFile.objects.order_by("id")[1].path == "first.jsonl#2"
    assert RawFile.objects.order_by("id")[1].format == "newsarchive_export"


def test_after_it_the_sources_themselves_can_be_imported_and_edits_stay(tmp_path: Path, folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1, title="原題"))
    run.run([folder], workers=1)
    article = Article.objects.get()
    article.title = "編者的標題"
    article.save()
    articles.record_edit(article, ["title"])
    export(tmp_path / "out.jsonl")
    empty_the_archive()

    run.run([tmp_path / "out.jsonl"], workers=1)
    run.run([folder], workers=1)

    article = Article.objects.get()
    assert (article.title, article.source_changes) == ("編者的標題", {})
    assert article.raw.path == "a.md"


def test_an_export_read_by_its_own_archive_leaves_the_sources_files_in_their_place(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "a.md").write_bytes(post(1))
    run.run([folder], workers=1)
    before = Article.objects.values().get()
    export(tmp_path / "out.jsonl")

    run.run([tmp_path / "out.jsonl"], workers=1)

    assert Article.objects.values("raw", "title", "body").get() == {
        key: before[f"{key}_id" if key == "raw" else key] for key in ("raw", "title", "body")
    }


def test_what_was_withdrawn_is_not_published_by_an_import(tmp_path: Path) -> None:
    save(parsed(title="撤下的"))
    articles.withdraw(Article.objects.all(), "錯")
    export(tmp_path / "out.jsonl", "--all")
    empty_the_archive()

    run.run([tmp_path / "out.jsonl"], workers=1)

    assert Article.objects.values_list("status", "status_reason").get() == ("withdrawn", "錯")


def test_a_byte_order_mark_line_ends_of_windows_and_empty_lines_are_tolerated(tmp_path: Path) -> None:
    save(parsed("test:1"), parsed("test:2", title="另一篇"))
    path = tmp_path / "out.jsonl"
    export(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    empty_the_archive()

    report = run.run([path], workers=1)

    assert (report.seen, report.failed) == (2, 0)
    assert set(Article.objects.values_list("title", flat=True)) == {"樹與海", "另一篇"}


def test_an_export_that_was_cut_off_fails_in_its_last_record_only(tmp_path: Path) -> None:
    save(parsed("test:1"), parsed("test:2", title="另一篇"))
    path = tmp_path / "out.jsonl"
    export(path)
    path.write_bytes(path.read_bytes()[:-300])
    empty_the_archive()

    report = run.run([path], workers=1)

    assert report.counts == {"imported": 1, "failed": 1}
    assert report.failures[0].path == "out.jsonl#2"
    assert "cut off" in str(report.failures[0].reason)


def test_a_record_that_is_too_long_is_refused_and_the_next_is_read(tmp_path: Path, settings: Any) -> None:
    save(
        parsed("test:1"),
        parsed("test:2", title="長", body=f"<p>{TEXT * 20}</p>"),
        parsed("test:3", title="後"),
    )
    path = tmp_path / "out.jsonl"
    export(path)
    empty_the_archive()
    settings.IMPORT_MAX_FILE_BYTES = 10_000

    report = run.run([path], workers=1)

    assert report.counts == {"imported": 2, "failed": 1}
    assert "more than the limit" in str(report.failures[0].reason)


def test_an_export_with_the_contract_s_keys_alone_is_read_too(tmp_path: Path) -> None:
    save(
        parsed(
            body='<p>一 &lt; 二。</p><figure data-image="0"></figure><p>完。</p>',
            authors=(ParsedAuthor("陳甲"),),
            source_url="https://www.hkcnews.com/article/5/x",
            images=(ParsedImage("https://a.example/1.jpg", caption="海"),),
        )
    )
    path = tmp_path / "out.jsonl"
    (record,) = export(path)
    from newsarchive.archive import export as records

    fields = [key for key in records.FIELDS if key not in ("identity", "permalink")]  # as of older releases
    path.write_text(json.dumps({key: record[key] for key in fields}), encoding="utf-8")
    empty_the_archive()

    run.run([path], workers=1)

    (again,) = export(tmp_path / "again.jsonl")
    assert {key: again[key] for key in fields if key not in HERE_ONLY} == {
        key: record[key] for key in fields if key not in HERE_ONLY
    }
    assert again["identity"] == "hkcnews:5"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "nonsense"}, "status is none that this archive knows"),
        ({"title": {}}, "title is not as an export writes it"),
        ({"tags": "海"}, "tags is not as an export writes it"),
        ({"images": [1]}, "images is not as an export writes it"),
        ({"published_at": "yesterday"}, "published_at is no day"),
        ({"published_at": "2021-03-20T01:02:03"}, "A time of the record has no offset."),
        ({"published_at": "2021-03-20T01:02:03+00:00:30"}, "no offset that a clock on earth has"),
        ({"captured_at": "2021-99-20T01:02:03+00:00"}, "captured_at is no time"),
        ({"standing": "great"}, "standing is none"),
        ({"date_estimated": "no"}, "date_estimated is not as an export writes it"),
    ],
)
def test_a_record_that_no_export_wrote_fails_in_a_sentence(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    save(parsed())
    path = tmp_path / "out.jsonl"
    (record,) = export(path)
    empty_the_archive()
    path.write_text(json.dumps({"id": 1, "title": "x"} | record | change), encoding="utf-8")

    report = run.run([path], workers=1)

    assert report.counts == {"failed": 1}
    assert said in str(report.failures[0].reason)


def test_an_export_brings_no_unsafe_address_or_element(tmp_path: Path) -> None:
    save(parsed(images=(ParsedImage("https://a.example/1.jpg"),)))
    path = tmp_path / "out.jsonl"
    (record,) = export(path)
    empty_the_archive()
    record["images"][0]["src"] = "javascript:alert(1)"
    record["body_html"] = "<p onclick=x>文</p><script>alert(1)</script>"
    path.write_text(json.dumps(record), encoding="utf-8")

    run.run([path], workers=1)

    article = Article.objects.get()
    assert article.body == "<p>文</p>"
    assert article.images.get().src == ""


def test_an_export_inside_a_folder_says_how_it_is_read(tmp_path: Path, folder: Path) -> None:
    save(parsed("test:1"), parsed("test:2", title="另一篇"))
    export(folder / "out.jsonl")

    report = run.run([folder], workers=1)

    assert "name it itself on the command line" in str(report.failures[0].reason)
