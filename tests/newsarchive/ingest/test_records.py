"""Tables, lists of JSON objects and feeds: each record is an article, whatever its columns are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import ParsedArticle, SourceFile, Standing
from newsarchive.ingest import run
from newsarchive.ingest.containers.limits import Limits, Refused
from newsarchive.ingest.inputs import Reader
from newsarchive.models import Article
from tests.newsarchive.archive.making import LIMITS
from tests.newsarchive.importers.samples import lines

ROWS = [
    {
        "news_id": 1,
        "title": "渡輪停航",
        "content": "渡輪公司昨日宣布。\n下星期停航。",
        "source": "海港日報",
        "time": "2021年11月17日 15:05",
        "keywords": "渡輪,海港",
        "url": "https://www.harbour.example/news/1",
    },
    {
        "news_id": 2,
        "title": "碼頭翻新",
        "content": "碼頭下月起翻新。",
        "source": "海港日報",
        "time": "2021-11-18",
    },
]
TABLE = (
    "標題{0}內容{0}日期{0}作者\n"
    "渡輪停航{0}渡輪公司昨日宣布停航的消息{0}2021-11-17{0}陳大文\n"
    "碼頭翻新{0}碼頭下月起翻新{0}2021-11-18{0}\n"
)
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>海港日報</title>
<item><title>渡輪停航</title><link>https://www.harbour.example/1</link><author>陳大文</author>
<pubDate>Wed, 17 Nov 2021 15:05:00 +0800</pubDate>
<content:encoded><![CDATA[<p>渡輪公司昨日宣布。</p>]]></content:encoded></item>
<item><title>碼頭翻新</title><link>https://www.harbour.example/2</link>
<description>碼頭下月起…</description></item>
</channel></rss>"""
WXR = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>海港日報</title><wp:wxr_version>1.2</wp:wxr_version>
<item><title>ferry</title><wp:post_type>attachment</wp:post_type><excerpt:encoded>渡輪泊岸。（李四攝）</excerpt:encoded<
<>
<wp:attachment_url>https://img.harbour.example/ferry.jpg</wp:attachment_url></item>
<item><title>渡輪停航</title><link>https://www.harbour.example/1</link><wp:post_type>post</wp:post_type>
<wp:status>publish</wp:status> <content:encoded><![CDATA[<p>渡輪公司昨日宣布。</p><img
src="https://img.harbour.example/ferry.jpg">]]></content:encoded></item>
<item><title>草稿</title><wp:post_type>post</wp:post_type><wp:status>draft</wp:status><content:encoded>未完</content:encoded></item<
<>
</channel></rss>"""


WISENEWS_HTML = """<html><body><a name="toc.201904150296340.1"></a>
<a name="body.201904150296340.1"></a><table><tr><td><nowrap>1 .Harbour Daily | Hong Kong | 2019-04-15
<br>Newspaper | B04 |產經 |海旁 |By 王小明</nowrap></td></tr></table>
<font size="5"><b><font class="highlight">渡輪</font>停航</b></font>
<table cellpadding="5">
<tr>
<td><p>渡輪公司<font class="highlight">昨日</font>宣布停航。<p>####<p>渡輪泊岸。（李四攝）<p>
</td></tr></table>
DOCUMENT ID: 201904150296340 </body></html>"""
WISENEWS_TEXT = """
    文章总数: 1 篇
    ====================
    1. 海港日报 -  (渡轮停航) 2019-04-15 产经 A10 海旁 王小明

    ------------------------------

    渡轮公司昨日宣布停航。

    文章编号: [201904150296340]
    ------------------------------
    本内容经慧科的电子服务提供。
"""

FACTIVA = (
    '<?xml version="1.0"?><PPSResponse xmlns="http://global.factiva.com/pps/2.0"><ppsarticle><article>'
    "<accessionNo>HARB000020211117</accessionNo><headline><paragraph>渡輪停航</paragraph></headline>"
    "<leadParagraph><paragraph>渡輪公司昨日宣布。</paragraph></leadParagraph>"
    "<publicationDate><dateTime>2021-11-17T07:05:00Z</dateTime></publicationDate>"
    "<sourceName>海港日報</sourceName></article></ppsarticle>"
)
TELEGRAM = (
    '<div class="message default clearfix" id="message7"><div class="pull_right date details" '
    'title="17.04.2021 19:59:32">19:59</div><div class="from_name">海港日報</div><div'
    ' class="text">渡輪停航<br>'
    '下星期起。<br><a href="https://www.harbour.example/1">https://www.harbour.example/1</a></div></div>'
)


def items(
    path: Path, limits: Limits = LIMITS, mapping: dict[str, str] | None = None
) -> list[SourceFile | Refused]:
    return list(Reader([path], limits, mapping))


def articles(path: Path, mapping: dict[str, str] | None = None) -> list[ParsedArticle]:
    return [registry.parse(item) for item in items(path, mapping=mapping) if isinstance(item, SourceFile)]


def reasons(path: Path) -> list[str]:
    return [item.reason.code for item in items(path) if isinstance(item, Refused)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.parametrize(
    "text", ["\n".join(map(json.dumps, ROWS)), json.dumps(ROWS), json.dumps(ROWS, indent=1)]
)
def test_objects_on_lines_and_in_an_array_are_records(file: Path, text: str) -> None:
    file.write_text(text)

    first, second = articles(file)

    assert (first.title, first.outlet, first.tags) == ("渡輪停航", "海港日報", ("渡輪", "海港"))
    assert lines(first) == ["渡輪公司昨日宣布。", "下星期停航。"]
    assert first.published is not None
    assert str(first.published.at) == "2021-11-17 15:05:00+08:00"
    assert first.extra == {"news_id": "1"}
    assert second.title == "碼頭翻新"
    assert [item.path for item in items(file)] == ["data#1", "data#2"]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
def test_a_table_is_read_in_any_encoding_and_with_any_separator(
    file: Path, separator: str, codec: str
) -> None:
    file.write_bytes(TABLE.format(separator).encode(codec))

    first, second = articles(file)

    assert [author.name for author in first.authors] == ["陳大文"]
    assert (first.title, second.title) == ("渡輪停航", "碼頭翻新")


def test_a_mapping_names_columns_that_have_no_usual_name_and_is_kept_with_the_record(file: Path) -> None:
    file.write_text("a,b\n渡輪停航,渡輪公司昨日宣布。\n")
    mapping = {"title": "a", "body": "b"}

    stored = items(file, mapping=mapping)[0]

    assert isinstance(stored, SourceFile)
    assert registry.parse(SourceFile("again", stored.data)).title == "渡輪停航"
    assert articles(file, mapping)[0].title == "渡輪停航"


def test_a_file_without_a_title_and_a_text_is_no_table(file: Path) -> None:
    file.write_text("id,price\n1,2\n")

    assert [item.path for item in items(file)] == ["data"]


def test_a_damaged_line_or_row_costs_itself_only(file: Path) -> None:
    file.write_text(json.dumps(ROWS[0]) + '\n{"title": "壞\n' + json.dumps(ROWS[1]) + "\n")
    assert len(articles(file)) == 2
    assert reasons(file) == ["record_damaged"]

    file.write_text("title,content\na,b\nc,d,e,f\ng,h\n")
    assert len(articles(file)) == 2
    assert reasons(file) == ["row_too_long"]


def test_an_array_that_is_cut_off_keeps_what_could_be_read(file: Path) -> None:
    file.write_text(json.dumps(ROWS)[:-20])

    assert len(articles(file)) == 1
    assert reasons(file) == ["earlier_files_stay"]


def test_a_record_over_the_limit_is_refused_and_the_next_is_read(file: Path) -> None:
    small = Limits(file_bytes=2000, archive_members=100, archive_bytes=10**9, ratio=200)
    file.write_text(
        json.dumps(ROWS[1])
        + "\n"
        + json.dumps({**ROWS[0], "content": "長" * 5000})
        + "\n"
        + json.dumps(ROWS[1])
    )

    kinds = [type(item).__name__ for item in items(file, small)]

    assert kinds == ["SourceFile", "Refused", "SourceFile"]


def test_entries_of_a_feed_are_articles_and_a_teaser_is_truncated(file: Path) -> None:
    file.write_text(RSS)

    whole, teaser = articles(file)

    assert (whole.outlet, whole.standing) == ("海港日報", Standing.ARTICLE)
    assert [author.name for author in whole.authors] == ["陳大文"]
    assert lines(whole) == ["渡輪公司昨日宣布。"]
    assert teaser.standing is Standing.TRUNCATED


def test_a_json_feed_is_a_feed(file: Path) -> None:
    entry = {
        "title": "渡輪停航",
        "url": "https://www.harbour.example/1",
        "content_html": "<p>渡輪公司昨日宣布。</p>",
    }
    file.write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "海港日報", "items": [entry]})
    )

    assert [(article.outlet, lines(article)) for article in articles(file)] == [
        ("海港日報", ["渡輪公司昨日宣布。"])
    ]


def test_of_a_wordpress_export_posts_are_articles_with_the_captions_of_its_attachments(file: Path) -> None:
    file.write_text(WXR)

    (article,) = articles(file)

    assert article.title == "渡輪停航"
    assert [(image.caption, image.credit) for image in article.images] == [("渡輪泊岸。（李四攝）", "李四攝")]


def test_a_feed_with_entities_of_its_own_is_refused(file: Path) -> None:
    entities = '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">'
    file.write_text(f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]><rss><channel>&b;</channel></rss>')

    assert reasons(file) == ["earlier_files_stay"]


@pytest.mark.parametrize("text", [WISENEWS_HTML, WISENEWS_TEXT])
def test_exports_of_wisenews_have_their_number_as_identity(file: Path, text: str) -> None:
    file.write_text(text)

    (article,) = articles(file)

    assert article.identity == "wisenews:201904150296340"
    assert article.title in ("渡輪停航", "渡轮停航")
    assert lines(article) in (["渡輪公司昨日宣布停航。"], ["渡轮公司昨日宣布停航。"])
    assert [author.name for author in article.authors] == ["王小明"]
    assert article.extra["column"] == "海旁"


def test_the_captions_of_a_wisenews_export_stay_without_their_pictures(file: Path) -> None:
    file.write_text(WISENEWS_HTML)

    assert [(image.caption, image.credit) for image in articles(file)[0].images] == [
        ("渡輪泊岸。（李四攝）", "李四攝")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("a.html", "b.txt"), ("b.txt", "a.html")])
def test_a_converted_text_is_never_shown_before_one_as_printed(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    (tmp_path / "a.html").write_text(WISENEWS_HTML)
    (tmp_path / "b.txt").write_text(
        WISENEWS_TEXT.replace("海港日报", "Harbour Daily").replace("渡轮停航", "渡輪停航")
    )

    for name in order:
        run.run([tmp_path / name], workers=1)

    assert "渡輪公司" in Article.objects.get().body


def test_messages_of_a_telegram_channel_are_articles(file: Path) -> None:
    message = {"id": 7, "type": "message", "date": "2021-04-17T19:59:32"}
    said = [
        {"type": "plain", "text": "渡輪停航\n下星期起。\n"},
        {"type": "link", "text": "https://www.harbour.example/1"},
    ]
    export = {
        "name": "海港日報",
        "type": "public_channel",
        "id": 1,
        "messages": [{**message, "text_entities": said}],
    }

    for text in (json.dumps(export), TELEGRAM):
        file.write_text(text)
        (article,) = articles(file)
        assert (article.title, article.outlet) == ("渡輪停航", "海港日報")
        assert article.identity == "telegram:海港日報/7"
        assert article.source_url == "https://www.harbour.example/1"
        assert article.published is not None
        assert str(article.published.day) == "2021-04-17"


def test_articles_of_a_factiva_export_have_their_number_as_identity_and_what_was_cut_off_is_named(
    file: Path,
) -> None:
    file.write_text(FACTIVA)

    (article,) = articles(file)

    assert (article.identity, article.title, article.outlet) == (
        "factiva:HARB000020211117",
        "渡輪停航",
        "海港日報",
    )
    assert lines(article) == ["渡輪公司昨日宣布。"]
    assert reasons(file) == ["earlier_files_stay"]
