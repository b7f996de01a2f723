"""The stored files read anew. What "an importer has learned" is played by changing what it left behind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsarchive.archive import articles, outbox
from newsarchive.ingest import reparse as reparsing
from newsarchive.ingest import run
from newsarchive.ingest.reparse import Report
from newsarchive.models import Article, ImportFailure, ImportRun, RawFile, Story
from tests.newsarchive.archive.making import came_with, post, stub

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))


def bring(folder: Path, *files: bytes) -> None:
    for number, data in enumerate(files):
        (folder / f"{number:03}.md").write_bytes(data)
    run.run([folder], workers=1)
    outbox.forget(outbox.pending(limit=1_000))


def reparse(**options: Any) -> Report:
    return reparsing.run(workers=1, **options)


def printed(*arguments: object, **options: Any) -> str:
    out = io.StringIO()
    call_command("reparse", *map(str, arguments), "--workers", "1", stdout=out, stderr=out, **options)
    return out.getvalue()


def pending() -> list[int]:
    return [row.story_id for row in outbox.pending(limit=100)]


def as_an_older_importer_left_it(**fields: object) -> Article:
    Article.objects.update(**fields)
    return Article.objects.get()


def test_what_an_importer_reads_better_now_is_set_and_indexed(folder: Path) -> None:
    bring(folder, post(1, title="樹與海"))
    article = as_an_older_importer_left_it(title="樹與海 | 眾新聞", byline="")
    article.tags.clear()

    report = reparse()

    article.refresh_from_db()
    assert (report.articles, report.changed) == (1, 1)
    assert (article.title, article.byline) == ("樹與海", "記者陳甲")
    assert {tag.name for tag in article.tags.all()} == {"海", "樹"}
    assert pending() == [article.story_id]


def test_what_does_not_change_is_not_written(folder: Path) -> None:
    bring(folder, post(1), stub(2), post(3, title="另一篇"), b"no article")
    before = list(Article.objects.order_by("id").values())

    report = reparse()

    assert (report.articles, report.changed, report.tried, report.mended) == (3, 0, 1, 0)
    assert list(Article.objects.order_by("id").values()) == before
    assert pending() == []
    assert ImportRun.objects.count() == 1


def test_a_field_that_a_curator_touched_is_kept_and_only_a_new_source_is_told(folder: Path) -> None:
    bring(folder, post(1, title="樹與海"))
    article = Article.objects.get()
    article.title = "編者的標題"
    article.save()
    articles.record_edit(article, ["title"])
    Article.objects.update(byline="")

    assert reparse().changed == 1
    article.refresh_from_db()
    assert (article.title, article.byline, article.source_changes) == ("編者的標題", "記者陳甲", {})

    Article.objects.update(source_values={"title": "樹與海 | 眾新聞"})
    assert reparse().changed == 1
    article.refresh_from_db()
    assert article.title == "編者的標題"
    assert article.source_changes == {"title": "樹與海"}
    assert reparse().changed == 0


def test_a_format_or_single_articles_can_be_chosen(folder: Path) -> None:
    bring(folder, post(1), post(2, title="另一篇"))
    Article.objects.update(byline="")
    second = Article.objects.order_by("id")[1]

    assert reparse(format="hexo_rsshub").articles == 0
    assert reparse(only=[second.pk]).changed == 1
    assert reparse(format="hkcnews_markdown").changed == 1
    assert set(Article.objects.values_list("byline", flat=True)) == {"記者陳甲"}


def test_a_dry_run_shows_each_field_and_changes_nothing(folder: Path) -> None:
    bring(folder, post(1, title="樹與海", body="第一段。\n\n第二段。"))
    article = as_an_older_importer_left_it(title="樹與海 | 眾新聞", body="<p>第一段。</p><p>第二段</p>")
    article.tags.clear()
    before = Article.objects.values().get()

    said = printed("--dry-run")

    assert "title: 樹與海 | 眾新聞 -> 樹與海" in said
    assert "第二段。" in said
    assert 'tags: [] -> ["海", "樹"]' in said
    assert "1 would be changed, 0 unchanged" in said
    assert "A dry run: nothing was changed." in said
    assert Article.objects.values().get() == before
    assert not article.tags.exists()
    assert pending() == []


def test_a_dry_run_shows_as_many_articles_as_asked_for_and_counts_all(folder: Path) -> None:
    bring(folder, *(post(number, title=f"第 {number} 篇") for number in range(5)))
    Article.objects.update(byline="")

    said = printed("--dry-run", "--show", 2)

    assert said.count("byline: ") == 2
    assert "5 would be changed" in said


def test_files_that_gave_no_article_are_tried_again(folder: Path) -> None:
    bring(folder, b"no article", post(1))
    failed = RawFile.objects.get(article=None)
    data = post(2, title="另一篇")
    came_with(failed, data)  # as if it were readable now

    foreseen = reparse(dry_run=True)
    report = reparse()

    assert (foreseen.tried, foreseen.mended, report.mended) == (1, 1, 1)
    failed.refresh_from_db()
    assert failed.article == Article.objects.get(title="另一篇")
    assert (failed.format, failed.outcome) == ("hkcnews_markdown", "imported")
    assert ImportFailure.objects.count() == 1  # what happened then stays on record
    assert ImportRun.objects.first().imported == 1  # type: ignore[union-attr]


def test_copies_that_are_recognised_now_become_one_story_and_accidents_are_taken_apart(folder: Path) -> None:
    bring(folder, post(1, body=TEXT), post(2, body=TEXT), post(3, title="別的", body=TEXT[::-1]))
    one, two, three = Article.objects.order_by("id")
    assert one.story_id == two.story_id != three.story_id
    own = Story.objects.create(canonical=two)
    Article.objects.filter(pk=two.pk).update(story=own, title="誤讀")
    Article.objects.filter(pk=three.pk).update(story=one.story_id, title="誤讀")
    Story.objects.filter(pk=three.story_id).delete()

    reparse()

    stories = dict(Article.objects.values_list("pk", "story_id"))
    assert stories[one.pk] == stories[two.pk] != stories[three.pk]
    assert Story.objects.count() == 2
    assert Story.objects.get(pk=stories[three.pk]).canonical_id == three.pk


def test_what_turns_out_to_be_no_article_is_a_failed_capture_unless_a_curator_said_otherwise(
    folder: Path,
) -> None:
    bring(folder, stub(1), stub(2))
    Article.objects.update(status="published", status_reason="", standing="article")
    articles.publish(Article.objects.filter(identity="hkcnews:2"))

    reparse()

    assert dict(Article.objects.values_list("identity", "status")) == {
        "hkcnews:1": "capture_failed",
        "hkcnews:2": "published",
    }


def test_of_several_files_the_one_is_shown_that_an_import_would_show(folder: Path) -> None:
    bring(folder, post(1, title="舊"), post(1, title="新", stamp="20230101000000"))
    article = Article.objects.get()
    first = article.raw_files.order_by("id")[0]
    Article.objects.update(raw=first, title="舊")

    reparse()

    article.refresh_from_db()
    assert article.title == "新"
    assert article.raw_id != first.pk


def test_a_file_that_no_importer_takes_any_more_leaves_its_article_as_it_is(folder: Path) -> None:
    bring(folder, post(1))
    came_with(RawFile.objects.get(), b"no article")

    report = reparse()

    article = Article.objects.get()
    assert article.title == "樹與海"
    assert [number for number, _ in report.unreadable] == [article.pk]


@pytest.mark.parametrize(
    "arguments", [("--format", "nonsense"), ("--article", "77"), ("--workers", "-1"), ("--show", "-1")]
)
def test_wrong_usage_is_said_and_ends_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("reparse", *arguments)

    assert caught.value.returncode == 2


def test_two_processes_read_as_one_does(folder: Path) -> None:
    bring(folder, *(post(number, title=f"第 {number} 篇") for number in range(30)))
    Article.objects.update(byline="")

    assert reparsing.run(workers=2).changed == 30
    assert set(Article.objects.values_list("byline", flat=True)) == {"記者陳甲"}
