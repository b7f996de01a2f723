from __future__ import annotations

import pytest
from django.test import Client

from search.engines import base
from search.engines.embedded.engine import EmbeddedEngine
from search.indexing import sync
from search.models import SynonymGroup
from search.results import all_hits, service
from search.results.service import Parameters
from search.vocabulary import store
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


@pytest.fixture(autouse=True)
def stories(index: EmbeddedEngine) -> None:
    save(
        parsed("test:1", title="拜登會見記者", body="<p>白宮消息。</p>"),
        parsed("test:2", title="Biden meets the press", body="<p>Joe Biden.</p>"),
        parsed("test:3", title="天氣", body="<p>晴。</p>"),
    )
    sync.rebuild(index)


def titles(text: str, **options: object) -> set[str]:
    page = service.search(Parameters(text, **options))  # type: ignore[arg-type]
    return {result.article.title for result in page.results}


BOTH = {"拜登會見記者", "Biden meets the press"}


def test_typing_one_name_finds_the_articles_with_the_other() -> None:
    assert titles("拜登") == titles("biden") == BOTH


def test_the_page_says_what_was_searched_too() -> None:
    assert service.search(Parameters("拜登")).also == ("Biden",)


def test_the_reader_can_switch_synonyms_off() -> None:
    assert titles("拜登", also=False) == {"拜登會見記者"}
    assert service.search(Parameters("拜登", also=False)).also == ()


def test_a_curators_new_group_holds_at_once_and_a_disabled_one_no_more() -> None:
    assert titles("晴") == {"天氣"}
    group = SynonymGroup.objects.create(words=["晴", "白宮"])
    assert titles("晴") == {"天氣", "拜登會見記者"}

    group.enabled = False
    group.save()
    assert titles("晴") == {"天氣"}


def test_changing_synonyms_needs_no_rebuild(index: EmbeddedEngine) -> None:
    SynonymGroup.objects.create(words=["晴天", "好天"])

    assert sync.needs_rebuild(index) is None


def test_page_api_feed_and_export_have_the_same_total(client: Client) -> None:
    answer = client.get("/api/search/", {"q": "拜登"}).json()

    assert answer["query"]["also"] == ["Biden"]
    assert answer["count"] == len(set(all_hits.story_ids("拜登"))) == 2
    assert client.get("/feeds/search/", {"q": "拜登"}).content.count(b"<entry") == 2
    assert client.get("/api/search/", {"q": "拜登", "also": "off"}).json()["count"] == 1


def test_the_page_lists_them_with_a_switch_that_stays_off(client: Client) -> None:
    page = client.get("/search/", {"q": "拜登"}).content.decode()
    off = client.get("/search/", {"q": "拜登", "also": "off"}).content.decode()

    assert "亦搜尋：" in page
    assert "/search/?q=%E6%8B%9C%E7%99%BB&amp;also=off" in page
    assert "亦搜尋：" not in off
    assert 'name="also" value="off"' in off


def test_an_unknown_value_of_the_switch_is_refused(client: Client) -> None:
    assert client.get("/api/search/", {"q": "拜登", "also": "perhaps"}).status_code == 400


def test_the_article_marks_the_other_name(client: Client) -> None:
    number = next(all_hits.story_ids("Biden -白宮"))
    address = service.search(Parameters("Biden -白宮")).results[0].article.get_absolute_url()

    assert number
    assert "Biden</mark>" in client.get(address, {"q": "拜登"}).content.decode()
    assert "Biden</mark>" not in client.get(address, {"q": "拜登", "also": "off"}).content.decode()


def test_a_name_with_a_rare_spelling_is_not_put_first_for_its_rarity(index: EmbeddedEngine) -> None:
    """The names of a group are ranked as one word."""
    documents = [
        base.IndexDocument(1, "", "歐巴馬歐巴馬，總統歐巴馬"),
        base.IndexDocument(2, "", "拜倫，歐洲"),
    ]
    documents += [base.IndexDocument(number, "", "奧巴馬總統到訪。") for number in range(3, 40)]
    documents.append(base.IndexDocument(50, "奧巴馬奧巴馬", "奧巴馬，奧巴馬，奧巴馬"))
    index.rebuild(lambda: documents)

    from search.query.parser import parse
    from search.query.synonyms import expand

    tree = expand(parse("奧巴馬").tree, store.synonyms()).tree
    hits = index.search(base.Request(tree, limit=50))

    assert hits.total == 39
    assert hits.hits[0].story_id == 50


def test_what_stands_nowhere_is_searched_in_parts_as_typed(index: EmbeddedEngine) -> None:
    page = service.search(Parameters("拜登 會見什麼記者呢"))

    assert page.partial
    assert page.results[0].article.title == "拜登會見記者"
