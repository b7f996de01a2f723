"""Checks for problems of the archive, each with the command that mends it. Changes nothing, and works on a
badly damaged archive. The checks of the index are in `newsarchive.ops.doctor_index`."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Sum
from django.utils import timezone

from newsarchive.archive import outbox, raw_files
from newsarchive.conf import env
from newsarchive.errors import ArchiveError
from newsarchive.ingest import identity_check
from newsarchive.models import Article, ImportFailure, ImportRun, RawFile
from newsarchive.pictures.store import Picture
from newsarchive.runtime import files, locks

from . import backup

_LITTLE_ROOM: Final = 500 * 1024**2
_NO_ROOM: Final = 50 * 1024**2
_LAG: Final = 60  # seconds that a change may wait for the indexer before it is reported
_AHEAD: Final = timedelta(minutes=5)  # a last change further in the future means a wrong clock
_BACKUP_AGE: Final = timedelta(days=7)


class Level(IntEnum):
    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    subject: str
    text: str  # one sentence
    mend: str = ""  # a command, or another advice


Check = Callable[[], Iterator[Finding]]


def examine(checks: tuple[Check, ...]) -> Iterator[Finding]:
    """All findings in order. A check that fails with an error because something is broken is a finding
    itself."""
    for check in checks:
        try:
            yield from check()
        except (DatabaseError, sqlite3.Error) as exc:
            yield Finding(Level.ERROR, _name(check), f"The database does not answer: {exc}.")
        except (OSError, ArchiveError) as exc:
            yield Finding(Level.ERROR, _name(check), f"It can't be examined: {exc}.")


def _name(check: Check) -> str:
    return getattr(check, "__name__", "check").strip("_")


def configuration() -> Iterator[Finding]:
    served = ", ".join(settings.ALLOWED_HOSTS)
    if settings.DEBUG:
        text = "DEBUG is on: pages show the program's insides to everybody who meets an error."
        yield Finding(Level.WARNING, "settings", text, "unset NEWSARCHIVE_DEBUG")
    if "*" in settings.ALLOWED_HOSTS:
        text = "The archive answers under any name."
        yield Finding(Level.WARNING, "settings", text, "name its hosts in NEWSARCHIVE_ALLOWED_HOSTS")
    if not settings.HTTPS and not {"127.0.0.1", "localhost", "[::1]"} >= set(settings.ALLOWED_HOSTS):
        text = f"It is served as {served} without TLS: passwords travel in the clear."
        yield Finding(Level.WARNING, "settings", text, "NEWSARCHIVE_HTTPS=1 behind a proxy that ends TLS")
    yield Finding(Level.OK, "settings", f"Served as {served}; data in {settings.DATA_DIR}.")


def folders() -> Iterator[Finding]:
    seen = set()
    places = [("data folder", settings.DATA_DIR)]
    if not settings.SEARCH:  # otherwise the index is in a cluster, which monitors its own disks
        places.append(("index folder", settings.INDEX_DIR))
    for name, folder in places:
        place = next(path for path in (folder, *folder.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as exc:
            mend = f"make {place} writable for this user, or name another folder with NEWSARCHIVE_DATA"
            text = f"{place} can't be written ({exc.strerror}): nothing can be imported, edited or indexed."
            yield Finding(Level.ERROR, name, text, mend)
        free = files.free_bytes(place)
        if (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        text = f"{free / 1024**2:,.0f} MB free on the disk of {place}."
        level = (
            Level.ERROR
            if free < _NO_ROOM
            else Level.WARNING
            if free < max(_LITTLE_ROOM, 2 * _size(settings.INDEX_DIR))
            else Level.OK
        )
        yield Finding(
            level, name, text, "make room: a rebuild needs as much again as the index" if level else ""
        )


def database() -> Iterator[Finding]:
    if connection.vendor == "postgresql":
        yield _postgresql()
        yield from _migrations()
        return
    path = settings.DATA_DIR / backup.DATABASE
    if not path.exists():
        yield Finding(Level.ERROR, "database", f"{path} is missing.", "manage.py migrate, or restore FILE")
        return
    mend = f"move {path} away and restore the last backup: manage.py restore FILE"
    try:
        with closing(backup.opened(path)) as opened:
            if problem := backup.first_problem(opened):
                yield Finding(Level.ERROR, "database", f"{path} is damaged: {problem}.", mend)
                return
            (mode,) = opened.execute("PRAGMA journal_mode").fetchone()
    except sqlite3.OperationalError as exc:  # the content is unknown then
        mend = f"see that this user may read {path} and write in its folder"
        yield Finding(Level.ERROR, "database", f"{path} can't be opened: {exc}.", mend)
        return
    except sqlite3.DatabaseError as exc:
        yield Finding(Level.ERROR, "database", f"{path} is damaged: {exc}.", mend)
        return
    if mode != "wal" and not env.frozen(path):
        text = f"The journal mode is {mode}, so readers wait for writers; the next start makes it wal."
        yield Finding(Level.OK, "database", text)
    yield Finding(Level.OK, "database", f"{path} is sound ({path.stat().st_size / 1024**2:,.0f} MB).")
    yield from _migrations()


def _postgresql() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), pg_database_size(oid) FROM pg_database"
            " WHERE datname = current_database()"
        )
        encoding, size = cursor.fetchone()
    version = ".".join(map(str, connection.get_database_version()))
    if encoding != "UTF8":
        text = f"The database is encoded as {encoding}, which can't hold every character."
        mend = "createdb --template=template0 --encoding=UTF8, and restore a backup into that"
        return Finding(Level.ERROR, "database", text, mend)
    return Finding(Level.OK, "database", f"PostgreSQL {version} answers ({size / 1024**2:,.0f} MB).")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in plan[:5])
        text = f"{len(plan)} migration(s) are not applied: {names}."
        yield Finding(Level.ERROR, "migrations", text, "manage.py migrate")
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if unknown := {(app, name) for app, name in unknown if app in ("newsarchive", "search")}:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in unknown))
        text = f"The database was made by a newer program: {names}."
        yield Finding(Level.ERROR, "migrations", text, "install that program, or restore an older backup")
    if not plan and not unknown:
        yield Finding(Level.OK, "migrations", "All are applied.")


def waiting() -> Iterator[Finding]:
    """How many changes wait in the outbox, and how long the oldest has waited."""
    count, lag = outbox.count(), outbox.lag()
    text = f"{count:,} change(s) wait to be indexed, the oldest for {lag:,.0f} s."
    if count and lag > _LAG:
        mend = "manage.py update_index (and keep manage.py run_indexer running)"
        yield Finding(Level.WARNING, "outbox", text, mend)
    else:
        yield Finding(Level.OK, "outbox", text if count else "Nothing waits to be indexed.")


def imports() -> Iterator[Finding]:
    running = locks.is_held(locks.import_lock())
    unfinished = list(ImportRun.objects.filter(finished_at=None).order_by("id"))
    if running and unfinished:
        yield Finding(Level.OK, "imports", f"An import is running: {unfinished[-1]}.")
        unfinished.pop()
    for run in unfinished[-5:]:
        paths = " ".join(map(str, run.inputs)) or "PATH"
        text = f"Import {run} was stopped after {run.seen:,} files."
        yield Finding(Level.WARNING, "imports", text, f"manage.py import_articles {paths}")
    files, failed = RawFile.objects.count(), ImportFailure.objects.count()
    captures = Article.objects.filter(status=Article.Status.CAPTURE_FAILED).count()
    text = f"{files:,} files kept; {failed:,} failures recorded, {captures:,} failed captures for curators."
    yield Finding(Level.OK, "imports", text)


def stored_files() -> Iterator[Finding]:
    """Reads every stored file, as `database` reads every page of the database."""
    found = list(raw_files.damaged())
    if not found:
        yield Finding(Level.OK, "raw files", "All are as they were imported (sha256).")
        return
    for damage in found[: raw_files.LISTED]:
        yield Finding(Level.ERROR, "raw files", f"{damage}.".replace("raw file", "Raw file", 1))
    text = f"{len(found):,} raw files are damaged; what is shown of their articles is not."
    mend = (
        "import the same files again: manage.py import_articles PATH; manage.py check_files tells the admin"
    )
    yield Finding(Level.ERROR, "raw files", text, mend)


def identities() -> Iterator[Finding]:
    """Articles imported before the texts of files with one identity were compared."""
    count = identity_check.waiting().count()
    if count:
        text = f"{count:,} articles of an older version may hold files of other articles, or lack copies."
        yield Finding(Level.WARNING, "identities", text, "manage.py check_identities (--dry-run says what)")
    else:
        yield Finding(Level.OK, "identities", "All articles were checked for files of others.")


def backups() -> Iterator[Finding]:
    first = ImportRun.objects.order_by("id").first()
    if first is None:
        return
    mend = "manage.py backup FILE"
    try:
        note = json.loads((settings.DATA_DIR / backup.LAST).read_text(encoding="utf-8"))
        made, file = datetime.fromisoformat(note["made_at"]), Path(note["file"])
    except FileNotFoundError:
        young = timezone.now() - first.started_at < _BACKUP_AGE
        text = "No backup was made yet."
        yield Finding(Level.OK if young else Level.WARNING, "backups", text, mend)
        return
    except (ValueError, KeyError, TypeError) as exc:
        yield Finding(Level.WARNING, "backups", f"The note of the last backup can't be read: {exc}.", mend)
        return
    text = f"The last backup was made on {made:%Y-%m-%d} to {file}."
    if made - timezone.now() > _AHEAD:
        text += " That is in the future: the clock was set back, so what changed since can't be told."
        yield Finding(Level.WARNING, "backups", text, mend)
        return
    changed = Article.objects.filter(changed_at__gt=made).exists()
    if timezone.now() - made > _BACKUP_AGE and changed:
        yield Finding(Level.WARNING, "backups", f"{text} Articles were changed since.", mend)
    else:
        yield Finding(Level.OK, "backups", text)


def copies_of_pictures() -> Iterator[Finding]:
    rows = Picture.objects.values_list("status").annotate(Count("pk"), Sum("size"))
    counts = {status: (count, size or 0) for status, count, size in rows.order_by()}
    if not counts:
        return
    said = ", ".join(f"{counts[status][0]:,} {status.value}" for status in Picture.Status if status in counts)
    kept = Picture.objects.filter(status=Picture.Status.OK).values("sha256").distinct().count()
    files = sum(1 for place in (settings.DATA_DIR / "pictures").glob("??/*") if len(place.name) == 64)
    text = f"Copies of pictures: {said}; {sum(size for _, size in counts.values()) / 1024**2:,.0f} MB."
    if files < kept:
        text += f" {kept - files:,} files are missing."
        yield Finding(
            Level.WARNING, "pictures", text, "copy pictures/ from a backup, or manage.py fetch_pictures"
        )
    else:
        yield Finding(Level.OK, "pictures", text)


def _size(folder: Path) -> int:
    """Approximate bytes of the newest generation of the index."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:  # deleted meanwhile
                continue
    return total // 2


GROUND: Final[tuple[Check, ...]] = (configuration, folders, database)
KEEPING: Final[tuple[Check, ...]] = (
    waiting,
    imports,
    stored_files,
    identities,
    backups,
    copies_of_pictures,
)  # only run when the database is intact
