"""One story, several copies: hits that stand in another copy, every file a hit, and what differs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync

from .making import Page, publish, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(300))


def copies(*, old: str = "更正前的話。", new: str = "更正後的話。", **fields: Any) -> list[Article]:
    """Two copies of one story; the second is shown."""
    same: dict[str, Any] = {"images": (), "embeds": (), "related": ()} | fields
    return publish(
        story("hkcnews:1", body=f"<p>開頭。</p><p>{TEXT}</p><p>{old}</p>", **same),
        story("hkcnews:2", body=f"<p>開頭。</p><p>{TEXT}</p><p>{new}</p>", **same),
    )


def api(client: Client, **asked: Any) -> dict[str, Any]:
    response = client.get("/api/search/", asked)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_a_hit_that_stands_in_another_copy_only_says_in_which(client: Client) -> None:
    old, new = copies()

    [result] = api(client, q="更正前")["results"]

    assert result["id"] == new.pk
    assert result["found_in"]["id"] == old.pk
    assert result["found_in"]["published_at"] == result["published_at"]
    assert f"/articles/{old.pk}/" in result["found_in"]["url"]
    assert any("<mark>更正前</mark>" in snippet for snippet in result["snippets"])
    page = Page(client.get("/search/", {"q": "更正前"}).content)
    assert "命中於另一版本：" in page.text
    assert page.links(f"/articles/{old.pk}/?q=")
    assert list(wrongs(page)) == []


def test_a_hit_in_the_shown_copy_names_no_other(client: Client) -> None:
    copies()

    [result] = api(client, q="更正後")["results"]

    assert result["found_in"] is None
    assert "命中於另一版本" not in client.get("/search/", {"q": "更正後"}).content.decode()


def test_a_headline_or_caption_of_another_copy_is_found_there(client: Client) -> None:
    image = ParsedImage("https://pictures.example/1.jpg", caption="紅色的渡輪")
    bare: dict[str, Any] = {"embeds": (), "related": (), "body": f"<p>{TEXT}</p>"}
    old, new = publish(
        story("hkcnews:1", images=(image,), canonical_identity="hkcnews:2", title="舊標題", **bare),
        story("hkcnews:2", images=(), title="新標題", **bare),
    )

    [caption] = api(client, q="渡輪")["results"]
    [title] = api(client, q="舊標題")["results"]

    assert (caption["id"], caption["found_in"]["id"]) == (new.pk, old.pk)
    assert caption["image"]["caption_html"] == "紅色的<mark>渡輪</mark>"
    assert title["found_in"]["title_html"] == "<mark>舊標題</mark>"
    assert title["title"] == "新標題"
    page = Page(client.get("/search/", {"q": "渡輪"}).content)
    assert page.links(f"/articles/{old.pk}/?q=%E6%B8%A1%E8%BC%AA&at=1&images=1#image-0")


def test_what_no_copy_prints_has_no_copy_to_name(client: Client) -> None:
    copies()

    [result] = api(client, q="author:曾海琪")["results"]

    assert result["found_in"] is None


def test_other_copies_are_looked_at_without_further_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    copies()
    api(client, q="更正前")

    # Five of them ask, at most once a second, whether names that sound alike were added.
    with django_assert_max_num_queries(17):
        api(client, q="更正前")


def test_group_off_makes_every_file_a_hit_with_exact_counts_and_pages(client: Client) -> None:
    old, new = copies()
    [other] = publish(story("test:9", title="另一篇", body="<p>更正後的話。</p>"))

    grouped = api(client, q="話")
    files = api(client, q="話", group="off")

    assert grouped["count"] == 2
    assert (files["count"], files["pages"]) == (3, 1)
    assert {result["id"] for result in files["results"]} == {old.pk, new.pk, other.pk}
    ids = [result["id"] for result in files["results"]]
    assert ids.index(old.pk) == ids.index(new.pk) + 1
    assert all(result["found_in"] is None for result in files["results"])
    paged = [api(client, q="話", group="off", per_page=1, page=n)["results"][0]["id"] for n in (1, 2, 3)]
    assert paged == ids
    first = api(client, q="話", group="off", per_page=2)
    assert "group=off" in first["next"]
    assert (first["count"], first["pages"]) == (3, 2)
    assert client.get("/api/search/", {"q": "話", "group": "off", "page": 2}).status_code == 404


def test_group_off_without_words_lists_every_visible_file(client: Client) -> None:
    copies()
    [other] = publish(story("test:9", title="另一篇", body="<p>更正後的話。</p>"))
    articles.withdraw(Article.objects.filter(pk=other.pk), "錯")
    sync.drain(get_engine())

    assert api(client, group="off")["count"] == 2


def test_group_takes_on_or_off(client: Client) -> None:
    assert client.get("/api/search/", {"group": "maybe"}).status_code == 400


def test_the_page_lists_the_other_versions_with_their_capture_and_a_comparison(client: Client) -> None:
    old, new = copies()

    page = Page(client.get(f"/articles/{new.pk}/").content)

    versions = page.text[page.text.index("其他版本") : page.text.index("出處")]
    assert "2022-01-17" in versions
    assert "hkcnews:1" in versions
    assert "https://news.example/article/1" in page.links("news.example")
    assert f"/articles/{new.pk}/diff/{old.pk}/" in page.links("diff")


def test_a_comparison_shows_what_went_and_what_came_and_needs_no_script(client: Client) -> None:
    old, new = copies(old="會議在三時<開>始。", new="會議在四時<開>始。")

    response = client.get(f"/articles/{old.pk}/diff/{new.pk}/")

    html = response.content.decode()
    assert response.status_code == 200
    assert "會議在<del>三</del><ins>四</ins>時&lt;開&gt;始。" in html
    page = Page(html)
    assert page.all("details")
    assert list(wrongs(page)) == []
    back = client.get(f"/articles/{new.pk}/diff/{old.pk}/").content.decode()
    assert "會議在<del>四</del><ins>三</ins>時" in back


def test_titles_and_captions_are_compared_too(client: Client) -> None:
    def image(caption: str) -> tuple[ParsedImage, ...]:
        return (ParsedImage("https://pictures.example/1.jpg", caption=caption),)

    body = f"<p>{TEXT}</p>"
    old, new = publish(
        story("hkcnews:1", title="舊題", body=body, canonical_identity="hkcnews:2", images=image("紅船靠岸")),
        story("hkcnews:2", title="新題", body=body, images=image("紅船離岸")),
    )

    html = client.get(f"/articles/{old.pk}/diff/{new.pk}/").content.decode()

    assert "<del>舊</del><ins>新</ins>題" in html
    assert "紅船<del>靠</del><ins>離</ins>岸" in html


def test_equal_copies_are_said_to_be_equal(client: Client) -> None:
    old, new = copies(old="同。", new="同。")

    assert (
        "兩個版本的標題、內文及圖說相同。"
        in client.get(f"/articles/{old.pk}/diff/{new.pk}/").content.decode()
    )


def test_only_visible_copies_of_one_story_are_compared(client: Client) -> None:
    old, new = copies()
    [other] = publish(story("test:9", title="另一篇", body="<p>別的。</p>"))

    for pair in ((old.pk, other.pk), (old.pk, old.pk), (old.pk, 999_999)):
        assert client.get("/articles/%d/diff/%d/" % pair).status_code == 404, pair  # noqa: UP031
    articles.withdraw(Article.objects.filter(pk=old.pk), "錯")
    for pair in ((old.pk, new.pk), (new.pk, old.pk)):
        response = client.get("/articles/%d/diff/%d/" % pair)  # noqa: UP031
        assert response.status_code == 410
        assert "更正前" not in response.content.decode()
    assert "其他版本" not in client.get(f"/articles/{new.pk}/").content.decode()
