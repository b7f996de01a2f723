"""From which address a request came: behind proxies, what the ones that are ours say.

NEWSARCHIVE_TRUSTED_PROXIES says which they are: a number of proxies, one behind the other, or their
addresses. Whatever a reader wrote into X-Forwarded-For stands to the left of what our proxies added."""

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
_HOUSEHOLD: Final = 64  # bits of an IPv6 address that a provider gives to one customer
_MOST_HOPS: Final = 20
_PROTOCOL: Final = "HTTP_X_FORWARDED_PROTO"
_SAID_BY_PROXIES: Final = (
    *(_PROTOCOL, "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SSL", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REAL_IP", "HTTP_FORWARDED"),
)


def forwarded(get_response: GetResponse) -> GetResponse:
    """The first middleware: what a request says about where it came from, and by which protocol, stays only
    when a proxy of ours brought it (settings.SECURE_PROXY_SSL_HEADER reads it later)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if not _is_ours(parsed(meta.get("REMOTE_ADDR", "")), settings.TRUSTED_PROXIES, hop=0):
            for name in _SAID_BY_PROXIES:
                meta.pop(name, None)
        elif _PROTOCOL in meta:  # of several, the one that the nearest proxy wrote
            meta[_PROTOCOL] = meta[_PROTOCOL].rpartition(",")[2].strip().lower()
        return get_response(request)

    return middleware


def reader(request: HttpRequest) -> str:
    """The address that limits count by: IPv4, or the /64 of an IPv6 address. "" when there is none (a Unix
    socket without a proxy's word)."""
    address = _address(request, settings.TRUSTED_PROXIES)
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, _HOUSEHOLD), strict=False))
    return str(address) if address else ""


def _address(request: HttpRequest, trusted: Proxies) -> Address | None:
    """From the right, hop by hop, as far as our proxies go. A hop that is no address ends the way: the
    proxy that passed it on is as much as is known."""
    peer = parsed(request.META.get("REMOTE_ADDR", ""))
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", _MOST_HOPS)
    hops = [parsed(word) for word in reversed(said)]
    address = peer
    for number, hop in enumerate(hops):
        if not _is_ours(address, trusted, hop=number) or hop is None:
            break
        address = hop
    return address


def _is_ours(address: Address | None, trusted: Proxies, *, hop: int) -> bool:
    """`hop`: how many proxies stand between it and us. Without an address it came over a Unix socket."""
    if hop < trusted.count:
        return True
    return any(address in network for network in trusted.networks) if address else bool(trusted.networks)


def parsed(word: str) -> Address | None:
    """`192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; an IPv4 address in the clothes of
    IPv6 is itself."""
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
