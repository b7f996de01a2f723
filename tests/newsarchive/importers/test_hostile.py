"""Input that is broken or made to do harm: read or refused, in seconds, and never unescaped."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newsarchive.errors import UnreadableFile
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle

from .samples import HKCNEWS_HEAD, hkcnews, jekyll, lines, mirror, read, rsshub

HEAD = HKCNEWS_HEAD.format(title="題", author="", number=1)
SECONDS = 12  # far above what it takes, far below what backtracking would


def test_alias_bomb_and_python_tag_are_refused_and_run_nothing(tmp_path: Path) -> None:
    bomb = 'a: &a ["x","x"]\n' + "".join(
        f"{n}: &{n} [*{m},*{m}]\n" for n, m in zip("bcdefgh", "abcdefg", strict=True)
    )
    command = f'title: !!python/object/apply:os.system ["touch {tmp_path}/pwned"]\n'

    for head in (bomb, command, bomb + command):
        with pytest.raises(UnreadableFile):
            read(f"---\n{head}date: 2021-01-01\n---\n正文\n")
    assert list(tmp_path.iterdir()) == []


def test_markup_in_title_and_author_stays_plain_text() -> None:
    article = hkcnews(
        "正文 <script>alert(1)</script>", title="<img src=x onerror=alert(1)>標題", author="<b>記者</b>"
    )

    assert article.title == "<img src=x onerror=alert(1)>標題"
    assert article.authors[0].name == "<b>記者</b>"
    assert article.body == "<p>正文 &lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_link_picture_and_video_with_scripts_are_words_or_nothing() -> None:
    article = hkcnews(
        '[連結](javascript:alert(1)) ![圖](x" onerror="alert(2))\n\n{{< video src="javascript:alert(3)" >}}'
    )

    assert "<a" not in article.body
    assert (article.images, article.embeds) == ((), ())
    assert "連結" in lines(article)[0]


def test_title_of_ten_thousand_characters_is_kept_whole() -> None:
    assert len(hkcnews("正文。", title="長" * 10_000).title) == 10_000


def test_half_a_file_is_read_as_far_as_it_goes() -> None:
    article = read(HEAD + '第一段。\n\n<figure>\n<img src="https://a.example/1.jpg" al')

    assert lines(article) == ["第一段。"]


HOSTILE: dict[str, Callable[[], ParsedArticle]] = {
    "paragraphs": lambda: hkcnews(
        "習近平與拜登會晤，雙方討論台灣、貿易、氣候等議題。" * 8 + "\n\n" + "段落。\n\n" * 30_000
    ),
    "one line": lambda: hkcnews("渡輪停航" * 500_000),
    "quotes": lambda: hkcnews(">" * 100_000 + " 深"),
    "brackets": lambda: hkcnews("[" * 100_000 + "x"),
    "closings": lambda: hkcnews("](" * 100_000),
    "links in links": lambda: hkcnews("[" * 20_000 + "甲" + "](x)" * 20_000),
    "asterisks": lambda: hkcnews("*甲 **乙 " * 50_000),
    "alternating": lambda: hkcnews("a*" * 100_000),
    "blanks": lambda: hkcnews("甲" + " " * 200_000 + "乙"),
    "breaks": lambda: hkcnews("甲   \n" * 50_000),
    "pipes": lambda: hkcnews("| --- " * 50_000 + "|\n" + "| a " * 50_000),
    "table rows": lambda: hkcnews("| a |\n| --- |\n" + "| b\n" * 50_000),
    "figures": lambda: hkcnews('<figure>\n<img src="https://a.example/1.jpg">\n' * 10_000),
    "shortcodes": lambda: hkcnews("{{< video src=" * 20_000),
    "rules": lambda: hkcnews("---\n\n" * 50_000),
    "hashes": lambda: hkcnews("# " * 50_000 + "\n" + "#" * 50_000),
    "numbers": lambda: hkcnews("1. a\n" * 30_000),
    "divs": lambda: rsshub("<div>" * 100_000 + "深處"),
    "spans": lambda: rsshub("<p>" + "<span><b>" * 50_000 + "深處"),
    "html figures": lambda: rsshub('<figure><img src="https://a.example/1.jpg">' * 10_000 + "深處"),
    "html lists": lambda: rsshub("<ul><li>" * 20_000 + "深處"),
    "html tables": lambda: rsshub("<table><tr><td>" * 20_000 + "深處"),
    "html quotes": lambda: rsshub("<blockquote>" * 20_000 + "深處"),
    "html links": lambda: rsshub('<a href="https://a.example/">' * 20_000 + "深處"),
    "classes": lambda: rsshub('<div class="x y z">' * 1_000 + "<p>深處</p>" + '<p class="a">b</p>' * 20_000),
    "less than": lambda: rsshub("<p>" + "<" * 200_000 + "深處"),
    "html blanks": lambda: rsshub("<p>甲" + " \n" * 200_000 + "乙</p>"),
    "html breaks": lambda: rsshub("甲<br>" * 50_000),
    "empty marks": lambda: rsshub("<p>" + "<b></b>" * 30_000 + "深處</p>"),
    "srcset": lambda: rsshub(f'<img srcset="{"a " * 50_000}"><p>深處</p>'),
    "header brackets": lambda: read("[" * 100_000 + "題](https://a.example/)\n------\n<p>文</p>"),
    "attributes": lambda: mirror("<p " + 'a="b" ' * 50_000 + ">深處</p>"),
    "marks": lambda: rsshub("<b>" * 1_000 + "<div>深處</div>" * 5_000),
    "jekyll": lambda: jekyll("<section>" * 30_000 + "深處"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_repetition_takes_seconds(name: str) -> None:
    start = time.process_time()

    try:
        article = HOSTILE[name]()
    except UnreadableFile:
        article = None

    assert time.process_time() - start < SECONDS
    if article is not None:
        assert safe_subset.clean(article.body) == article.body


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in HOSTILE
        if name
        in (
            "divs",
            "spans",
            "html figures",
            "html lists",
            "html tables",
            "html quotes",
            "html links",
            "jekyll",
        )
    ],
)
def test_text_under_any_depth_of_markup_is_found(name: str) -> None:
    assert "深處" in safe_subset.plain_text(HOSTILE[name]().body)


def test_twenty_megabytes_are_read_in_seconds() -> None:
    paragraph = "習近平與拜登會晤，雙方討論台灣、貿易、氣候等議題。" * 40
    start = time.process_time()

    article = hkcnews("\n\n".join([paragraph] * 6_800))

    assert time.process_time() - start < 3 * SECONDS
    assert article.body.count("<p>") == 6_800
