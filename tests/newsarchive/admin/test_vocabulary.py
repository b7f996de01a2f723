from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from newsarchive.archive.history import Action
from newsarchive.archive.renaming import FormerName
from newsarchive.models import Article, Author, OutboxRow, Outlet, Tag
from search.engines import get_engine
from search.indexing import sync
from search.models import DictionaryWord, SynonymGroup
from tests.newsarchive.archive import making
from tests.search.web.making import publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def merge(client: Client, kind: str, gone: int, into: str) -> HttpResponse:
    """Preview, then confirm, as on the page."""
    address = f"/admin/newsarchive/{kind}/{gone}/merge/"
    preview = client.post(address, {"into": into})
    assert preview.status_code == 200
    seen = {"previewed": preview.context["seal"], "confirm": "1"}
    return client.post(address, {"into": into, **seen})  # type: ignore[return-value]


def test_two_authors_that_are_one(curator: Client) -> None:
    [one, two] = publish(story("test:1"), story("test:2", authors=()))
    target = Author.objects.create(name="曾琪")
    gone = Author.objects.get(name="曾海琪")
    OutboxRow.objects.all().delete()
    address = f"/admin/newsarchive/author/{gone.pk}/merge/"

    preview = curator.post(address, {"into": "曾琪"})
    response = merge(curator, "author", gone.pk, "曾琪")

    assert "將影響 1 篇" in preview.content.decode()
    assert response["Location"] == f"/admin/newsarchive/action/{Action.objects.get().pk}/change/"
    assert Author.objects.filter(pk=target.pk).exists()
    assert [row.author.name for row in one.authorships.all()] == ["曾琪"]
    assert list(OutboxRow.objects.values_list("story_id", flat=True)) == [one.story_id]
    assert not two.authorships.exists()


def test_an_import_knows_the_names_that_were_given_up(curator: Client) -> None:
    publish(story("test:1"))
    Author.objects.create(name="曾琪")
    Tag.objects.create(name="會晤")
    gone, tag = Author.objects.get(name="曾海琪"), Tag.objects.get(name="中美會晤")
    merge(curator, "author", gone.pk, "曾琪")
    merge(curator, "tag", tag.pk, "會晤")

    making.save(story("test:2", title="又一篇", tags=("中美會晤", "會晤")))

    article = Article.objects.get(identity="test:2")
    assert [row.author.name for row in article.authorships.all()] == ["曾琪"]
    assert [row.name for row in article.tags.all()] == ["會晤"]
    assert not Author.objects.filter(name="曾海琪").exists()


def test_a_tag_is_renamed_everywhere_and_stays_known(curator: Client) -> None:
    [article] = publish(story())
    tag = Tag.objects.get(name="中美會晤")
    OutboxRow.objects.all().delete()

    response = curator.post(f"/admin/newsarchive/tag/{tag.pk}/change/", {"name": "習拜會"})

    assert response.status_code == 302
    assert FormerName.objects.get(name="中美會晤").number == tag.pk
    assert OutboxRow.objects.get().story_id == article.story_id


def test_a_renamed_outlet_keeps_its_old_name_as_an_alias(curator: Client) -> None:
    [article] = publish(story())
    outlet = Outlet.objects.get(name="眾新聞")
    OutboxRow.objects.all().delete()
    fields = {"name": "眾新聞網", "homepage": "", "language": "zh-Hant-HK", "aliases": "CitizenNews"}

    response = curator.post(f"/admin/newsarchive/outlet/{outlet.pk}/change/", fields)

    outlet.refresh_from_db()
    assert response.status_code == 302
    assert outlet.aliases == ["CitizenNews", "眾新聞"]
    assert OutboxRow.objects.get().story_id == article.story_id


def test_a_name_in_use_cannot_be_deleted(curator: Client) -> None:
    publish(story())
    tag = Tag.objects.get(name="中美會晤")

    assert curator.post(f"/admin/newsarchive/tag/{tag.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_sentence_is_cut_without_and_with_the_taught_words(curator: Client) -> None:
    DictionaryWord.objects.all().delete()
    DictionaryWord.objects.create(word="林鄭月娥")

    page = curator.get("/admin/search/dictionaryword/", {"try": "林鄭月娥說"})

    assert page.context["result"][1] == ["林鄭月娥", "說"]
    assert page.context["result"][0] != page.context["result"][1]


def test_synonyms_are_counted_before_and_after(curator: Client) -> None:
    SynonymGroup.objects.all().delete()
    publish(story("test:1"), story("test:2", title="Biden", body="<p>Biden</p>"))

    page = curator.get("/admin/search/synonymgroup/", {"try": "拜登=Biden"})

    assert [row.count for row in page.context["result"]] == [1, 1, 2]


def test_names_are_suggested_while_typing(curator: Client) -> None:
    publish(story())

    assert curator.get("/admin/names/tag/?q=會晤").json() == {"names": ["中美會晤"]}
    assert curator.get("/admin/names/user/?q=a").status_code == 404


def test_an_address_with_a_name_that_was_given_up_leads_on_to_the_one_of_today(curator: Client) -> None:
    publish(story("test:1"))
    Author.objects.create(name="曾琪")
    gone = Author.objects.get(name="曾海琪")
    merge(curator, "author", gone.pk, "曾琪")
    outlet = Outlet.objects.get(name="眾新聞")
    fields = {"name": "眾新聞網", "homepage": "", "language": "", "aliases": "眾報"}
    curator.post(f"/admin/newsarchive/outlet/{outlet.pk}/change/", fields)
    sync.rebuild(get_engine())

    for page in ("/search/", "/api/search/", "/feeds/search/"):
        old = {"q": "會晤", "author": "曾海琪", "outlet": ["眾新聞", "眾報"], "agency": "Associated Press"}
        answer = curator.get(page, old)
        asked = parse_qs(urlsplit(answer["Location"]).query)
        assert (asked["author"], asked["outlet"], asked["agency"]) == (["曾琪"], ["眾新聞網"], ["美聯社"])
        assert curator.get(answer["Location"]).status_code == 200
    assert curator.get(curator.get("/api/search/", old)["Location"]).json()["count"] == 1


def test_a_name_that_is_in_use_again_is_not_led_away(curator: Client) -> None:
    publish(story())
    tag = Tag.objects.get(name="中美會晤")
    curator.post(f"/admin/newsarchive/tag/{tag.pk}/change/", {"name": "習拜會"})
    Tag.objects.create(name="中美會晤")

    assert curator.get("/search/", {"q": "會晤", "tag": "中美會晤"}).status_code == 200


def test_the_page_of_a_merge_says_where_one_is_and_that_it_can_be_undone(curator: Client) -> None:
    publish(story())
    tag = Tag.objects.get(name="中美會晤")

    page = curator.get(f"/admin/newsarchive/tag/{tag.pk}/merge/").content.decode()

    assert f'<a href="/admin/newsarchive/tag/{tag.pk}/change/">中美會晤</a> &rsaquo; 合併' in page
    assert "可以復原" in page
