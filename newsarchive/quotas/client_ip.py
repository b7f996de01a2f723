"""The client's address, as far as it can be trusted behind reverse proxies.

NEWSARCHIVE_TRUSTED_PROXIES says which proxies are ours: a number of them in a row, or their addresses. Each
proxy appends an entry at the right end of X-Forwarded-For, so the entries of our own proxies are read from
the right, and what a client wrote itself, further to the left, is ignored.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from newsarchive.conf.env import Proxies

GetResponse = Callable[[HttpRequest], HttpResponseBase]
Address = IPv4Address | IPv6Address
# Prefix length in bits of the IPv6 network that a provider typically gives to one customer.
_CUSTOMER_BITS: Final = 64
_MOST_HOPS: Final = 20
_PROTOCOL: Final = "HTTP_X_FORWARDED_PROTO"
_SAID_BY_PROXIES: Final = (
    *(_PROTOCOL, "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SSL", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REAL_IP", "HTTP_FORWARDED"),
)


def forwarded(get_response: GetResponse) -> GetResponse:
    """The first middleware: removes the X-Forwarded headers from a request that none of our proxies sent. The
    protocol header is read later through settings.SECURE_PROXY_SSL_HEADER."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if not _is_trusted_proxy(parse_address(meta.get("REMOTE_ADDR", "")), settings.TRUSTED_PROXIES, hop=0):
            for name in _SAID_BY_PROXIES:
                meta.pop(name, None)
        elif _PROTOCOL in meta:  # of several values, the one that the nearest proxy added
            meta[_PROTOCOL] = meta[_PROTOCOL].rpartition(",")[2].strip().lower()
        return get_response(request)

    return middleware


def rate_limit_key(request: HttpRequest) -> str:
    """The address that rate limits count by: an IPv4 address, or the /64 network of an IPv6 address. "" when
    it is unknown (a Unix socket without a forwarded address)."""
    address = _address(request, settings.TRUSTED_PROXIES)
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, _CUSTOMER_BITS), strict=False))
    return str(address) if address else ""


def _address(request: HttpRequest, trusted: Proxies) -> Address | None:
    """Walks the forwarded addresses from right to left while they belong to our proxies, and returns the
    first that does not. At an entry that is no address the walk stops at the proxy that forwarded it."""
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", _MOST_HOPS)
    hops = [parse_address(word) for word in reversed(said)]
    address = peer
    for number, hop in enumerate(hops):
        if not _is_trusted_proxy(address, trusted, hop=number) or hop is None:
            break
        address = hop
    return address


def _is_trusted_proxy(address: Address | None, trusted: Proxies, *, hop: int) -> bool:
    """Whether the address is a trusted proxy's. `hop` is the number of proxies between it and us. An address
    of None means that the connection came through a Unix socket."""
    if hop < trusted.count:
        return True
    return any(address in network for network in trusted.networks) if address else bool(trusted.networks)


def parse_address(word: str) -> Address | None:
    """The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. IPv4-mapped IPv6
    (::ffff:192.0.2.1) is returned as IPv4."""
    word = word.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        address = ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
