"""Addresses behind proxies, relative ones, and when two are the same."""

from datetime import date
from urllib.parse import quote

import pytest

from newsarchive.importers.fields import urls

ORIGINAL = "https://a.example/x/1.jpg"


@pytest.mark.parametrize(
    ("url", "original"),
    [
        ("https://images.weserv.nl/?url=a.example/x/1.jpg", ORIGINAL),
        ("https://images.weserv.nl?url=a.example/x/1.jpg", ORIGINAL),
        ("https://images.weserv.nl/?url=https%3A%2F%2Fa.example%2Fx%2F1.jpg&w=300", ORIGINAL),
        ("https://cors.zfour.workers.dev/?http://a.example/x/1.jpg", "http://a.example/x/1.jpg"),
        ("https://web.archive.org/web/20220117044434im_/https://a.example/x/1.jpg", ORIGINAL),
        ("https://web.archive.org/web/20220117044434/http:/a.example/x/1.jpg", "http://a.example/x/1.jpg"),
        ("/web/20220117044434/https://a.example/x/1.jpg", ORIGINAL),
        ("//a.example/x/1.jpg", ORIGINAL),
        ("https://i2.wp.com/a.example/x/1.jpg?resize=779%2C230&ssl=1", ORIGINAL),
        ("https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Ff%2F7&width=5", "https://www.facebook.com/f/7"),
        ("https://www.bbc.comhttps://a.example/x/1.jpg", ORIGINAL),
        ("https://www.hkcnews.com/news_新聞/海 港.png", "https://www.hkcnews.com/news_新聞/海%20港.png"),
        (ORIGINAL, ORIGINAL),
    ],
)  # fmt: skip
def test_proxies_are_unwrapped(url: str, original: str) -> None:
    assert urls.unwrap(url) == original


def test_proxy_in_a_proxy_is_unwrapped_five_deep() -> None:
    url = ORIGINAL
    for _ in range(4):
        url = "https://images.weserv.nl/?url=" + quote(url, safe="")
    wrapped = "https://web.archive.org/web/20220117044434if_/" + url

    assert urls.unwrap(wrapped) == ORIGINAL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "https://",
        "http://[bad",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        'https://a.example/"onerror=x',
        "https://a.example/<b>",
        "https://localhostless/",
        "https://images.weserv.nl/?url=javascript:alert(1)",
        "https://cors.zfour.workers.dev/?javascript:alert(1)",
        "https://web.archive.org/web/2022/javascript:alert(1)",
        "https://a.example/" + "x" * 20_000,
    ],
)
def test_what_is_no_web_address_is_dropped(url: str) -> None:
    assert urls.unwrap(url) == ""
    assert urls.absolute(url) == ""


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("/zhongwen/2", "https://www.bbc.com/zhongwen/2"),
        ("b.html", "https://www.bbc.com/zhongwen/simp/b.html"),
        ("//c.example/d", "https://c.example/d"),
        ("#top", ""),
        ("javascript:x", ""),
    ],
)
def test_relative_addresses_are_seen_from_the_article(url: str, resolved: str) -> None:
    assert urls.absolute(url, "https://www.bbc.com/zhongwen/simp/a?x=1#y") == resolved


@pytest.mark.parametrize(
    "url",
    ["http://www.a.example/b%c3%a9/", "https://a.example/bé", "https://A.example:443/b%C3%A9/#frag",
     "https://a.example/b%C3%A9?utm_source=x&fbclid=y", "https://a.example//b%c3%A9"],
)  # fmt: skip
def test_spellings_of_one_address_meet(url: str) -> None:
    assert urls.normalise(url) == "a.example/b%C3%A9"


def test_parameters_that_mean_something_tell_articles_apart() -> None:
    assert urls.normalise("https://a.example/?id=1") != urls.normalise("https://a.example/?id=2")


def test_wayback_stamp_is_the_time_of_the_capture() -> None:
    address, at = urls.wayback("/web/20210712/https://a.example/")

    assert address == "https://web.archive.org/web/20210712/https://a.example/"
    assert at is None


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://www.hkcnews.com/article/47815/%EF%BF%BD-47815/x", "hkcnews:47815"),
        ("http://hkcnews.com/article/47815", "hkcnews:47815"),
        (
            "https://web.archive.org/web/20220117044434/https://www.hkcnews.com/article/47815/x",
            "hkcnews:47815",
        ),
        ("http://www.bbc.com/zhongwen/simp/world-1/", "url:bbc.com/zhongwen/simp/world-1"),
    ],
)
def test_identity_comes_from_the_address(url: str, identity: str) -> None:
    assert urls.identity(url, outlet="o", title="t", day=None) == identity


def test_identity_without_an_address_comes_from_outlet_title_and_day() -> None:
    one = urls.identity("", outlet="o", title="渡輪　停航", day=date(2021, 3, 20))

    assert one == urls.identity("", outlet="o", title="渡輪停航", day=date(2021, 3, 20))
    assert one != urls.identity("", outlet="p", title="渡輪停航", day=date(2021, 3, 20))


def test_slug_that_ends_in_its_own_number_points_nowhere_else() -> None:
    assert urls.canonical_identity("https://www.hkcnews.com/article/7189/tag-7189/x") == ""
    assert urls.canonical_identity("https://www.hkcnews.com/article/7189/tag-7190/x") == "hkcnews:7190"
    assert urls.canonical_identity("https://a.example/article/7189/tag-7190/x") == ""
