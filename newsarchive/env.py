"""Typed reading of environment variables. Every setting goes through here, named NEWSARCHIVE_<NAME>
(DATABASE_URL and SEARCH_URL keep their customary names); a bad value stops the start and says which."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import search_url

PREFIX = "NEWSARCHIVE_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """`default` None means required."""
    value = os.environ.get(PREFIX + name, default)
    if value is None or (default is None and not value.strip()):
        raise ImproperlyConfigured(f"set {PREFIX}{name}: it has no default in production")
    return value


def secret(name: str, own: Path | None) -> str:
    """From the environment; else, where `own` names a file, one made on first use and kept there,
    readable by this user alone. `own` None: required."""
    if own is None or os.environ.get(PREFIX + name):
        return text(name)
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=own.parent) as file:  # mode 0600
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was first: its key holds
                os.link(file.name, own)
    return own.read_text()


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(PREFIX + name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}: write 1 or 0")


def number(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(PREFIX + name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}: write a whole number") from None
    if result < least:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {result}: at least {least} is needed")
    return result


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    value = os.environ.get(PREFIX + name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def search_address() -> search_url.SearchAddress | None:
    """SEARCH_URL; None when it is not set. What is wrong with it is said without its password."""
    url = os.environ.get("SEARCH_URL", "").strip()
    try:
        return search_url.parse(url) if url else None
    except ValueError as error:
        raise ImproperlyConfigured(f"SEARCH_URL can't be used: {error}") from None


def frozen(file: Path) -> bool:
    """A SQLite file on a read-only disk: SQLite makes no file beside it, so it is read as it lies there."""
    wal = file.with_name(file.name + "-wal")
    return file.exists() and not os.access(file.parent, os.W_OK) and not wal.exists()


def folder(name: str, default: Path) -> Path:
    """An absolute path; the folder need not exist yet."""
    return Path(os.environ.get(PREFIX + name) or default).expanduser().resolve()
