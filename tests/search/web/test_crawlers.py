"""The sitemap lists every article that readers see, in parts; robots are told where it is."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.models import Article
from search.web import crawlers

from .making import many, publish

pytestmark = pytest.mark.django_db

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client: Client, address: str) -> dict[str, str]:
    """Address -> when what stands there was changed."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return {
        each.findtext(f"{NS}loc", ""): each.findtext(f"{NS}lastmod", "")
        for each in fromstring(response.content)
    }


def test_every_visible_article_stands_in_one_part(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers, "PART", 4)
    saved = publish(*many(10))
    articles.withdraw(Article.objects.filter(pk=saved[3].pk), "應作者要求")

    parts = places(client, "/sitemap.xml")
    listed = [place for part in parts for place in places(client, part)]

    assert listed == [f"http://testserver/articles/{one.pk}/" for one in saved if one.pk != saved[3].pk]
    assert len(parts) >= 3


def test_it_says_when_an_article_and_a_part_changed(client: Client) -> None:
    [article] = publish(*many(1))

    [(part, changed)] = places(client, "/sitemap.xml").items()

    assert changed == Article.objects.get(pk=article.pk).changed_at.isoformat(timespec="seconds")
    assert set(places(client, part).values()) == {changed}
    assert (
        client.get("/sitemap.xml", headers={"If-None-Match": client.get("/sitemap.xml")["ETag"]}).status_code
        == 304
    )


def test_of_an_empty_archive_there_is_an_empty_one(client: Client) -> None:
    assert places(client, "/sitemap.xml") == {}
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_are_told_of_it_and_kept_from_no_page_that_tells_them_itself(client: Client) -> None:
    said = client.get("/robots.txt").content.decode().splitlines()

    assert "Sitemap: http://testserver/sitemap.xml" in said
    assert [line for line in said if line.startswith("Disallow")] == ["Disallow: /admin/"]
