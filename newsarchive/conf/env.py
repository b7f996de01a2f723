"""Typed reading of environment variables. All settings are read here. They are named NEWSARCHIVE_<NAME>,
except DATABASE_URL and SEARCH_URL. A bad value ends the start with a message that names the variable."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from . import search_url

PREFIX = "NEWSARCHIVE_"
SHORTEST_SECRET = 50  # Characters; Django's own system check asks for as many.
_WEB = re.compile(r"https?://[^\s<>\"]+")
_MAIL = re.compile(r"[^@\s<>\"?&]+@[^@\s<>\"?&]+")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` requests in each window of `seconds`."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose X-Forwarded headers are trusted: `count` of them in a row, or all that have one of
    these addresses."""

    count: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


def text(name: str, default: str | None = None) -> str:
    """The variable is required when `default` is None."""
    value = os.environ.get(PREFIX + name, default)
    if value is None or (default is None and not value.strip()):
        raise ImproperlyConfigured(f"set {PREFIX}{name}: it has no default in production")
    return value


def web_address(name: str) -> str:
    """ "" when the variable is not set."""
    value = os.environ.get(PREFIX + name, "").strip()
    if value and not _WEB.fullmatch(value):
        raise ImproperlyConfigured(f"{PREFIX}{name} must begin with https:// or http://")
    return value


def contact(name: str) -> str:
    """A mail address or the address of a page; "" when the variable is not set."""
    value = os.environ.get(PREFIX + name, "").strip()
    if value and not (_WEB.fullmatch(value) or _MAIL.fullmatch(value)):
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be a mail address, or begin with https:// or http://"
        )
    return value


def database_url() -> str:
    """ "" when the variable is not set: the archive is then a SQLite file in the data folder."""
    return os.environ.get("DATABASE_URL", "").strip()


def secret(name: str, own: Path | None) -> str:
    """The secret from the environment. Without it, the one in the file `own`, which is created on first use
    and readable by this user alone; when `own` is None the variable is required."""
    if own is None or os.environ.get(PREFIX + name):
        value = text(name)
        if len(value) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"{PREFIX}{name} has {len(value)} characters: at least {SHORTEST_SECRET} are needed"
                " (python3 -c 'import secrets; print(secrets.token_urlsafe(50))')"
            )
        return value
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=own.parent) as file:  # mode 0600
            file.write(secrets.token_urlsafe(50))
            file.flush()
            # Another process created the file first: its secret is used.
            with contextlib.suppress(FileExistsError):
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


def choice(name: str, values: tuple[str, ...]) -> str:
    """One of `values`, in any case; the first is the default."""
    value = os.environ.get(PREFIX + name) or values[0]
    for known in values:
        if known.lower() == value.lower():
            return known
    raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}: write one of {', '.join(values)}")


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    value = os.environ.get(PREFIX + name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def rate(name: str, default: str) -> Rate | None:
    """`120/m`: a number, and s, m, h or d. None for `off`."""
    value = os.environ.get(PREFIX + name, default).strip().lower()
    if value in _FALSE:
        return None
    written = re.fullmatch(r"([1-9][0-9]{0,8})/([smhd])", value)
    if written is None:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}: write a rate such as 120/m, or off")
    return Rate(int(written[1]), _SECONDS[written[2]])


def proxies(name: str, default: str) -> Proxies:
    """`1`, or `10.0.0.0/8, 2001:db8::1`."""
    value = os.environ.get(PREFIX + name, default).strip()
    if value.isdecimal():
        return Proxies(count=int(value))
    words = [word.strip() for word in value.split(",") if word.strip()]
    try:
        return Proxies(networks=tuple(ipaddress.ip_network(word) for word in words))
    except ValueError as exc:
        raise ImproperlyConfigured(
            f"{PREFIX}{name} is {value!r}: write how many proxies there are, or their addresses ({exc})"
        ) from None


def cache_url() -> str:
    """CACHE_URL: `redis://host:6379/0`, `rediss://…` with TLS, or `unix://…`; "" for none."""
    value = os.environ.get("CACHE_URL", "").strip()
    if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("CACHE_URL is no address of a Redis: write redis://host:6379/0")
    return value


def search_address() -> search_url.SearchAddress | None:
    """SEARCH_URL; None when it is not set. The message about a bad one does not contain its password."""
    url = os.environ.get("SEARCH_URL", "").strip()
    try:
        return search_url.parse(url) if url else None
    except ValueError as error:
        raise ImproperlyConfigured(f"SEARCH_URL can't be used: {error}") from None


def frozen(file: Path) -> bool:
    """Whether this SQLite file is on a read-only disk. SQLite can then create no -wal file beside it and must
    be told to open the file as immutable."""
    wal = file.with_name(file.name + "-wal")
    return file.exists() and not os.access(file.parent, os.W_OK) and not wal.exists()


def folder(name: str, default: Path) -> Path:
    """An absolute path; the folder need not exist yet."""
    return Path(os.environ.get(PREFIX + name) or default).expanduser().resolve()
