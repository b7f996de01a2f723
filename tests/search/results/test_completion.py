from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article, Tag
from search.engines.base import Engine
from search.indexing import sync
from search.web import completion
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stories"), pytest.mark.database]


@pytest.fixture
def stories(index: Engine) -> None:
    save(
        parsed("test:1", title="習近平訪港", tags=("習近平", "訪港"), outlet="眾新聞"),
        parsed("test:2", title="林鄭月娥會見習近平", tags=("習近平",), outlet="眾新聞"),
        parsed("test:3", title="天氣", authors=(ParsedAuthor("習作者"),)),
    )
    sync.rebuild(index)


def asked(client: Client, typed: str) -> tuple[str, list[str], list[str], list[str]]:
    response = client.get("/suggest/", {"q": typed})
    assert response["Content-Type"] == "application/x-suggestions+json; charset=utf-8"
    typed, texts, descriptions, urls = json.loads(response.content)
    assert len(texts) == len(descriptions) == len(urls) <= 10
    return typed, texts, descriptions, urls


def test_names_come_by_frequency_then_titles_each_with_what_it_is_and_where_it_leads(client: Client) -> None:
    typed, texts, descriptions, urls = asked(client, "習")

    assert typed == "習"
    assert texts[:2] == ["習近平", "習作者"]
    assert set(texts[2:]) == {"習近平訪港", "林鄭月娥會見習近平"}
    assert descriptions[:2] == ["標籤，2 篇", "作者，1 篇"]
    assert descriptions[2] == "眾新聞 2021-03-20"
    assert urls[0] == "http://testserver/search/?tag=%E7%BF%92%E8%BF%91%E5%B9%B3"


def test_every_address_leads_where_it_says(client: Client) -> None:
    _, texts, _, urls = asked(client, "習")

    for text, url in zip(texts, urls, strict=True):
        response = client.get(url)
        assert response.status_code == 200
        assert text in response.content.decode()


@pytest.mark.parametrize("typed", ["习近", "習近", " 習近 ", "習　"])
def test_either_script_and_blanks_are_understood(client: Client, typed: str) -> None:
    assert "習近平" in asked(client, typed)[1]


@pytest.mark.parametrize("typed", ["", " ", "zzz", "\x00", '"', "%", "習" * 5000])
def test_what_nothing_begins_with_has_no_suggestions(client: Client, typed: str) -> None:
    assert asked(client, typed)[1] == []


def test_without_a_query_there_are_none(client: Client) -> None:
    assert json.loads(client.get("/suggest/").content) == ["", [], [], []]


@pytest.mark.parametrize("indexed", [False, True])
def test_withdrawn_stories_are_in_no_suggestion(client: Client, index: Engine, indexed: bool) -> None:
    articles.withdraw(Article.objects.exclude(title="習近平訪港"), reason="測試")
    if indexed:
        sync.drain(index)

    _, texts, descriptions, _ = asked(client, "習")
    assert texts == ["習近平", "習近平訪港"]
    assert descriptions[0] == "標籤，1 篇"
    assert asked(client, "林鄭")[1] == []


def test_names_that_no_story_has_are_not_offered(client: Client) -> None:
    Tag.objects.create(name="習慣")

    assert "習慣" not in asked(client, "習")[1]


def test_a_title_that_two_stories_share_is_offered_once(client: Client, index: Engine) -> None:
    save(
        *(
            parsed(f"test:{number}", title=f"{number}號颱風" if number < 12 else "颱風")
            for number in range(10, 15)
        )
    )
    sync.drain(index)

    texts = [suggestion.text for suggestion in completion.suggest("颱風")]
    assert sorted(texts) == ["10號颱風", "11號颱風", "颱風"]


def test_answers_are_kept_for_a_minute_and_not_by_robots(client: Client) -> None:
    response = client.get("/suggest/", {"q": "習"})

    assert response["Cache-Control"] == "public, max-age=60"
    assert "noindex" in response["X-Robots-Tag"]


def test_without_an_index_it_says_so(client: Client, settings, tmp_path) -> None:
    from search.engines import get_engine

    settings.INDEX_DIR = tmp_path / "none"
    get_engine.cache_clear()

    response = client.get("/suggest/", {"q": "習"})

    assert response.status_code == 503
    assert response["Retry-After"]
    assert json.loads(response.content) == ["習", [], [], []]


def test_they_cost_few_queries(client: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(2):
        client.get("/suggest/", {"q": "習"})


def test_browsers_and_pages_know_of_them(client: Client) -> None:
    address = reverse("suggest")

    assert f"{address}?q={{searchTerms}}" in client.get("/opensearch.xml").content.decode()
    assert f'data-from="{address}"' in client.get("/").content.decode()
