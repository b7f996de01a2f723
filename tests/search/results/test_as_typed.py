from __future__ import annotations

import pytest
from django.test import Client

from search.engines.embedded.engine import EmbeddedEngine
from search.indexing import sync
from search.results import all_hits, service
from search.results.service import Parameters
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


@pytest.fixture(params=["in the index", "changed since", "waiting for the indexer"], autouse=True)
def stories(index: EmbeddedEngine, request: pytest.FixtureRequest) -> None:
    texts = [
        ("王后", "<p>王后駕到，后冠閃耀。ＮＡＴＯ開會，Erdoğan出席。</p>"),
        ("以後", "<p>以後再說，關係友好。NATO開會，Erdogan缺席。</p>"),
        ("巿民", "<p>巿民系列報道。</p>"),
    ]
    if request.param != "in the index":
        sync.rebuild(index)
    save(*(parsed(f"test:{n}", title=title, body=body) for n, (title, body) in enumerate(texts)))
    if request.param == "in the index":
        sync.rebuild(index)
    elif request.param == "changed since":
        sync.drain(index)


def titles(text: str, *, exact: bool = True) -> set[str]:
    return {result.article.title for result in service.search(Parameters(text, exact=exact)).results}


@pytest.mark.parametrize(
    ("text", "wanted", "either_way"),
    [
        ("后", {"王后"}, {"王后", "以後"}),
        ("後", {"以後"}, {"王后", "以後"}),
        ("系", {"巿民"}, {"以後", "巿民"}),
        ("市民", set(), {"巿民"}),
        ("巿民", {"巿民"}, {"巿民"}),
        ("nato", set(), {"王后", "以後"}),
        ("NATO", {"以後"}, {"王后", "以後"}),
        ("Erdogan", {"以後"}, {"王后", "以後"}),
        ('"NATO開會" 再說', {"以後"}, {"以後"}),
        ("開會 -Erdogan", {"王后"}, set()),
        ('"后冠 閃耀"~3', {"王后"}, {"王后"}),
        ('"後 再"~3', {"以後"}, {"以後"}),
        ("後 without 以後", set(), {"王后"}),
    ],
)
def test_the_characters_as_typed(text: str, wanted: set[str], either_way: set[str]) -> None:
    assert titles(text) == wanted
    assert titles(text, exact=False) == either_way


def test_the_page_offers_it_where_something_was_joined_and_leads_back(client: Client) -> None:
    joined = client.get("/search/", {"q": "後"}).content.decode()
    same = client.get("/search/", {"q": "駕到"}).content.decode()
    exact = client.get("/search/", {"q": "後", "exact": "on"}).content.decode()

    assert "exact=on" in joined
    assert "exact=on" not in same
    assert 'href="/search/?q=%E5%BE%8C"' in exact


def test_the_api_its_facets_and_the_feed_follow(client: Client) -> None:
    answer = client.get("/api/search/", {"q": "後", "exact": "on"}).json()
    feed = client.get("/feeds/search/", {"q": "後", "exact": "on"}).content.decode()

    assert answer["query"]["exact"] is True
    assert answer["count"] == 1
    assert sum(n for _, n in answer["timeline"]) <= 1
    assert "exact=on" in answer["results"][0]["url"]
    assert feed.count("<entry>") == 1


def test_only_what_was_found_is_marked(client: Client) -> None:
    [hit] = client.get("/api/search/", {"q": "后", "exact": "on"}).json()["results"]
    page = client.get(hit["url"]).content.decode()

    assert "王<mark>后</mark>" in hit["title_html"]
    assert page.count("<mark") == 3


def test_exports_follow() -> None:
    assert len(list(all_hits.story_ids("後", exact=True))) == 1
    assert len(list(all_hits.story_ids("後"))) == 2
