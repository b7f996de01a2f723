"""Requests to addresses that come from untrusted files, made from inside our network (protection from SSRF).
No other module makes such requests.

A host name is resolved once, every address it resolves to must be public, and the connection goes to exactly
the address that was checked, whatever the name resolves to afterwards. Each redirect is checked the same way.
Total time and bytes are limited, nothing is decompressed, proxies and netrc of the environment are ignored,
and no cookie or referrer is sent.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from newsarchive import VERSION
from newsarchive.errors import NotFetched

Address = IPv4Address | IPv6Address
_AGENT: Final = f"newsarchive/{VERSION} (local copies of archived news pictures)"
_MOST_HOPS: Final = 5
_LONGEST: Final = 16_384  # characters of a URL; longer ones are refused
_BLOCK: Final = 64 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410, 451})
_BUSY: Final = frozenset({429, 503})
# All IPv6 addresses that are assigned to the public internet.
_INTERNET: Final = ipaddress.ip_network("2000::/3")
# Not ordinary public addresses: 6to4, Teredo, 6to4 relays (they lead to IPv4 addresses), and documentation
# examples.
_NOBODYS: Final = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "192.88.99.0/24", "3fff::/20")))


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes
    url: str  # the final address, after redirects


def is_public(address: Address) -> bool:
    """Whether the address is an ordinary one of the public internet: not loopback, private, carrier-internal
    or multicast, and no IPv4 address embedded in IPv6."""
    if isinstance(address, IPv6Address) and address not in _INTERNET:
        return False  # also ::ffff:…, 64:ff9b:: (NAT64), fe80::, fc00::, ff00::
    if any(address in network for network in _NOBODYS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> list[Address]:
    """Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Makes the requests. The fields can be replaced, so that tests can connect to a local server."""

    most_bytes: int
    seconds: float  # limit for everything together: name resolution, connections, redirects, the answer
    resolve: Callable[[str, int], Sequence[Address]] = resolve
    is_allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443})
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(self, url: str) -> Fetched:
        """Raises NotFetched."""
        until = time.monotonic() + self.seconds
        for _ in range(_MOST_HOPS + 1):
            answer = self._ask(url, until)
            if isinstance(answer, bytes):
                return Fetched(answer, url)
            url = urljoin(url, answer)
        raise NotFetched("fetch_redirects", refused=True, most=_MOST_HOPS)

    def _ask(self, url: str, until: float) -> bytes | str:
        """The body, or the address that a redirect names."""
        secure, host, port, target = self._parts(url)
        address = self._address(host, port)
        try:
            with _Pinned(host, port, address, until, self.tls if secure else None) as connection:
                connection.request("GET", target, headers=_headers(host, port, secure=secure))
                return self._answer(connection.getresponse())
        except TimeoutError as exc:
            raise NotFetched("fetch_too_slow", seconds=f"{self.seconds:g}") from exc
        except (OSError, http.client.HTTPException) as exc:
            raise NotFetched("fetch_no_answer", detail=str(exc) or type(exc).__name__) from exc

    def _parts(self, url: str) -> tuple[bool, str, int, str]:
        """(whether over TLS, host, port, path and query)."""
        if len(url) > _LONGEST:
            raise NotFetched("fetch_address_too_long", refused=True)
        try:
            parts = urlsplit(url)
            port, host = parts.port, (parts.hostname or "").rstrip(".")
            host = host.encode("idna").decode("ascii") if not host.isascii() else host
        except (ValueError, UnicodeError) as exc:
            raise NotFetched("fetch_no_address", refused=True) from exc
        if parts.scheme not in ("http", "https") or not host:
            raise NotFetched("fetch_not_http", refused=True)
        if parts.username is not None or parts.password is not None:
            raise NotFetched("fetch_password_in_address", refused=True)
        secure = parts.scheme == "https"
        port = port or (443 if secure else 80)
        if port not in self.ports:
            raise NotFetched("fetch_port", refused=True, number=port)
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        return secure, host, port, f"{target}?{query}" if query else target

    def _address(self, host: str, port: int) -> Address:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as exc:
            raise NotFetched("fetch_host_unknown") from exc
        if not found:
            raise NotFetched("fetch_host_unknown")
        if not all(map(self.is_allowed, found)):
            raise NotFetched("fetch_host_not_public", refused=True)
        return found[0]

    def _answer(self, response: http.client.HTTPResponse) -> bytes | str:
        if response.status in _REDIRECTS:
            if location := response.headers.get("Location"):
                return location
            raise NotFetched("fetch_redirect_nowhere")
        if response.status != http.HTTPStatus.OK:
            raise NotFetched(
                "fetch_answered",
                number=response.status,
                missing=response.status in _GONE,
                busy=response.status in _BUSY,
            )
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise NotFetched("fetch_packed", refused=True)
        if (response.length or 0) > self.most_bytes:
            raise NotFetched("fetch_too_large", refused=True, size=self.most_bytes)
        data = bytearray()
        while block := response.read(_BLOCK):
            data += block
            if len(data) > self.most_bytes:
                raise NotFetched("fetch_too_large", refused=True, size=self.most_bytes)
        if response.length:
            raise NotFetched("fetch_cut_off")
        return bytes(data)


def _headers(host: str, port: int, *, secure: bool) -> dict[str, str]:
    name = f"[{host}]" if ":" in host else host
    return {
        "Host": name if port == (443 if secure else 80) else f"{name}:{port}",
        "User-Agent": _AGENT,
        "Accept": "image/avif;q=0, image/webp, image/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


class _Pinned(http.client.HTTPConnection):
    """Connects to the given address instead of resolving the host name; the whole request must be over by a
    deadline."""

    def __init__(
        self, host: str, port: int, address: Address, until: float, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(host, port)
        self._address, self._until, self._tls = address, until, tls
        self._kept: socket.socket | None = None

    def __enter__(self) -> _Pinned:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        if self._kept:
            self._kept.close()

    def connect(self) -> None:
        plain = socket.create_connection((str(self._address), self.port), timeout=_left(self._until))
        try:
            plain.settimeout(_left(self._until))
            # The certificate is checked against the host name, so an address from a forged DNS answer fails.
            self._kept = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        except BaseException:
            plain.close()
            raise
        self.sock: Any = _Timed(self._kept, self._until)


class _Timed:
    """A socket as http.client uses it, with a total time limit: each read may take only what is left, so a
    host that sends a byte now and then can't keep the connection open."""

    def __init__(self, kept: socket.socket, until: float) -> None:
        self._kept, self._until = kept, until

    def sendall(self, data: bytes) -> None:
        self._kept.settimeout(_left(self._until))
        self._kept.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reads(self._kept, self._until))

    def close(self) -> None:
        """http.client calls this before it has read the answer, so it does nothing; `_Pinned` closes the
        socket at the end."""


class _Reads(io.RawIOBase):
    def __init__(self, kept: socket.socket, until: float) -> None:
        self._kept, self._until = kept, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._kept.settimeout(_left(self._until))
        return self._kept.recv_into(buffer)


def _left(until: float) -> float:
    """Seconds that are left. Raises TimeoutError when none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
