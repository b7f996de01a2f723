"""Marks stand exactly on what was found, in the text as printed, and nothing of a text becomes a tag."""

from __future__ import annotations

import html
import re
import time
from itertools import pairwise

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from search.language.folding import aligned
from search.language.tokens import search_text
from search.query import semantics
from search.query.fields import LOOKS_IN, SECTIONS
from search.query.parser import Field, Term, parse, positive_terms
from search.results.highlight import Marker, plain


def marker(text: str) -> Marker:
    return Marker(parse(text).tree)


def marked(query: str, text: str, field: Field = Field.BODY) -> str:
    """`text` with its marks written as [ ], for short examples."""
    return html.unescape(marker(query).mark(field, text).replace("<mark>", "[").replace("</mark>", "]"))


MARKS = [
    ("習近平", "习近平與習近平", "[习近平]與[習近平]"),
    ("台灣", "臺灣、台湾", "[臺灣]、[台湾]"),
    ("看著", "看着", "[看着]"),
    ("港島線", "港島綫", "[港島綫]"),
    ("後", "王后", "王[后]"),
    ("biden", "ＢＩＤＥＮ Biden", "[ＢＩＤＥＮ] [Biden]"),
    ("Biden*", "Bidens", "[Biden]s"),
    ("the", "the other", "[the] other"),
    ('"the"', "the other", "[the] o[the]r"),
    ("U.S.", "the U.S. said", "the [U.S]. said"),
    ("W-2", "W-2 表", "[W-2] 表"),
    ("COVID-19", "COVID–19", "[COVID–19]"),
    ("中國！", "中國!", "[中國]!"),
    ("吉", "𠝹吉", "𠝹[吉]"),
    ("𠮷野家 e\u0301", "在𠮷野家 e\u0301", "在[𠮷野家] [e\u0301]"),
    # the longest, overlapping ones are one
    ("國家 國家安全", "國家安全局", "[國家安全]局"),
    ("國家安全 安全局", "國家安全局", "[國家安全局]"),
    ("大卫", "大卫到了扫", "[大卫]到了扫"),
    ("習近平 拜登", "習近平拜登", "[習近平][拜登]"),
    # phrases are whole, blanks of any length
    ("「合作 非法」", "適合作非法，合作　 非法", "適合作非法，[合作　 非法]"),
    # only what is wanted
    ("中國 -銀行", "中國銀行", "[中國]銀行"),
    ("中國 OR 銀行", "中國銀行", "[中國][銀行]"),
    ("中國 NOT (銀行 OR 股票)", "中國銀行股票", "[中國]銀行股票"),
    ('"中國 美國"~4', "中國。中國和美國", "[中國]。[中國]和[美國]"),
    ('"中國 美國"~1', "中國。中國和美國", "中國。[中國]和[美國]"),
    ("中國 without 中國銀行", "中國銀行在中國", "中國銀行在[中國]"),
    ("date:2021", "2021", "2021"),
    ("", "中國", "中國"),
    # what cannot be parsed
    ('"中國', "中國", "[中國]"),
]


@pytest.mark.parametrize(("query", "text", "expected"), MARKS)
def test_the_marks_stand_on(query: str, text: str, expected: str) -> None:
    assert marked(query, text) == expected


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("中國", set(SECTIONS)),
        ("「中國」", {Field.TITLE, Field.BODY, Field.CAPTION, Field.CREDIT}),
        ("title:中國", {Field.TITLE}),
        ("caption:中國", {Field.CAPTION, Field.CREDIT}),
        ("credit:中國", {Field.CREDIT}),
        ("author:「中國」", {Field.AUTHOR}),
    ],
)
def test_a_field_is_marked_where_it_was_searched(query: str, fields: set[Field]) -> None:
    assert {field for field in SECTIONS if "[" in marked(query, "中國", field)} == fields


def test_synonyms_are_marked_too() -> None:
    both = Marker(parse("拜登").tree, extra=[Term("Biden")])

    assert both.mark(Field.TITLE, "拜登 (Joe Biden)") == "<mark>拜登</mark> (Joe <mark>Biden</mark>)"


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("圖書館", "<b>图书馆</b>", "&lt;b&gt;<mark>图书馆</mark>&lt;/b&gt;"),
        ("script", "<script>alert('x')</script>",
         "&lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt;"),
        ("onerror", '<img src=x onerror="a">',
         "&lt;img src=x <mark>onerror</mark>=&quot;a&quot;&gt;"),
        ("amp", "a&amp;b", "a&amp;<mark>amp</mark>;b"),
        ('"<"', "1<2", "1<mark>&lt;</mark>2"),
        ("mark", "</mark><mark>", "&lt;/<mark>mark</mark>&gt;&lt;<mark>mark</mark>&gt;"),
        ("lt", "&lt;", "&amp;<mark>lt</mark>;"),
    ],
)  # fmt: skip
def test_text_of_an_article_is_never_a_tag(query: str, text: str, expected: str) -> None:
    assert marker(query).mark(Field.BODY, text) == expected


def test_plain_text_is_escaped() -> None:
    assert plain("<b>") == "&lt;b&gt;"
    assert isinstance(plain("<b>"), SafeString)
    assert isinstance(marker("b").mark(Field.TITLE, "<b>"), SafeString)


def test_numbered_marks_are_anchors_that_count_on() -> None:
    both = marker("習近平")

    assert both.mark_numbered(Field.TITLE, "習近平<習近平>") == (
        '<mark id="hit-1">習近平</mark>&lt;<mark id="hit-2">習近平</mark>&gt;'
    )
    assert both.mark_numbered(Field.CAPTION, "习近平") == '<mark id="hit-3">习近平</mark>'
    assert both.hits == 3


QUERIES = st.sampled_from(
    [
        "習 近平",
        '"a <"',
        "習近 近平 平",
        "<",
        "amp OR lt",
        '"習 a"~3',
        "習 without 習近",
        "a*",
        "-習 近",
        "mark",
        "title:習 b",
    ]
)
TEXTS = st.text(alphabet="習习近平aAb<>&\"'; ]\n＜𠮷e\u0301", max_size=60) | st.sampled_from(
    ["<mark>習近平</mark>", "&lt;習&gt;", "<script>a</script>", "a<mark id='x'>"]
)


@given(QUERIES, TEXTS, st.sampled_from(SECTIONS))
def test_without_its_marks_marked_text_is_the_escaped_text(query: str, text: str, field: Field) -> None:
    out = marker(query).mark(field, text)

    pieces = re.split(r"(</?mark>)", out)
    assert "".join(pieces[::2]) == html.escape(text)
    assert pieces[1::2] == ["<mark>", "</mark>"] * (len(pieces) // 4)
    assert not any(sign in piece for piece in pieces[::2] for sign in '<>"')


@given(QUERIES, TEXTS, st.sampled_from(SECTIONS))
def test_exactly_the_occurrences_are_marked(query: str, text: str, field: Field) -> None:
    spans = marker(query).spans(field, text)

    nodes = [node for node in positive_terms(parse(query).tree) if field in LOOKS_IN[node.field]]
    written = aligned(text)
    expected = {
        at
        for node in nodes
        for span in semantics.spans(node, written.text)
        for at in range(*written.printed(*span))
    }
    assert {at for span in spans for at in range(*span)} == expected
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_twenty_titles_and_bodies_are_marked_in_the_time_of_one_query() -> None:
    sentence = "外交部副部長謝鋒會後與記者吹風，習近平主席說，中美兩國要相互尊重、和平共處、合作共贏。\n"
    bodies = [sentence * 120 for _ in range(20)]  # 5,000 characters each
    search_text("字" * 200)  # the tables are made once, before any search
    both = marker("習近平 合作 拜登")

    started = time.process_time()
    for body in bodies:
        both.snippets(body)
    assert time.process_time() - started < 1  # 10 ms: an analyser run for each hit took seconds
