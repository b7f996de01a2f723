"""Whether program and database fit together: their lists of migrations are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from newsarchive.errors import WrongProgram

_OURS = ("newsarchive", "search")


def applied_migrations() -> dict[str, list[str]]:
    """The migrations applied to the archive's database: app -> names, in order. {} when it has no tables
    yet."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def unknown_migrations(applied: Mapping[str, Iterable[str]]) -> list[str]:
    """The applied migrations ("app.name") that this program does not have: a newer program made them."""
    known = known_migrations()
    return sorted(f"{app}.{name}" for app in applied for name in applied[app] if (app, name) not in known)


def known_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


@lru_cache(maxsize=1)
def _at_the_start() -> frozenset[tuple[str, str]]:
    """The migrations this process found on disk when it first asked. They are remembered because a newer
    program may be installed over this one while it runs."""
    return frozenset(known_migrations())


def check() -> None:
    """To be called before a long task writes, and between its batches. Costs one query. Raises
    WrongProgram."""
    applied = {(app, name) for app, names in applied_migrations().items() for name in names if app in _OURS}
    known = {(app, name) for app, name in _at_the_start() if app in _OURS}
    if newer := sorted(f"{app}.{name}" for app, name in applied - known):
        raise WrongProgram("database_newer", migrations=", ".join(newer))
    if older := sorted(f"{app}.{name}" for app, name in known - applied):
        raise WrongProgram("database_older", migrations=", ".join(older))
