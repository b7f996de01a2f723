from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.folding import aligned, fold, search_text
from search.language.tokens import needle
from search.query.parser import Field, parse
from search.results.highlight import Marker

DATA = Path(__file__).resolve().parents[3] / "search" / "data"
FREQUENT = 3_000


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def marked(query: str, text: str) -> str:
    html = Marker(parse(query).tree).mark(Field.BODY, text)
    return html.replace("<mark>", "[").replace("</mark>", "]")


@pytest.mark.parametrize(
    "forms",
    [
        *(
            "市巿",
            "告吿",
            "研硏",
            "歷歴历",
            "炮砲",
            "扎紥紮",
            "澤沢泽",
            "長⻑长",
            "民⺠",
            "西⻄",
            "麻痲",
            "帳賬账",
        ),
        *("寬寛宽", "靜静", "德徳", "譴讉谴", "福褔", "清淸", "·．・•‧."),
        *("eéèêëěÉ", "oōóøő", "gğ", "lł", "sšş"),
    ],
)
def test_looks_and_prints_of_a_character_are_one(forms: str) -> None:
    assert len({fold(form) for form in forms}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "己已巳",
        "未末",
        "土士",
        "日曰",
        "人入",
        "戊戌",
        "只子",
        "他她",
        "連聯",
        "匈胸",
        "滬濾",
        "魏巍",
        "陝狹",
        "澳襖",
    ],
)
def test_different_words_stay_apart(words: str) -> None:
    assert len({fold(word) for word in words}) == len(words)


def test_no_class_joins_two_frequent_characters_but_by_script_or_review() -> None:
    frequent = {char for char, _ in rows("character_frequency.tsv")[:FREQUENT]}
    reviewed = {frozenset(row[0]) for row in rows("variants_reviewed.tsv") if row[1] != "apart"}
    named = {
        char: {source.split(":")[0] for source in sources.split()}
        for char, _, sources in rows("variants.tsv")
    }
    scripts = {"opencc-t2s", "opencc-hk2s", "opencc-tw2s", "reviewed", "words"}
    classes: dict[str, list[str]] = {}
    for char in frequent:
        classes.setdefault(fold(char), []).append(char)

    unexplained = [
        members
        for members in classes.values()
        if len(members) > 1
        and not all(named[member] & scripts or any(member in pair for pair in reviewed) for member in members)
    ]

    assert unexplained == []


@given(st.text())
def test_what_is_searched_is_the_same_when_searched_again(text: str) -> None:
    assert search_text(search_text(text)) == search_text(text)


@given(st.text(max_size=40), st.sampled_from(["㎏", "e\u0301", "葛\U000e0100", "カ\u3099", "正常"]))
def test_every_place_of_a_search_text_is_printed_somewhere(text: str, piece: str) -> None:
    printed = f"{text}\n{piece}\n{text}"
    whole = aligned(printed)

    places = [whole.printed(at, at + 1) for at in range(len(whole.text))]

    assert search_text(printed) == whole.text
    assert all(0 <= start < end <= len(printed) for start, end in places)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("10kg", "重10㎏的", "重[10㎏]的"),
        ("第III期", "在第Ⅲ期", "在[第Ⅲ期]"),
        ("第Ⅲ期", "在第III期", "在[第III期]"),
        ("No5", "香水№5。", "香水[№5]。"),
        ('"(株)東芝"', "㈱東芝", "[㈱東芝]"),
        ("葛飾", "在葛\U000e0100飾區", "在[葛\U000e0100飾]區"),
        ("erdogan", "總統Erdog\u0306an說", "總統[Erdog\u0306an]說"),
        ("Demosisto", "香港眾志Demosistō", "香港眾志[Demosistō]"),
        ("muller", "Zoë Müller", "Zoë [Müller]"),
        ("ガ", "カ\u3099とｶﾞ", "[カ\u3099]と[ｶﾞ]"),
        ("straße", "Strasse", "[Strasse]"),
        ("唐纳德・川普", "唐納德·川普說", "[唐納德·川普]說"),
    ],
)
def test_marks_stand_on_the_printed_characters(query: str, text: str, expected: str) -> None:
    assert marked(query, text) == expected


def test_only_invisible_signs_are_nothing_to_look_for() -> None:
    assert needle("\ufe0f") is None


@pytest.mark.parametrize("text", ["\u0301", '"\u0301"', "\u0301 \ufe0f", "「\U000e0100」"])
def test_a_query_of_nothing_to_be_seen_is_blank(text: str) -> None:
    assert parse(text).tree is None
