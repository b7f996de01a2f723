"""Front-matter Markdown: the oddities of the 眾新聞 backup, and plain files of other sites."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedAuthor, Precision, Standing
from newsarchive.messages import Message

from .samples import HKCNEWS_HEAD, hkcnews, lines, read, shape

WAYBACK = "https://web.archive.org/web/20220117044434"
TAIL = """

---


請加入成為本報的月費訂戶，長期支持我們的工作。

月費訂戶 [網址：hkcnews.com/aboutus/#subscribe](/web/20220117044434/https://www.hkcnews.com/aboutus/#subscribe)

---

![博客 | {name}](https://web.archive.org/web/20220117044434im_/https://www.hkcnews.com/uploads/avatars/1.png?2)

**博客 | {name}**

喜歡乘船，電郵[email protected]
"""


# -- head -----------------------------------------------------------------------------------------------


def test_address_archived_copy_and_time_of_capture_come_from_the_two_addresses() -> None:
    article = hkcnews("正文。", number=47815)

    assert article.source_url == "https://www.hkcnews.com/article/47815/%E6%B5%B7"
    assert article.canonical_url == "https://www.hkcnews.com/article/47815"
    assert article.archived_url == f"{WAYBACK}/https://www.hkcnews.com/article/47815/%E6%B5%B7"
    assert article.captured_at == datetime(2022, 1, 17, 4, 44, 34, tzinfo=UTC)
    assert article.identity == "hkcnews:47815"
    assert (article.outlet, article.language) == ("眾新聞", "zh-Hant-HK")


def test_slug_that_ends_in_another_number_names_the_copy_it_stands_for() -> None:
    text = HKCNEWS_HEAD.format(title="題", author="", number=32194).replace("%E6%B5%B7", "tag-32201/slug")

    assert read(text + "正文。").canonical_identity == "hkcnews:32201"


def test_date_is_a_day_and_last_updated_keeps_its_own_clock() -> None:
    text = HKCNEWS_HEAD.format(title="題", author="", number=1)
    article = read(text.replace('author: ""', 'last_updated: "2021-11-18 07:50:00"\nauthor: ""') + "正文。")

    assert article.published is not None
    assert (article.published.day, article.published.precision) == (date(2021, 11, 17), Precision.DAY)
    assert article.updated_at == datetime(2021, 11, 18, 7, 50)


def test_line_ends_of_windows_and_control_characters_leave_no_trace() -> None:
    text = (
        HKCNEWS_HEAD.format(title="渡輪\x03停航", author="記者陳大文", number=1)
        + "正\x10文\u200c。\n\n第二段。\n"
    )

    article = read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert article.title == "渡輪停航"
    assert article.title_raw == "渡輪\x03停航"
    assert lines(article) == ["正文。", "第二段。"]


def test_empty_body_under_the_farewell_title_is_a_stub() -> None:
    text = HKCNEWS_HEAD.format(title="眾新聞告別    感謝讀者", author="", number=209)

    article = read(text.partition("\n# ")[0] + "\n\n")

    assert article.standing is Standing.STUB
    assert {Message("empty_body"), Message("no_author")} <= set(article.problems)


def test_real_text_under_the_farewell_title_is_an_article() -> None:
    article = hkcnews("我們昨日與讀者道別，" * 5, title="眾新聞告別    感謝讀者")

    assert article.standing is Standing.ARTICLE


def test_stub_without_title_takes_the_words_of_its_address() -> None:
    text = '---\ntitle: ""\ndate: ""\nauthor: ""\noriginal_url: "https://www.hkcnews.com/article/5/a-6/ferry-to-cheung-chau"\n---\n\n'

    article = read(text)

    assert (article.title, article.standing) == ("ferry to cheung chau", Standing.STUB)
    assert Message("title_from_address") in article.problems


def test_lost_characters_in_the_address_are_a_problem_but_the_article_is_known_by_its_number() -> None:
    text = HKCNEWS_HEAD.format(title="題", author="", number=47815).replace("%E6%B5%B7", "%EF%BF%BD%EF%BF%BD")

    article = read(text + "正文。")

    assert Message("address_garbled") in article.problems
    assert article.identity == "hkcnews:47815"


# -- authors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("中國組記者曾小琪", [("曾小琪", "中國組記者")]),
        ("實習記者丘小瑩", [("丘小瑩", "實習記者")]),
        ("台灣特派員鄭大仁", [("鄭大仁", "台灣特派員")]),
        ("記者林一、實習記者梁二", [("林一", "記者"), ("梁二", "實習記者")]),
        ("記者邢三、周四", [("邢三", "記者"), ("周四", "記者")]),
        ("帝國之間、民國之外", [("帝國之間、民國之外", "")]),
        ("我是記者・我的六四故事", [("我是記者・我的六四故事", "")]),
        ("飄楊 & 小鳥", [("飄楊 & 小鳥", "")]),
        ("與孩子同行之道", [("與孩子同行之道", "")]),
        ("Duncan Lau", [("Duncan Lau", "")]),
        ("眾新聞記者", []),
        ("眾新聞中國組", []),
    ],
)
def test_byline_gives_persons_and_their_roles(byline: str, expected: list[tuple[str, str]]) -> None:
    article = hkcnews("正文。", author=byline)

    assert [(a.name, a.role) for a in article.authors] == expected
    assert article.byline == byline


def test_column_yields_to_the_writer_who_signs_and_the_signature_leaves_the_text() -> None:
    article = hkcnews("【撰文：北濤】\n\n正文。", author="讀者來論")

    assert [a.name for a in article.authors] == ["北濤"]
    assert article.column == "讀者來論"
    assert lines(article) == ["正文。"]


@pytest.mark.parametrize(
    ("signature", "names"),
    [
        ("**By: CK**", ["CK"]),
        ("【撰文： [知誅盒](https://www.facebook.com/box) 】", ["知誅盒"]),
        ("【撰文： 鄭概強、廖愫愉】", ["鄭概強", "廖愫愉"]),
        ("撰文：北濤", ["北濤"]),
    ],
)
def test_signatures_of_all_shapes_are_read(signature: str, names: list[str]) -> None:
    article = hkcnews(f"{signature}\n\n正文。", author="讀者來論")

    assert [a.name for a in article.authors] == names
    assert lines(article) == ["正文。"]


def test_signature_that_says_more_than_a_name_stays_in_the_text() -> None:
    article = hkcnews("撰文： 潘大培 /前《船報》編導\n\n正文。", author="讀者來論")

    assert [a.name for a in article.authors] == ["潘大培"]
    assert lines(article) == ["撰文： 潘大培 /前《船報》編導", "正文。"]


def test_paragraph_that_opens_with_its_writer_keeps_its_words() -> None:
    article = hkcnews("【撰文：飄楊】雨，疏疏碎碎。", author="讀者來論")

    assert [a.name for a in article.authors] == ["飄楊"]
    assert lines(article) == ["雨，疏疏碎碎。"]


def test_sentence_that_begins_with_by_is_no_signature() -> None:
    article = hkcnews("By overhauling the ferries the company had decided.", author="CitizenNews Op-ed")

    assert article.authors == ()
    assert len(lines(article)) == 1


def test_author_box_and_appeal_leave_the_text_and_the_bio_goes_to_the_author() -> None:
    article = hkcnews("正文。" + TAIL.format(name="一悠"), author="一悠")

    assert article.authors == (
        ParsedAuthor(
            "一悠",
            bio="喜歡乘船，電郵[email protected]",
            avatar="https://www.hkcnews.com/uploads/avatars/1.png?2",
        ),
    )
    assert article.body == "<p>正文。</p>"
    assert article.images == ()


def test_box_about_a_column_is_no_biography_of_the_writer() -> None:
    article = hkcnews("【撰文：北濤】\n\n正文。" + TAIL.format(name="讀者來論"), author="讀者來論")

    assert article.authors == (ParsedAuthor("北濤"),)
    assert article.extra["column_bio"] == "喜歡乘船，電郵[email protected]"


def test_text_between_rules_that_is_neither_appeal_nor_box_stays() -> None:
    article = hkcnews(
        "正文。\n\n---\n\n請加入成為義工，這是正文的一部分。" + TAIL.format(name="一悠"), author="一悠"
    )

    assert lines(article) == ["正文。", "請加入成為義工，這是正文的一部分。"]


# -- body -----------------------------------------------------------------------------------------------


def test_figure_keeps_original_and_archived_address_caption_and_credit() -> None:
    article = hkcnews(
        f'<figure>\n<img src="{WAYBACK}im_/https://www.hkcnews.com/news_新聞/海-1_large.jpg" alt="ferry">\n'
        "<figcaption>渡輪（右）靠岸。何大健攝</figcaption>\n</figure>"
    )

    [image] = article.images
    assert image.src == "https://www.hkcnews.com/news_新聞/海-1_large.jpg"
    assert image.archived_src == image.found_src
    assert image.archived_src.startswith(WAYBACK)
    assert (image.alt, image.caption, image.credit) == ("ferry", "渡輪（右）靠岸。何大健攝", "何大健攝")


def test_figure_without_address_keeps_its_caption() -> None:
    article = hkcnews(
        '<figure>\n<img src="" alt="">\n<figcaption>兩母子玩耍。何大健攝</figcaption>\n</figure>'
    )

    assert [(i.src, i.caption) for i in article.images] == [("", "兩母子玩耍。何大健攝")]
    assert shape(article) == ["image"]


def test_placeholder_of_the_editor_is_no_caption_and_a_credit_after_it_stays() -> None:
    article = hkcnews(
        '<figure>\n<img src="https://a.example/1.jpg" alt="">\n'
        "<figcaption>請在這輸入 Captain。如不需要captain, 請將此行文字移除</figcaption>\n</figure>\n\n"
        '<figure>\n<img src="https://a.example/2.jpg" alt="">\n'
        "<figcaption>請在這輸入 Caption。如不需要caption, 請將此行文字移除 美聯社</figcaption>\n</figure>"
    )

    assert [image.caption for image in article.images] == ["", "美聯社"]


def test_unclosed_figure_swallows_nothing() -> None:
    article = hkcnews('<figure>\n<img src="https://a.example/1.jpg" alt="">\n\n第一段。\n\n第二段。')

    assert shape(article) == ["image", "p", "p"]


def test_caption_with_an_exam_grade_keeps_its_asterisks() -> None:
    article = hkcnews(
        '<figure>\n<img src="https://a.example/1.jpg">\n<figcaption>她考獲七科5**。林一攝</figcaption>\n</figure>'
    )

    assert article.images[0].caption == "她考獲七科5**。林一攝"


def test_markdown_picture_stands_after_the_paragraph_that_holds_it() -> None:
    article = hkcnews("文字 ![地圖](https://a.example/map.png) 之後\n\n![](https://a.example/2.png)")

    assert shape(article) == ["p", "image", "image"]
    assert [image.alt for image in article.images] == ["地圖", ""]


def test_video_shortcode_is_a_link_and_facebook_plugins_are_unwrapped() -> None:
    article = hkcnews(
        f'{{{{< video src="{WAYBACK}if_/https://www.youtube.com/embed/abc" >}}}}\n\n'
        "{{< video "
        'src="//www.facebook.com/plugins/video.php?href='
        'https%3A%2F%2Fwww.facebook.com%2Ff%2Fvideos%2F7%2F&width=560" >}}'
    )

    assert [(e.kind, e.url) for e in article.embeds] == [
        ("video", "https://www.youtube.com/embed/abc"),
        ("video", "https://www.facebook.com/f/videos/7/"),
    ]
    assert shape(article) == ["embed", "embed"]


def test_headings_keep_three_levels_and_long_ones_are_lead_paragraphs() -> None:
    article = hkcnews(
        f"## 二\n\n### 三\n\n#### 四\n\n###### 六\n\n### {'很長的導言' * 13}\n\n###   \n\n正文。"
    )

    assert shape(article) == ["h2", "h3", "h4", "h4", "p", "p"]


def test_hash_at_the_start_of_a_line_is_a_tag_that_somebody_typed() -> None:
    article = hkcnews("# #票投陳大文\n\n正文。")

    assert article.body == "<p>#票投陳大文</p>\n<p>正文。</p>"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (
            "**粗** 與 *斜* 與 ***兩者***",
            "<strong>粗</strong> 與 <em>斜</em> 與 <strong><em>兩者</em></strong>",
        ),
        ("**開了沒有關", "開了沒有關"),
        ("文字**", "文字"),
        ("**一   \n**二", "<strong>一</strong><br>二"),
        ("考獲5**的學生", "考獲5**的學生"),
        ("2 * 3", "2 * 3"),
        ("一   \n 二", "一<br>二"),
        ("一\n二", "一二"),
        ("one\ntwo", "one two"),
        ("<ban> & <b>x</b>", "&lt;ban&gt; &amp; &lt;b&gt;x&lt;/b&gt;"),
        ("[email protected]", "[email protected]"),
        ("註[1]", "註[1]"),
    ],
)
def test_inline_markdown(markdown: str, expected: str) -> None:
    assert hkcnews(markdown).body == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (f"[文]({WAYBACK}/https://a.example/b_(c))", '<a href="https://a.example/b_(c)">文</a>'),
        ("[文](/web/20220117044434/https://a.example/b)", '<a href="https://a.example/b">文</a>'),
        ("[文](/article/7)", '<a href="https://www.hkcnews.com/article/7">文</a>'),
        ("[[1]](https://a.example/)", '<a href="https://a.example/">[1]</a>'),
        ("[**文**](https://a.example/)", '<a href="https://a.example/"><strong>文</strong></a>'),
        ("[文](instagram.com/y)", "文"),
        ("[文](下一節)", "文"),
        ("[文](javascript:alert(1))", "文"),
        ("[文](<iframe src=x)", "文"),
        ("[文](data:text/html,x)", "文"),
        ("[**文](https://a.example/) 後**", '<a href="https://a.example/">文</a> 後'),
        ("**[文**](https://a.example/)", '<a href="https://a.example/">文</a>'),
    ],
)
def test_links_are_unwrapped_and_broken_ones_are_their_text(markdown: str, expected: str) -> None:
    assert hkcnews(markdown).body == f"<p>{expected}</p>"


def test_quotation_of_several_lines_is_one_block() -> None:
    article = hkcnews("> 第一行   \n>  第二行\n>\n> 第二段")

    assert article.body == "<blockquote><p>第一行<br>第二行</p><p>第二段</p></blockquote>"


def test_lists_are_kept_and_numbers_that_no_browser_would_count_stay_readable() -> None:
    assert hkcnews("1. 甲\n\n2. 乙").body == "<ol><li>甲</li><li>乙</li></ol>"
    assert hkcnews("1. 甲\n\n1. 乙").body == "<ol><li>甲</li><li>乙</li></ol>"
    assert hkcnews("6. 甲\n\n7. 乙").body == "<ul><li>6. 甲</li><li>7. 乙</li></ul>"
    assert hkcnews("2. 甲").body == "<p>2. 甲</p>"
    assert hkcnews("- 甲\n- 乙").body == "<ul><li>甲</li><li>乙</li></ul>"
    assert hkcnews("* 按局方數字推算").body == "<p>* 按局方數字推算</p>"


def test_table_cells_may_be_broken_over_lines() -> None:
    article = hkcnews(
        "| 航線 | 班次 |\n| --- | --- |\n| **長洲**   \n **快船** | 12   \n   \n 班 |\n|  |  |\n| 坪洲 | 3 |"
    )

    assert lines(article) == ["航線", "班次", "長洲", "快船", "12", "班", "坪洲", "3"]
    assert shape(article) == ["table"]


def test_lines_of_asterisks_are_separators() -> None:
    assert shape(hkcnews("一。\n\n****\n\n二。\n\n***\n\n******")) == ["p", "p"]


@pytest.mark.parametrize(
    "related",
    [
        f"**相關文章：**\n\n[甲]({WAYBACK}/https://a.example/1)\n\n[乙](https://a.example/2)",
        "相關報道：   \n [甲](https://a.example/1)   \n [乙](https://a.example/2)",
        "延伸閱讀： [甲](https://a.example/1)\n\n[乙](https://a.example/2)",
        "### 延伸閱讀：\n\n- [甲](https://a.example/1)\n- [乙](https://a.example/2)",
    ],
)
def test_links_after_a_label_are_related_links(related: str) -> None:
    article = hkcnews(f"正文。\n\n{related}")

    assert [(link.url, link.text) for link in article.related] == [
        ("https://a.example/1", "甲"),
        ("https://a.example/2", "乙"),
    ]
    assert article.body == "<p>正文。</p>"


def test_label_without_links_is_an_ordinary_line() -> None:
    article = hkcnews("相關新聞：\n\n正文。")

    assert lines(article) == ["相關新聞：", "正文。"]


def test_page_with_nothing_but_its_author_box_was_captured_and_is_no_stub() -> None:
    article = hkcnews(TAIL.format(name="一悠"), author="一悠")

    assert article.standing is Standing.ARTICLE
    assert Message("no_text") in article.problems


def test_mojibake_of_a_whole_file_is_repaired_and_said() -> None:
    text = (
        HKCNEWS_HEAD.format(title="失業回落　報應到", author="", number=1)
        + "上周公布的失業率由6.0%大跌至5.5%，情況明顯改善。\n" * 3
    )
    damaged = text.encode().decode("ptcp154").replace("\xa0", " ")

    article = read(damaged)

    assert article.title == "失業回落　報應到"
    assert article.body.startswith("<p>上周公布的失業率由6.0%")
    assert Message("mojibake") in article.problems


# -- other sites ------------------------------------------------------------------------------------------


def test_plain_markdown_of_another_site_is_read_too() -> None:
    article = read(
        '---\ntitle: "P1"\ndate: "2018-01-05"\nauthor: ""\ncategory: "段落"\nurl: "https://example.org/paragraph/P1"\n'
        "---\n\n# P1\n\n《船》是一部电影。\n\n# 一级标题\n\n正文。\n"
    )

    assert (article.title, article.outlet, article.categories) == ("P1", "example.org", ("段落",))
    assert article.identity == "url:example.org/paragraph/P1"
    assert article.language == "zh-Hans"
    assert shape(article) == ["p", "h2", "p"]


def test_keys_that_nobody_reads_are_kept() -> None:
    article = read("---\ntitle: 題\nweather: 雨\nlist:\n  - 一\n  - 二\n---\n正文。\n")

    assert article.extra == {"weather": "雨", "list": "一, 二"}


def test_unknown_shortcodes_are_not_shown() -> None:
    article = hkcnews("{{< youtube dQw4 >}}\n\n文{{< unknown a=b >}}字")

    assert [embed.url for embed in article.embeds] == ["https://www.youtube.com/watch?v=dQw4"]
    assert safe_subset.plain_text(article.body) == "文字"
