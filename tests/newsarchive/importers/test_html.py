"""The safe subset: what passes, what doesn't, and what of it is text."""

import pytest

from newsarchive.importers.html import safe_subset

from .samples import lines, rsshub, shape

BODY = (
    '<h2>題</h2>\n<p>一<br>二 <a href="https://a.example/?a=1&amp;b=2">三</a></p>\n<figure '
    'data-image="0"></figure>\n'
    "<ul><li>四</li><li>五</li></ul>\n<blockquote><p>六</p><p>七</p></blockquote>\n"
    "<table><tbody><tr><td>八</td><td>九 &lt; 十</td></tr></tbody></table>"
)


def test_clean_leaves_the_subset_as_it_is() -> None:
    assert safe_subset.clean(BODY) == BODY


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("<p onclick=x style=y>甲</p>", "<p>甲</p>"),
        ("<script>alert(1)</script><p>甲</p>", "<p>甲</p>"),
        ('<a href="javascript:alert(1)">甲</a>', "<a>甲</a>"),
        ('<a href="data:text/html,x">甲</a>', "<a>甲</a>"),
        ('<a href="https://a.example" target="_blank">甲</a>', '<a href="https://a.example">甲</a>'),
        ('<img src=x onerror="alert(1)">甲', "甲"),
        ('<figure data-image="1x"></figure>', "<figure></figure>"),
        ('<figure data-image="7" class="x"></figure>', '<figure data-image="7"></figure>'),
        ("<iframe src=https://a.example></iframe><svg onload=x></svg>甲", "甲"),
        ("<div><span>甲</span></div>", "甲"),
    ],
)
def test_clean_takes_out_all_else(dirty: str, cleaned: str) -> None:
    assert safe_subset.clean(dirty) == cleaned


def test_plain_text_puts_paragraphs_items_cells_and_breaks_on_lines() -> None:
    assert safe_subset.plain_text(BODY).split("\n") == [
        "題",
        "一",
        "二 三",
        "四",
        "五",
        "六",
        "七",
        "八",
        "九 < 十",
    ]


def test_blocks_come_in_order_with_placeholders_by_number() -> None:
    assert [(tag, block[:4]) for tag, block in safe_subset.blocks(BODY)] == [
        ("h2", "<h2>"), ("p", "<p>一"), ("image", "0"), ("ul", "<ul>"),
        ("blockquote", "<blo"), ("table", "<tab"),
    ]  # fmt: skip


# -- pages into the subset --------------------------------------------------------------------------------


def test_scripts_handlers_styles_and_vectors_are_gone_and_their_neighbours_stay() -> None:
    article = rsshub(
        '<p>前文<script>alert(1)</script>後文</p><p><img src="x" onerror="alert(2)"></p><svg '
        "onload=alert(3)></svg>"
        '<p onclick="alert(4)">第三段</p><style>body{display:none}</style><a '
        'href="https://ok.example/" onmouseover=a>連結</a>'
    )

    assert article.body == '<p>前文後文</p>\n<p>第三段</p>\n<p><a href="https://ok.example/">連結</a></p>'
    assert article.images == ()


def test_dangerous_addresses_leave_their_words_and_no_picture_or_video() -> None:
    article = rsshub(
        '<p><a href="javascript:alert(1)">甲</a> <a href=" java&#10;script:alert(1)">乙</a> '
        '<a href="data:text/html;base64,PHNjcmlwdD4=">丙</a> <a href="vbscript:x">丁</a></p>'
        '<p><img src="data:image/svg+xml;base64,PHN2Zy8+"><iframe src="javascript:alert(2)"></iframe></p>'
    )

    assert article.body == "<p>甲 乙 丙 丁</p>"
    assert (article.images, article.embeds) == ((), ())


def test_unclosed_tags_swallow_nothing() -> None:
    article = rsshub("<p>一<p>二<b>粗<p>三<ul><li>甲<li>乙</ul><p>四<a href=https://a.example/>連")

    assert shape(article) == ["p", "p", "p", "ul", "p"]
    assert lines(article) == ["一", "二粗", "三", "甲", "乙", "四連"]


@pytest.mark.parametrize(
    "broken", ["<!-- ", "<iframe src=https://a.example/>", "<textarea>", "<title>", "</html>", "</body>"]
)
def test_what_browsers_read_to_the_end_does_not_take_the_text_along(broken: str) -> None:
    assert lines(rsshub(f"<p>一</p>{broken}<p>二</p>"))[-1] == "二"


def test_nested_figures_keep_their_own_captions() -> None:
    article = rsshub(
        '<figure><img src="https://a.example/1.jpg"><figcaption>外</figcaption>'
        '<figure><img src="https://a.example/2.jpg"><figcaption>內</figcaption></figure></figure>'
    )

    assert [(i.src[-5:], i.caption) for i in article.images] == [("1.jpg", "外"), ("2.jpg", "內")]


def test_caption_of_a_figure_around_figures_stands_once() -> None:
    article = rsshub(
        '<figure><figure><img src="https://a.example/1.jpg"><figcaption>甲</figcaption></figure>'
        '<figure><img src="https://a.example/2.jpg"><figcaption>乙</figcaption></figure><figcaption>全體</figcaption></figure>'
    )

    everything = [image.caption for image in article.images] + lines(article)
    assert sorted(filter(None, everything)) == ["乙", "全體", "甲"]


def test_caption_before_its_picture_finds_it() -> None:
    article = rsshub('<figure><figcaption>說明</figcaption><img src="https://a.example/1.jpg"></figure>')

    assert [image.caption for image in article.images] == ["說明"]


def test_unclosed_caption_does_not_hold_the_article() -> None:
    rest = "".join(f"<p>第{n}段{'內容' * 80}。</p>" for n in range(5))
    article = rsshub(f'<figure><img src="https://a.example/1.jpg"><figcaption>說明{rest}')

    assert article.images[0].caption == "說明"
    assert shape(article) == ["image", "p", "p", "p", "p", "p"]


def test_pictures_in_a_list_or_quotation_stand_after_it() -> None:
    article = rsshub('<blockquote><p>引文</p><img src="https://a.example/1.jpg"></blockquote><p>文</p>')

    assert shape(article) == ["blockquote", "image", "p"]


def test_picture_between_breaks_parts_the_paragraph_and_one_in_a_sentence_does_not() -> None:
    parted = rsshub('<p>一<br><img src="https://a.example/1.jpg"><br>二</p>')
    inline = rsshub('<p>一<img src="https://a.example/1.jpg">二</p>')

    assert shape(parted) == ["p", "image", "p"]
    assert shape(inline) == ["p", "image"]


def test_emphasis_over_paragraphs_goes_on_in_each() -> None:
    assert (
        rsshub("<b><div>一</div><div>二</div></b>").body
        == "<p><strong>一</strong></p>\n<p><strong>二</strong></p>"
    )


def test_same_ids_twice_lose_no_heading() -> None:
    assert shape(rsshub('<h2 id="a">一</h2><p id="a">二</p><h2 id="a">三</h2>')) == ["h2", "p", "h2"]


def test_entities_for_controls_and_blanks_leave_no_trace() -> None:
    article = rsshub(
        '<p>一&#1;二&#8203;三&nbsp;四</p><p role="text">x</p>&#2;<div class="related"></div>&#3;五'
    )

    assert lines(article) == ["一二三 四", "x", "五"]


def test_blocks_in_quotations_items_and_cells_stay_blocks() -> None:
    article = rsshub(
        "<blockquote>甲<blockquote>乙</blockquote>丙</blockquote>"
        "<ul><li>一<ul><li>二</li></ul></li></ul>"
        "<table><tr><td><ul><li>子<br>丑</li></ul></td></tr></table>"
    )

    assert article.body.split("\n") == [
        "<blockquote><p>甲</p><blockquote><p>乙</p></blockquote><p>丙</p></blockquote>",
        "<ul><li>一<ul><li>二</li></ul></li></ul>",
        "<ul><li>子<br>丑</li></ul>",
    ]


def test_video_element_is_a_link_with_its_still() -> None:
    article = rsshub(
        '<video poster="https://a.example/p.jpg"><source src="https://a.example/v.mp4">不支持</video>'
    )

    assert [(e.kind, e.url, e.poster) for e in article.embeds] == [
        ("video", "https://a.example/v.mp4", "https://a.example/p.jpg")
    ]


def test_tracking_pixels_are_no_pictures() -> None:
    assert rsshub('<p>文</p><img src="https://a.example/t.gif" width="1" height="1">').images == ()
