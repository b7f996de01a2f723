"""`doctor` on archives that lack something, as a real process."""

from pathlib import Path

import pytest

from tests.processes import copied, finish, on_sqlite

pytestmark = pytest.mark.database


@pytest.fixture
def data(seeds: Path, tmp_path: Path) -> Path:
    return copied(seeds, tmp_path / "data")


def test_a_sound_archive_then_one_with_work_left_undone_then_one_with_a_damaged_index(data: Path) -> None:
    code, said = finish(data, "doctor")
    assert code == 0, said
    assert "agrees with the archive" in said

    change = (
        "from newsarchive.models import *; OutboxRow.objects.create(story_id=1);"
        "ImportRun.objects.create(inputs=['/some/folder'], seen=7)"
    )
    assert finish(data, "shell", "-v0", "-c", change)[0] == 0
    code, said = finish(data, "doctor", "--quiet")
    assert code == 1, said
    assert "run_indexer" in said
    assert "import_articles /some/folder" in said
    assert "ok  " not in said

    (data / "index" / "CURRENT").write_bytes(b"\xff\xfe")
    code, said = finish(data, "doctor", "--quiet")
    assert code == 2
    assert "rebuild_index" in said
    assert "Traceback" not in said


@on_sqlite
def test_a_damaged_database_is_said_with_what_to_do(data: Path) -> None:
    file = data / "archive.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:-4096] = b"\7" * (len(content) - 8192)
    file.write_bytes(content)

    code, said = finish(data, "doctor")

    assert code == 2
    assert "restore" in said
    assert "Traceback" not in said


def test_nothing_at_all_is_said_and_stays_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"

    code, said = finish(data, "doctor")

    assert code == 2
    assert "manage.py migrate" in said
    assert not (data / "archive.sqlite3").exists()
