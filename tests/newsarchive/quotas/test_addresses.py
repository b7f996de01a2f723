"""Whose address counts, behind whatever proxies, whatever a reader writes into the headers."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from newsarchive.conf import env
from newsarchive.quotas import client_ip


def reader(settings: Any, proxies: str, peer: str, forwarded: str | None = None) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSARCHIVE_TRUSTED_PROXIES", proxies)
        settings.TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", "0")
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return client_ip.rate_limit_key(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        # no proxy is trusted: what readers write is nothing
        ("0", "203.0.113.5", None, "203.0.113.5"),
        ("0", "203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("0", "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        # one proxy: what it added is the last word, and what stands before it a reader may have written
        ("1", "127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("1", "127.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("1", "127.0.0.1", "198.51.100.1, 10.0.0.1, 203.0.113.5", "203.0.113.5"),
        ("1", "", "203.0.113.5", "203.0.113.5"),  # over a Unix socket
        ("1", "127.0.0.1", None, "127.0.0.1"),
        ("1", "127.0.0.1", "", "127.0.0.1"),
        ("1", "127.0.0.1", "unknown", "127.0.0.1"),
        ("1", "127.0.0.1", "198.51.100.1, ' OR 1=1 --", "127.0.0.1"),
        # two, one behind the other
        ("2", "127.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("2", "127.0.0.1", "203.0.113.5", "203.0.113.5"),
        # by address: as far as they are ours
        ("10.0.0.0/8, 127.0.0.1", "127.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.0/8", "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.0/8", "", "203.0.113.5", "203.0.113.5"),
        ("2001:db8::/32", "2001:db8::1", "203.0.113.5", "203.0.113.5"),
        # ports, brackets, IPv4 in the clothes of IPv6
        ("1", "127.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        ("1", "127.0.0.1", "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        ("0", "::ffff:203.0.113.5", None, "203.0.113.5"),
        # a household has a /64
        ("0", "2001:db8:1:2::1", None, "2001:db8:1:2::/64"),
        ("0", "2001:db8:1:2:ffff:ffff:ffff:ffff", None, "2001:db8:1:2::/64"),
        ("0", "2001:db8:1:3::1", None, "2001:db8:1:3::/64"),
        ("0", "fe80::1%eth0", None, "fe80::/64"),
    ],
)
def test_the_address_is_what_our_own_proxies_say(
    proxies: str, peer: str, forwarded: str | None, expected: str, settings: Any
) -> None:
    assert reader(settings, proxies, peer, forwarded) == expected


def test_a_million_hops_are_not_walked(settings: Any) -> None:
    said = ", ".join(["10.0.0.1"] * 1_000_000)

    assert reader(settings, "10.0.0.0/8", "10.0.0.1", said) == "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "peer", "said", "secure"),
    [
        ("0", "127.0.0.1", "https", False),
        ("0", "203.0.113.5", "https", False),
        ("1", "127.0.0.1", "https", True),
        ("1", "127.0.0.1", "http", False),
        ("1", "127.0.0.1", "https, http", False),  # the first was written by the reader
        ("1", "127.0.0.1", "http, https", True),
        ("10.0.0.0/8", "10.1.2.3", "https", True),
        ("10.0.0.0/8", "203.0.113.5", "https", False),
        ("10.0.0.0/8", "127.0.0.1", "https", False),
        ("10.0.0.0/8", "", "https", True),  # over a Unix socket
    ],
)
def test_the_protocol_is_believed_of_our_proxies_alone(
    proxies: str, peer: str, said: str, secure: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSARCHIVE_TRUSTED_PROXIES", proxies)
    settings.TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", "0")
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-proto": said})

    seen: list[bool] = []
    client_ip.forwarded(lambda request: seen.append(request.is_secure()) or HttpResponse())(request)

    assert seen == [secure]


def test_the_host_a_stranger_says_goes_no_further(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRUSTED_PROXIES, settings.USE_X_FORWARDED_HOST = env.Proxies(), True
    request = RequestFactory().get(
        "/", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    )

    client_ip.forwarded(lambda request: HttpResponse())(request)

    assert request.get_host() == "testserver"
    assert "forwarded" not in request.headers
