"""Passages: the ones that say most, cut where a sentence ends."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.parser import parse
from search.results.highlight import Marker


def snippets(query: str, text: str, *, count: int = 2, width: int = 110) -> list[str]:
    made = Marker(parse(query).tree).snippets(text, count=count, width=width)
    return [html.unescape(snippet.replace("<mark>", "[").replace("</mark>", "]")) for snippet in made]


FILLER = "這一句裏沒有要找的東西，只是為了隔開前後兩段話而寫下來的一句很長很長的話。"


def test_the_passage_with_the_most_different_terms_comes_first() -> None:
    text = f"習近平。{FILLER * 4}習近平會見拜登。{FILLER * 4}拜登。"

    assert snippets("習近平 拜登", text, count=1, width=30) == ["[習近平]會見[拜登]。"]


def test_of_equal_passages_the_earliest_comes_first() -> None:
    text = f"{FILLER * 4}第一次習近平。{FILLER * 4}第二次習近平。"

    assert snippets("習近平", text, width=20) == ["第一次[習近平]。", "第二次[習近平]。"]


def test_the_second_passage_shows_the_term_that_the_first_has_not() -> None:
    text = f"甲甲乙乙。{FILLER * 4}甲乙。{FILLER * 4}丙。"

    assert snippets("甲 乙 丙", text, width=20) == ["[甲][甲][乙][乙]。", "[丙]。"]


def test_a_passage_begins_and_ends_with_a_sentence() -> None:
    text = f"{FILLER}「今天天氣很好。」習近平說。他走了。{FILLER}"

    assert snippets("習近平", text, width=30) == ["「今天天氣很好。」[習近平]說。他走了。"]


def test_a_passage_that_is_cut_inside_a_sentence_says_so() -> None:
    text = "很長" * 100 + "習近平" + "很長" * 100

    (snippet,) = snippets("習近平", text, width=30)

    assert re.fullmatch("…[很長]{10,20}\\[習近平\\][很長]{5,20}…", snippet)
    assert len(snippet) == 30 + len("……[]")


def test_a_decimal_point_ends_no_sentence() -> None:
    text = f"{FILLER}The rate was 3.5 per cent. Xi said so. {FILLER}"

    assert snippets("Xi", text, width=45) == ["The rate was 3.5 per cent. [Xi] said so."]


def test_latin_words_are_not_cut() -> None:
    text = "international cooperation between governments matters a great deal to everybody " * 4

    (snippet, *_) = snippets("matters", text, width=40)

    assert set(re.findall(r"\w+", snippet)) <= set(text.split())


def test_a_term_at_the_cut_is_shown_whole() -> None:
    text = "很" * 60 + "習近平" + "很" * 15 + "國家安全" + "很" * 60

    for width in range(18, 60):
        (snippet,) = snippets("習近平 OR 國家安全", text, width=width, count=1)
        assert set(re.findall(r"\[(.*?)\]", snippet)) <= {"習近平", "國家安全"}


def test_without_a_hit_in_the_body_its_first_sentences_are_shown() -> None:
    text = f"第一句。第二句！\n{FILLER * 5}"

    assert snippets("拜登", text, width=30) == ["第一句。第二句！"]
    assert snippets("title:第一", text, width=30) == ["第一句。第二句！"]
    assert snippets("", text, width=30) == ["第一句。第二句！"]
    assert snippets("拜登", "很長" * 100, width=30) == ["很長" * 15 + "…"]
    assert snippets("拜登", "短文") == ["短文"]


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_an_empty_body_has_no_passages(text: str) -> None:
    assert snippets("中國", text) == []


def test_paragraphs_run_on_with_a_blank() -> None:
    assert snippets("甲 乙", "甲在這裏\n乙在那裏") == ["[甲]在這裏 [乙]在那裏"]


def test_a_string_longer_than_a_passage_is_cut() -> None:
    text = "長" * 300

    (snippet,) = snippets(f'"{text}"', text, width=100)

    assert snippet == "[" + "長" * 100 + "]…"


_QUERIES = st.sampled_from(["甲", "甲 乙", "甲 OR 乙 OR 丙", '"甲 乙"~3', "ab*", "丁", '"甲\n乙甲乙甲"'])
_TEXTS = st.text(alphabet="甲乙丙很長ab <&。！\n.」 ", max_size=200)


@given(_QUERIES, _TEXTS, st.integers(1, 4), st.integers(5, 60))
def test_passages_are_parts_of_the_text_that_do_not_overlap(
    query: str, text: str, count: int, width: int
) -> None:
    made = Marker(parse(query).tree).snippets(text, count=count, width=width)

    assert len(made) <= count
    assert bool(made) == bool(text.strip())
    whole = text.replace("\n", " ")
    taken = [False] * len(text)
    for snippet in made:
        words = html.unescape(re.sub("</?mark>", "", snippet)).strip("…")
        assert words
        assert len(words) <= 2 * width
        places = [at for at in range(len(whole)) if whole.startswith(words, at)]
        free = [at for at in places if not any(taken[at : at + len(words)])]
        assert free
        taken[free[0] : free[0] + len(words)] = [True] * len(words)
        assert re.sub("</?mark>", "", snippet).count("<") == 0
