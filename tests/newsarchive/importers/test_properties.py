"""What holds for every input there is."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsarchive.errors import UnreadableFile
from newsarchive.importers import registry
from newsarchive.importers.fields import captions, encoding, urls
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle, SourceFile

from .samples import AGENCIES, HKCNEWS_HEAD

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</i>",
        "<br>",
        "<figure>",
        "</figure>",
        "<figcaption>",
        "<img",
        "src=https://a.example/1.jpg>",
        "<ul>",
        "<li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<a",
        "href=https://a.example/>",
        "<a",
        "href=javascript:x>",
        "</a>",
        "<script>x</script>",
        "<h1>",
        "</h2>",
        "<hr>",
        "<blockquote>",
        "</blockquote>",
        "<iframe",
        "src=//a.example>",
        "<noscript>",
        "<!--",
        "-->",
        "**",
        "*",
        "_",
        "[",
        "](",
        ")",
        "![",
        ">",
        "|",
        "---",
        "#",
        "1.",
        "-",
        "{{<",
        ">}}",
        "\\",
        "&amp;",
        "&#0;",
        "&lt;",
        "<",
        ">",
        '"',
        "'",
        "甲",
        "乙。",
        "延伸閱讀：",
        "美聯社",
        "（右）",
        "http://a.example",
        "【撰文：丙】",
        "\u200b",
        "\u3000",
        "\x00",
        "\x10",
        "�",
        "𠝹",
        "👨\u200d👩\u200d👧",
        "\n",
        "\n\n",
        "   \n",
        " ",
        "\t",
        "\r\n",
    ]
)
BODIES = st.lists(PIECES, max_size=40).map("".join)
HEADS = st.sampled_from([
    HKCNEWS_HEAD.format(title="題", author="記者甲、乙", number=1),
    "---\nlayout: post\ntitle: 題\nfrom: https://a.example/1\ndate: 2020-01-01\n---\n",
    "\n---\ntitle: 題\nauthor: 甲 - 乙\ndate: Sat, 20 Mar 2021 00:00:00 GMT\n---\n\n<div>",
    "<!--1637030584000-->\n[題](https://www.bbc.com/zhongwen/simp/1)\n------\n",
    '<!--1-->\n[題](https://www.dw.com/1)\n------\n<main role="main"><div><time>1 天前</time></div><div>',
])  # fmt: skip
ALLOWED = re.compile(
    r"</?(?:p|h[2-4]|ul|ol|li|blockquote|strong|em|br|table|thead|tbody|tr|th|td|a)>"
    r'|<a href="https?://[^"<>]*">|<figure data-(?:image|embed)="\d+">|</figure>'
)
quick = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parse(data: bytes) -> ParsedArticle | None:
    try:
        return registry.parse(SourceFile("x", data))
    except UnreadableFile:
        return None


@quick
@given(st.binary(max_size=400))
def test_any_bytes_are_an_article_or_unreadable(data: bytes) -> None:
    parse(data)


@quick
@given(HEADS, st.text(max_size=300))
def test_any_text_behind_a_head_is_an_article_or_unreadable(head: str, body: str) -> None:
    parse((head + body).encode("utf-8", "replace"))


@quick
@given(st.text(max_size=200))
def test_any_front_matter_is_an_article_or_unreadable(head: str) -> None:
    parse(f"---\n{head}\n---\n正文".encode("utf-8", "replace"))


@settings(quick, max_examples=600)
@given(HEADS, BODIES)
def test_body_is_safe_complete_and_stays_as_it_is(head: str, body: str) -> None:
    article = parse((head + body).encode())

    assert article is not None
    assert re.sub(ALLOWED, "", article.body).count("<") == 0
    assert safe_subset.clean(article.body) == article.body
    assert sorted(map(int, re.findall(r'data-image="(\d+)"', article.body))) == list(
        range(len(article.images))
    )
    assert sorted(map(int, re.findall(r'data-embed="(\d+)"', article.body))) == list(
        range(len(article.embeds))
    )
    assert not any("\x00" in part or "\u200b" in part for part in (article.body, article.title))
    for address in [image.src for image in article.images] + [embed.url for embed in article.embeds]:
        assert not address or address.startswith(("http://", "https://"))


@quick
@given(BODIES)
def test_cleaning_twice_changes_nothing(body: str) -> None:
    once = safe_subset.clean(body)

    assert safe_subset.clean(once) == once


@quick
@given(BODIES)
def test_plain_text_of_a_clean_body_holds_no_markup(body: str) -> None:
    marked = safe_subset.clean(body)

    assert not re.search(
        r"</?(?:p|a|strong|figure|li|table)\b[^<>]*>", safe_subset.plain_text(re.sub("&lt;", "", marked))
    )


@quick
@given(st.text(alphabet="甲乙。，（）() 美聯社攝圖片來源：:AP/\n", max_size=40))
def test_credit_is_always_part_of_its_caption(caption: str) -> None:
    assert captions.credit_of(caption, AGENCIES) in caption


@quick
@given(st.text(max_size=200))
def test_clean_text_has_nothing_left_to_clean(dirty: str) -> None:
    once = encoding.clean(dirty)

    assert encoding.clean(once) == once


@quick
@given(st.text(alphabet="htps:/.?&=#%aé新 []<>\"'\\@1", max_size=60))
def test_any_address_is_web_or_nothing(url: str) -> None:
    found = urls.absolute(url, "https://a.example/b")

    assert not found or re.match(r"https?://", found, re.IGNORECASE)
    assert "<" not in found
    assert '"' not in found
    urls.normalise(url)
    urls.title_from_slug(url)
