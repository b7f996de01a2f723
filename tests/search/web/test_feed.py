from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from newsarchive.models import Article

from .making import DAY, many, publish, story

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def get(client: Client, **parameters: object) -> Element:
    response = client.get("/feeds/search/", parameters)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    assert response["X-Robots-Tag"].startswith("noindex")
    return fromstring(response.content)


def links(feed: Element, relation: str) -> list[str]:
    return [link.get("href", "") for link in feed.findall(f"{ATOM}link") if link.get("rel") == relation]


def test_a_feed_is_a_search(client: Client) -> None:
    publish(story("test:1"), story("test:2", title="別的", body="<p>別的事。</p>", outlet="ZAKER"))

    assert len(get(client).findall(f"{ATOM}entry")) == 2
    assert [entry.findtext(f"{ATOM}title") for entry in get(client, q="护栏").findall(f"{ATOM}entry")] == [
        "習近平與拜登視像會晤"
    ]
    assert len(get(client, outlet="ZAKER").findall(f"{ATOM}entry")) == 1


def test_an_entry_has_what_readers_need(client: Client) -> None:
    publish(story())

    [entry] = get(client, q="護欄").findall(f"{ATOM}entry")

    assert entry.get(LANG) == "zh-Hant-HK"
    assert entry.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
    assert entry.findtext(f"{ATOM}published") == "2021-11-17T05:10:00+08:00"
    assert [name.text for name in entry.iter(f"{ATOM}name")] == ["曾海琪"]
    assert entry.findtext(f"{ATOM}summary", "").startswith("兩國領袖會晤")
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == [
        "http://testserver/id/test:1/",
        "https://news.example/article/1",
    ]


def test_ids_and_times_stay_while_the_article_does(client: Client) -> None:
    publish(story())
    first = get(client).find(f"{ATOM}entry")
    again = get(client).find(f"{ATOM}entry")

    assert first is not None
    assert again is not None
    assert first.findtext(f"{ATOM}id") == again.findtext(f"{ATOM}id")
    changed = localtime(Article.objects.get().changed_at).isoformat(timespec="seconds")
    assert first.findtext(f"{ATOM}updated") == get(client).findtext(f"{ATOM}updated") == changed


def test_the_newest_come_first_unless_another_order_is_asked_for(client: Client) -> None:
    publish(story("test:1", title="會晤 會晤 會晤", published=None), story("test:2", published=DAY))

    newest = [title.text for title in get(client, q="會晤").iterfind(f"{ATOM}entry/{ATOM}title")]
    relevant = [
        title.text for title in get(client, q="會晤", sort="relevance").iterfind(f"{ATOM}entry/{ATOM}title")
    ]

    assert newest[0] == "習近平與拜登視像會晤"
    assert relevant[0] == "會晤 會晤 會晤"


def test_a_feed_is_paged_and_counted(client: Client) -> None:
    publish(*many(25))

    feed = get(client, q="會晤", page=2)

    assert links(feed, "self") == ["http://testserver/feeds/search/?q=%E6%9C%83%E6%99%A4&sort=newest&page=2"]
    assert links(feed, "previous")[0].endswith("sort=newest")
    assert links(feed, "next")[0].endswith("page=3")
    assert links(feed, "last")[0].endswith("page=3")
    assert links(feed, "alternate")[0].startswith("http://testserver/search/?q=")
    assert feed.findtext(f"{OPENSEARCH}totalResults") == "25"
    assert feed.findtext(f"{OPENSEARCH}startIndex") == "11"
    assert feed.findtext(f"{OPENSEARCH}itemsPerPage") == "10"


def test_control_characters_and_markup_leave_a_valid_feed(client: Client) -> None:
    publish(story(title="會\x08晤 <b>&amp;</b> ]]>", body="<p>護\x0b欄 &lt;script&gt;</p>"))
    Article.objects.update(title="會\x08晤 <b>\ufffe")

    [entry] = get(client).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "會晤 <b>"


def test_a_feed_with_nothing_in_it_is_valid(client: Client) -> None:
    publish(story())

    feed = get(client, q="火星人")

    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T08:00:00+08:00"
    assert feed.findall(f"{ATOM}entry") == []


def test_errors_of_a_feed_are_those_of_the_page(client: Client) -> None:
    assert client.get("/feeds/search/").status_code == 503
    publish(story())
    assert client.get("/feeds/search/", {"page": "x"}).status_code == 400
    assert client.get("/feeds/search/", {"page": "2"}).status_code == 404


def test_the_description_for_browsers(client: Client) -> None:
    response = client.get("/opensearch.xml")

    description = fromstring(response.content)
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    assert len(description.findtext(f"{OPENSEARCH}ShortName", "")) <= 16
    addresses = {url.get("type"): url.get("template") for url in description.findall(f"{OPENSEARCH}Url")}
    assert addresses["text/html"] == "http://testserver/search/?q={searchTerms}"
    assert set(addresses) >= {"application/atom+xml", "application/json"}


def test_new_since_are_the_stories_that_were_not_held_before(client: Client) -> None:
    publish(story("test:1", title="舊的會晤"), story("hkcnews:7", title="會晤的第一版"))
    moment = timezone.now()
    publish(
        story("test:2", title="新的會晤"),
        story("hkcnews:7", title="會晤的第一版，改了"),
        story("test:3", title="颱風", body="<p>風球</p>", tags=(), embeds=(), related=(), images=()),
    )

    feed = get(client, q="會晤", since=moment.isoformat())

    assert [entry.findtext(f"{ATOM}title") for entry in feed.iterfind(f"{ATOM}entry")] == ["新的會晤"]
    assert feed.findtext(f"{OPENSEARCH}totalResults") == "1"
    assert "since=" in links(feed, "self")[0]
    assert len(get(client, q="會晤", since="2000-01-01").findall(f"{ATOM}entry")) == 3
    assert client.get("/feeds/search/", {"since": "gestern"}).status_code == 400
