"""Rows and exports of releases that kept sentences: nothing of them is lost, and what was a sentence of the
program is a message now."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from newsarchive.archive.history import Action, Edit
from newsarchive.ingest import run
from newsarchive.messages import Message, old_sentences
from newsarchive.models import Article, DamagedFile, ImportFailure, ImportRun, Outcome, RawFile, RunFile
from newsarchive.pictures.store import Picture

from .making import parsed, save

pytestmark = pytest.mark.django_db

migration = import_module("newsarchive.migrations.0014_messages")

CURATORS = "應作者要求 {“code”}"
PROBLEMS = ["no date", "3 characters could not be read", "date unreadable: 2021-02-30", "of an older release"]
CODED = [
    {"code": "no_date"},
    {"code": "characters_lost", "n": 3},
    {"code": "date_unreadable", "text": "2021-02-30"},
    {"code": "said", "text": "of an older release"},
]
REASONS = {
    "The file is empty.": {"code": "file_empty"},
    "Line 1200 of the file uses YAML anchors or aliases: refused.": {"code": "yaml_aliases", "line": 1200},
    "The file is a PNG picture, not the text of an article.": {"code": "file_is_no_text", "format": "PNG"},
    "Refused: 12,345 bytes, more than the limit of 1,000 for one file.": {
        "code": "refused_size",
        "size": 12345,
        "limit": 1000,
    },
    "The archive is damaged after 1,200 files. What was read before stays.": {
        "code": "earlier_files_stay",
        "why": {"code": "archive_damaged_after", "n": 1200},
    },
    "The archive is damaged or cut off: a 'b' (c).": {"code": "archive_damaged", "detail": "a 'b' (c)"},
    "A sentence that nobody knows any more.": None,
}


def _rows() -> list[list[Any]]:
    """Everything that the migration may touch."""
    models = (Article, ImportFailure, RunFile, DamagedFile, Action, Edit, Picture)
    return [list(model.objects.order_by("pk").values()) for model in models]  # type: ignore[attr-defined]


@pytest.fixture
def older() -> Article:
    """An archive as the release before wrote it."""
    save(parsed("test:1"), parsed("test:2"))
    article = Article.objects.get(identity="test:1")
    Article.objects.filter(pk=article.pk).update(
        problems=PROBLEMS,
        status="capture_failed",
        status_reason="the capture shows “眾新聞告別” in place of the article",
        source_values={"title": "舊", "status_reason": "the body is empty"},
    )
    Article.objects.exclude(pk=article.pk).update(status="withdrawn", status_reason=CURATORS)
    importing = ImportRun.objects.get()
    for reason in REASONS:
        ImportFailure.objects.create(run=importing, path="x.md", reason=reason)
    RunFile.objects.all().delete()
    RunFile.objects.create(
        run=importing, path="x.md", outcome=Outcome.UNCHANGED, reason="Done before the interruption."
    )
    raw = RawFile.objects.defer("packed").earliest("pk")
    DamagedFile.objects.create(raw=raw, reason="it can't be unpacked (Error -3)")
    action = Action.objects.create(
        kind=Action.Kind.EDIT, problem="另一個匯入正在進行。 Another import is running."
    )
    Picture.objects.create(
        address="x",
        src="https://a.example/1.jpg",
        status="missing",
        fetched_at=timezone.now(),
        reason="the host answered 404; no answer: timed out",
    )
    Edit.objects.create(
        action=action,
        article=article,
        old={"problems": ["no date"], "status_reason": "the body is empty"},
        new={"problems": [], "status_reason": CURATORS},
    )
    return article


def test_sentences_become_messages(older: Article) -> None:
    migration.forwards(apps, connection.schema_editor())

    older.refresh_from_db()
    assert older.problems == CODED
    assert json.loads(older.status_reason) == {"code": "capture_shows", "page": "眾新聞告別"}
    assert older.source_values == {"title": "舊", "status_reason": '{"code": "body_is_empty"}'}
    for row, (sentence, coded) in zip(ImportFailure.objects.order_by("pk"), REASONS.items(), strict=True):
        assert (json.loads(row.reason) if coded else row.reason) == (coded or sentence)
    assert RunFile.objects.get().reason == '{"code": "done_before_stop"}'
    assert json.loads(DamagedFile.objects.get().reason) == {
        "code": "bytes_not_unpacked",
        "detail": "Error -3",
    }
    assert Action.objects.get().problem == '{"code": "import_busy"}'
    assert json.loads(Picture.objects.get().reason) == {
        "code": "fetch_both_addresses",
        "first": {"code": "fetch_answered", "number": 404},
        "second": {"code": "fetch_no_answer", "detail": "timed out"},
    }
    edit = Edit.objects.get()
    assert edit.old == {"problems": [{"code": "no_date"}], "status_reason": '{"code": "body_is_empty"}'}


def test_what_curators_wrote_stays_word_for_word(older: Article) -> None:
    migration.forwards(apps, connection.schema_editor())

    assert Article.objects.exclude(pk=older.pk).get().status_reason == CURATORS
    assert Edit.objects.get().new == {"problems": [], "status_reason": CURATORS}


def test_the_way_back_gives_every_row_as_it_was(older: Article) -> None:
    before = _rows()

    migration.forwards(apps, connection.schema_editor())
    migration.backwards(apps, connection.schema_editor())

    assert _rows() == before


def test_a_second_time_changes_nothing(older: Article) -> None:
    migration.forwards(apps, connection.schema_editor())
    once = _rows()

    migration.forwards(apps, connection.schema_editor())

    assert _rows() == once


def test_an_export_that_has_sentences_is_read_as_messages(tmp_path: Path) -> None:
    record = {"id": 1, "title": "題", "published_at": "2021-03-20", "source_url": "https://a.example/1"}
    older = record | {
        "status": "capture_failed",
        "standing": "stub",
        "problems": PROBLEMS,
        "status_reason": "the body is empty",
        "source_values": {"status_reason": "the body is empty"},
    }
    (tmp_path / "out.jsonl").write_text(json.dumps(older), encoding="utf-8")

    run.run([tmp_path / "out.jsonl"], workers=1)

    article = Article.objects.get()
    assert article.problems == CODED
    assert article.status_reason == '{"code": "body_is_empty"}'
    assert article.source_values == {"status_reason": '{"code": "body_is_empty"}'}


@pytest.mark.parametrize(
    "message",
    [
        Message("refused_size", size=12345, limit=1000),
        Message("yaml_aliases", line=1200),
        Message("name_taken", name="港聞"),
        Message("file_is_no_text", format="xz"),
    ],
    ids=str,
)
def test_a_message_is_written_as_the_release_before_read_it(message: Message) -> None:
    sentence = old_sentences.written(message)

    assert message in (old_sentences.reason(sentence), old_sentences.error(sentence))
