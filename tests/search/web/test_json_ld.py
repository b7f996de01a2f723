"""The article as schema.org's NewsArticle, inside the page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from newsarchive.models import Article

from .making import publish, story

pytestmark = pytest.mark.django_db

HOSTILE = '</script><script>alert("1")</script> <!-- \' & \\ \u2028'


def json_ld(client: Client, article: Article) -> tuple[str, dict[str, Any]]:
    page = client.get(f"/articles/{article.pk}/").content.decode()
    [raw] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return raw, json.loads(raw)


def test_it_says_what_the_article_says(client: Client) -> None:
    [article] = publish(story())

    _, said = json_ld(client, article)

    assert said.pop("dateModified")
    assert said == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "習近平與拜登視像會晤",
        "datePublished": "2021-11-17T05:10:00+08:00",
        "author": [{"@type": "Person", "name": "曾海琪"}],
        "publisher": {"@type": "Organization", "name": "眾新聞"},
        "inLanguage": "zh-Hant-HK",
        "isBasedOn": "https://news.example/article/1",
        "archivedAt": "https://web.archive.org/web/20220117044434/https://news.example/article/1",
        "image": [
            {
                "@type": "ImageObject",
                "contentUrl": "https://pictures.example/1.jpg",
                "caption": "習近平在北京揮手。美聯社圖片",
                "creditText": "美聯社圖片",
            }
        ],
    }


def test_no_text_ends_the_string_or_the_element(client: Client) -> None:
    [article] = publish(story(outlet="", byline="", authors=(), images=()))
    Article.objects.filter(pk=article.pk).update(title=HOSTILE, source_url="javascript:alert(1)")

    raw, said = json_ld(client, article)

    assert said["headline"] == HOSTILE
    assert not set("<>&'") & set(raw)
    assert {"publisher", "isBasedOn"} & said.keys() == set()
    assert said["author"] == said["image"] == []
