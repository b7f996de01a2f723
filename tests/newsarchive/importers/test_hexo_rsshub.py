"""RSSHub posts: YAML from a feed, HTML from anywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsarchive.importers.types import Precision, Standing
from newsarchive.messages import Message

from .samples import lines, rsshub, shape


def test_feed_name_is_the_outlet_and_the_section_and_no_author() -> None:
    article = rsshub("<p>正文。</p>")

    assert (article.outlet, article.byline, article.authors) == ("港聞社", "港聞社 - 即時", ())
    assert article.categories == ("新媒体", "即時")


def test_midnight_in_gmt_is_a_day_without_a_time() -> None:
    article = rsshub("<p>正文。</p>", date="Sat, 20 Mar 2021 00:00:00 GMT")

    assert article.published is not None
    assert (article.published.day, article.published.at) == (date(2021, 3, 20), None)
    assert article.published.precision is Precision.DAY


def test_time_in_gmt_is_kept_and_its_day_is_that_of_the_outlet() -> None:
    article = rsshub("<p>正文。</p>", date="Tue, 16 Nov 2021 21:10:14 GMT")

    assert article.published is not None
    assert article.published.at == datetime(2021, 11, 16, 21, 10, 14, tzinfo=UTC)
    assert article.published.day == date(2021, 11, 17)


def test_numeric_titles_stay_text() -> None:
    for title in ("12_00", "2021-03-21", "1e3", "no", "~", "0x1F"):
        assert rsshub("<p>正文。</p>", title=title).title == title


def test_title_in_nine_quotation_marks_is_read_line_by_line() -> None:
    article = rsshub("<p>正文。</p>", title='"""""""""\'渡輪停航\'"""""""""')

    assert article.title == "渡輪停航"
    assert Message("front_matter_not_yaml") in article.problems


def test_sources_of_a_picture_element_are_one_picture_and_relative_ones_are_no_use() -> None:
    article = rsshub(
        '<figure class="image"><picture><source srcset="/a_large.jpg"><source srcset="/a_small.jpg">'
        '<img src="https://cdn.example.org/a.jpg" alt referrerpolicy="no-referrer"></picture>'
        "<figcaption>渡輪靠岸。美聯社</figcaption></figure>"
    )

    assert [(i.src, i.alt, i.caption, i.credit) for i in article.images] == [
        ("https://cdn.example.org/a.jpg", "", "渡輪靠岸。美聯社", "美聯社")
    ]


def test_lazy_address_beats_the_placeholder_and_the_proxy() -> None:
    article = rsshub(
        '<img src="https://img.example.org/loadimg.gif" data-original="https://img.example.org/real.jpg">'
    )

    assert [image.src for image in article.images] == ["https://img.example.org/real.jpg"]


def test_placeholder_alone_is_no_picture() -> None:
    assert rsshub('<p>文。</p><img src="https://img.example.org/loadimg.gif">').images == ()


def test_largest_of_a_srcset_serves_when_src_is_data() -> None:
    article = rsshub(
        '<img src="data:image/gif;base64,R0" srcset="https://i.example.org/s.jpg 240w, '
        'https://i.example.org/l.jpg 800w">'
    )

    assert [image.src for image in article.images] == ["https://i.example.org/l.jpg"]


def test_loose_text_after_a_picture_is_a_paragraph_next_to_it() -> None:
    article = rsshub(
        '<p></p><div class="box"><img src="https://i.example.org/1.jpg"></div>北京时间上午；<p></p><p>第二段。</p>'
    )

    assert shape(article) == ["image", "p", "p"]
    assert lines(article) == ["北京时间上午；", "第二段。"]


def test_line_after_a_picture_that_only_names_the_photographer_is_its_credit() -> None:
    article = rsshub('<div><img src="https://i.example.org/1.jpg"></div>新华社记者 岳小月 摄<p>正文。</p>')

    assert article.images[0].credit == "新华社记者 岳小月 摄"
    assert lines(article) == ["正文。"]


def test_line_that_points_up_at_a_picture_is_its_caption() -> None:
    article = rsshub(
        '<p><img src="https://i.example.org/1.jpg"></p><p>▲图为渡轮码头。图源：渡轮公司</p><p>正文。</p>'
    )

    assert article.images[0].caption == "▲图为渡轮码头。图源：渡轮公司"
    assert article.images[0].credit == "渡轮公司"


def test_credit_in_an_element_of_its_own_is_not_part_of_the_caption() -> None:
    article = rsshub(
        '<figure><img src="https://i.example.org/1.jpg"><figcaption><span>渡輪靠岸</span> '
        "<cite>Lam Yik Fei for The New York Times</cite></figcaption></figure>"
    )

    assert (article.images[0].caption, article.images[0].credit) == (
        "渡輪靠岸",
        "Lam Yik Fei for The New York Times",
    )


def test_widget_inside_a_figure_and_empty_caption_leave_nothing() -> None:
    article = rsshub(
        '<figure><img src="https://i.example.org/1.jpg"><figcaption></figcaption>'
        '<div><div title="Protected by Grammarly"> </div></div></figure><p>文。</p>'
    )

    assert article.images[0].caption == ""
    assert shape(article) == ["image", "p"]


def test_teaser_cut_in_mid_sentence_is_truncated() -> None:
    article = rsshub("<p>渡輪公司宣布周一起停航。有乘客表示，雖然早已預料，但消息來得突然，</p>")

    assert article.standing is Standing.TRUNCATED
    assert article.standing_reason == Message("text_ends_in_mid_sentence")


def test_short_but_finished_text_is_an_article() -> None:
    assert rsshub("<p>渡輪公司宣布周一起停航。</p>").standing is Standing.ARTICLE


def test_picture_without_text_is_an_article_with_a_problem() -> None:
    article = rsshub('<img src="https://i.example.org/1.jpg">')

    assert article.standing is Standing.ARTICLE
    assert Message("no_text") in article.problems
    assert Message("no_source_url") in article.problems


def test_two_breaks_in_loose_text_part_paragraphs_and_one_does_not() -> None:
    article = rsshub("First line\n<br>second line.\n<br>\n<br>Third.")

    assert article.body == "<p>First line<br>second line.</p>\n<p>Third.</p>"


def test_article_without_address_is_known_by_outlet_title_and_day() -> None:
    first = rsshub("<p>甲。</p>", title="'渡輪　停航'")
    second = rsshub("<p>乙。</p>", title="'渡輪停航'")
    other_day = rsshub("<p>甲。</p>", date="Sun, 21 Mar 2021 00:00:00 GMT")

    assert first.identity == second.identity
    assert first.identity.startswith("feed:")
    assert first.identity != other_day.identity
