"""Which database keeps the archive: a SQLite file in the data folder, or the PostgreSQL that DATABASE_URL
names. Everything that the settings say of either."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from . import env

_SCHEMES: Final = ("postgres://", "postgresql://")
_KEPT_OPEN: Final = 600  # seconds that a connection is used again


def sqlite(file: Path) -> dict[str, Any]:
    """On a read-only disk readers are served all the same."""
    facts: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "CONN_MAX_AGE": _KEPT_OPEN}
    if env.frozen(file):
        options = {"uri": True, "init_command": "PRAGMA query_only=1"}
        return facts | {"NAME": f"{file.as_uri()}?immutable=1", "OPTIONS": options}
    options = {
        # WAL: readers go on while an import writes. IMMEDIATE: a writer waits its turn at BEGIN
        # instead of failing at its first write. The file is read through a map, which all processes share;
        # each thread's own cache need only hold what it writes.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;"
            "PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY"
        ),
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    }
    return facts | {"NAME": file, "OPTIONS": options}


def postgresql(url: str) -> dict[str, Any]:
    """libpq reads the address, so that percent-encoding, sockets (`?host=/run/postgresql`), several hosts
    and options (`?sslmode=verify-full`) are what its documentation says. Raises ImproperlyConfigured; the
    message never holds the password."""
    if not url.startswith(_SCHEMES):
        raise ImproperlyConfigured("DATABASE_URL begins with postgres://; unset, the archive is in SQLite")
    from psycopg import ProgrammingError  # an archive in SQLite needs no driver
    from psycopg.conninfo import conninfo_to_dict

    try:
        facts = dict(conninfo_to_dict(url))
    except (ProgrammingError, UnicodeDecodeError) as exc:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read: {_without_secrets(str(exc), url)}") from None
    if not facts.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgres://user@host/NAME")
    for port in filter(None, str(facts.get("port") or "").split(",")):
        if not port.isdigit() or not 0 < int(port) < 65536:  # not named: it may be half a password
            raise ImproperlyConfigured(
                "DATABASE_URL has a port that is no number from 1 to 65535. In a password, "
                "/ is written %2F, @ %40, : %3A, % %25"
            )
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(facts.pop(part, None) or "") for name, part in names.items()},
        "CONN_MAX_AGE": _KEPT_OPEN,
        "CONN_HEALTH_CHECKS": True,  # a server that was restarted is an error for nobody
        "OPTIONS": {"connect_timeout": "10", "application_name": "newsarchive"} | facts,
    }


def _without_secrets(reason: str, url: str) -> str:
    """libpq quotes what it could not read, and that may be a piece of the password."""
    place = url.partition("://")[2]
    secret = place.rpartition("@")[0] or place
    return re.sub(r'"([^"]*)"', lambda part: "…" if part[1] in secret else part[0], reason.strip())
