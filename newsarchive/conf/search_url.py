"""SEARCH_URL: which cluster searches, where there is one.

    opensearch://[user:password@]host[:port][,host[:port]…][/prefix][?tls=1][&ca=/path.pem]
    opensearchs://…     the same as ?tls=1

`prefix` begins the names of the archive's indexes, so that several archives can share a cluster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,100}")
_PORT = 9200
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True)
class SearchAddress:
    hosts: tuple[tuple[str, int], ...]
    prefix: str = "newsarchive"
    tls: bool = False
    ca: str = ""  # path of a file with CA certificates; "" uses the machine's own
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Without the password: for logs and pages."""
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"opensearch{'s' if self.tls else ''}://{hosts}/{self.prefix}"


def parse(url: str) -> SearchAddress:
    """Raises ValueError with what is wrong, in words that hold no password."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in ("opensearch", "opensearchs"):
        raise ValueError("it must begin with opensearch:// or opensearchs://")
    parts = urlsplit("//" + rest)
    login, _, places = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    prefix = parts.path.strip("/") or "newsarchive"
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} can't begin an index's name: use small letters, digits, - and _")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = options.pop("tls", "1" if scheme == "opensearchs" else "0").lower()
    if tls not in (*_TRUE, *_FALSE):
        raise ValueError("tls must be 1 or 0")
    ca = options.pop("ca", "")
    if options:
        raise ValueError(f"{', '.join(options)} is not known; tls and ca are")
    hosts = tuple(_host(place) for place in places.split(","))
    return SearchAddress(hosts, prefix, tls in _TRUE, ca, unquote(user), unquote(password))


def _host(place: str) -> tuple[str, int]:
    try:
        parts = urlsplit("//" + place)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{place!r} is no host:port") from None
    if not host:
        raise ValueError("a host is missing")
    return host, _PORT if port is None else port
