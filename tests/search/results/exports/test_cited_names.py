"""Names as they are cited, from bylines that were printed."""

from __future__ import annotations

import pytest

from search.results.exports.cited_names import persons

PRINTED = {
    "中國組記者曾海琪": ("曾海琪",),
    "實習記者  梁穎欣、蔣欣彤": ("梁穎欣", "蔣欣彤"),
    "記者林勵\u3000實習記者鄭卓伶 │": ("林勵", "鄭卓伶"),
    "《蘋果日報》記者呂麗嬋": ("呂麗嬋",),
    "新华社记者 岳月伟": ("岳月伟",),
    "特約記者陳大文報道": ("陳大文",),
    "張三 記者": ("張三",),
    "文：林雨": ("林雨",),
    "【撰文：北濤】": ("北濤",),
    "By CK Lo": ("CK Lo",),
    "文／林雨 攝影／青": ("林雨",),
    "飄楊；攝影：小鳥": ("飄楊",),
    "紀安澤和任石榮｜譯者：吳祐甯": ("紀安澤和任石榮",),
    "攝影：青": ("青",),
    "譯者培根": ("培根",),
}
NAMES = ("文山", "劉文成自傳", "我是記者・我的六四故事", "牛媽媽／Madam N", "a. Tam", "R－Connect 難民在線")
NOBODY = ("記者", "眾新聞記者", "Citizen News", "讀者來論", "文：", "某報", "")


@pytest.mark.parametrize("printed", PRINTED)
def test_words_of_what_somebody_did_are_no_part_of_a_name(printed: str) -> None:
    assert persons([printed], "", "某報") == PRINTED[printed]
    assert persons([], printed, "某報") == PRINTED[printed]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_looks_like_such_a_word_stays_whole(name: str) -> None:
    assert persons([name], "", "某報") == (name,)


@pytest.mark.parametrize("printed", NOBODY)
def test_an_outlet_or_a_column_is_nobody(printed: str) -> None:
    assert persons([], printed, "某報") == ()


def test_the_authors_of_an_article_come_before_its_byline_and_each_is_named_once() -> None:
    assert persons(["記者甲乙", "甲乙", "丙丁"], "別人", "某報") == ("甲乙", "丙丁")
