from __future__ import annotations

import pytest

from search.query.parser import And, Field, Not, Or, Query, Same, Term, parse, positive_terms
from search.query.synonyms import MAX_ADDED, Expanded, Group, Synonyms, expand
from search.results.highlight import Marker

TABLE = Synonyms(
    [
        Group(("拜登", "Biden")),
        Group(("蘇利文", "沙利文"), one_way=("Sullivan",)),
        Group(("美聯社", "Associated Press", "AP")),
        Group(("中文大學", "CUHK"), one_way=("中大",)),
        Group(("國安法", "國家安全法", "港區國安法")),
    ]
)


def expanded(words: str) -> Expanded:
    return expand(parse(words).tree, TABLE)


def searched(tree: Query | None) -> set[str]:
    return {node.text for node in positive_terms(tree) if isinstance(node, Term)}


def test_a_word_of_a_group_searches_the_others_and_says_so() -> None:
    found = expanded("拜登")

    assert found.tree == Same((Term("拜登"), Term("Biden")))
    assert found.also == ("Biden",)


@pytest.mark.parametrize("words", ["biden", "ＢＩＤＥＮ", "《Biden》", "拜登"])
def test_spelling_does_not_matter(words: str) -> None:
    assert {text.lower() for text in searched(expanded(words).tree)} >= {"拜登"}


def test_the_other_script_is_the_same_word() -> None:
    assert expanded("苏利文").also == ("沙利文",)


@pytest.mark.parametrize(
    "words", ['"拜登"', "「拜登」", "-拜登", "NOT 拜登", '"拜登 中國"~5', "Bide*", "拜登訪華"]
)
def test_quoted_excluded_and_longer_strings_are_what_they_are(words: str) -> None:
    tree = parse(words).tree

    assert expanded(words) == Expanded(tree)


def test_what_could_not_be_parsed_is_searched_literally_and_nothing_else() -> None:
    assert expanded("拜登 OR").also == ()


def test_groups_hold_inside_and_or_and_brackets_but_not_inside_not() -> None:
    found = expanded("(拜登 OR 天氣) 中國 -沙利文")

    assert found.also == ("Biden",)
    assert isinstance(found.tree, And)
    assert found.tree.parts[-1] == Not(Term("沙利文"))


def test_the_field_holds_for_every_name() -> None:
    title = Field.TITLE

    assert expanded("title:拜登").tree == Same((Term("拜登", title), Term("Biden", title)))


def test_a_name_of_two_words_is_known_when_it_is_typed_apart() -> None:
    found = expanded("天氣 associated press")

    assert found.also == ("美聯社", "AP")
    assert isinstance(found.tree, And)
    weather, agency = found.tree.parts
    assert weather == Term("天氣")
    assert isinstance(agency, Or)
    assert agency.parts[0] == And((Term("associated"), Term("press")))


def test_words_of_different_fields_are_no_name() -> None:
    assert expanded("title:associated press").also == ()


def test_a_one_way_word_searches_the_others_and_is_not_searched_itself() -> None:
    assert expanded("中大").also == ("中文大學", "CUHK")
    assert expanded("中文大學").also == ("CUHK",)


def test_a_name_that_a_shorter_one_finds_is_not_searched_again() -> None:
    assert expanded("國家安全法").also == ("國安法",)


def test_what_the_reader_typed_is_not_listed_as_searched_too() -> None:
    assert expanded("拜登 OR Biden").also == ()


def test_what_is_added_is_bounded() -> None:
    words = [f"甲{chr(0x4E00 + number)}" for number in range(60)]
    table = Synonyms(
        Group((word, f"{word}乙", f"丙{number}丁", f"戊{number}己")) for number, word in enumerate(words)
    )

    found = expand(parse(" ".join(words[:50])).tree, table)

    assert len(found.also) == MAX_ADDED


def test_a_word_in_two_groups_has_the_companions_of_both() -> None:
    table = Synonyms([Group(("中文大學",), ("中大",)), Group(("中山大學",), ("中大",))])

    assert set(table.of("中大").values()) == {"中文大學", "中山大學"}
    assert table.of("中山大學") == {}


def test_synonyms_are_marked_too() -> None:
    marker = Marker(expanded("拜登").tree)

    assert marker.mark(Field.TITLE, "Biden 即拜登") == "<mark>Biden</mark> 即<mark>拜登</mark>"


def test_nothing_is_expanded_to_nothing() -> None:
    assert expand(None, TABLE) == Expanded(None)
