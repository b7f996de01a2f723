"""Jekyll posts of web archives: clean fragments and whole pages of WordPress and Drupal."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsarchive.importers.types import Precision

from .samples import jekyll, lines, shape


def test_post_is_filed_under_its_category_when_the_host_says_nothing() -> None:
    article = jekyll("<div>\n<p>正文。</p>\n</div>")

    assert (article.outlet, article.categories, article.tags) == ("海岸评论", ("海岸评论",), ("海岸评论",))
    assert [a.name for a in article.authors] == ["陈大文"]
    assert article.source_url == "https://m.example.org/post/1"


def test_link_header_after_the_front_matter_is_no_text() -> None:
    article = jekyll("<div>\n<p>正文。</p>\n</div>", epoch="1603030515000", title="[海港]渡轮")

    assert article.title == "[海港]渡轮"
    assert lines(article) == ["正文。"]


def test_epoch_that_equals_the_date_is_no_time_of_a_crawl_and_another_is() -> None:
    assert jekyll("<p>文。</p>", epoch="1603030515000").captured_at is None
    assert jekyll("<p>文。</p>", epoch="1603117515000").captured_at == datetime(
        2020, 10, 19, 14, 25, 15, tzinfo=UTC
    )


def test_dates_keep_their_zone_and_bare_days_stay_days() -> None:
    zoned = jekyll("<p>文。</p>", date="2014-02-13T00:30:06+01:00").published
    day = jekyll("<p>文。</p>", date="2014-02-13").published

    assert zoned is not None
    assert zoned.at is not None
    assert zoned.at.astimezone(UTC) == datetime(2014, 2, 12, 23, 30, 6, tzinfo=UTC)
    assert zoned.day == date(2014, 2, 13)
    assert day is not None
    assert day.precision is Precision.DAY


def test_author_that_is_only_the_outlet_yields_to_the_byline_of_the_page() -> None:
    article = jekyll(
        '<article><header class="entry-header"><h1 class="entry-title">\n 渡轮停航\n</h1></header>'
        '<div class="entry-meta"><span class="byline"><a href="https://x.example/author/m/" '
        'rel="author">McFerry</a></span>'
        '<time datetime="2020-08-14T00:01:32+08:00">2020年8月14日</time></div>'
        '<div class="entry-content"><p>\n 正文。\n</p></div></article>',
        author="海岸评论",
        title="渡轮停航 - 海岸评论",
    )

    assert article.title == "渡轮停航"
    assert [a.name for a in article.authors] == ["McFerry"]
    assert article.body == "<p>正文。</p>"


def test_lazy_pictures_and_their_noscript_twins_are_one_and_photon_is_unwrapped() -> None:
    article = jekyll(
        '<p><img data-lazy-src="https://i1.wp.com/www.example.org/up/1.png?resize=779%2C230&amp;ssl=1" '
        'src="https://i1.wp.com/www.example.org/up/1.png?ssl=1" srcset="data:image/gif;base64,R0"/>'
        '<noscript><img src="https://i1.wp.com/www.example.org/up/1.png?resize=779&amp;ssl=1"/></noscript></p>'
    )

    assert [image.src for image in article.images] == ["https://www.example.org/up/1.png"]


def test_sharing_related_and_comment_boxes_of_a_page_are_no_article() -> None:
    article = jekyll(
        '<section><div class="submitted">某人 在 星期四 提交</div><div class="field-name-body"><p>'
        "正文。</p></div>"
        '<div class="sharedaddy"><h3>共享此文章：</h3><ul><li><a href="https://x.example">Twitter</a></li></ul></div>'
        '<div class="block block-views related"><h2>您可能感兴趣的文章</h2>'
        '<h2><a href="/article/139">昨日航班</a></h2></div>'
        '<ul class="links inline"><li><a href="#c">冒个泡吧！</a></li></ul>'
        '<div class="comment-wrapper" id="comments"><h2>评论</h2><p>广告留言</p></div></section>',
        url="https://pao-pao.net/article/1",
    )

    assert article.body == "<p>正文。</p>"
    assert [(link.url, link.text) for link in article.related] == [
        ("https://pao-pao.net/article/139", "昨日航班")
    ]


def test_keywords_of_a_page_are_tags() -> None:
    article = jekyll(
        '<p>正文。</p><div class="articlekeywordGroup"><div class="keywordTag"><a href="https://x.example/t/">#渡輪</a></div></div>'
    )

    assert article.tags == ("海岸评论", "渡輪")


def test_table_of_one_column_around_a_picture_is_a_figure() -> None:
    article = jekyll(
        '<p>　　第一段。</p><table style="float: right;"><tbody><tr><td><img src="https://cn.example.com/a.jpg"></td></tr>'
        "<tr><td><strong>码头（1993年</strong>）</td></tr></tbody></table><p>　</p><p>第二段。</p>"
    )

    assert shape(article) == ["p", "image", "p"]
    assert article.images[0].caption == "码头（1993年）"
    assert article.images[0].credit == ""


def test_real_table_stays_a_table() -> None:
    article = jekyll("<table><tr><th>航线</th><th>班次</th></tr><tr><td>长洲</td><td>12</td></tr></table>")

    assert shape(article) == ["table"]
    assert lines(article) == ["航线", "班次", "长洲", "12"]


def test_picture_info_box_is_a_caption() -> None:
    article = jekyll(
        '<div class="floatImg"><picture><source srcset="https://i.example.com/800.jpg">'
        '<img src="https://i.example.com/800.jpg" alt="圖為碼頭。（中央社檔案照片）"></picture>'
        '<div class="picinfo">圖為碼頭。（中央社檔案照片）</div></div><p>正文。</p>'
    )

    assert (article.images[0].caption, article.images[0].credit) == (
        "圖為碼頭。（中央社檔案照片）",
        "中央社檔案照片",
    )


def test_words_that_were_wrapped_by_a_pretty_printer_are_joined_again() -> None:
    article = jekyll(
        "<p>\n   渡轮\n   <strong>\n    明日\n   </strong>\n   停航\n   <br/>\n   at\n   noon\n</p>"
    )

    assert article.body == "<p>渡轮<strong>明日</strong>停航<br>at noon</p>"


def test_preformatted_lines_keep_their_breaks() -> None:
    assert jekyll("<pre>一\n二</pre>").body == "<p>一<br>二</p>"


def test_entities_in_the_author_are_decoded() -> None:
    assert [a.name for a in jekyll("<p>文。</p>", author="Fisher &amp; Son").authors] == ["Fisher & Son"]


def test_address_that_was_encoded_twice_is_kept_as_found() -> None:
    url = "https://matters.news/@ferry/%25E5%25A4%2596-bafy"

    assert jekyll("<p>文。</p>", url=url).source_url == url
