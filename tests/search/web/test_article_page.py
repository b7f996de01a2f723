from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor, ParsedImage, Standing
from newsarchive.messages import Message
from newsarchive.models import Article, Image

from .making import DAY, Page, many, publish, publish_seeds, story, wrongs

pytestmark = pytest.mark.django_db


def get(client: Client, article: Article, **parameters: str) -> Page:
    response = client.get(f"/articles/{article.pk}/", parameters)
    assert response.status_code == 200
    page = Page(response.content)
    if "images" not in parameters:
        assert list(wrongs(page)) == []
    return page


def test_text_figures_and_captions_stand_in_order(client: Client) -> None:
    [article] = publish(story())

    text = get(client, article).text

    places = ["老朋友", "載入圖片", "習近平在北京揮手。", "護欄", "影片", "會晤片段", "開場白", "寫字的人。"]
    positions = [text.index(place, text.index("再問原網站")) for place in places]
    assert positions == sorted(positions)


def test_the_language_of_the_text_is_that_of_the_article(client: Client) -> None:
    [article] = publish(story(language="zh-Hans"))

    page = get(client, article)

    assert page.all("html")[0]["lang"] == "zh-Hant-HK"
    assert page.all("article")[0]["lang"] == "zh-Hans"


def test_a_credit_printed_in_the_caption_is_shown_once(client: Client) -> None:
    [article] = publish(story())

    page = get(client, article)

    shown = page.text.split("載入圖片", 1)[1]
    assert shown.count("美聯社圖片") == 1
    assert page.all("span", class_="credit")


def test_a_credit_that_stands_apart_is_named(client: Client) -> None:
    picture = ParsedImage(src="https://pictures.example/1.jpg", caption="兩人揮手。", credit="Reuters")
    [article] = publish(story(images=(picture,)))

    assert "兩人揮手。 圖片來源：Reuters" in get(client, article).text


def test_marks_are_numbered_and_listed_in_the_order_of_the_page(client: Client) -> None:
    [article] = publish(story())

    page = get(client, article, q="习近平")

    anchors = [mark["id"] for mark in page.all("mark")]
    links = [link["href"] for link in page.all("a") if link.get("href", "").startswith("#hit-")]
    assert len(anchors) == 3  # title, text, caption
    steps = [anchors[-1], anchors[0]]  # ‹ › begin at either end
    assert links == [f"#{anchor}" for anchor in (*anchors, *steps)]
    assert "3 處命中" in page.text


def test_without_a_search_nothing_is_marked(client: Client) -> None:
    [article] = publish(story())

    page = get(client, article)

    assert page.all("mark") == []
    assert "處命中" not in page.text


def test_pictures_are_loaded_only_when_asked_for(client: Client) -> None:
    [article] = publish(story())
    address = f"/articles/{article.pk}/"

    without, asked = client.get(address, {"q": "北京"}), client.get(address, {"q": "北京", "images": "1"})

    assert Page(without.content).all("img") == []
    assert "https:" not in without["Content-Security-Policy"]
    assert Page(without.content).links("images=1")[-1] == "?q=%E5%8C%97%E4%BA%AC&images=1#image-0"
    pictures = Page(asked.content).all("img")
    assert pictures[0] == {
        "src": "https://pictures.example/1.jpg",
        "alt": "兩人揮手",
        "loading": "lazy",
        "decoding": "async",
        "referrerpolicy": "no-referrer",
        "data-then": "",
    }
    assert "img-src 'self' https: http:;" in asked["Content-Security-Policy"]
    assert "script-src 'self';" in asked["Content-Security-Policy"]


def test_a_picture_links_to_its_original_and_its_archived_copy(client: Client) -> None:
    archived = "https://web.archive.org/web/2022im_/https://pictures.example/2.jpg"
    pictures = (
        ParsedImage(src="https://pictures.example/1.jpg"),
        ParsedImage(src="https://pictures.example/2.jpg", archived_src=archived),
    )
    [article] = publish(story(images=pictures))

    links = get(client, article).links("pictures.example/")

    assert links[:3] == [
        "https://web.archive.org/web/*/https://pictures.example/1.jpg",
        "https://pictures.example/1.jpg",
        "https://pictures.example/poster.jpg",
    ]
    assert archived in links


def test_a_caption_repeated_as_the_alternative_text_is_read_once(client: Client) -> None:
    picture = ParsedImage(src="https://pictures.example/1.jpg", alt="兩人揮手", caption="兩人揮手。")
    [article] = publish(story(images=(picture,)))

    assert get(client, article, images="1").all("img")[0]["alt"] == ""


def test_a_picture_that_the_text_has_no_place_for_comes_last(client: Client) -> None:
    [article] = publish(story(body="<p>只有字。</p>"))

    text = get(client, article).text

    assert text.index("只有字。") < text.index("載入圖片")


def test_the_sources_are_all_named_or_unknown(client: Client) -> None:
    known, unknown = publish(
        story(),
        story("test:2", source_url="", canonical_url="", archived_url="", captured_at=None),
    )

    page = get(client, known)
    for fact in ("news.example/article/1", "2022-01-17 12:44:34", known.raw.path, known.raw.sha256):
        assert fact in page.text
    assert f"#{known.run.pk} ·" in page.text
    assert page.links("web.archive.org/web/20220117044434")

    assert get(client, unknown).text.count("不詳") == 4  # two addresses, a time, the format


def test_an_excerpt_says_that_it_is_one(client: Client) -> None:
    [article] = publish(
        story(standing=Standing.TRUNCATED, standing_reason=Message("text_ends_in_mid_sentence"))
    )

    assert "來源只給了節錄" in get(client, article).text


def test_other_copies_of_the_story_are_listed(client: Client) -> None:
    first, second, hidden = publish(story("test:1"), story("test:2", title="改過的標題"), story("test:3"))
    Article.objects.filter(pk__in=[second.pk, hidden.pk]).update(story=first.story)
    articles.withdraw(Article.objects.filter(pk=hidden.pk), "x")

    page = get(client, first, q="會晤")

    assert page.links(f"/articles/{second.pk}/") == [f"/articles/{second.pk}/?q=%E6%9C%83%E6%99%A4"]
    assert page.links(f"/articles/{hidden.pk}/") == []


def test_names_and_subjects_lead_to_searches(client: Client) -> None:
    [article] = publish(story())

    page = get(client, article)

    for name in ("outlet", "author", "category", "tag"):
        address = page.links(f"/search/?{name}=")[0]
        assert "找到" not in page.text
        assert "找到 1 篇" in Page(client.get(address).content).text
    assert page.links("/search/?from=2021-11-17&to=2021-11-17")


def test_an_article_is_cached_briefly_and_gives_no_cookie(client: Client) -> None:
    [article] = publish(story())

    response = client.get(f"/articles/{article.pk}/")

    assert response["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in response["Vary"]
    assert not response.cookies
    assert '<https://news.example/article/1>; rel="original"' in response["Link"]


def test_the_database_is_asked_as_often_for_many_pictures_as_for_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pictures = tuple(ParsedImage(src=f"https://pictures.example/{n}.jpg") for n in range(30))
    authors = tuple(ParsedAuthor(f"作者{n}") for n in range(10))
    one, many = publish(story("test:1"), story("test:2", images=pictures, authors=authors, tags=("甲", "乙")))

    # Four of them because the indexer has not run: other stories about the event are read from the rows.
    with django_assert_max_num_queries(13) as few_asked:
        get(client, one)
    with django_assert_max_num_queries(13) as many_asked:
        get(client, many)

    assert len(few_asked) == len(many_asked)


def test_the_seeds_can_be_read(client: Client) -> None:
    publish_seeds()

    for article in Article.objects.all():
        page = get(client, article, q="习近平")
        assert len(page.all("figure")) == article.images.count() + len(article.embeds)


# --- what other programs read


def test_zotero_takes_it_for_a_newspaper_article(client: Client) -> None:
    authors = (ParsedAuthor("曾海琪"), ParsedAuthor("陳甲"))
    [article] = publish(story(authors=authors, tags=("中美會晤", "北京")))

    page = get(client, article)

    assert page.metas("DC.type") == ["newspaperArticle"]
    assert page.metas("citation_title") == ["習近平與拜登視像會晤"]
    assert page.metas("citation_author") == ["曾海琪", "陳甲"]
    assert page.metas("citation_date") == ["2021-11-17"]
    assert page.metas("citation_language") == ["zh-Hant-HK"]
    assert page.metas("citation_public_url") == ["https://news.example/article/1"]
    assert sorted(page.metas("citation_keywords")) == ["中美會晤", "北京"]
    assert page.metas("og:site_name") == ["眾新聞"]
    assert page.metas("og:type") == ["article"]
    assert page.metas("citation_journal_title") == []
    assert page.all("link", rel="schema.DC")
    assert page.all("link", rel="canonical") == [
        {"rel": "canonical", "href": f"http://testserver/articles/{article.pk}/"}
    ]


def test_a_publication_time_claims_no_more_than_is_known(client: Client) -> None:
    minute, day, none = publish(
        story("test:1"), story("test:2", published=DAY), story("test:3", published=None)
    )

    assert get(client, minute).metas("article:published_time") == ["2021-11-17T05:10:00+08:00"]
    assert get(client, day).metas("article:published_time") == ["2021-11-17"]
    assert get(client, none).metas("article:published_time") == []
    assert get(client, none).metas("citation_date") == []


def test_the_linked_data_is_json_with_the_picture_and_its_credit(client: Client) -> None:
    [article] = publish(story(title='他說"</script>"\\\n&'))

    data: dict[str, Any] = json.loads(get(client, article).data_blocks[0])

    assert data["@type"] == "NewsArticle"
    assert data["headline"] == article.title
    assert data["datePublished"] == "2021-11-17T05:10:00+08:00"
    assert data["author"] == [{"@type": "Person", "name": "曾海琪"}]
    assert data["image"][0]["creditText"] == "美聯社圖片"
    assert data["archivedAt"].startswith("https://web.archive.org/")


# --- how it is read


def test_an_address_is_short_and_decoded_and_the_whole_one_is_behind_it(client: Client) -> None:
    whole = "https://www.news.example/article/1/%E5%85%A9%E5%9C%8B/"
    [article] = publish(story(source_url=whole, canonical_url=""))

    page = get(client, article)

    assert "news.example/article/1/兩國" in page.text
    assert whole in page.links("%E5%85%A9%E5%9C%8B")


def test_the_permanent_address_and_a_reference_to_it_are_at_hand(client: Client) -> None:
    [article] = publish(story())

    page = get(client, article)

    assert set(page.links("/id/")) == {"/id/test:1/"}
    assert "曾海琪. 習近平與拜登視像會晤[N/OL]. 眾新聞, 2021-11-17[" in page.text
    assert "http://testserver/id/test:1/." in page.text


@pytest.mark.parametrize(
    ("contact", "begins"),
    [
        ("desk@archive.example", "mailto:desk@archive.example?subject="),
        ("https://a.example/x", "https://a.example/x"),
    ],
)
def test_an_error_is_reported_to_the_contact_of_the_settings(
    client: Client, settings: Any, contact: str, begins: str
) -> None:
    settings.CONTACT = contact
    [article] = publish(story())

    page = get(client, article)

    [link] = [link["href"] for link in page.all("a") if link.get("href", "").startswith(begins)]
    assert contact.startswith("https") or "id/test%3A1/" in link


def test_without_a_contact_no_report_is_offered(client: Client) -> None:
    [article] = publish(story())

    assert "回報錯誤" not in get(client, article).text


def test_the_other_script_is_for_reading_only(client: Client) -> None:
    [article] = publish(story())

    printed, simplified = get(client, article, q="會晤"), get(client, article, q="會晤", view="hans")

    assert "两国领袖会晤" in simplified.text
    assert "由程式轉換" in simplified.text
    assert simplified.all("article")[0]["lang"] == "zh-Hans"
    assert [mark["id"] for mark in simplified.all("mark")] == [mark["id"] for mark in printed.all("mark")]
    for name in ("citation_title", "og:title", "description"):
        assert simplified.metas(name) == printed.metas(name)
    assert simplified.data_blocks == printed.data_blocks
    assert "習近平與拜登視像會晤[N/OL]" in simplified.text
    assert simplified.all("link", rel="canonical") == printed.all("link", rel="canonical")


def test_a_simplified_text_can_be_read_in_hong_kongs_characters(client: Client) -> None:
    [article] = publish(story(language="zh-Hans", body="<p>皇后在后面，头发<strong>干</strong>净</p>"))

    page = get(client, article, view="hant")

    assert "皇后在後面，頭髮乾淨" in page.text
    assert page.all("article")[0]["lang"] == "zh-Hant-HK"


def test_converted_text_stays_escaped(client: Client) -> None:
    [article] = publish(story(title='<img src=x onerror="1"> & 會晤', body="<p>1 &lt; 2 &amp;amp; 會晤</p>"))

    page = get(client, article, view="hans")

    assert page.all("img") == []
    assert '<img src=x onerror="1"> & 会晤' in page.text
    assert "1 < 2 &amp; 会晤" in page.text


def test_headings_leave_no_level_out(client: Client) -> None:
    body = "<h4>一</h4><p>字</p><h3>二</h3><h4>三</h4><h2>四</h2><h4>五</h4>"
    [article] = publish(story(body=body, images=(), embeds=(), authors=()))

    levels = [int(tag[1]) for tag, _ in get(client, article).elements if tag in ("h1", "h2", "h3", "h4")]

    assert levels[:6] == [1, 2, 2, 3, 2, 3]


def test_a_writer_is_presented_as_this_file_does(client: Client) -> None:
    old, new = publish(
        story("test:1", authors=(ParsedAuthor("曾海琪", bio="當時是學生。"),), published=DAY),
        story("test:2", authors=(ParsedAuthor("曾海琪", bio="現在是編輯。"),), title="另一篇"),
    )

    assert "當時是學生。" in get(client, old).text
    assert "現在是編輯。" not in get(client, old).text
    assert "現在是編輯。" in get(client, new).text


def test_the_hits_before_and_after_are_one_click_away(client: Client) -> None:
    publish(*many(25))
    results = Page(client.get("/search/", {"q": "會晤", "sort": "oldest", "outlet": "眾新聞"}).content)
    at_ten = next(link for link in results.links("&at=10") if "#" not in link)

    here = Page(client.get(at_ten).content)
    after = Page(client.get(here.all("a", rel="next")[0]["href"]).content)

    assert "10 / 25" in here.text
    assert "11 / 25" in after.text
    assert after.all("a", rel="prev")[0]["href"] == at_ten
    assert any(link.endswith("sort=oldest&page=2") for link in after.links("/search/?q="))  # back to its page


@pytest.mark.parametrize("at", ["0", "2", "-1", "x", "9" * 30, "９"])
def test_a_place_that_is_not_the_articles_leads_nowhere(client: Client, at: str) -> None:
    [article] = publish(story())

    page = get(client, article, q="會晤", at=at)

    assert page.all("a", rel="next") == page.all("a", rel="prev") == []


def test_the_archived_capture_is_asked_before_the_outlet(client: Client) -> None:
    archived = "https://web.archive.org/web/2022im_/https://pictures.example/2.jpg"
    picture = ParsedImage(src="https://pictures.example/2.jpg", archived_src=archived)
    [article] = publish(story(images=(picture,)))

    image = get(client, article, images="1").all("img")[0]

    assert (image["src"], image["data-then"]) == (archived, "https://pictures.example/2.jpg")


# --- what is not there


def test_a_withdrawn_article_is_gone_and_its_page_gives_the_day_and_the_reason(client: Client) -> None:
    [article] = publish(story())
    articles.withdraw(Article.objects.filter(pk=article.pk), "法律要求 court order")

    response = client.get(f"/articles/{article.pk}/")

    text = response.content.decode()
    assert response.status_code == 410
    assert "這篇文章已於" in text
    assert "法律要求 court order" in text
    assert "老朋友" not in text
    assert article.title not in text


@pytest.mark.parametrize("status", [Article.Status.CAPTURE_FAILED, Article.Status.NEEDS_REVIEW])
def test_what_is_not_published_is_not_there(client: Client, status: Article.Status) -> None:
    [article] = publish(story())
    articles.set_status(Article.objects.filter(pk=article.pk), status)

    assert client.get(f"/articles/{article.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["1", "99999999999999999999999", "0"])
def test_an_unknown_article_is_a_friendly_404(client: Client, number: str) -> None:
    response = client.get(f"/articles/{number}/")

    assert response.status_code == 404
    assert "沒有這一頁" in response.content.decode()


def test_a_picture_may_have_no_address(client: Client) -> None:
    [article] = publish(story(images=()))
    Image.objects.create(article=article, position=0, src="", caption="失去的圖")

    page = get(client, article)

    assert "沒有圖片" in page.text
    assert "失去的圖" in page.text


def test_the_pages_links_keep_the_search_as_it_was(client: Client) -> None:
    first, second = publish(story("test:1"), story("test:2", title="另一個標題"))
    Article.objects.filter(pk=second.pk).update(story=first.story)

    page = get(client, first, q="會晤 護欄", also="off")

    query = "?q=%E6%9C%83%E6%99%A4+%E8%AD%B7%E6%AC%84&also=off"
    assert f"/search/{query}" in page.links("/search/")
    assert page.links(f"/articles/{second.pk}/") == [f"/articles/{second.pk}/{query}"]
    assert page.links("images=1") == [f"{query}&images=1", f"{query}&images=1#image-0"]


def today_in_years(day: date) -> int:
    return sum(day.replace(year=year) <= timezone.localdate() for year in range(day.year + 1, 2200))


def test_an_article_says_how_old_and_how_long_it_is(client: Client) -> None:
    old, new = publish(
        story("test:1", body="<p>兩國領袖 會晤。</p>"),
        story("test:2", published=replace(DAY, day=timezone.localdate()), body=""),
    )

    read, today = get(client, old), get(client, new)

    assert f"{today_in_years(DAY.day)} 年前" in read.text
    assert "7 字" in read.text
    assert "年前" not in today.text
