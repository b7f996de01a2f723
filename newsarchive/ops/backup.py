"""A backup of the whole archive in one file, made while it is being served.

    manifest.json     what made it, when, migrations, counts, size and sha256 of what follows
    settings.json     the settings that matter, none of them secret
    archive.sqlite3   the database at one moment: articles, raw files, dictionary, synonyms, accounts

An archive in PostgreSQL is written into the same form, so a backup can be restored to either database.
Sessions, the secret key and the index (it is built from the database) are left out. The file is written under
another name and renamed at the end, so under its own name there is a complete backup or none.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from newsarchive import VERSION
from newsarchive.archive import raw_files
from newsarchive.conf import env, schema
from newsarchive.errors import BackupRefused, DamagedRawFile
from newsarchive.ingest.containers import tars
from newsarchive.runtime import files, locks, raw_bytes

from . import transfer

KIND: Final = "newsarchive backup"
LAYOUT: Final = 1  # version of the file's layout; increased when older programs can't read the file
MANIFEST: Final = "manifest.json"
SETTINGS: Final = "settings.json"
DATABASE: Final = "archive.sqlite3"
LAST: Final = "last-backup.json"  # in the data folder; `doctor` reads it
KEPT_SETTINGS: Final = (
    *("TIME_ZONE", "LANGUAGE_CODE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_SSL_REDIRECT"),
    *("IMPORT_MAX_FILE_BYTES", "IMPORT_MAX_ARCHIVE_MEMBERS", "IMPORT_MAX_ARCHIVE_BYTES", "IMPORT_MAX_RATIO"),
)
RAW_FILES: Final = "newsarchive_rawfile"
# Tables whose rows are counted in the manifest. A place where one of them has rows is not empty, and nothing
# is restored into it.
COUNTED: Final = (RAW_FILES, "newsarchive_article", "newsarchive_story", "auth_user")
SESSIONS: Final = "django_session"


@dataclass(frozen=True, slots=True)
class Member:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    kind: str
    layout: int
    made_at: str  # ISO, UTC
    program: str
    versions: dict[str, str]  # of Python and libraries
    migrations: dict[str, list[str]]  # app -> names applied
    counts: dict[str, int]  # table -> rows
    members: dict[str, Member]  # in the order of the file
    damaged: list[dict[str, str | int]] = field(default_factory=list)  # raw files: id, path, sha256, reason


def make(target: Path, *, force: bool = False, with_damage: bool = False) -> Manifest:
    """`with_damage`: makes the backup even if raw files are damaged, and lists them in the manifest. Raises
    BackupRefused, and OSError when the disk fails."""
    target = target.resolve()
    if target.is_dir():
        raise BackupRefused(f"{target} is a folder: name a file in it, such as {target / 'archive.tar.zst'}.")
    if target.exists() and not force:
        raise BackupRefused(f"{target} is there already. --force replaces it; another name keeps both.")
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no folder {target.parent}.")
    with _scratch_folder(target) as folder:
        counts, migrations = _copy_database(folder)
        damaged = damaged_files(folder / DATABASE)
        if damaged and not with_damage:
            raise BackupRefused(_refusal(damaged))
        _write_settings(folder / SETTINGS)
        names = [SETTINGS, DATABASE]
        manifest = Manifest(
            kind=KIND,
            layout=LAYOUT,
            made_at=timezone.now().isoformat(timespec="seconds"),
            program=VERSION,
            versions=_versions(),
            migrations=migrations,
            counts=counts,
            members={name: measured(folder / name) for name in names},
            damaged=[_described(damage) for damage in damaged],
        )
        (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        packed = folder / "packed"
        with packed.open("wb") as file, tars.written(file) as tar:
            for name in (MANIFEST, *names):
                _add(tar, folder / name)
        files.put_in_place(packed, target)
    _note(target, manifest)
    return manifest


def damaged_files(database: Path) -> list[DamagedRawFile]:
    """Raw files in this SQLite file whose bytes don't match their sha256."""
    found = []
    with closing(sqlite3.connect(database)) as opened:
        if RAW_FILES not in tables_of(opened):
            return []
        for row in opened.execute(f"SELECT id, path, sha256, packed FROM {RAW_FILES} ORDER BY id"):  # noqa: S608
            try:
                raw_bytes.unpack(*row)
            except DamagedRawFile as exc:
                found.append(exc)
    return found


def _refusal(damaged: Sequence[DamagedRawFile]) -> str:
    return (
        f"{len(damaged):,} raw files are damaged, so the backup would not be whole:\n"
        + "\n".join(raw_files.report_lines(damaged))
        + "\nNo backup was made. --with-damage makes one all the same, and writes into it which are damaged."
    )


def _described(damage: DamagedRawFile) -> dict[str, str | int]:
    return {
        "id": damage.number,
        "path": damage.path,
        "sha256": damage.sha256,
        "reason": str(damage.reason),
    }


@contextmanager
def _scratch_folder(target: Path) -> Iterator[Path]:
    """A scratch folder beside `target`, on the same disk. What a killed backup left in it is removed."""
    folder = target.with_name(f".{target.name}.part")
    try:
        alone = nullcontext(0) if env.frozen(settings.DATA_DIR / DATABASE) else _alone()
        with alone, files.scratch_folder(folder):
            yield folder
    except BlockingIOError as exc:
        raise BackupRefused("Another backup of this archive is under way.") from exc


def _alone() -> AbstractContextManager[int]:
    return locks.held(settings.DATA_DIR / "backup.lock", wait=False)


def _copy_database(folder: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    copy = folder / DATABASE
    try:
        _write_copy(folder)
        with closing(sqlite3.connect(copy)) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            forget_sessions(database)
            if problem := first_problem(database):
                raise BackupRefused(f"The database is damaged, so this would be no backup: {problem}")
            return counts_of(database), migrations_of(database)
    except (sqlite3.Error, DatabaseError) as exc:
        raise BackupRefused(f"The database can't be copied: {exc}.") from exc


def _write_copy(folder: Path) -> None:
    if connection.vendor == "postgresql":
        _write_copy_of_postgresql(folder)
        return
    path = settings.DATA_DIR / DATABASE
    if not path.is_file():
        raise BackupRefused(f"There is no archive yet: {path} is missing.")
    files.need_space(folder, path.stat().st_size * 2)
    with closing(opened(path)) as source, closing(sqlite3.connect(folder / DATABASE)) as database:
        # In one step, so that the copy is a consistent snapshot while others go on writing.
        source.backup(database)


def _write_copy_of_postgresql(folder: Path) -> None:
    applied = schema.applied_migrations()
    if not applied:
        raise BackupRefused("There is no archive yet: the database has no tables.")
    if unknown := schema.unknown_migrations(applied):
        raise BackupRefused(
            f"The database was migrated by a newer program ({', '.join(unknown)}): back it up with that."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        files.need_space(folder, int(cursor.fetchone()[0]) * 2)
    if len(schema.known_migrations()) == sum(map(len, applied.values())):
        migrate_aside(folder)
    else:  # only the tables of migrations that the database has
        for app, names in applied.items():
            migrate_aside(folder, app, names[-1])
    transfer.to_sqlite(folder / DATABASE)


def migrate_aside(folder: Path, *words: str) -> None:
    """Runs `migrate` in a process whose database is the SQLite file in `folder`, so that no migration can
    touch another database. Raises BackupRefused."""
    variables = {"NEWSARCHIVE_DATA": str(folder), "NEWSARCHIVE_INDEX_DIR": str(folder / "index")}
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", *words, "--no-input", "-v0"],
        env=without | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"The database could not be brought up to date: {done.stderr.strip()[-500:]}")


def opened(path: Path) -> sqlite3.Connection:
    """Opens the file for reading, also where SQLite can't create files beside it."""
    frozen = "&immutable=1" if env.frozen(path) else ""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro{frozen}", uri=True, timeout=30)


def forget_sessions(database: sqlite3.Connection) -> None:
    """Deletes the sessions and overwrites their keys in the file."""
    database.execute("PRAGMA secure_delete=ON")
    if SESSIONS in tables_of(database):
        database.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608
        database.commit()


def first_problem(database: sqlite3.Connection) -> str:
    """The first problem that SQLite finds in the file; "" when it is intact."""
    try:
        # An OperationalError (no permission, a lock) says nothing about the content.
        answers = [str(row[0]) for row in database.execute("PRAGMA quick_check(5)")]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as exc:
        return str(exc)
    return "" if answers == ["ok"] else "; ".join(answers)


def tables_of(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def counts_of(database: sqlite3.Connection) -> dict[str, int]:
    present = tables_of(database)
    return {
        table: int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
        for table in COUNTED
        if table in present
    }


def counts_of_postgresql() -> dict[str, int]:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        counts: dict[str, int] = {}
        for table in (table for table in COUNTED if table in there):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            counts[table] = int(cursor.fetchone()[0])
    return counts


def migrations_of(database: sqlite3.Connection) -> dict[str, list[str]]:
    if "django_migrations" not in tables_of(database):
        return {}
    applied: dict[str, list[str]] = {}
    for app, name in database.execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
        applied.setdefault(app, []).append(name)
    return applied


def measured(path: Path) -> Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Member(path.stat().st_size, digest.hexdigest())


def kept_settings() -> dict[str, Any]:
    return {name: getattr(settings, name) for name in KEPT_SETTINGS}


def _write_settings(path: Path) -> None:
    path.write_text(json.dumps(kept_settings(), indent=1, default=str), encoding="utf-8")


def _versions() -> dict[str, str]:
    versions = {
        "python": platform.python_version(),
        "django": django.get_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    if connection.vendor == "postgresql":
        versions["postgresql"] = ".".join(map(str, connection.get_database_version()))
    return versions


def _add(tar: tarfile.TarFile, path: Path) -> None:
    info = tarfile.TarInfo(path.name)
    info.size = path.stat().st_size
    info.mtime = int(path.stat().st_mtime)
    info.mode = 0o600
    with path.open("rb") as file:
        tar.addfile(info, file)


def _note(target: Path, manifest: Manifest) -> None:
    """Records the backup for `doctor`. A data folder that can't be written is no reason to fail."""
    with suppress(OSError):
        note = {"file": str(target), "made_at": manifest.made_at}
        (settings.DATA_DIR / LAST).write_text(json.dumps(note), encoding="utf-8")
