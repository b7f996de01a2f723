"""The short form of `make fuzz`: some thousand inputs, made small by hypothesis when they fail, and what
the long form has found."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsarchive.importers import registry
from newsarchive.importers.fields import urls
from newsarchive.importers.types import SourceFile
from search.query.parser import describe, parse
from tests.newsarchive.importers.samples import HKCNEWS_HEAD

from .targets import TARGETS

RANDOMS = st.randoms(use_true_random=False)
some = settings(max_examples=150, suppress_health_check=[*HealthCheck])


@some
@given(RANDOMS)
def test_any_query_is_parsed_and_finds_what_reading_finds(random: Random) -> None:
    TARGETS["queries"].check(TARGETS["queries"].make(random))


@some
@given(RANDOMS)
def test_any_file_is_a_safe_article_or_refused(random: Random) -> None:
    TARGETS["files"].check(TARGETS["files"].make(random))


@some
@given(RANDOMS)
def test_any_container_gives_files_and_reasons_and_nothing_else(random: Random) -> None:
    TARGETS["containers"].check(TARGETS["containers"].make(random))


@some
@given(RANDOMS)
def test_any_text_is_marked_where_the_words_stand_and_escaped(random: Random) -> None:
    TARGETS["marks"].check(TARGETS["marks"].make(random))


@pytest.mark.parametrize("target", TARGETS)
def test_the_first_thousand_inputs_of_the_long_run_pass(target: str) -> None:
    make, check = TARGETS[target]

    for number in range(1_000):
        check(make(Random(number)))


def test_a_number_brings_its_input_back() -> None:
    for target in TARGETS.values():
        assert target.make(Random(7)) == target.make(Random(7))


# -- found by the long run


@pytest.mark.parametrize("character", ["\t", "<", '"', " ", "\x1b"])
def test_addresses_of_sources_hold_only_what_an_address_may(character: str) -> None:
    head = HKCNEWS_HEAD.format(title="題", author="", number=1).replace(
        "article/1/%", f"article/1/{character}%"
    )

    article = registry.parse(SourceFile("x.md", (head.replace('1/"%', '1/\\"%') + "正文").encode()))

    for address in (article.source_url, article.archived_url):
        assert character not in address
    assert article.identity == "hkcnews:1"


def test_an_address_that_is_not_of_the_web_is_none() -> None:
    assert urls.legal("javascript:alert(1)") == ""
    assert urls.legal("https://a.example/<b>") == "https://a.example/%3Cb%3E"


@pytest.mark.parametrize("typed", ['"a"-NOT b', "「甲」-without", "x“y“-AND z"])
def test_a_hyphen_behind_a_phrase_is_no_negation_when_printed_back(typed: str) -> None:
    tree = parse(typed).tree

    assert parse(describe(tree)).tree == tree


@pytest.mark.parametrize("typed", ["『?\ufe0fـ", "?ـ\xa0??/」"])
def test_letters_of_other_scripts_that_stand_apart_are_a_match_in_part(typed: str) -> None:
    TARGETS["queries"].check(typed)
