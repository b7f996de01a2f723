"""/images/: pictures by what is printed under them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from newsarchive.pictures.sniff import kind_of
from search.engines import get_engine
from search.indexing import sync
from tests.search.web.making import Page, many, publish, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]
GIF = b"GIF89a" + (3).to_bytes(2, "little") + (2).to_bytes(2, "little") + bytes(20)


def picture(caption: str, credit: str = "", number: int = 1) -> ParsedImage:
    return ParsedImage(src=f"https://pictures.example/{number}.jpg", caption=caption, credit=credit)


def keep_copy(src: str) -> None:
    kind = kind_of(GIF)
    assert kind
    store.Picture.objects.create(
        address=store.address_of(src),
        src=src,
        status=store.Picture.Status.OK,
        fetched_at=timezone.now(),
        sha256=store.keep(GIF, kind),
        media_type=kind.media_type,
        size=len(GIF),
        width=3,
        height=2,
    )


def get(client: Client, status: int = 200, **parameters: object) -> Page:
    response = client.get("/images/", parameters)
    assert response.status_code == status
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    page = Page(response.content)
    assert [wrong for wrong in wrongs(page) if "/pictures/" not in wrong] == []
    return page


def test_a_caption_is_found_in_either_script_and_leads_to_its_place(client: Client) -> None:
    [article] = publish(story(images=(picture("遊行"), picture("習近平揮手。", number=2))))

    traditional, simplified = get(client, q="揮手"), get(client, q="挥手")

    assert traditional.links("#image-") == [f"/articles/{article.pk}/?q=%E6%8F%AE%E6%89%8B#image-1"]
    assert len(simplified.links("#image-")) == 1
    assert len(traditional.all("mark")) == 1


def test_words_of_the_text_find_no_picture(client: Client) -> None:
    publish(story())

    page = get(client, q="老朋友")

    assert "沒有這樣的圖片" in page.text
    assert page.all("figure") == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("遊行 警察", ["遊行隊伍與警察。"]),
        ("遊行 -警察", []),  # what is excluded stands under no picture of the story
        ("遊行 OR 揮手", ["遊行隊伍與警察。", "遊行的人。", "揮手。"]),
        ("credit:美聯社", ["揮手。"]),
        ("遊行 title:會晤 -title:火星", ["遊行隊伍與警察。", "遊行的人。"]),
        ("揮手 date:2021-11", ["揮手。"]),
        ("揮手 date:2019", []),
        ('"行的人"', ["遊行的人。"]),
        ("", ["遊行隊伍與警察。", "遊行的人。", "揮手。"]),
    ],
)
def test_the_query_language_is_that_of_the_search_and_each_picture_is_asked(
    client: Client, words: str, found: list[str]
) -> None:
    captions = ("遊行隊伍與警察。", "遊行的人。")
    credited = picture("揮手。", "美聯社", 3)
    publish(story(images=(*(picture(text, number=n) for n, text in enumerate(captions)), credited)))

    text = get(client, q=words).text

    assert [caption for caption in (*captions, "揮手。") if caption in text] == found


def test_a_photographers_pictures_can_all_be_listed(client: Client) -> None:
    images = (picture("遊行。陳大文攝", "陳大文攝"), picture("天氣。", "天文台", 2))
    publish(*(story(f"test:{n}", title=f"第{n}次", images=images) for n in range(25)))

    pages = [get(client, q="credit:陳大文", page=number) for number in (1, 2, 3)]

    assert [len(page.all("figure")) for page in pages] == [10, 10, 5]
    assert all("天氣。" not in page.text for page in pages)
    assert "25 篇文章有這樣的圖片，第 2 / 3 頁" in pages[1].text
    get(client, 404, q="credit:陳大文", page=4)


def test_facets_are_those_of_pictures_and_choose_pictures(client: Client) -> None:
    publish(story(images=(picture("甲。美聯社", "美聯社"), picture("乙。法新社", "法新社", 2))))
    page = get(client)

    assert page.links("/images/?outlet=")
    assert page.links("/images/?year=2021")
    assert page.links("tag=") == []
    chosen = get(client, agency="美聯社")
    assert "甲。" in chosen.text
    assert "乙。" not in chosen.text


def test_a_photographer_is_a_facet_of_pictures(client: Client) -> None:
    publish(story(images=(picture("甲。陳大文攝", "陳大文攝"), picture("乙。李小明攝", "李小明攝", 2))))

    [link] = [link for link in get(client).links("?photographer=") if "%E9%99%B3" in link]
    text = Page(client.get(link).content).text

    assert "甲。" in text
    assert "乙。" not in text


def test_what_is_withdrawn_is_not_shown(client: Client) -> None:
    [article] = publish(story())
    articles.withdraw(Article.objects.filter(pk=article.pk), "x")

    assert get(client, q="揮手").all("figure") == []


def test_a_picture_that_only_another_copy_has_leads_to_that_copy(client: Client) -> None:
    first, second = publish(
        story("test:1", images=(picture("舊圖"),)), story("test:2", images=(picture("新圖"),))
    )
    Article.objects.filter(pk=second.pk).update(story=first.story)
    sync.rebuild(get_engine())

    old, new = get(client, q="舊圖"), get(client, q="新圖")

    assert old.links("#image-0") == [f"/articles/{first.pk}/?q=%E8%88%8A%E5%9C%96#image-0"]
    assert new.links("#image-0") == [f"/articles/{second.pk}/?q=%E6%96%B0%E5%9C%96#image-0"]


def test_the_archives_own_copies_are_shown_and_nothing_else_is_loaded(client: Client) -> None:
    [article] = publish(story())
    keep_copy(Image.objects.get(article=article).src)

    [shown] = get(client, q="揮手").all("img")

    assert shown["src"].startswith(f"/pictures/{article.pk}/")
    assert (shown["width"], shown["height"]) == ("3", "2")


def test_a_page_of_results_shows_the_picture_whose_caption_was_found_when_asked_to(client: Client) -> None:
    first, second = picture("遊行"), picture("習近平揮手。", number=2)
    [article] = publish(story(images=(first, second)))
    without = Page(client.get("/search/", {"q": "揮手"}).content)
    for one in (first, second):
        keep_copy(one.src)

    offered = Page(client.get("/search/", {"q": "揮手"}).content)
    [switch] = offered.links("thumbnails=on")
    shown = Page(client.get(switch).content)

    assert without.links("thumbnails=on") == without.all("img") == offered.all("img") == []
    assert [image["src"].split("/")[2] for image in shown.all("img")] == [str(article.pk)]
    assert shown.all("a", class_="thumbnail")[0]["href"].endswith("#image-1")
    assert not any("thumbnails" in link for link in shown.links("/articles/"))
    assert "不顯示圖片" in shown.text


@pytest.mark.parametrize("words", ["AND x", '"x', "(x", "*", "-", "a" * 9_000, "a\x00b", "without x"])
def test_no_words_make_an_error(client: Client, words: str) -> None:
    publish(story())

    get(client, q=words)


def test_a_bad_parameter_is_named(client: Client) -> None:
    assert "page" in get(client, 400, page="x").text


def test_without_an_index_the_page_says_so(client: Client) -> None:
    assert client.get("/images/").status_code == 503


def test_the_database_is_asked_as_often_for_one_story_as_for_ten(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    publish(*many(12))
    get(client, q="揮手")

    with django_assert_max_num_queries(9) as one:
        get(client, q="揮手 title:第11次會晤")
    with django_assert_max_num_queries(9) as ten:
        get(client, q="揮手")

    assert len(one) == len(ten)
