"""One document, one query: does it match, and where? Engines are tested against these answers."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.tokens import fold, needle
from search.query.fields import LOOKS_IN, SECTIONS
from search.query.parser import Field, Near, Term, Without, parse_strict
from search.query.semantics import matches, spans, stands, stands_in_bytes

DAY = date(2021, 11, 17)

STORY = {
    Field.TITLE: "中美元首峰會　習近平與拜登會談",
    Field.BODY: "國家安全局說，中國銀行沒有回應。\nJoe Biden 指 COVID-19 疫情，表格是 W-2。\n114億元！",
    Field.CAPTION: "外交部副部長謝鋒。美聯社\n布林肯",
    Field.CREDIT: "Getty Images",
    Field.AUTHOR: "曾海琪",
    Field.OUTLET: "眾新聞",
    Field.CATEGORY: "眾聞",
    Field.TAG: "習近平\n中美會晤",
    Field.OTHER: "延伸閱讀 阿拉斯加",
}
PARTS = {field: fold(text) for field, text in STORY.items()}

FOUND = [
    "習近平", "习近平", "近平與", "安全局", "局", "元首　峰會", "美联社", "GETTY", "曾海琪", "眾聞",
    "阿拉斯加", "Biden", "joe biden", "Bid*", "COVID-19", "covid", "covid-1*", "W-2", '"ide"', '"14億"',
    "114億", "元！", "元!", "title:習近平", "caption:謝鋒", "caption:Getty", "credit:Getty", "tag:習近平",
    "來源：眾新聞", "作者：曾海琪", "習近平 拜登", "習近平 OR 奧巴馬", "習近平 -奧巴馬",
    "(奧巴馬 AND NOT 習近平) OR 拜登", "-奧巴馬", "text:布林肯", '"習近平 拜登"~1', '"拜登 習近平"~1',
    '"國家 沒有"~9', '"習近平 習近平"~0 OR 習近平', "國家 without 國家隊", "date:2021", "date:2021-11-17",
    "date:/2021-11-17", "date:2021-11-17/", "date:/", "-date:2020",
]  # fmt: skip
MISSED = [
    "奧巴馬", '"峰會習近平"', "iden", "14億", "covid-2*", '"元 首"', '"社 布林肯"', '"社布林肯"',
    "title:謝鋒", "credit:美聯社", "author:習近平", "body:阿拉斯加", "text:阿拉斯加", '"阿拉斯加"',
    '"眾聞"', "習近平 奧巴馬", "習近平 -拜登", "-習近平", "(奧巴馬 OR 拜登) -習近平",
    "(拜登 AND NOT 習近平) OR 奧巴馬", '"習近平 拜登"~0', '"回應 Joe"~9', '"習近平 習近平"~99',
    '"近平 習近平"~99', "中國 without 中國銀行", "date:2020", "date:2021-11-18/", "date:/2021-11-16",
    "-date:2021",
]  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_the_story_is_found_by(text: str) -> None:
    assert matches(parse_strict(text), PARTS, DAY)


@pytest.mark.parametrize("text", MISSED)
def test_the_story_is_not_found_by(text: str) -> None:
    assert not matches(parse_strict(text), PARTS, DAY)


@pytest.mark.parametrize(("text", "found"), [("date:2021", False), ("date:/", True), ("-date:2021", True)])
def test_without_a_date_only_the_range_open_on_both_sides_matches(text: str, *, found: bool) -> None:
    assert matches(parse_strict(text), PARTS, None) == found


def test_a_title_with_the_excluded_word_does_not_save_the_other_branch() -> None:
    tree = parse_strict("(東京 AND NOT 秘密) OR 票")

    assert not matches(tree, {Field.TITLE: fold("東京的秘密")}, None)
    assert matches(tree, {Field.TITLE: fold("東京")}, None)
    assert matches(tree, {Field.TITLE: fold("秘密投票")}, None)


def test_an_occurrence_outside_the_longer_string_is_enough() -> None:
    tree = parse_strict("中國 without 中國銀行")

    assert matches(tree, {Field.BODY: fold("中國銀行在中國")}, None)


def test_every_field_of_a_query_looks_in_concrete_fields() -> None:
    assert set(LOOKS_IN) == set(Field)
    assert all(set(fields) <= set(SECTIONS) for fields in LOOKS_IN.values())
    assert LOOKS_IN[Field.ANY] == SECTIONS


WHERE = [
    (Term("中國"), "中國人在中国", [(0, 2), (4, 6)]),
    (Term("the"), "the other thén, the", [(0, 3), (16, 19)]),
    (Term("the", prefix=True), "the other then", [(0, 3), (10, 13)]),
    (Term("the", exact=True), "the other", [(0, 3), (5, 8)]),
    (Term("Joe Biden"), "joe   biden", [(0, 11)]),
    (Term(" "), "a b", []),
    (Near("甲", "乙", 1), "甲丙乙丙丙甲乙", [(0, 1), (2, 3), (5, 6), (6, 7)]),
    (Near("甲", "乙", 1), "甲丙丙乙", []),
    (Near("甲", "乙", 5), "甲\n乙", []),
    (Near("甲", "乙", 5), "乙丙甲\n乙", [(0, 1), (2, 3)]),
    (Near("哈哈", "笑", 0), "哈哈哈笑", [(1, 3), (3, 4)]),
    (Near("甲", "甲", 2), "甲丙甲", [(0, 1), (2, 3)]),
    (Near("甲乙", "乙丙", 9), "甲乙丙", []),
    (Without("中國", "中國銀行"), "中国银行，中國", [(5, 7)]),
    (Without("哈哈", "哈哈哈"), "哈哈哈哈", []),
    (Without("哈", "哈哈"), "哈哈 哈", [(3, 4)]),
    (Without("new york", "new york times"), "New  York Times, New York", [(17, 25)]),
]


@pytest.mark.parametrize(("node", "text", "expected"), WHERE)
def test_the_occurrences_stand_here(
    node: Term | Near | Without, text: str, expected: list[tuple[int, int]]
) -> None:
    assert spans(node, fold(text)) == expected


_TEXTS = st.text(alphabet="甲乙丙\n", max_size=24)
_STRINGS = st.text(alphabet="甲乙", min_size=1, max_size=3)


@given(_TEXTS, _STRINGS, _STRINGS, st.integers(0, 4))
def test_pairs_are_what_comparing_all_occurrences_gives(
    text: str, left: str, right: str, distance: int
) -> None:
    def all_of(string: str) -> list[tuple[int, int]]:
        return [(at, at + len(string)) for at in range(len(text)) if text.startswith(string, at)]

    pairs = [
        pair
        for one in all_of(left)
        for two in all_of(right)
        for pair in [sorted((one, two))]
        if 0 <= pair[1][0] - pair[0][1] <= distance and "\n" not in text[pair[0][1] : pair[1][0]]
    ]
    assert spans(Near(left, right, distance), text) == sorted({span for pair in pairs for span in pair})


@given(_TEXTS, _STRINGS, _STRINGS)
def test_outside_is_what_comparing_all_occurrences_gives(text: str, inner: str, outer: str) -> None:
    covers = [(at, at + len(outer)) for at in range(len(text)) if text.startswith(outer, at)]
    expected = [
        (at, at + len(inner))
        for at in range(len(text))
        if text.startswith(inner, at)
        and not any(low <= at and at + len(inner) <= high for low, high in covers)
    ]
    assert spans(Without(inner, outer), text) == expected


@given(st.text(alphabet="甲乙习習aA \n１1", max_size=30), st.integers(0, 29), st.integers(1, 6))
def test_every_string_that_stands_in_a_text_is_found_when_quoted(text: str, start: int, length: int) -> None:
    string = text[start : start + length].strip()
    if string and "\n" not in string:
        assert matches(Term(string, Field.TEXT, exact=True), {Field.BODY: fold(text)}, None)


_LETTERS = st.text(alphabet="香港人a1 \n", max_size=40)
_STRINGS = st.text(alphabet="香港人a1", min_size=1, max_size=3)
_READ = st.one_of(
    st.builds(Near, _STRINGS, _STRINGS, st.integers(0, 6)), st.builds(Without, _STRINGS, _STRINGS)
)


@given(_READ, _LETTERS)
def test_a_string_stands_where_it_has_a_span(node: Near | Without, text: str) -> None:
    assert stands(node, fold(text)) == bool(spans(node, fold(text)))


@pytest.mark.parametrize("seed", range(20))
def test_texts_in_bytes_are_matched_as_decoded_ones(seed: int) -> None:
    random = Random(seed)
    letters = "的是在ab1éж- \n"
    for _ in range(300):
        text = "".join(random.choices(letters, k=random.randrange(40)))
        one, two = ("".join(random.choices("的是ab1éж", k=random.randrange(1, 3))) for _ in range(2))
        near = Near(one, two, random.randrange(5))
        without = Without(one, one + two)
        sought = needle(one, exact=random.random() < 0.5, prefix=random.random() < 0.5)

        assert stands_in_bytes(near, text.encode()) == stands(near, text) == bool(spans(near, text))
        assert stands_in_bytes(without, text.encode()) == stands(without, text)
        assert sought is not None
        assert bool(sought.in_bytes.search(text.encode())) == sought.stands_in(text)


@pytest.mark.parametrize("seed", range(20))
def test_parted_strings_are_found_in_bytes_as_in_decoded_texts(seed: int) -> None:
    random = Random(seed)
    found = 0
    for _ in range(300):
        text = fold("".join(random.choices("的是在ab1é，、。「」…· \n\v", k=random.randrange(60))))
        sought = needle("".join(random.choices("的是在ab1·", k=random.randrange(2, 9))), loose=True)
        assert sought is not None

        assert bool(sought.in_bytes.search(text.encode())) == sought.stands_in(text)
        found += sought.stands_in(text)
    assert found
