"""A program whose database is not of its version, from the start or in the middle of an import."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from newsarchive.errors import WrongProgram
from newsarchive.ingest import reparse, run
from newsarchive.ingest.results import Result
from newsarchive.models import Article, ImportRun
from tests.newsarchive.archive.making import post
from tests.processes import finish

pytestmark = pytest.mark.django_db
NEWER = ("newsarchive", "0999_of_the_future")
OWN = ("newsarchive", "0009_picture")


def many(folder: Path) -> Path:
    for number in range(2 * run.BATCH_FILES):
        (folder / f"{number:04}.md").write_bytes(post(number, title=f"第 {number} 篇"))
    return folder


def test_an_import_stops_when_a_newer_program_migrates_its_database_and_goes_on_with_that(
    folder: Path,
) -> None:
    recorder = MigrationRecorder(connection)
    told: list[Result] = []

    def migrate_in_the_middle(result: Result) -> None:
        if not told:
            recorder.record_applied(*NEWER)
        told.append(result)

    with pytest.raises(WrongProgram, match=r"newer program.*newsarchive\.0999_of_the_future"):
        run.run([many(folder)], workers=1, report=migrate_in_the_middle)
    assert Article.objects.count() == run.BATCH_FILES
    recorder.record_unapplied(*NEWER)
    report = run.run([folder], workers=1)

    assert report.resumed
    assert Article.objects.count() == 2 * run.BATCH_FILES
    assert ImportRun.objects.get().imported == 2 * run.BATCH_FILES


@pytest.mark.parametrize("newer", [True, False])
def test_neither_an_older_nor_a_newer_program_writes(folder: Path, newer: bool) -> None:
    (folder / "a.md").write_bytes(post(1))
    recorder = MigrationRecorder(connection)
    if newer:
        recorder.record_unapplied(*OWN)
    else:
        recorder.record_applied(*NEWER)

    with pytest.raises(CommandError, match="igrat" if newer else "newer program"):
        call_command("import_articles", str(folder))
    with pytest.raises(CommandError, match="igrat" if newer else "newer program"):
        call_command("reparse")
    with pytest.raises(WrongProgram):
        reparse.run()

    assert not Article.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_command_without_enough_memory_says_so_without_a_traceback(tmp_path: Path) -> None:
    code, said = finish(tmp_path / "data", "shell", "-v0", "-c", "bytes(10**17)")

    assert code == 1
    assert "not enough memory" in said
    assert "Traceback" not in said
