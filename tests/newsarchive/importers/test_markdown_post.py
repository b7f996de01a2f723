"""Posts, notes and clippings of other people: whatever program wrote their first lines."""

import pytest

from newsarchive.importers.types import Precision
from newsarchive.messages import Message

from .samples import lines, post, read


def names(article: object) -> list[str]:
    return [author.name for author in article.authors]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "題"\ndate = 2024-01-22\nauthor = "陳大文"\ntags = ["外交", "港"]\n+++\n\n正文。\n',
        '{\n"title": "題", "date": "2024-01-22",\n"author": {"name": "陳大文"}, '
        '"tags": ["外交", "港"]\n}\n\n正文。\n',
        "title: 題\ndate: 2024-01-22\nauthor: 陳大文\ntags:\n  - 外交\n  - 港\n---\n正文。\n",
        "Title: 題\nDate: 2024-01-22\nAuthor: 陳大文\nTags: 外交, 港\n\n正文。\n",
        "---\n標題: 題\n發佈日期: 2024-01-22\n作者: 陳大文\n標籤: 外交、港\n---\n正文。\n",
        "---\nTITLE: 題\nPub-Date: 2024-01-22\nparams:\n  author: 陳大文\n  tags: [外交, 港]\n---\n正文。\n",
        "# 題\n\n作者：陳大文　發佈於 2024年1月22日\n標籤：外交、港\n\n正文。\n",
    ],
    ids=["toml", "json", "no opening line", "pelican", "chinese keys", "nested", "no front matter"],
)
def test_front_matter_of_every_kind_is_read_the_same(text: str) -> None:
    article = read(text)

    assert (article.format, article.title, names(article)) == ("markdown_post", "題", ["陳大文"])
    assert article.published is not None
    assert article.published.day.isoformat() == "2024-01-22"
    assert article.tags == ("外交", "港")
    assert lines(article) == ["正文。"]


@pytest.mark.parametrize(
    "key",
    ["pubDate", "published", "publish_date", "publishDate", "date_published", "datePublished", "dateCreated",
     "created_at", "發佈日期", "发布时间", "日期", "published_time", "article:published_time"],
)  # fmt: skip
def test_the_date_is_found_under_the_keys_of_all_programs(key: str) -> None:
    article = post("正文。", f'"{key}": 2024-01-22', date="")

    assert article.published is not None
    assert article.published.day.isoformat() == "2024-01-22"
    assert article.problems == (Message("no_author"),)


@pytest.mark.parametrize("key", ["author", "作者", "creator", "byline", "writer", "dc:creator", "撰文"])
def test_authors_are_found_under_the_keys_of_all_programs(key: str) -> None:
    assert names(post("正文。", f'"{key}": 陳大文')) == ["陳大文"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('["[[甲一]]", "[[乙二|乙二]]"]', ["甲一", "乙二"]),
        ("Wang Ming; Li Hua", ["Wang Ming", "Li Hua"]),
        ("Wang Ming and Li Hua", ["Wang Ming", "Li Hua"]),
        ("陳大文、李小明", ["陳大文", "李小明"]),
        ("陳大文 李小明", ["陳大文", "李小明"]),
        ("記者陳大文、李小明", ["陳大文", "李小明"]),
        ("'Smith, John'", ["Smith, John"]),
        ("帝國之間、民國之外的人", ["帝國之間、民國之外的人"]),
        ("陳大文 <chan@example.org>", ["陳大文"]),
        ('"[陳大文](https://a.example/chan)"', ["陳大文"]),
    ],
)
def test_every_author_of_a_list_or_line_is_named(value: str, expected: list[str]) -> None:
    assert names(post("正文。", f"author: {value}")) == expected


@pytest.mark.parametrize(
    "value",
    ["[選舉, 議會, 香港]", "選舉, 議會, 香港", "選舉，議會，香港", "選舉; 議會; 香港", "選舉 | 議會 | 香港",
     "選舉、議會、香港",
     '"#選舉 #議會 #香港"', "選舉 議會 香港", "選舉/議會/香港", "選舉 > 議會 > 香港"],
)  # fmt: skip
def test_tags_are_a_list_or_a_string_with_any_separator(value: str) -> None:
    assert post("正文。", f"tags: {value}").tags == ("選舉", "議會", "香港")
    assert post("正文。", f"categories: {value}").categories == ("選舉", "議會", "香港")


def test_a_tag_of_latin_words_stays_whole() -> None:
    assert post("正文。", "tags: Hong Kong").tags == ("Hong Kong",)


def test_no_outlet_is_made_of_a_category_tag_or_author() -> None:
    for head in ("categories: 時事", "tags: 時事", "author: 陳大文", "layout: post"):
        assert post("<p>正文。</p>", head, url="").outlet == ""


def test_the_outlet_is_what_a_key_names_or_the_address_tells() -> None:
    assert post("正文。", "新聞來源: 某報").outlet == "某報"
    assert post("正文。", "site: 某報", url="https://www.hk01.com/a/1").outlet == "香港 01"
    assert post("正文。").outlet == "example.org"
    assert post("正文。", "來源: 某報", url="").outlet == "某報"


def test_a_title_comes_from_the_first_heading_then_from_the_files_name() -> None:
    heading = post("# 正文的標題\n\n正文。", title="")
    named = post("正文。", title="", path="2021-11-17-檔案的題.md")
    slug = post("# 正文的標題\n\n正文。", title="my-first-post")

    assert (heading.title, lines(heading)) == ("正文的標題", ["正文。"])
    assert (named.title, slug.title) == ("檔案的題", "正文的標題")
    assert Message("title_from_file_name") in named.problems


def test_keys_that_nobody_understands_are_kept_and_named_and_those_of_programs_only_kept() -> None:
    article = post("正文。", "mood: 好", "layout: post", "author: 陳大文")

    assert article.extra == {"mood": "好", "layout": "post"}
    assert article.problems == (Message("keys_not_understood", keys="mood"),)


@pytest.mark.parametrize(
    ("address", "stamp"),
    [
        ("https://archive.ph/2021.11.17-101010/https://www.hk01.com/a/1", "2021-11-17T10:10:10+00:00"),
        ("https://archive.is/20211117101010/https://www.hk01.com/a/1", "2021-11-17T10:10:10+00:00"),
        ("https://archive.today/o/AbCdE/https://www.hk01.com/a/1", ""),
        ("https://web.archive.org/web/20211117101010/https://www.hk01.com/a/1", "2021-11-17T10:10:10+00:00"),
        (
            "https://webcache.googleusercontent.com/search?q=cache:AbCdEf123456:https://www.hk01.com/a/1+x&cd=1",
            "",
        ),
        ("https://arquivo.pt/wayback/20211117101010/https://www.hk01.com/a/1", "2021-11-17T10:10:10+00:00"),
    ],
)
def test_an_archived_copy_leads_to_the_article(address: str, stamp: str) -> None:
    article = post("正文。", url=address)

    assert (article.source_url, article.outlet) == ("https://www.hk01.com/a/1", "香港 01")
    assert article.archived_url == address
    assert (article.captured_at.isoformat() if article.captured_at else "") == stamp


@pytest.mark.parametrize(
    "head",
    [
        "# 題\n\n> 原文地址 [www.example.org](https://www.example.org/9)\n",
        "> 本文由 [简悦 SimpRead](http://ksria.com/simpread/) 转码， "
        "原文地址 [www.example.org](https://www.example.org/9)\n\n# 題\n",
        "# 題\n\nhttps://www.example.org/9\n",
        "# 題\n\n- Source: <https://www.example.org/9>\n",
        "# 題\n\n**來源**：[某報](https://www.example.org/9)\n",
        "題\n====\n\n來源｜https://www.example.org/9\n",
    ],
)
def test_a_clipping_says_where_it_is_from(head: str) -> None:
    article = read(f"{head}\n正文一段。\n")

    assert (article.title, article.source_url) == ("題", "https://www.example.org/9")
    assert lines(article) == ["正文一段。"]


def test_a_line_that_only_looks_like_a_key_is_text() -> None:
    article = read("# 題\n\n時間：明日下午三時在公園集合，不見不散。\n\n正文。\n")

    assert lines(article) == ["時間：明日下午三時在公園集合，不見不散。", "正文。"]


def test_a_clippers_own_time_is_no_publication_date() -> None:
    article = post("正文。", "created: 2025-11-19", 'tags: ["clippings"]')

    assert article.published is not None
    assert (article.published.day.isoformat(), article.published.precision) == ("2021-11-17", Precision.DAY)
    assert article.captured_at is not None
    assert article.captured_at.date().isoformat() == "2025-11-19"
