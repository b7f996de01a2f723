"""Real processes, real files: backed up, damaged, restored."""

import json
import sqlite3
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

import newsarchive
from newsarchive.errors import BackupRefused
from newsarchive.ingest.containers import tars
from newsarchive.ops.backup import DATABASE, MANIFEST
from newsarchive.ops.restore import unpack
from tests.newsarchive.archive.making import post, tar_bytes
from tests.processes import URL, copied, count, database, finish, on_postgresql, on_sqlite, start, tables

pytestmark = pytest.mark.database

SEEDS = settings.BASE_DIR / "seeds"
CURATE = """
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from newsarchive.archive import articles
from newsarchive.models import Article, Story
from search.models import DictionaryWord, SynonymGroup
User.objects.create_superuser("curator", password="long enough words")
SessionStore().create()
articles.withdraw(Article.objects.filter(identity="hkcnews:47815"), "應作者要求")
DictionaryWord.objects.create(word="甲乙丙丁戊")
SynonymGroup.objects.create(words=["甲乙丙丁", "Abcd"])
Story.objects.create().delete()
"""


@pytest.fixture(scope="module")
def archive(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, an account with a session, and what curators have changed."""
    data = copied(seeds, tmp_path_factory.mktemp("archive") / "data")
    for words in (("shell", "-v0", "-c", CURATE), ("update_index",)):
        code, said = finish(data, *words)
        assert code == 0, said
    return data


@pytest.fixture(scope="module")
def saved(archive: Path) -> Path:
    file = archive.parent / "archive.tar.zst"
    code, said = finish(archive, "backup", file)
    assert code == 0, said
    return file


def rows(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without sessions, and without migrations, whose clocks differ."""
    with database(data) as opened:
        return {
            table: sorted(opened.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
            for table in tables(opened)
            if table not in ("django_session", "django_migrations", "sqlite_sequence")
        }


def members(file: Path) -> dict[str, bytes]:
    with file.open("rb") as packed, tars.read_back(packed) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def pack(file: Path, content: dict[str, bytes]) -> Path:
    import io
    import tarfile

    with file.open("wb") as packed, tars.written(packed) as tar:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file


def test_a_restored_archive_is_the_one_that_was_backed_up_row_for_row(
    archive: Path, saved: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    code, said = finish(data, "restore", saved)

    assert code == 0, said
    assert rows(data) == rows(archive)
    assert count(archive, "django_session") == 1
    assert count(data, "django_session") == 0
    assert count(data, "auth_user") == 1
    assert finish(data, "check_index") == (0, "index and archive agree: 4 stories\n")
    assert finish(data, "export_articles", "--all") == finish(archive, "export_articles", "--all")


def test_a_backup_says_first_what_it_is_and_holds_no_session_and_no_secret(
    archive: Path, saved: Path, tmp_path: Path
) -> None:
    content = members(saved)
    secret = (archive / "secret-key").read_bytes()
    with database(archive) as opened:
        ((session,),) = opened.execute("SELECT session_key FROM django_session")

    assert next(iter(content)) == MANIFEST
    manifest = json.loads(content[MANIFEST])
    assert manifest["counts"]["newsarchive_rawfile"] == 5
    assert list(manifest["members"]) == list(content)[1:]
    assert not any(secret in data or session.encode() in data for data in content.values())


def test_the_program_knows_its_own_version() -> None:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]

    assert project["version"] == newsarchive.VERSION


def test_a_backup_replaces_a_file_only_when_told_to(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.tar.zst"
    file.write_text("a year of work")

    code, said = finish(archive, "backup", file)
    assert code == 1
    assert "--force" in said
    assert file.read_text() == "a year of work"

    assert finish(archive, "backup", file, "--force")[0] == 0
    assert MANIFEST in members(file)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_killed_backup_leaves_no_half_file_and_the_next_one_clears_up(
    archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "archive.tar.zst"
    process = start(archive, "backup", file)
    while not list(tmp_path.iterdir()) and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.communicate()

    assert not file.exists()
    assert finish(archive, "backup", file)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_torn_backup_is_refused(saved: Path, tmp_path: Path, share: float) -> None:
    torn = tmp_path / "torn.tar.zst"
    torn.write_bytes(saved.read_bytes()[: int(saved.stat().st_size * share)])

    with pytest.raises(BackupRefused, match=r"cut off|no backup"):
        unpack(torn, tmp_path)


def test_a_backup_with_a_wrong_checksum_is_refused(saved: Path, tmp_path: Path) -> None:
    content, data = members(saved), tmp_path / "data"
    content[DATABASE] = content[DATABASE][:-1] + b"x"

    code, said = finish(data, "restore", pack(tmp_path / "wrong.tar.zst", content))

    assert code == 1
    assert "checksum" in said
    assert "Traceback" not in said
    assert not (data / DATABASE).exists()
    assert not (data / ".restore").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    for content in ({"a.md": post(1)}, {MANIFEST: b"{}"}, {MANIFEST: b'{"kind": "other"}'}, {}):
        file = pack(tmp_path / "other.tar.zst", content)
        with pytest.raises(BackupRefused):
            unpack(file, tmp_path)


def test_a_place_with_articles_is_not_restored_over(archive: Path, saved: Path) -> None:
    before = rows(archive)

    code, said = finish(archive, "restore", saved)

    assert code == 1
    assert "5 newsarchive_article" in said
    assert rows(archive) == before


def test_an_archive_that_is_still_empty_may_be_restored_into(
    archive: Path, saved: Path, empty_archive: Path, tmp_path: Path
) -> None:
    data = copied(empty_archive, tmp_path / "data")
    finish(data, "update_index")

    code, said = finish(data, "restore", saved)

    assert code == 0, said
    assert rows(data) == rows(archive)
    assert finish(data, "check_index")[0] == 0


def test_the_backup_of_an_older_program_is_brought_up_to_date(
    archive: Path, saved: Path, tmp_path: Path
) -> None:
    names = sorted(
        name
        for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        if app == "newsarchive"
    )
    old, data, file = tmp_path / "old", tmp_path / "data", tmp_path / "old.tar.zst"
    assert finish(old, "restore", saved, "--no-index")[0] == 0
    code, said = finish(old, "migrate", "newsarchive", names[-2], "-v0")
    assert code == 0, said
    assert finish(old, "backup", file)[0] == 0

    code, said = finish(data, "restore", file)

    assert code == 0, said
    assert f"newsarchive.{names[-1]}" in said
    assert rows(data).keys() == rows(archive).keys()
    assert rows(data)["newsarchive_rawfile"] == rows(archive)["newsarchive_rawfile"]
    assert finish(data, "check_index")[0] == 0


def test_the_backup_of_a_newer_program_is_refused_by_name(saved: Path, tmp_path: Path) -> None:
    content = members(saved)
    manifest = json.loads(content[MANIFEST])
    manifest["migrations"]["newsarchive"].append("0999_of_the_future")
    content[MANIFEST] = json.dumps(manifest).encode()

    with pytest.raises(BackupRefused, match=r"newer program.*newsarchive\.0999_of_the_future"):
        unpack(pack(tmp_path / "new.tar.zst", content), tmp_path)


def test_a_backup_made_during_an_import_holds_whole_batches(empty_archive: Path, tmp_path: Path) -> None:
    files = {f"{n}.md": post(n, title=f"第 {n} 篇", body=f"海邊有 {n} 棵樹。" * 9) for n in range(1_200)}
    source = tmp_path / "in.tar"
    source.write_bytes(tar_bytes(files))
    busy = copied(empty_archive, tmp_path / "busy")
    data, file = tmp_path / "data", tmp_path / "busy.tar.zst"
    process = start(busy, "import_articles", source, "--workers", 1)
    while not count(busy, "newsarchive_article") and process.poll() is None:
        time.sleep(0.005)

    code, said = finish(busy, "backup", file)
    process.communicate(timeout=120)
    assert code == 0, said
    assert finish(data, "restore", file, "--no-index")[0] == 0

    with database(data) as opened:
        ((imported,),) = opened.execute("SELECT imported FROM newsarchive_importrun")
    assert imported > 0
    assert count(data, "newsarchive_article") == count(data, "newsarchive_rawfile") == imported


@on_postgresql
def test_an_archive_moves_to_sqlite_and_back_row_for_row(archive: Path, saved: Path, tmp_path: Path) -> None:
    in_a_file, back, file = tmp_path / "file", tmp_path / "back", tmp_path / "file.tar.zst"
    code, said = finish(in_a_file, "restore", saved, DATABASE_URL="")
    assert code == 0, said
    assert (in_a_file / DATABASE).is_file()
    assert finish(in_a_file, "check_index", DATABASE_URL="")[0] == 0
    exported = finish(archive, "export_articles", "--all")
    assert finish(in_a_file, "export_articles", "--all", DATABASE_URL="") == exported

    half_a_character = json.dumps(["seeds\udc80"])
    with sqlite3.connect(in_a_file / DATABASE) as opened:  # PostgreSQL would not have taken it
        opened.execute("UPDATE newsarchive_importrun SET inputs = ?", (half_a_character,))
    assert finish(in_a_file, "backup", file, DATABASE_URL="")[0] == 0
    code, said = finish(back, "restore", file)

    assert code == 0, said
    now, then = rows(back), rows(archive)
    assert now.pop("newsarchive_importrun") != then.pop("newsarchive_importrun")
    assert now == then
    with database(archive) as one, database(back) as other:
        following = "SELECT nextval('newsarchive_story_id_seq')"  # the number of a story that is gone is not
        assert one.execute(following).fetchone() == other.execute(following).fetchone()  # given again
    assert finish(back, "check_index")[0] == 0


@on_postgresql
def test_a_restore_that_postgresql_refuses_leaves_it_empty(saved: Path, tmp_path: Path) -> None:
    in_a_file, back, file = tmp_path / "file", tmp_path / "back", tmp_path / "file.tar.zst"
    finish(in_a_file, "restore", saved, "--no-index", DATABASE_URL="")
    with sqlite3.connect(in_a_file / DATABASE) as opened:  # SQLite holds no column to its width
        [first] = opened.execute("SELECT min(id) FROM newsarchive_outlet").fetchone()
        opened.execute("UPDATE newsarchive_outlet SET name = ? WHERE id = ?", ("長" * 300, first))
    assert finish(in_a_file, "backup", file, DATABASE_URL="")[0] == 0

    code, said = finish(back, "restore", file)

    assert code == 1
    assert "newsarchive_outlet" in said
    assert "Traceback" not in said
    assert count(back, "newsarchive_article") == 0


def test_tar_and_zstd_alone_can_unpack_a_backup(saved: Path, tmp_path: Path) -> None:
    """Whoever finds the file in ten years needs no program of ours."""
    script = (
        "import sys, zstandard; zstandard.ZstdDecompressor().copy_stream(sys.stdin.buffer, sys.stdout.buffer)"
    )
    with saved.open("rb") as packed, (tmp_path / "plain.tar").open("wb") as plain:
        subprocess.run([sys.executable, "-c", script], stdin=packed, stdout=plain, check=True)
    subprocess.run(["tar", "-xf", "plain.tar"], cwd=tmp_path, check=True)

    with sqlite3.connect(tmp_path / DATABASE) as database:
        assert database.execute("SELECT count(*) FROM newsarchive_rawfile").fetchone() == (5,)


def flip_a_bit(data: Path) -> str:
    """In a stored file. Returns its sha256."""
    with database(data) as opened:
        number, sha256, packed = opened.execute(
            "SELECT id, sha256, packed FROM newsarchive_rawfile ORDER BY id LIMIT 1"
        ).fetchone()
        torn = bytearray(packed)
        torn[len(torn) // 2] ^= 1
        mark = "%s" if URL else "?"
        opened.execute(
            f"UPDATE newsarchive_rawfile SET packed = {mark} WHERE id = {mark}",  # noqa: S608
            (bytes(torn), number),
        )
    return str(sha256)


def test_an_archive_with_a_damaged_file_is_not_called_whole_and_kept_when_told_to(
    archive: Path, tmp_path: Path
) -> None:
    torn, back, file = copied(archive, tmp_path / "torn"), tmp_path / "back", tmp_path / "torn.tar.zst"
    sha256 = flip_a_bit(torn)

    code, said = finish(torn, "backup", file)
    assert (code, sha256 in said, "--with-damage" in said) == (1, True, True)
    assert not file.exists()
    code, said = finish(torn, "doctor", "--quiet")
    assert (code, sha256 in said) == (2, True)

    code, said = finish(torn, "backup", file, "--with-damage")
    assert code == 0, said
    assert "1 raw files in it are damaged" in said
    [damage] = json.loads(members(file)[MANIFEST])["damaged"]
    assert damage["sha256"] == sha256

    code, said = finish(back, "restore", file, "--no-index")
    assert (code, sha256 in said) == (0, True)
    assert rows(back)["newsarchive_rawfile"] == rows(torn)["newsarchive_rawfile"]
    assert count(back, "newsarchive_damagedfile") == 1

    code, said = finish(back, "import_articles", SEEDS, "--workers", 1)
    assert "1 damaged files of the archive were mended" in said
    assert finish(back, "backup", file, "--force")[0] == 0


@on_sqlite
@pytest.mark.parametrize("until", [".restore", f".restore/{DATABASE}", ".restore/index", DATABASE, "index"])
def test_a_killed_restore_leaves_nothing_or_a_whole_archive_and_says_how_to_go_on(
    archive: Path, saved: Path, tmp_path: Path, until: str
) -> None:
    """Killed as soon as `until` appears in the data folder."""
    data = tmp_path / "data"
    process = start(data, "restore", saved)
    while not (data / until).exists() and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.communicate()

    if (data / DATABASE).exists():  # the last step was taken: whole, but for its index
        assert rows(data) == rows(archive)
        code, said = finish(data, "restore", saved)
        assert (code, "rebuild_index" in said) == (1, not (data / "index" / "CURRENT").exists())
        assert finish(data, "rebuild_index")[0] == 0
    else:
        assert finish(data, "restore", saved)[0] == 0
    assert rows(data) == rows(archive)
    assert not (data / ".restore").exists()
    assert finish(data, "check_index")[0] == 0
