from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsarchive.conf import env
from newsarchive.conf.search_url import SearchAddress, parse


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("opensearch://search", SearchAddress((("search", 9200),))),
        ("opensearch://127.0.0.1:9210/hk-news", SearchAddress((("127.0.0.1", 9210),), "hk-news")),
        ("opensearch://a:1,b,c:3/", SearchAddress((("a", 1), ("b", 9200), ("c", 3)))),
        ("opensearch://[::1]:9210", SearchAddress((("::1", 9210),))),
        ("opensearchs://a", SearchAddress((("a", 9200),), tls=True)),
        ("opensearch://a/x?tls=1&ca=/etc/ca.pem", SearchAddress((("a", 9200),), "x", True, "/etc/ca.pem")),
        (
            "opensearchs://me:p%40ss%3Aword@a:443",
            SearchAddress((("a", 443),), tls=True, user="me", password="p@ss:word"),
        ),
    ],
)
def test_an_address_is_read(url: str, address: SearchAddress) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    "url",
    [
        *("http://a:9200", "opensearch:/a", "opensearch://", "opensearch://a:port", "opensearch://a:99999"),
        *("opensearch://a/Upper", "opensearch://a?shards=2", "opensearch://a?tls=maybe", "opensearch://a,,b"),
    ],
)
def test_what_is_no_address_stops_the_start_and_says_why(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_URL", url)

    with pytest.raises(ImproperlyConfigured, match="SEARCH_URL can't be used: "):
        env.search_address()


def test_without_one_the_engine_is_the_embedded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEARCH_URL", raising=False)

    assert env.search_address() is None


def test_no_password_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    address = parse("opensearch://me:secret@a:1,b:2/x")

    assert str(address) == "opensearch://a:1,b:2/x"
    assert "secret" not in repr(address)
    monkeypatch.setenv("SEARCH_URL", "opensearch://me:secret@a:port")
    with pytest.raises(ImproperlyConfigured) as raised:
        env.search_address()
    assert "secret" not in str(raised.value)
