"""What describe() prints is read back as the same tree, and no text makes the parser fail."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query.parser import MAX_CHARACTERS, DateRange, describe, parse

TODAY = date(2022, 3, 31)

_PIECES = [
    *"()（）|｜-－–\"'“”‘’「」『』«»〝〞*＊~～:：/ 　\t\n.,。！，&#@%+_[]{}\\^§",
    *[
        "中國",
        "中國銀行",
        "習近平",
        "Biden",
        "covid",
        "O",
        "或",
        "AND",
        "OR",
        "NOT",
        "without",
        "title:",
        "標題：",
        "date:",
    ],
    *["2021", "2021-11", "P1M", "~10", "author:", "any:", "\u200b", "\x00", "𠮷", "é", "é", "ß", "İ"],
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join) | st.text(max_size=30)


@given(TEXTS)
@example("...title:x")
@example("AND. -(NOT --)")
@example("(a) without (b) without")
@example('「a"b」 “c「d” ‘e“f’')
def test_the_canonical_text_of_a_tree_is_read_as_that_tree(text: str) -> None:
    parsed = parse(text, today=TODAY)
    words = describe(parsed.tree)

    again = parse(words, today=TODAY)

    assert len(words) > MAX_CHARACTERS or again.tree == parsed.tree
    assert len(words) > MAX_CHARACTERS or not again.literal
    assert describe(again.tree) == words or len(words) > MAX_CHARACTERS


@given(st.text())
def test_any_text_at_all_is_parsed_and_problems_have_a_place(text: str) -> None:
    parsed = parse(text)

    assert parsed.literal == bool(parsed.problem)
    assert (parsed.position is not None) == parsed.literal
    assert parsed.position is None or 0 <= parsed.position <= len(text)
    assert parsed.tree is not None or not parsed.literal or not text.strip()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("中國　美國", "中國 美國"),
        ("（東京 AND NOT 秘密）｜票", "(東京 -秘密) OR 票"),
        ("標題：「中國」", 'title:"中國"'),
        ("「中國」", '"中國"'),
        ('「說"好"」', '「說"好"」'),
        ("日期：2021年11月", "date:2021-11-01/2021-11-30"),
        ("「甲　乙」～１０", '"甲 乙"~10'),
        ("Biden＊", "Biden*"),
        ('"習近平', 'any:"習近平"'),
        ("", ""),
    ],
)
def test_the_canonical_text_is_what_one_would_type(text: str, canonical: str) -> None:
    assert describe(parse(text).tree) == canonical


def test_a_range_that_is_open_on_both_sides_is_written_as_one() -> None:
    assert describe(DateRange(None, None)) == "date:/"


@given(
    st.lists(st.sampled_from(["國家安全", "或", "和", "　", " ", "立法會", "中國", "非", "不"]), max_size=14)
)
def test_words_and_blanks_alone_are_read_as_the_parser_would_read_them(pieces: list[str]) -> None:
    text = "".join(pieces)

    parsed = parse(text)

    # a sign that changes nothing, so that the whole parser reads it
    assert parsed.tree == parse(f"({text})" if text.strip() and not parsed.literal else text).tree
