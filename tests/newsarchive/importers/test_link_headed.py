"""Mirrors of BBC, DW, VOA, NYT, RFI, RFA and China Digital Times behind a link header."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsarchive.importers.types import DateSource, Precision, Standing
from newsarchive.messages import Message

from .samples import bbc, lines, mirror, read, shape

PICTURE = (
    '<div><div><div data-e2e="image-placeholder"><img '
    'srcSet="https://ichef.bbci.co.uk/news/800/a.jpg 800w" alt="{alt}" '
    'src="https://images.weserv.nl/?url=ichef.bbci.co.uk/news/640/a.jpg" width="976"/>'
    "{credit}</div></div>{caption}</div>"
)
CREDIT = '<p role="text"><span>图像来源，</span><span>Reuters</span></p>'


# -- BBC ----------------------------------------------------------------------------------------------


def test_bbc_caption_is_the_paragraph_beside_the_picture_and_the_credit_loses_its_label() -> None:
    article = bbc(
        PICTURE.format(alt="码头", credit=CREDIT, caption="<div><p>码头上排队的乘客。</p></div>"),
        "<p>正文。</p>",
    )

    assert [(i.src, i.caption, i.credit, i.alt) for i in article.images] == [
        ("https://ichef.bbci.co.uk/news/640/a.jpg", "码头上排队的乘客。", "Reuters", "码头")
    ]
    assert lines(article) == ["正文。"]


def test_bbc_picture_with_credit_but_without_caption_takes_none_from_the_text_or_alt() -> None:
    article = bbc(PICTURE.format(alt="码头", credit=CREDIT, caption=""), "<p>正文第一段。</p>")

    assert (article.images[0].caption, article.images[0].credit) == ("", "Reuters")
    assert lines(article) == ["正文第一段。"]


def test_bbc_caption_of_2024_stands_in_a_span_before_stray_end_tags() -> None:
    article = bbc(
        f'<div><img src="https://ichef.bbci.co.uk/a.jpg" alt="。"/>{CREDIT}</div>'
        '<span data-testid="caption-paragraph">新的渡轮</span></span>',
        "<p>正文。</p>",
    )

    assert article.images[0].caption == "新的渡轮"
    assert shape(article) == ["image", "p"]


def test_bbc_caption_that_repeats_a_sentence_of_the_text_stands_once_in_each_place() -> None:
    article = bbc(
        "<p>乘客在码头排队。</p>",
        PICTURE.format(alt="", credit=CREDIT, caption="<div><p>乘客在码头排队。</p></div>"),
    )

    assert lines(article) == ["乘客在码头排队。"]
    assert article.images[0].caption == "乘客在码头排队。"


def test_bbc_pictures_that_stand_only_in_noscript_are_found() -> None:
    article = bbc(
        '<div><div data-e2e="image-placeholder"><div><div></div></div><noscript><picture>'
        '<source srcSet="https://ichef.bbci.co.uk/240/b.webp 240w"/>'
        '<img src="https://images.weserv.nl/?url=ichef.bbci.co.uk/640/b.jpg" alt="海"/></picture></noscript>'
        f"{CREDIT}</div><div><p>维多利亚港。</p></div></div>",
        "<p>正文。</p>",
    )

    assert [(i.src, i.caption, i.credit) for i in article.images] == [
        ("https://ichef.bbci.co.uk/640/b.jpg", "维多利亚港。", "Reuters")
    ]


def test_bbc_media_player_is_a_video_with_its_still_and_caption_and_without_the_message() -> None:
    article = bbc(
        '<div><div data-e2e="media-player"><iframe src="/ws/av-embeds/cps/zhongwen/p1/zh-hans" '
        'title="多媒体播放器">'
        '</iframe><noscript><div><img alt="" src="https://images.weserv.nl/?url=ichef.bbci.co.uk/still.jpg"/>'
        "<div><strong>你的器材不支持播放多媒体材料</strong></div></div></noscript></div>"
        "<p>短片：最后一班船</p></span></div>",
        "<p>正文。</p>",
    )

    [video] = article.embeds
    assert video.url == "https://www.bbc.com/ws/av-embeds/cps/zhongwen/p1/zh-hans"
    assert (video.kind, video.title) == ("video", "")
    assert (video.caption, video.poster) == ("短片：最后一班船", "https://ichef.bbci.co.uk/still.jpg")
    assert article.images == ()
    assert lines(article) == ["正文。"]


def test_bbc_post_behind_a_consent_box_is_kept_as_a_link_and_the_box_is_gone() -> None:
    article = bbc(
        '<div data-e2e="youtube-embed-https://www.youtube.com/watch?v=abc"><div><a '
        'href="#end-of-youtube-content-1">'
        "跳过 YouTube 帖子, 1</a><div><strong>允许Google YouTube内容</strong><p>小甜饼</p><button>"
        "Accept</button></div>"
        '<p id="end-of-youtube-content-1">结尾 YouTube 帖子, 1</p></div><noscript><div><p>无内容</p>'
        '<a href="https://www.youtube.com/watch?v=abc">继续浏览</a></div></noscript></div>',
        '<div data-e2e="twitter-embed-https://twitter.com/ferry/status/1"><div></div></div>',
        "<p>正文。</p>",
    )

    assert [(e.kind, e.url) for e in article.embeds] == [
        ("video", "https://www.youtube.com/watch?v=abc"),
        ("embed", "https://twitter.com/ferry/status/1"),
    ]
    assert lines(article) == ["正文。"]


def test_bbc_list_of_links_is_related_and_a_list_of_words_is_text() -> None:
    article = bbc(
        '<ul role="list"><li role="listitem"><a href="/zhongwen/simp/world-7">昨日的航班</a></li></ul>',
        "<ul><li>停航</li><li>复航</li></ul>",
    )

    assert [(link.url, link.text) for link in article.related] == [
        ("https://www.bbc.com/zhongwen/simp/world-7", "昨日的航班")
    ]
    assert article.body == "<ul><li>停航</li><li>复航</li></ul>"


def test_bbc_byline_list_gives_the_person_and_the_role() -> None:
    byline = (
        '<section role="region" aria-labelledby="article-byline"><strong id="article-byline">'
        "Article information</strong>"
        '<ul role="list"><li role="listitem"><span role="text"><span>作者, </span><span>'
        "林小雨</span></span></li>"
        '<li role="listitem"><span role="text"><span>Role, </span><span>BBC中文记者</span></span>'
        "</li></ul></section>"
    )
    article = bbc("<p>正文。</p>", time=f'{byline}<time dateTime="2024-01-30">2024年1月30日</time>')

    assert [(a.name, a.role) for a in article.authors] == [("林小雨", "BBC中文记者")]
    assert lines(article) == ["正文。"]
    assert article.published is not None
    assert article.published.day == date(2024, 1, 30)


def test_bbc_promotions_advertisements_and_grey_lines_are_no_article() -> None:
    article = bbc(
        '<section aria-label="广告 2" role="region" data-e2e="advertisement"><div id="dotcom-mpu">'
        "广告</div></section>",
        '<section role="region" aria-labelledby="podcast-promo"><a href="#end-of-podcasts">Skip '
        "podcast promotion</a>"
        '<h2>播客</h2><p>介绍</p><p id="end-of-podcasts">End of podcast promotion</p></section>',
        '<div><img alt="Presentational grey line" src="https://ichef.bbci.co.uk/_105894347_grey_line-nc.png"/></div>',
        "<p>正文。</p>",
    )

    assert lines(article) == ["正文。"]
    assert article.images == ()


def test_what_a_proxy_adds_after_main_is_no_article() -> None:
    article = mirror(
        '<main role="main"><div><p>正文。</p></div></main><p>feedx.net</p><img src="https://feedx.net/x.gif">'
    )

    assert lines(article) == ["正文。"]
    assert article.images == ()


def test_frame_address_that_was_glued_to_its_base_is_mended() -> None:
    article = bbc(
        '<div><iframe src="https://www.bbc.comhttps://www.riddle.com/embed/a/1"></iframe></div>',
        "<p>文。</p>",
    )

    assert [embed.url for embed in article.embeds] == ["https://www.riddle.com/embed/a/1"]


# -- dates --------------------------------------------------------------------------------------------


def test_time_element_gives_the_date_and_the_comment_the_time_of_the_crawl() -> None:
    article = mirror(
        '<main role="main"><div><time dateTime="2023-12-09">2023年12月9日</time></div><div><p>'
        "文。</p></div></main>",
        epoch="1702897981000",
    )

    assert article.published is not None
    assert (article.published.day, article.published.source) == (date(2023, 12, 9), DateSource.PAGE)
    assert article.captured_at == datetime(2023, 12, 18, 11, 13, 1, tzinfo=UTC)


def test_relative_time_without_a_date_is_an_estimate_and_its_words_are_not_shown() -> None:
    article = bbc("<p>正文。</p>", time="<time>14 分钟前</time>")

    assert article.published is not None
    assert article.published.estimated
    assert (article.published.day, article.published.precision) == (date(2021, 11, 16), Precision.DAY)
    assert Message("date_from_capture") in article.problems
    assert "分钟前" not in article.body


def test_twenty_digit_epoch_is_ignored_with_a_problem() -> None:
    article = mirror("<p>正文。</p>", epoch="16370305840001637030")

    assert article.captured_at is None
    assert Message("capture_time_unreadable") in article.problems


def test_day_in_the_address_comes_before_the_time_of_the_crawl() -> None:
    article = mirror("<p>正文。</p>", url="https://www.rfa.org/mandarin/a/hc-10122020133733.html")

    assert article.published is not None
    assert (article.published.day, article.published.source) == (date(2020, 10, 12), DateSource.URL)


# -- DW, VOA, NYT, RFI, RFA, China Digital Times --------------------------------------------------------


def test_dw_opening_line_gives_author_and_time_and_leaves_the_text() -> None:
    article = mirror(
        "<div><i>张小山 （综合报道）<br>2020-10-13T06:08:01.314Z</i></div>"
        '<img src="https://images.weserv.nl/?url=api.dw.com/image/1_303.jpeg" width="100%">'
        '<div><small style="color: #999;">码头一景</small></div><p>正文。</p>',
        url="https://www.dw.com/zh/a-90000001",
    )

    assert article.outlet == "德国之声"
    assert article.byline == "张小山 （综合报道）"
    assert [a.name for a in article.authors] == ["张小山"]
    assert article.published is not None
    assert article.published.at == datetime(2020, 10, 13, 6, 8, 1, 314000, tzinfo=UTC)
    assert [(i.src, i.caption) for i in article.images] == [
        ("https://api.dw.com/image/1_303.jpeg", "码头一景")
    ]
    assert lines(article) == ["正文。"]


def test_dw_picture_without_address_and_caption_leaves_nothing() -> None:
    article = mirror('<img src=""><div><small></small></div><p>正文。</p>', url="https://www.dw.com/zh/a-1")

    assert article.images == ()
    assert shape(article) == ["p"]


def test_voa_line_is_a_date_alone_and_the_credit_stands_in_brackets() -> None:
    article = mirror(
        "<div><i>Sun, 11 Oct 2020 15:19:58 GMT</i></div>"
        '<img src="https://images.weserv.nl?url=gdb.voanews.com/a.jpg"><div><small>渡轮靠岸 '
        "（照片来自路透社）</small></div>"
        "<p>正文。</p>",
        url="https://www.voachinese.com/a/5617184.html",
    )

    assert article.authors == ()
    assert article.published is not None
    assert article.published.at == datetime(2020, 10, 11, 15, 19, 58, tzinfo=UTC)
    assert article.images[0].credit == "照片来自路透社"
    assert article.images[0].caption == "渡轮靠岸 （照片来自路透社）"


def test_nyt_author_who_is_named_twice_is_one_and_times_without_zone_are_chinese() -> None:
    article = mirror(
        "<div><i>KONEY BAI,KONEY BAI<br>2020-10-13 14:38:42</i></div><p>正文。</p>",
        url="https://cn.nytimes.com/china/20201013/ferry/",
    )

    assert article.outlet == "纽约时报中文网"
    assert [a.name for a in article.authors] == ["KONEY BAI"]
    assert article.published is not None
    assert article.published.at is not None
    assert article.published.at.astimezone(UTC) == datetime(2020, 10, 13, 6, 38, 42, tzinfo=UTC)


def test_rfi_date_is_parisian_its_site_name_leaves_the_title_and_the_copyright_line_the_text() -> None:
    article = mirror(
        "<div>13/10/2020 - 07:35</div>"
        '<div class="t-content__body u-clearfix"><p>（法新社12日电）    正文。</p><p '
        'class="t-copyright">© 2020 AFP</p></div>',
        url="http://www.rfi.fr//cn/contenu/20201013-ferry",
        title="渡轮停航 – 法国国际广播电台 - RFI",
    )

    assert article.title == "渡轮停航"
    assert article.title_raw == "渡轮停航 – 法国国际广播电台 - RFI"
    assert article.published is not None
    assert article.published.at is not None
    assert article.published.at.astimezone(UTC) == datetime(2020, 10, 13, 5, 35, tzinfo=UTC)
    assert article.published.precision is Precision.MINUTE
    assert len(lines(article)) == 1


def test_rfa_caption_box_related_lists_and_zoom_button() -> None:
    article = mirror(
        "<p>第一段。</p><p> </p>"
        '<ul><li><b><a class="external-link" href="http://www.rfa.org/mandarin/8.html">昨日报道</a></b></li></ul>'
        '<p><div class="image-inline captioned"><div><img src="https://www.rfa.org/a.jpg" '
        'alt="码头" title="码头"/></div>'
        '<div class="image-caption"><span>码头一景（渡轮公司官网）</span><span class="copyright"> '
        "</span></div>"
        '<div id="zoomattribute"><a href="/a.jpg"><img '
        'src="/rfa_resources/graphics/icon-zoom.png"/></a></div></div></p>'
        "<p>第二段。</p>",
        url="https://www.rfa.org/mandarin/a/hc-10122020133733.html",
    )

    assert shape(article) == ["p", "image", "p"]
    assert [(i.src, i.caption, i.credit) for i in article.images] == [
        ("https://www.rfa.org/a.jpg", "码头一景（渡轮公司官网）", "渡轮公司官网")
    ]
    assert [link.text for link in article.related] == ["昨日报道"]


def test_cdt_date_line_gives_the_date_and_the_feed_footer_gives_the_tags() -> None:
    article = read(
        "[【海港】渡轮停航](https://chinadigitaltimes.net/chinese/2020/06/ferry/)\n------\n"
        "日期：Tue, 30 Jun 2020 08:09:49 +0000\n\n"
        "<p>正文。</p><blockquote><p>甲。</p><p>乙。<br>丙。</p></blockquote><hr />"
        "<p><small>&copy; 某编辑 for <a href=\"https://x.example\">CDT</a>, get_post_time('Y'). |"
        '<a href="https://x.example/#c">No comment</a> |<br/>Post tags: <a '
        'href="https://x.example/t" rel="tag">渡轮</a>, '
        '<a href="https://x.example/u" rel="tag">海港</a><br/></small></p>'
        "<p><small>Feed enhanced by <a href='http://planetozh.com/'>Better Feed</a></small></p>"
    )

    assert article.published is not None
    assert article.published.at == datetime(2020, 6, 30, 8, 9, 49, tzinfo=UTC)
    assert article.tags == ("渡轮", "海港")
    assert article.authors == ()
    assert article.body == "<p>正文。</p>\n<blockquote><p>甲。</p><p>乙。<br>丙。</p></blockquote>"
    assert article.captured_at is None


def test_share_buttons_leave_nothing() -> None:
    article = mirror(
        '<p>正文。</p><div class="addtoany_share_save_container"><div class="a2a_kit" data-a2a-url="https://x.example">'
        '<a class="a2a_button" href="https://www.addtoany.com/add_to/x">分享</a></div></div>',
        url="https://chinadigitaltimes.net/chinese/2020/10/x/",
    )

    assert article.body == "<p>正文。</p>"


def test_closing_byline_names_the_authors_and_stays_in_the_text() -> None:
    article = mirror("<p>正文。</p><p>叶小宣/达小扬（法新社、路透社）</p>", url="https://www.dw.com/zh/a-2")

    assert [a.name for a in article.authors] == ["叶小宣", "达小扬"]
    assert lines(article)[-1] == "叶小宣/达小扬（法新社、路透社）"


# -- the header -----------------------------------------------------------------------------------------


def test_header_without_a_body_is_a_stub_that_keeps_title_and_address() -> None:
    article = read("<!--1637030584000-->\n[只有连结](https://www.bbc.com/zhongwen/simp/world-2)\n------\n\n")

    assert article.standing is Standing.STUB
    assert (article.title, article.source_url) == ("只有连结", "https://www.bbc.com/zhongwen/simp/world-2")
    assert Message("empty_body") in article.problems


def test_title_may_hold_brackets() -> None:
    article = read("[[外交]渡轮(一)](https://example.org/a_(b))\n------\n\n<p>文。</p>")

    assert (article.title, article.source_url) == ("[外交]渡轮(一)", "https://example.org/a_(b)")
