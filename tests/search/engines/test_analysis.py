"""Tokens of the cluster's index: a phrase of them is exactly a string. No server is needed to see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.opensearch import analysis
from search.language.tokens import fold, needle

TEXTS = st.text(alphabet="中國国a1b é-.,， \u3000\n\r\U00020739\ufdd0\ud800", max_size=30)
TYPED = st.text(alphabet="中國a1b é-.， \U00020739", min_size=1, max_size=5)


def follow_each_other(tokens: list[str], row: list[str]) -> bool:
    return any(row[at : at + len(tokens)] == tokens for at in range(len(row)))


@given(TEXTS, TYPED, st.booleans())
def test_a_phrase_of_grams_stands_exactly_where_the_string_does(text: str, typed: str, exact: bool) -> None:
    folded, sought = fold(text), needle(typed, exact=exact)
    if sought is None:
        return
    tokens = analysis.grams_of(sought)

    if tokens:
        found = follow_each_other(tokens, analysis.grams(folded).split())
    else:
        found = not set(analysis.spellings(sought.text)).isdisjoint(analysis.chars(folded).split())

    assert found == sought.stands_in(folded)


@given(TEXTS, TYPED)
def test_the_place_of_a_character_is_its_place_in_the_text(text: str, typed: str) -> None:
    folded, sought = fold(text), needle(typed)
    if sought is None or " " in sought.text:
        return
    row, tokens = analysis.chars(folded).split(), analysis.chars_of(sought)

    places = [at for at in range(len(row)) if row[at : at + len(tokens)] == tokens]

    assert places == [at for at in range(len(folded)) if sought.pattern.match(folded, at)]


@given(TEXTS)
def test_tokens_can_be_sent_and_are_parted_by_blanks_alone(text: str) -> None:
    for row in (analysis.grams(fold(text)), analysis.chars(fold(text))):
        row.encode("utf-8")
        assert not any(char.isspace() and char != " " for char in row)


@pytest.mark.parametrize(
    ("typed", "exact", "tokens"),
    [
        ("香港", False, ["香港"]),
        ("香", False, []),
        ("14億", False, ["‖1", "14", "4‖", "‖亿"]),
        ("14億", True, ["14", "4‖", "‖亿"]),
        ("a b", True, ["a‖", "‖_", "_‖", "‖b"]),
    ],
)
def test_grams_of_what_is_typed(typed: str, exact: bool, tokens: list[str]) -> None:
    sought = needle(typed, exact=exact)
    assert sought

    shown = [
        token.replace(analysis.EDGE, "‖").replace(analysis.BLANK, "_") for token in analysis.grams_of(sought)
    ]
    assert shown == tokens
