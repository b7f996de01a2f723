"""What goes out compressed, and what does not."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from tests.search.web.making import many, publish

pytestmark = pytest.mark.django_db

READS_GZIP = {"Accept-Encoding": "gzip, br"}


def test_pages_and_records_are_compressed_for_those_who_read_it(client: Client) -> None:
    publish(*many(12))

    for address in ("/search/?q=會晤", "/api/search/?q=會晤", "/feeds/search/?q=會晤"):
        plain, packed = client.get(address), client.get(address, headers=READS_GZIP)
        assert "Content-Encoding" not in plain
        assert packed["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed["Vary"]
        assert len(packed.content) < len(plain.content) / 3
        assert b"</" in gzip.decompress(packed.content) or address.startswith("/api/")


def test_a_page_that_the_reader_has_already_is_not_sent_again(client: Client) -> None:
    [article] = publish(*many(1))
    first = client.get(f"/articles/{article.pk}/", headers=READS_GZIP)

    again = client.get(f"/articles/{article.pk}/", headers={**READS_GZIP, "If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert client.head(f"/articles/{article.pk}/")["ETag"] == client.get(f"/articles/{article.pk}/")["ETag"]


def test_an_export_is_streamed_as_it_is(client: Client) -> None:
    publish(*many(3))

    response = client.get("/search/export/", {"q": "會晤", "format": "csv"}, headers=READS_GZIP)

    assert "Content-Encoding" not in response
