"""The DATABASES setting: a SQLite file in the data folder, or the PostgreSQL server that DATABASE_URL
names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from . import env

_SCHEMES: Final = ("postgres://", "postgresql://")
# Seconds for which an idle connection is kept and used again (Django's CONN_MAX_AGE).
_KEPT_OPEN: Final = 600


def sqlite(file: Path) -> dict[str, Any]:
    """A file on a read-only disk is opened in a way that lets readers be served from it."""
    facts: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "CONN_MAX_AGE": _KEPT_OPEN}
    if env.frozen(file):
        options = {"uri": True, "init_command": "PRAGMA query_only=1"}
        return facts | {"NAME": f"{file.as_uri()}?immutable=1", "OPTIONS": options}
    options = {
        # WAL: readers are not blocked while an import writes. IMMEDIATE: a writer waits for the write lock at
        # BEGIN instead of failing at its first write. The file is not memory-mapped: what the system keeps
        # of it in memory is shared all the same, and what was read once would count as each process's own.
        # Of its own, a connection (there is one for each thread) keeps 2 MB.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2000;"
            "PRAGMA temp_store=MEMORY"
        ),
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    }
    return facts | {"NAME": file, "OPTIONS": options}


def postgresql(url: str) -> dict[str, Any]:
    """libpq parses the URL, so percent-encoding, sockets (`?host=/run/postgresql`), several hosts and options
    (`?sslmode=verify-full`) work as its documentation says. Raises ImproperlyConfigured; the message never
    holds the password."""
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
        # The text is not repeated in the message: it may be half of a password.
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise ImproperlyConfigured(
                "DATABASE_URL has a port that is no number from 1 to 65535. In a password, "
                "/ is written %2F, @ %40, : %3A, % %25"
            )
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(facts.pop(part, None) or "") for name, part in names.items()},
        "CONN_MAX_AGE": _KEPT_OPEN,
        "CONN_HEALTH_CHECKS": True,  # A connection broken by a server restart is replaced before it is used.
        "OPTIONS": {"connect_timeout": "10", "application_name": "newsarchive"} | facts,
    }


def _without_secrets(reason: str, url: str) -> str:
    """libpq quotes what it could not parse, and that may be part of the password."""
    place = url.partition("://")[2]
    secret = place.rpartition("@")[0] or place
    return re.sub(r'"([^"]*)"', lambda part: "…" if part[1] in secret else part[0], reason.strip())
