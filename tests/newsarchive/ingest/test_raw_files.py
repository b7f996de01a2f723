"""Stored files whose bytes are no longer those that were imported: named, passed over, mended."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from newsarchive.archive import articles
from newsarchive.errors import DamagedRawFile
from newsarchive.ingest import reparse, run
from newsarchive.models import Article, DamagedFile, ImportFailure, RawFile
from tests.newsarchive.archive.making import damage, post

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LOSSES: dict[str, Callable[[bytes], object]] = {
    "a flipped bit": lambda packed: packed[:40] + bytes([packed[40] ^ 1]) + packed[41:],
    "cut off": lambda packed: packed[: len(packed) // 2],
    "without its last byte": lambda packed: packed[:-1],
    "empty": lambda packed: b"",
    "zeros": lambda packed: bytes(len(packed)),
    "another file": lambda packed: RawFile.pack(b"another file"),
    "no zlib": lambda packed: b"neither this nor that",
    "a text": lambda packed: "in a column of bytes",
}


def bring(folder: Path, *files: bytes) -> None:
    for number, data in enumerate(files):
        (folder / f"{number:03}.md").write_bytes(data)
    run.run([folder], workers=1)


def command(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_is_stored_in_place_of_its_bytes_is_named(folder: Path, loss: str) -> None:
    bring(folder, post(1))
    raw = RawFile.objects.get()
    with connection.cursor() as cursor:
        stored = LOSSES[loss](bytes(raw.packed))
        if isinstance(stored, str) and connection.vendor == "postgresql":
            pytest.skip("PostgreSQL holds a column to its type")
        cursor.execute("UPDATE newsarchive_rawfile SET packed = %s", [stored])

    with pytest.raises(DamagedRawFile) as caught:
        _ = RawFile.objects.get().data

    assert (caught.value.number, caught.value.path, caught.value.sha256) == (raw.pk, raw.path, raw.sha256)
    for fact in (str(raw.pk), raw.path, raw.sha256):
        assert fact in str(caught.value)


def test_every_byte_of_what_is_stored_is_held_against_the_checksum(folder: Path) -> None:
    bring(folder, post(1))
    raw = RawFile.objects.get()
    sound = bytes(raw.packed)

    for place in range(len(sound)):
        for bit in (1, 128):
            raw.packed = sound[:place] + bytes([sound[place] ^ bit]) + sound[place + 1 :]
            try:
                assert raw.data == post(1), place  # a bit of the header that says how hard zlib had tried
            except DamagedRawFile:
                continue


def test_a_reparse_names_the_damaged_file_and_reads_all_others_anew(folder: Path) -> None:
    bring(folder, post(1), post(2, title="另一篇"), post(3, title="第三篇"))
    lost = RawFile.objects.order_by("id")[1]
    damage(lost)
    Article.objects.update(byline="")

    code, said = command("reparse", "--workers", 1)

    assert code == 1
    assert lost.sha256 in said
    assert lost.path in said
    assert "Traceback" not in said
    bylines = Article.objects.order_by("id").values_list("byline", flat=True)
    assert list(bylines) == ["記者陳甲", "", "記者陳甲"]
    assert list(DamagedFile.objects.values_list("raw", flat=True)) == [lost.pk]


def test_an_article_that_shows_another_of_its_files_is_read_anew_from_that(folder: Path) -> None:
    bring(folder, post(1, title="舊"), post(1, title="新", stamp="20230101000000"))
    article = Article.objects.get()
    old = article.raw_files.exclude(pk=article.raw_id).get()
    Article.objects.update(byline="")

    damage(old)
    report = reparse.run(workers=1)

    article.refresh_from_db()
    assert (article.title, article.byline) == ("新", "記者陳甲")
    assert [found.number for found in report.damaged] == [old.pk]


def test_an_article_that_shows_the_damaged_file_goes_on_showing_it(folder: Path) -> None:
    bring(folder, post(1, title="舊"), post(1, title="新", stamp="20230101000000"))
    before = Article.objects.values().get()
    damage(Article.objects.get().raw)

    reparse.run(workers=1)

    assert Article.objects.values().get() == before


def test_a_dry_reparse_names_the_damaged_file_and_writes_nothing(folder: Path) -> None:
    bring(folder, post(1))
    damage(RawFile.objects.get())

    code, said = command("reparse", "--dry-run", "--workers", 1)

    assert code == 1
    assert RawFile.objects.get().sha256 in said
    assert not DamagedFile.objects.exists()


def test_a_damaged_failure_is_not_tried_again_and_the_others_are(folder: Path) -> None:
    bring(folder, b"no article", b"nor this")
    numbers = list(RawFile.objects.order_by("id").values_list("id", flat=True))
    damage(RawFile.objects.get(pk=numbers[0]))

    report = reparse.retry(numbers)
    again = reparse.run(workers=1)

    assert (report.tried, report.mended, [found.number for found in report.damaged]) == (1, 0, numbers[:1])
    assert (again.tried, [found.number for found in again.damaged]) == (1, numbers[:1])
    assert ImportFailure.objects.count() == 2


def test_the_same_file_imported_again_mends_the_stored_one(folder: Path, tmp_path: Path) -> None:
    bring(folder, post(1), post(2, title="另一篇"))
    raw = RawFile.objects.order_by("id")[0]
    damage(raw)
    command("check_files")
    before = list(Article.objects.order_by("id").values_list("id", "changed_at"))

    foreseen, foretold = command("import_articles", folder, "--workers", 1, "--dry-run")
    assert "1 damaged files of the archive would be mended" in foretold
    assert DamagedFile.objects.count() == 1
    code, said = command("import_articles", folder, "--workers", 1, "--report", tmp_path / "report.jsonl")

    assert (foreseen, code) == (0, 0)
    assert "1 damaged files of the archive were mended" in said
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [(line["outcome"], "mended" in line["reason"]) for line in lines] == [
        ("unchanged", True),
        ("unchanged", False),
    ]
    raw.refresh_from_db()
    assert raw.data == post(1)
    assert not DamagedFile.objects.exists()
    assert list(Article.objects.order_by("id").values_list("id", "changed_at")) == before
    assert command("check_files")[0] == 0


def test_a_failure_is_mended_too(folder: Path) -> None:
    bring(folder, b"no article")
    damage(RawFile.objects.get())

    report = run.run([folder], workers=1)

    assert (report.mended, report.failed) == (1, 1)
    assert RawFile.objects.get().data == b"no article"


def test_check_files_writes_down_what_is_damaged_and_forgets_what_is_sound_again(folder: Path) -> None:
    bring(folder, post(1), post(2, title="另一篇"))
    raw = RawFile.objects.order_by("id")[0]
    sound = raw.packed
    damage(raw)

    code, said = command("check_files")
    assert code == 1
    assert raw.sha256 in said
    assert DamagedFile.objects.get().raw == raw

    RawFile.objects.filter(pk=raw.pk).update(packed=sound)
    assert command("check_files") == (0, "0 raw files and 0 pictures are damaged\n")
    assert not DamagedFile.objects.exists()


def test_a_curators_edit_of_an_article_whose_file_is_damaged_is_kept(folder: Path) -> None:
    bring(folder, post(1))
    article = Article.objects.get()
    damage(article.raw)

    article.title = "編者的標題"
    article.save()
    articles.record_edit(article, ["title"])

    article.refresh_from_db()
    assert article.edited_fields == ["title"]
