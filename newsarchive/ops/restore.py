"""Restores a backup to an empty place. Everything is read, checked and migrated in a scratch folder first,
then put in place by one rename or, in PostgreSQL, one transaction."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from newsarchive.archive import raw_files
from newsarchive.conf import schema
from newsarchive.errors import BackupRefused, DamagedRawFile
from newsarchive.ingest.containers import tars
from newsarchive.runtime import files, locks

from . import backup, transfer
from .backup import DATABASE, MANIFEST, SETTINGS, Manifest, Member

# Without OSError, which here means the disk being written to.
_DAMAGE: Final = (*(kind for kind in tars.DAMAGE if kind is not OSError), tarfile.TarError)
_CHUNK: Final = 1024 * 1024
_LARGEST_MANIFEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    migrated: list[str]  # "app.name" of the migrations that this program applied
    # Settings that differ: name -> (value in the backup, value now).
    other_settings: dict[str, tuple[Any, Any]]
    damaged: list[DamagedRawFile]  # damaged raw files, restored as they were


def restore(file: Path) -> Restored:
    """Raises BackupRefused and leaves the place unchanged. The index has to be built afterwards."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    with _scratch_folder() as folder:
        _refuse_what_is_there()
        manifest = unpack(file, folder)
        migrated = _prepare(folder, manifest)
        damaged = backup.damaged_files(folder / DATABASE)
        then = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        now = json.loads(json.dumps(backup.kept_settings(), default=str))
        if connection.vendor == "postgresql":
            _carry_over(folder / DATABASE)
        else:
            connection.close()
            _put_in_place(folder / DATABASE, settings.DATA_DIR / DATABASE)
    raw_files.note_all(damaged)
    other = {name: (then[name], now[name]) for name in now if name in then and then[name] != now[name]}
    return Restored(manifest, migrated, other, damaged)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A scratch folder in the data folder, so that a rename suffices; no import can start meanwhile."""
    folder = settings.DATA_DIR / ".restore"
    try:
        with locks.held(locks.import_lock(), wait=False), files.scratch_folder(folder):
            yield folder
    except BlockingIOError as exc:
        raise BackupRefused(f"An import or a restore is writing to {settings.DATA_DIR}.") from exc


def _refuse_what_is_there() -> None:
    there = _what_is_there()
    if not there:
        return
    place, other = str(settings.DATA_DIR), "an empty folder with NEWSARCHIVE_DATA, or move this one away"
    if connection.vendor == "postgresql":
        place = f"The database {connection.settings_dict['NAME']} or {settings.INDEX_DIR}"
        other = "an empty database with DATABASE_URL and an empty folder with NEWSARCHIVE_DATA"
    raise BackupRefused(
        f"{place} is not empty: it has {', '.join(there)}. Nothing was changed. Name {other}.{_if_stopped()}"
    )


def _if_stopped() -> str:
    """Advice for a restore that was killed after its last step, which puts the database in place: only the
    index is missing."""
    if settings.SEARCH or (settings.INDEX_DIR / "CURRENT").exists():
        return ""
    return (
        " If a restore was stopped here: the database came whole, only its index is missing; manage.py "
        "rebuild_index (or make run) builds it."
    )


def _what_is_there() -> list[str]:
    target = settings.DATA_DIR / DATABASE
    counts: dict[str, int] = {}
    if connection.vendor == "postgresql":
        counts = backup.counts_of_postgresql()
        new = not schema.applied_migrations()
    else:
        new = not target.exists()
        if not new:
            try:
                with closing(backup.opened(target)) as database:
                    counts = backup.counts_of(database)
            except sqlite3.Error as exc:
                return [f"a database that can't be read ({exc})"]
    if new and settings.INDEX_DIR.is_dir() and any(settings.INDEX_DIR.iterdir()):
        return [f"an index without its database in {settings.INDEX_DIR}"]
    return [f"{rows:,} {table}" for table, rows in counts.items() if rows]


def unpack(file: Path, folder: Path) -> Manifest:
    """Extracts every member into `folder`, and checks size and checksum."""
    try:
        with file.open("rb") as packed, tars.read_back(packed) as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > _LARGEST_MANIFEST:
                raise BackupRefused(
                    f"{file} is no backup of this program: it does not begin with {MANIFEST}."
                )
            manifest = _manifest(file, _content(tar, first).read())
            _refuse_unknown(manifest)
            unpacked = sum(member.bytes for member in manifest.members.values())
            files.need_space(folder, unpacked * 3 // 2)
            left = dict(manifest.members)
            while (info := tar.next()) is not None:
                if info.name not in left or not info.isreg():
                    raise BackupRefused(f"{file} has a part that its manifest does not name: {info.name}.")
                _check(
                    file, info.name, left.pop(info.name), _extract(_content(tar, info), folder / info.name)
                )
    except _DAMAGE as exc:
        raise BackupRefused(
            f"{file} is cut off or damaged ({exc}). Nothing was changed; try another copy of it."
        ) from exc
    if left or DATABASE not in manifest.members:
        raise BackupRefused(
            f"{file} is cut off: {', '.join(left) or DATABASE} is missing. Nothing was changed."
        )
    return manifest


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(info)
    if content is None:
        raise tarfile.ReadError(f"{info.name} is no file")
    return content


def _manifest(file: Path, data: bytes) -> Manifest:
    try:
        facts = json.loads(data)
        if facts["kind"] != backup.KIND:
            raise BackupRefused(f"{file} is no backup of this program.")
        if facts["layout"] > backup.LAYOUT:
            raise BackupRefused(
                f"{file} was made by a newer program ({facts['program']}): restore it with that."
            )
        members = {name: Member(**member) for name, member in facts["members"].items()}
        if any(Path(name).name != name for name in members):
            raise BackupRefused(f"{file} names a place outside itself.")
        return Manifest(**{**facts, "members": members})
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BackupRefused(f"{file} has a manifest that can't be read: {exc}.") from exc


def _refuse_unknown(manifest: Manifest) -> None:
    """Refuses a backup made by a newer program; those of older ones can be restored."""
    if unknown := schema.unknown_migrations(manifest.migrations):
        raise BackupRefused(
            f"The backup was made by a newer program ({manifest.program}): this one does not know "
            f"{', '.join(unknown)}. Restore it with that program, or a later one."
        )


def _extract(content: IO[bytes], target: Path) -> Member:
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return Member(size, digest.hexdigest())


def _check(file: Path, name: str, expected: Member, found: Member) -> None:
    if found != expected:
        raise BackupRefused(
            f"{file} is damaged: {name} is not what was backed up (its checksum differs). Nothing was "
            "changed; try another copy of it."
        )


def _prepare(folder: Path, manifest: Manifest) -> list[str]:
    """Migrates the database for this program, and removes sessions. Returns the applied migrations."""
    path = folder / DATABASE
    with closing(sqlite3.connect(path)) as database:
        if problem := backup.first_problem(database):
            raise BackupRefused(f"The database in the backup is damaged: {problem}")
        if backup.counts_of(database) != manifest.counts:
            raise BackupRefused("The database in the backup is not the one that its manifest describes.")
        before = backup.migrations_of(database)
    backup.migrate_aside(folder)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        backup.forget_sessions(database)
        after = backup.migrations_of(database)
    return [f"{app}.{name}" for app in after for name in after[app] if name not in before.get(app, ())]


def _carry_over(file: Path) -> None:
    """Copies into PostgreSQL: first the tables, then the rows in one transaction, so readers see none of it
    until the end."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        transfer.from_sqlite(file)
    except DatabaseError as exc:
        raise BackupRefused(f"PostgreSQL did not take the archive; it is empty as before: {exc}") from exc
    shutil.rmtree(settings.INDEX_DIR, ignore_errors=True)  # that of the empty archive


def _put_in_place(database: Path, target: Path) -> None:
    """The last step, after which readers see the restored archive."""
    if target.exists():  # an empty database, whose -wal file must not be applied to the new one
        try:
            with closing(sqlite3.connect(target, timeout=2)) as empty:
                empty.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as exc:
            raise BackupRefused(f"{target} is in use ({exc}): stop what serves it and try again.") from exc
        shutil.rmtree(settings.INDEX_DIR, ignore_errors=True)  # that of the empty archive
    files.put_in_place(database, target)
