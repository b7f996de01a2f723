"""HTML, template tags and dialects inside Markdown: pictures are pictures, words are words, no tag is
printed."""

import pytest

from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle

from .samples import lines, post, shape

PICTURE = "https://i.example.org/a.jpg"


def picture(article: ParsedArticle) -> tuple[str, str, str]:
    (image,) = article.images
    return image.src, image.caption, image.credit


@pytest.mark.parametrize(
    "markdown",
    [
        f'![示意]({PICTURE} "碼頭一景。李四攝")',
        f"![]({PICTURE})\n*碼頭一景。李四攝*",
        f"![]({PICTURE})\n\n*碼頭一景。李四攝*",
        f"![]({PICTURE})\n<figcaption>碼頭一景。李四攝</figcaption><br>",
        f"![]({PICTURE})\n<small>碼頭一景。李四攝</small>",
        f'<figure>\n  <img src="{PICTURE}">\n\n  <figcaption>碼頭一景。李四攝</figcaption>\n</figure>',
        f'<p align="center"><img src="{PICTURE}"><br><sup>碼頭一景。李四攝</sup></p>',
        f"<center>![]({PICTURE})</center>\n<center>碼頭一景。李四攝</center>",
        f'{{{{< figure src="{PICTURE}" caption="碼頭一景。李四攝" >}}}}',
        f'{{% include figure image_path="{PICTURE}" caption="碼頭一景。李四攝" %}}',
        f'{{% img {PICTURE} 600 400 "碼頭一景。李四攝" %}}',
        f'[caption id="x" width="600"]<img src="{PICTURE}"> 碼頭一景。李四攝[/caption]',
        f"[![]({PICTURE})](https://i.example.org/large.jpg)\n*碼頭一景。李四攝*",
        f'![]({PICTURE})\n<p style="font-size: 12px">碼頭一景。李四攝</p>',
        f"![圖][pic]\n\n[pic]: {PICTURE} '碼頭一景。李四攝'",
    ],
)
def test_a_caption_is_found_wherever_markdown_can_have_one(markdown: str) -> None:
    article = post(f"前一段。\n\n{markdown}\n\n後一段。")

    assert picture(article) == (PICTURE, "碼頭一景。李四攝", "李四攝")
    assert lines(article) == ["前一段。", "後一段。"]
    assert shape(article) == ["p", "image", "p"]


def test_a_line_that_names_the_picture_is_its_caption_and_an_editors_note_is_text() -> None:
    named = post(f"![]({PICTURE})\n圖：碼頭（網絡圖片）\n\n正文。")
    note = post(f"![]({PICTURE})\n\n*編者按：本文略有刪節。*\n\n正文。")

    assert picture(named) == (PICTURE, "圖：碼頭（網絡圖片）", "網絡圖片")
    assert picture(note) == (PICTURE, "", "")
    assert lines(note) == ["編者按：本文略有刪節。", "正文。"]


def test_html_in_markdown_is_read_as_html() -> None:
    article = post(
        f'<p align="center">居中<br>第二行</p>\n\n<div class="note">框內 '
        '<font color="red">紅字</font> H<sub>2</sub>O</div>\n'
        f'後面的**粗體**字<!-- 注釋 -->\n\n<a href="https://a.example/x"><img src="{PICTURE}"></a>\n\n'
        '<iframe src="https://www.youtube.com/embed/q"></iframe>\n## 小標題\n末段。'
    )

    assert lines(article) == ["居中", "第二行", "框內 紅字 H2O", "後面的粗體字", "小標題", "末段。"]
    assert [image.src for image in article.images] == [PICTURE]
    assert [embed.url for embed in article.embeds] == ["https://www.youtube.com/embed/q"]


def test_markdown_after_a_piece_of_html_is_markdown() -> None:
    article = post(
        '<div align="center">編者按：存檔。</div>\n\n## 小標題\n\n![x](https://i.example.org/a.jpg)\n\n文字。'
    )

    assert lines(article) == ["編者按：存檔。", "小標題", "文字。"]
    assert shape(article) == ["p", "h2", "image", "p"]


def test_a_post_that_is_html_throughout_is_a_page() -> None:
    article = post("<p>一 * 二 * 三</p>\n\n<p>1. 四</p>\n\n    <p>五_六_七</p>")

    assert lines(article) == ["一 * 二 * 三", "1. 四", "五_六_七"]


def test_every_construct_is_read_or_reduced_to_its_words() -> None:
    article = post(
        "~~刪~~ ==亮== `碼` __粗__ _斜_ <https://a.example/auto> [參考][1] 註[^1] [[頁|別名]] {:.x}\n\n"
        "[1]: https://a.example/ref\n[^1]: 註腳。\n\n題\n====\n\n小"
        "題\n----\n\n- [x] 已辦\n  - 內層\n\n> [!note] 提示\n> 內容\n\n"
        "%%不顯示%%\n\n![[note]]\n\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n"
    )

    assert lines(article) == [
        "刪 亮 碼 粗 斜 https://a.example/auto 參考 註[1] 別名", "題", "小題", "已辦", "內層", "提示", "內容",
        "甲", "乙", "丙", "丁", "註腳。",
    ]  # fmt: skip
    assert 'href="https://a.example/ref"' in article.body


def test_emphasis_beside_chinese_punctuation_is_emphasis() -> None:
    article = post("他說**「香港」**人，**重點：**後面，2 * 3 * 4。")

    assert article.body == "<p>他說<strong>「香港」</strong>人，<strong>重點：</strong>後面，2 * 3 * 4。</p>"


def test_template_tags_leave_what_they_show_and_nothing_else() -> None:
    article = post(
        "{{< youtube abc >}}\n\n{% bilibili BV1 %}\n\n{% "
        "blockquote 魯迅, 野草 %}\n沉默\n{% endblockquote %}\n\n"
        "{% note info %}\n**注意**字\n{% endnote %}\n\n{{% notice tip %}}提"
        "示{{% /notice %}}\n\n{{ site.title }}{% raw %}尾{% endraw %}\n\n"
        "{{< unknown a=\"b\" >}}{% post_link slug '題目' %}"
    )

    assert lines(article) == ["魯迅, 野草", "沉默", "注意字", "提示", "尾", "題目"]
    assert [embed.url for embed in article.embeds] == [
        "https://www.youtube.com/watch?v=abc",
        "https://www.bilibili.com/video/BV1",
    ]


def test_a_list_that_does_not_begin_with_one_keeps_its_numbers() -> None:
    article = post(f"1. 一\n2. 二\n\n![]({PICTURE})\n\n3. 三\n4. 四\n\n2021. 是年份")

    assert lines(article) == ["一", "二", "3. 三", "4. 四", "2021. 是年份"]


def test_a_file_beside_the_note_has_no_address_but_may_have_a_caption() -> None:
    article = post("![[attachments/a.png]]\n\n正文。\n\n![[b.png|碼頭。法新社|300]]")

    assert [(image.src, image.caption) for image in article.images] == [("", "碼頭。法新社")]
    assert lines(article) == ["正文。"]


def test_lines_are_joined_unless_they_end_a_sentence() -> None:
    assert lines(post("第一行\n還是第一行。\n第二行\nend of\nline")) == [
        "第一行還是第一行。",
        "第二行 end of line",
    ]


@pytest.mark.parametrize(
    "hostile",
    ["[" * 200_000, "**a " * 100_000, "{% " * 50_000, "{{< a " * 50_000, "[caption]" * 20_000,
     "![[" * 50_000, "> " * 50_000,
     "<div>" * 100_000, "%%" + "a" * 1_000_000, "- " * 20_000 + "x", "![](" * 100_000, "圖：" * 100_000],
)  # fmt: skip
def test_nothing_takes_long_or_recurses(hostile: str) -> None:
    article = post(f"正文。\n\n{hostile}")

    assert safe_subset.clean(article.body) == article.body
    assert "正文。" in article.body
