"""The query language, sentence by sentence."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from newsarchive.errors import BadQuery
from newsarchive.messages import Message
from search.query import parser
from search.query.parser import And, Field, Near, Not, Or, Query, Term, Without, parse, parse_strict

CHINA, AMERICA, BIDEN = Term("中國"), Term("美國"), Term("Biden")


def exact(text: str, field: Field = Field.TEXT) -> Term:
    return Term(text, field, exact=True)


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\x00"], ids=ascii)
def test_what_nobody_sees_is_not_looked_for(unseen: str) -> None:
    """It comes along when text is copied from a page or a PDF, and stands in no article."""
    for seen in ("香港", '"香港"', "新冠 疫苗", "COVID-19", "中國 -美國", "日期：2021"):
        pasted = unseen.join(seen)
        assert parse(pasted).tree == parse(seen).tree, pasted
        assert parse(pasted).text == seen


UNDERSTOOD: list[tuple[str, Query]] = [
    # blanks and operators
    ("中國", CHINA),
    ("中國 美國", And((CHINA, AMERICA))),
    ("中國 AND 美國", And((CHINA, AMERICA))),
    ("中國 OR 美國", Or((CHINA, AMERICA))),
    ("中國|美國", Or((CHINA, AMERICA))),
    ("中國 或 美國", Or((CHINA, AMERICA))),
    ("「中國」或「美國」", Or((exact("中國"), exact("美國")))),
    ("中國或美國", Term("中國或美國")),
    ("中國 or 美國", And((CHINA, Term("or"), AMERICA))),
    ("中國 美國 OR Biden", Or((And((CHINA, AMERICA)), BIDEN))),
    ("(中國 OR 美國) Biden", And((Or((CHINA, AMERICA)), BIDEN))),
    ("((中國))", CHINA),
    ("中國 (美國 Biden)", And((CHINA, AMERICA, BIDEN))),
    # exclusion
    ("中國 -美國", And((CHINA, Not(AMERICA)))),
    ("中國 NOT 美國", And((CHINA, Not(AMERICA)))),
    ("中國 AND NOT 美國", And((CHINA, Not(AMERICA)))),
    ("中國 NOT(美國 OR Biden)", And((CHINA, Not(Or((AMERICA, BIDEN)))))),
    ("-中國", And((Not(CHINA),))),
    ("-中國 -美國", And((Not(CHINA), Not(AMERICA)))),
    ("NOT -中國", CHINA),
    ("(東京 AND NOT 秘密) OR 票", Or((And((Term("東京"), Not(Term("秘密")))), Term("票")))),
    ("-title:中國", And((Not(Term("中國", Field.TITLE)),))),
    ("title:-中國", And((Not(Term("中國", Field.TITLE)),))),
    ('-"中國 美國"', And((Not(exact("中國 美國")),))),
    # hyphens inside words are letters
    ("COVID-19", Term("COVID-19")),
    ("W-2", Term("W-2")),
    ("加文-纽森", Term("加文-纽森")),
    ("習近平–拜登", Term("習近平–拜登")),
    ("中國 - 美國", And((CHINA, AMERICA))),
    ("--help", Term("help")),
    ("「一國」-「兩制」", And((exact("一國"), exact("兩制")))),
    # phrases
    ('"中國 美國"', exact("中國 美國")),
    ("＂中國＂", exact("中國")),
    ("“中國”", exact("中國")),
    ("”中國“", exact("中國")),
    ("「中國」", exact("中國")),
    ("『中國』", exact("中國")),
    ("«中國»", exact("中國")),
    ("〝中國〞", exact("中國")),
    ("‘中國’", exact("中國")),
    ("﹁中國﹂", exact("中國")),
    ("「中國『美國』」", exact("中國『美國』")),
    ("「甲「乙」丙」", exact("甲「乙」丙")),
    ("‘Wall’s Street’", exact("Wall’s Street")),
    ("Wall's", Term("Wall's")),
    ("Wall’s", Term("Wall’s")),
    ("‘90s", Term("90s")),
    ('習近平"視察"香港', And((Term("習近平"), exact("視察"), Term("香港")))),
    ('"" 中國', CHINA),
    ('中國 OR ""', CHINA),
    # words keep their inner punctuation and lose it at their ends
    ("中國，", CHINA),
    ("《中國》", CHINA),
    ("……中國！！", CHINA),
    ("\u200b中國\ufeff", CHINA),
    ("U.S.", Term("U.S")),
    ("C++", Term("C++")),
    ("+中國", CHINA),
    ("C#", Term("C#")),
    ("#MeToo", Term("#MeToo")),
    ("@hkcnews", Term("@hkcnews")),
    ("100%", Term("100%")),
    ("AT&T", Term("AT&T")),
    ("$100", Term("$100")),
    ("3,421.5", Term("3,421.5")),
    ("！", Term("！")),
    ("。。", Term("。。")),
    ("garçon señor", And((Term("garçon"), Term("señor")))),
    ("5G網絡", Term("5G網絡")),
    ("𠮷", Term("𠮷")),
    # punctuation between ideographs parts terms, as blanks do; alone it is looked for if nothing else is
    ("國安法、影響", And((Term("國安法"), Term("影響")))),
    ("「國安法」，", exact("國安法")),
    ("“國安法”。", exact("國安法")),
    ("，國安法。", Term("國安法")),
    ("《蘋果日報》停刊", Term("蘋果日報》停刊")),
    ("唐納德·川普", Term("唐納德·川普")),
    ("U.S.、中國", And((Term("U.S"), Term("中國")))),
    ("10%、20%", And((Term("10%"), Term("20%")))),
    ("title:光復香港，時代革命", And((Term("光復香港", Field.TITLE), Term("時代革命", Field.TITLE)))),
    ("-光復香港，時代革命", And((Not(And((Term("光復香港"), Term("時代革命")))),))),
    # brackets
    ("BN(O)", Term("BN(O)")),
    ("BN（O）", Term("BN（O）")),
    ("f()", Term("f()")),
    ("BN(O),", Term("BN(O)")),
    ("拜登（Joe Biden）", And((Term("拜登"), Term("Joe"), BIDEN))),
    ("(中國）（美國)", And((CHINA, AMERICA))),
    ("(中國)OR(美國)", Or((CHINA, AMERICA))),
    # fields
    ("title:中國", Term("中國", Field.TITLE)),
    ("Title:中國", Term("中國", Field.TITLE)),
    ("標題：中國", Term("中國", Field.TITLE)),
    ("标题:中國", Term("中國", Field.TITLE)),
    ("︰中國", CHINA),
    ("標題︰中國", Term("中國", Field.TITLE)),
    ('title:"中國"', exact("中國", Field.TITLE)),
    ("text:中國", Term("中國", Field.TEXT)),
    ("title:(中國 OR 美國)", Or((Term("中國", Field.TITLE), Term("美國", Field.TITLE)))),
    ("title:(中國 author:美國)", And((Term("中國", Field.TITLE), Term("美國", Field.AUTHOR)))),
    ("作者:曾海琪", Term("曾海琪", Field.AUTHOR)),
    ("圖說：謝鋒", Term("謝鋒", Field.CAPTION)),
    ("攝影：美聯社", Term("美聯社", Field.CREDIT)),
    ("图片来源：Reuters", Term("Reuters", Field.CREDIT)),
    ("來源：BBC", Term("BBC", Field.OUTLET)),
    ("source:BBC", Term("BBC", Field.OUTLET)),
    ("分類：眾聞", Term("眾聞", Field.CATEGORY)),
    ("標籤：拜登", Term("拜登", Field.TAG)),
    ("內文：中國", Term("中國", Field.BODY)),
    ("中方：積極", And((Term("中方"), Term("積極")))),
    ("峰會　中方︰積極作用", And((Term("峰會"), Term("中方"), Term("積極作用")))),
    ("http://a.example/b?c=d", Term("http://a.example/b?c=d")),
    ("12:30", Term("12:30")),
    # proximity
    ('"中國 美國"~10', Near("中國", "美國", 10)),
    ("「中國　美國」～１０", Near("中國", "美國", 10)),
    ('title:"中國 美國"~0', Near("中國", "美國", 0, Field.TITLE)),
    # an occurrence outside a longer string
    ("中國 without 中國銀行", Without("中國", "中國銀行")),
    ("中国 WITHOUT 中國銀行", Without("中国", "中國銀行")),
    ('"United States" without "United States Steel"', Without("United States", "United States Steel")),
    ("title:中國 without 中國銀行", Without("中國", "中國銀行", Field.TITLE)),
    ("without 中國", And((Term("without"), CHINA))),
    ("中國 without", And((CHINA, Term("without")))),
    # beginnings of Latin words
    ("Biden*", Term("Biden", prefix=True)),
    ("covid-1*", Term("covid-1", prefix=True)),
    ("title:Bid＊", Term("Bid", Field.TITLE, prefix=True)),
    ('"Bid*"', exact("Bid*")),
]


@pytest.mark.parametrize(("text", "tree"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_the_words_have_this_meaning(text: str, tree: Query) -> None:
    parsed = parse(text)

    assert parsed.tree == tree
    assert not parsed.literal
    assert not parsed.problem


SAME = [
    ("中國 美國", "中國　美國"),
    ("中國 美國", "中國\u00a0美國"),
    ("中國", " 中國　"),
    ("中國!", "中國！"),
    ("(中國 OR 美國) Biden", "（中國 OR 美國） Biden"),
    ("中國 | 美國", "中國 ｜ 美國"),
    ("中國 OR 美國", "中國 ＯＲ 美國"),
    ("中國 -美國", "中國 －美國"),
    ('"中國"', "＂中國＂"),
    ("title:中國", "ｔｉｔｌｅ：中國"),
    ("title:中國", "標題：中國"),
    ("date:2021-11/2022", "日期：２０２１－１１／２０２２"),
    ('"中國 美國"~10', "＂中國　美國＂～１０"),
    ("Biden*", "Biden＊"),
]


@pytest.mark.parametrize(("ascii_form", "full_width"), SAME)
def test_full_width_signs_mean_the_same_as_ascii_ones(ascii_form: str, full_width: str) -> None:
    assert parse(ascii_form).tree == parse(full_width).tree
    assert not parse(full_width).literal


@pytest.mark.parametrize("text", ["", " ", "　\n", '""', "「」 “”", 'title:""', '-""'])
def test_nothing_to_look_for_is_no_tree_and_no_problem(text: str) -> None:
    assert parse(text).tree is None
    assert not parse(text).problem
    with pytest.raises(BadQuery):
        parse_strict(text)


# What is typed, what is searched instead, where the problem is.
REPAIRED: list[tuple[str, list[str], int]] = [
    ("AND x", ["x"], 0),
    ("OR x", ["x"], 0),
    ('"x', ["x"], 0),
    ("(x", ["x"], 0),
    ('"習近平', ["習近平"], 0),
    ("習近平”", ["習近平"], 3),
    ("中國 「習近平", ["中國", "習近平"], 3),
    ("中國)", ["中國"], 2),
    ("(中國 (美國)", ["中國", "美國"], 0),
    ("中國 OR", ["中國"], 5),
    ("中國 OR OR 美國", ["中國", "美國"], 6),
    ("中國 NOT", ["中國"], 6),
    ("()", ["()"], 1),
    ("AND", ["AND"], 0),
    ("或", ["或"], 0),
    ("title:", ["title:"], 0),
    ("標題： 中國", ["中國"], 0),
    ("title:(中國", ["中國"], 6),
    ("*", ["*"], 0),
    ("中國*", ["中國"], 2),
    ("*Biden", ["Biden"], 0),
    ("Bi*den", ["Bi*den"], 2),
    ("Biden**", ["Biden"], 5),
    ("date:2019-02-30", ["2019-02-30"], 5),
    ("date:soon", ["soon"], 5),
    ('"中國"~5', ["中國", "5"], 0),
    ('"中國 美國 英國"~5', ["中國", "美國", "英國", "5"], 0),
    ('"中國 美國"~', ["中國", "美國"], 7),
    ('"中國 美國"~501', ["中國", "美國", "501"], 0),
    ("中國 without 日本", ["中國", "without", "日本"], 11),
    ("中國 without 中國", ["中國", "without"], 11),
    ("中國 without 中國銀行 without 中國人", ["中國", "without", "中國銀行", "中國人"], 16),
]


@pytest.mark.parametrize(("text", "pieces", "position"), REPAIRED, ids=[row[0] for row in REPAIRED])
def test_what_cannot_be_parsed_is_searched_as_literal_strings(
    text: str, pieces: list[str], position: int
) -> None:
    parsed = parse(text)

    terms = tuple(exact(piece, Field.ANY) for piece in pieces)
    assert parsed.tree == (And(terms) if len(terms) > 1 else terms[0])
    assert parsed.literal
    assert parsed.position == position
    assert parsed.problem.get("place") == position + 1
    with pytest.raises(BadQuery) as error:
        parse_strict(text)
    assert error.value.position == position


@pytest.mark.parametrize("text", ["AND x", "OR x", '"x', "(x", "/x", "~x", "x!", "^x", "[x"])
def test_the_nine_broken_inputs_of_datashare_still_look_for_x(text: str) -> None:
    tree = parse(text).tree

    assert isinstance(tree, Term)
    assert tree.text == "x"


def test_a_query_of_500_characters_is_the_longest() -> None:
    assert parse("中" * parser.MAX_CHARACTERS).tree == Term("中" * parser.MAX_CHARACTERS)

    parsed = parse("中" * (parser.MAX_CHARACTERS + 1))

    assert parsed.tree == exact("中" * parser.MAX_CHARACTERS, Field.ANY)
    assert parsed.problem.get("why") == Message("query_too_long", most=500)


def test_a_query_of_50_terms_is_the_largest() -> None:
    words = [f"詞{number}" for number in range(parser.MAX_CLAUSES + 1)]
    assert not parse(" ".join(words[:-1])).literal

    parsed = parse(" ".join(words))

    assert parsed.tree == And(tuple(exact(word, Field.ANY) for word in words[:-1]))
    assert parsed.problem.get("why") == Message("query_too_many_terms", most=50)


def test_five_strings_that_only_reading_texts_can_find_are_the_most() -> None:
    five = '"甲 乙"~3 "甲 丙"~3 中國 without 中國銀行 -"甲 丁"~3 "甲 戊"~3'
    assert not parse(five).literal

    parsed = parse(f"{five} 香港 without 香港人")

    assert parsed.literal
    assert parsed.problem.get("why") == Message("query_too_many_distances", most=5)


def test_20_brackets_are_the_deepest() -> None:
    assert parse("(" * parser.MAX_NESTING + "中" + ")" * parser.MAX_NESTING).tree == Term("中")

    parsed = parse("(" * (parser.MAX_NESTING + 1) + "中" + ")" * (parser.MAX_NESTING + 1))

    assert parsed.tree == exact("中", Field.ANY)
    assert parsed.problem.get("why") == Message("query_too_deep", most=20)


@pytest.mark.parametrize(
    "pattern",
    ["(", "-(", "NOT ", "tag:", '"', "‘", "’", "「", "a(‘", "a(‘x’a", "a(", "()", "* ", "a-", "\u200b", "~9"],
)
def test_a_tower_of_signs_neither_fails_nor_takes_long(pattern: str) -> None:
    text = pattern * (parser.MAX_CHARACTERS // len(pattern))

    started = time.process_time()
    parse(text)

    assert time.process_time() - started < 1


def test_only_what_is_wanted_is_marked() -> None:
    tree = parse('中國 -美國 ("甲 乙"~3 OR title:丙) NOT(丁 -戊) 中國').tree

    assert parser.positive_terms(tree) == [CHINA, Near("甲", "乙", 3), Term("丙", Field.TITLE)]
    assert parser.positive_terms(None) == []


DOCUMENTED = re.findall(
    r"^\| `(.+?)` \|", (Path(__file__).parents[3] / "docs/query-language.md").read_text("utf-8"), re.MULTILINE
)


@pytest.mark.parametrize("text", [text for text in DOCUMENTED if not text.endswith(".py")])
def test_the_examples_of_the_manual_are_understood(text: str) -> None:
    assert not parse(text).literal


def test_every_field_has_its_example_in_the_manual() -> None:
    examples = " ".join(DOCUMENTED)

    assert all(f"{field.value}:" in examples for field in Field if field is not Field.OTHER)
