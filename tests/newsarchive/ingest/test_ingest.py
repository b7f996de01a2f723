from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsarchive.archive import outbox
from newsarchive.errors import ImportBusy
from newsarchive.ingest import run as ingest
from newsarchive.ingest.results import Result
from newsarchive.ingest.run import Progress, Report
from newsarchive.messages import Message
from newsarchive.models import (
    Article,
    Category,
    Image,
    ImportFailure,
    ImportRun,
    Outcome,
    RawFile,
    Story,
    Tag,
)
from tests.newsarchive.archive.making import post, stub, tar_bytes, write_zip

pytestmark = [pytest.mark.django_db, pytest.mark.database]

KEPT = (Article, Story, RawFile, ImportFailure, Image, Tag, Category)


def run(*paths: Path, dry_run: bool = False) -> Report:
    return ingest.run(paths, workers=1, dry_run=dry_run)


def results(*paths: Path, dry_run: bool = False) -> list[Result]:
    lines: list[Result] = []
    ingest.run(paths, workers=1, dry_run=dry_run, report=lines.append)
    return lines


def outcomes(lines: list[Result]) -> dict[str, str]:
    return {line.path: line.outcome.value for line in lines}


def fill(folder: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (folder / f"{name}.md").write_bytes(data)
    return folder


def test_a_folder_becomes_articles_failures_and_quarantine(folder: Path) -> None:
    fill(folder, a=post(1), b=stub(2), c=b"", d=b"\x00\x01\x02" * 50)

    lines = results(folder)

    assert outcomes(lines) == {"a.md": "imported", "b.md": "quarantined", "c.md": "failed", "d.md": "failed"}
    assert lines[0].article == Article.objects.get(identity="hkcnews:1").pk
    assert lines[2].reason == Message("file_empty")
    assert Article.objects.get(identity="hkcnews:2").status == "capture_failed"


def test_what_failed_is_kept_with_its_bytes_and_its_reason(folder: Path) -> None:
    fill(folder, a=b"neither this nor that")

    run(folder)

    failure = ImportFailure.objects.get()
    assert failure.path == "a.md"
    assert failure.raw is not None
    assert (failure.raw.data, failure.raw.format) == (b"neither this nor that", "")


def test_the_bytes_of_an_article_are_kept_as_they_came(folder: Path) -> None:
    data = b"\xef\xbb\xbf" + post(1).replace(b"\n", b"\r\n")
    fill(folder, a=data)

    run(folder)

    raw = RawFile.objects.get()
    assert raw.data == data
    assert (raw.sha256, raw.size, raw.path) == (RawFile.digest(data), len(data), "a.md")
    assert raw.format == Article.objects.get().raw.format != ""


def test_a_run_is_a_record_of_what_it_did(folder: Path) -> None:
    fill(folder, a=post(1), b=stub(2), c=b"", d=post(1))

    report = run(folder)

    record = ImportRun.objects.get()
    assert record.pk == report.run
    assert record.inputs == [str(folder)]
    assert record.finished_at is not None
    assert record.importer_versions
    assert (record.seen, record.imported, record.unchanged, record.failed, record.quarantined) == (
        4,
        1,
        1,
        1,
        1,
    )


def test_the_same_import_twice_writes_nothing_but_its_record(folder: Path) -> None:
    fill(folder, a=post(1), b=stub(2), c=b"", d=post(3))
    run(folder)
    before = [list(model.objects.values()) for model in KEPT]

    with CaptureQueriesContext(connection) as queries:
        again = results(folder)

    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes
    assert all('"newsarchive_importrun"' in sql for sql in writes)
    assert before == [list(model.objects.values()) for model in KEPT]
    assert Counter(outcomes(again).values()) == {"unchanged": 3, "failed": 1}
    assert again[2].reason == Message("file_empty")


def test_bytes_that_are_known_under_another_name_are_unchanged(folder: Path) -> None:
    fill(folder, a=post(1))
    run(folder)

    assert results(write_zip(folder / "other.zip", {"b.md": post(1)})) == [
        Result("b.md", Outcome.UNCHANGED, Article.objects.get().pk)
    ]


def test_the_same_bytes_twice_in_one_import_are_one_article(folder: Path) -> None:
    fill(folder, a=post(1), b=post(1), c=b"", d=b"")

    lines = results(folder)

    assert outcomes(lines) == {"a.md": "imported", "b.md": "unchanged", "c.md": "failed", "d.md": "failed"}
    assert lines[0].article == lines[1].article
    assert RawFile.objects.count() == 2
    assert [failure.path for failure in ImportFailure.objects.all()] == ["c.md", "d.md"]


def test_a_changed_file_updates_its_article_and_keeps_the_old_one(folder: Path) -> None:
    run(fill(folder, a=post(1, title="舊")))

    lines = results(fill(folder, a=post(1, title="新", stamp="20230101000000")))

    article = Article.objects.get()
    assert (lines[0].outcome, lines[0].article) == (Outcome.UPDATED, article.pk)
    assert article.title == "新"
    assert article.raw_files.count() == 2


def test_a_failure_is_tried_again_when_importers_have_learned(folder: Path) -> None:
    run(fill(folder, a=post(1)))
    raw = RawFile.objects.get()
    outdated = post(2)
    RawFile.objects.create(
        sha256=RawFile.digest(outdated),
        path="b.md",
        size=len(outdated),
        packed=RawFile.pack(outdated),
        run=raw.run,
        outcome=Outcome.FAILED,
        importer_version=0,  # as if refused by the importers of long ago
    )

    lines = results(fill(folder, b=outdated))

    assert outcomes(lines) == {"a.md": "unchanged", "b.md": "imported"}
    assert RawFile.objects.count() == 2
    assert Article.objects.get(identity="hkcnews:2").raw.path == "b.md"


def test_what_an_archive_refuses_is_a_failure_without_bytes(folder: Path) -> None:
    archive = write_zip(folder / "a.zip", {"../evil.md": post(1), "good.md": post(2)})

    lines = results(archive)
    results(archive)

    assert outcomes(lines) == {"../evil.md": "failed", "good.md": "imported"}
    assert [(f.path, f.raw) for f in ImportFailure.objects.all()] == [("../evil.md", None)]


def test_an_archive_in_a_folder_is_a_failure_and_is_imported_when_named(folder: Path) -> None:
    archive = write_zip(folder / "a.zip", {"a.md": post(1)})

    assert results(folder)[0].reason == Message("archive_inside")
    assert outcomes(results(archive)) == {"a.md": "imported"}


def test_every_change_reaches_the_outbox(folder: Path) -> None:
    run(fill(folder, a=post(1), b=post(2, title="另一篇")))

    stories = {row.story_id for row in outbox.pending(limit=10)}
    assert stories == set(Story.objects.values_list("id", flat=True))


def test_batches_are_cut_by_number_and_everything_arrives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_FILES", 7)
    tar = folder / "a.tar"
    tar.write_bytes(tar_bytes({f"{n}.md": post(n % 40) for n in range(60)}))
    steps: list[Progress] = []

    report = ingest.run([tar], workers=2, on_progress=steps.append)

    assert report.counts == {Outcome.IMPORTED: 40, Outcome.UNCHANGED: 20}
    assert [step.files for step in steps] == [7, 14, 21, 28, 35, 42, 49, 56, 60]
    assert steps[-1].done <= steps[-1].total


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path) -> None:
    fill(folder, a=post(1), b=stub(2), c=b"", d=post(1, title="另一個"), e=post(1))

    foreseen = results(folder, dry_run=True)

    assert [model.objects.count() for model in (*KEPT, ImportRun)] == [0] * 8
    assert outcomes(foreseen) == outcomes(results(folder))
    assert outcomes(foreseen)["d.md"] == "updated"


def test_a_dry_run_knows_what_is_there_already(folder: Path) -> None:
    run(fill(folder, a=post(1)))
    fill(folder, b=post(1, title="新"))

    foreseen = results(folder, dry_run=True)

    assert outcomes(foreseen) == {"a.md": "unchanged", "b.md": "updated"}
    assert {line.article for line in foreseen} == {Article.objects.get().pk}


def test_a_path_that_is_not_there_stops_before_anything_is_read(folder: Path) -> None:
    fill(folder, a=post(1))

    with pytest.raises(FileNotFoundError):
        run(folder, folder / "nothing")

    assert ImportRun.objects.count() == 0


def test_a_second_import_at_the_same_time_is_told_to_wait(folder: Path) -> None:
    fill(folder, a=post(1))
    refused: list[str] = []

    def meanwhile(progress: Progress) -> None:
        with pytest.raises(ImportBusy):
            run(folder)
        refused.append("busy")

    ingest.run([folder], workers=1, on_progress=meanwhile)

    assert refused == ["busy"]


A_DISK_THAT_FILLS = {
    "sqlite": [
        "CREATE TRIGGER full BEFORE INSERT ON newsarchive_article_tags"
        " WHEN NEW.article_id > (SELECT min(id) FROM newsarchive_article)"
        " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER full_disk BEFORE INSERT ON newsarchive_article_tags FOR EACH ROW"
        " WHEN (mod(NEW.article_id, 2) = 0) EXECUTE FUNCTION refuse()",
    ],
}


def test_a_batch_that_breaks_leaves_no_half_article(folder: Path) -> None:
    fill(folder, a=post(1), b=post(2))
    with connection.cursor() as cursor:  # the second article's tags can't be written
        for statement in A_DISK_THAT_FILLS[connection.vendor]:
            cursor.execute(statement)

    with pytest.raises(Exception, match="disk full"):
        run(folder)

    assert [model.objects.count() for model in KEPT] == [0] * 7
    assert list(outbox.pending(limit=10)) == []
    assert ImportRun.objects.get().finished_at is None


def test_a_stopped_import_is_gone_on_with_under_its_own_number(folder: Path) -> None:
    fill(folder, a=post(1), b=stub(2), c=b"", d=post(1))
    run(folder)
    ImportRun.objects.update(finished_at=None)  # as if killed after its last batch
    fill(folder, e=post(5))

    lines: list[Result] = []
    report = ingest.run([folder], workers=1, report=lines.append)

    record = ImportRun.objects.get()
    assert report.resumed
    assert outcomes(lines) == {
        "a.md": "imported",
        "b.md": "quarantined",
        "c.md": "failed",
        "d.md": "unchanged",
        "e.md": "imported",
    }
    assert (record.seen, record.imported, record.unchanged, record.failed) == (5, 2, 1, 1)
    assert record.finished_at is not None


def test_ctrl_c_ends_an_import_and_the_next_one_goes_on(folder: Path) -> None:
    fill(folder, a=post(1))

    def press(progress: Progress) -> None:
        raise KeyboardInterrupt

    first = ingest.run([folder], workers=1, on_progress=press)
    second = run(folder)

    assert (first.interrupted, second.interrupted, second.resumed) == (True, False, True)
    assert Article.objects.count() == 1


def test_only_some_failures_are_held_in_memory(folder: Path) -> None:
    for number in range(30):
        (folder / f"{number}.md").write_bytes(b"no article " + str(number).encode())

    report = run(folder)

    assert report.failed == 30
    assert len(report.failures) == ingest.FAILURES_HELD


@pytest.mark.django_db(transaction=True)
def test_a_tag_that_a_curator_deletes_meanwhile_is_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_FILES", 1)
    fill(folder, a=post(1), b=post(2))

    def delete_once(progress: Progress) -> None:
        if progress.files == 1:
            Tag.objects.filter(name="海").delete()

    ingest.run([folder], workers=1, on_progress=delete_once)

    tags = {article.identity: {tag.name for tag in article.tags.all()} for article in Article.objects.all()}
    assert tags == {"hkcnews:1": {"樹"}, "hkcnews:2": {"海", "樹"}}


def test_an_import_with_processes_saves_what_one_without_saves(folder: Path) -> None:
    fill(folder, **{f"n{n}": post(n) for n in range(12)})

    report = ingest.run([folder], workers=2)

    assert report.counts == {Outcome.IMPORTED: 12}
    assert list(Article.objects.order_by("id").values_list("identity", flat=True)) == [
        f"hkcnews:{n}" for n in (0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9)
    ]
