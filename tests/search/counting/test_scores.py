"""Counts and scores of the API agree with those worked out by hand over all texts."""

from __future__ import annotations

from math import isclose, log2
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from search.language.tokens import search_text
from tests.search.web.making import publish, publish_seeds, story

from . import plain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


def asked(client: Client, view: str, **parameters: object) -> Any:
    response = client.get(f"/api/{view}/", parameters)

    assert response.status_code == 200, response.content
    return response.json()


def same(left: float, right: float) -> bool:
    return isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("word", ["习近平", "習近平", "拜登", "台灣", "的", "會晤", "APEC", "人權"])
def test_occurrences_are_those_of_a_plain_scan(client: Client, word: str) -> None:
    publish_seeds()

    found = asked(client, "concordance", q=word, loose="off", also="off", per_page=1)

    assert found["occurrences"] == plain.occurrences(plain.texts(), word)


@pytest.mark.parametrize(("word", "window"), [("拜登", 5), ("習近平", 1), ("中國", 10)])
def test_collocates_have_the_counts_and_scores_of_the_formulas(
    client: Client, word: str, window: int
) -> None:
    publish_seeds()
    every = plain.texts()
    near, frequency = plain.neighbours(every, word, window), plain.frequencies(every)
    total, node = frequency.total(), plain.occurrences(every, word)

    found = asked(
        client, "collocates", q=word, loose="off", also="off", window=window, least=1, per_page=1000
    )

    assert (found["occurrences"], found["reach"], found["words"]) == (node, near.total(), total)
    expected = {word: near.total() * count / total for word, count in frequency.items()}
    assert {search_text(one["word"]) for one in found["collocates"]} == {
        word for word, count in near.items() if count > expected[word]
    }
    for one in found["collocates"]:
        folded = search_text(one["word"])
        observed, count = near[folded], frequency[folded]
        assert (one["observed"], one["frequency"]) == (observed, count)
        assert same(one["expected"], expected[folded])
        assert same(one["log_likelihood"], plain.full_log_likelihood(observed, near.total(), count, total))
        assert same(one["log_dice"], plain.log_dice(observed, node, count))
        assert same(one["mi"], log2(observed / expected[folded]))


def test_keyness_has_the_counts_and_scores_of_the_formulas(client: Client) -> None:
    publish_seeds()
    sides = [plain.texts(outlet__name="BBC 中文"), plain.texts(outlet__name="眾新聞")]
    a, b = (plain.frequencies(side) for side in sides)
    a_is, b_is = (urlencode({"outlet": name}) for name in ("BBC 中文", "眾新聞"))

    found = asked(client, "keyness", a=a_is, b=b_is, per_page=1000)

    assert (found["a"]["words"], found["b"]["words"]) == (a.total(), b.total())
    assert {search_text(key["word"]) for key in found["words"]} == {
        word for word in a.keys() | b.keys() if a[word] + b[word] >= 5
    }
    sizes = [[plain.frequencies([text]).total() for text in side] for side in sides]
    for key in found["words"]:
        word = search_text(key["word"])
        assert (key["a"], key["b"]) == (a[word], b[word])
        assert same(key["log_likelihood"], plain.keyness(a[word], b[word], a.total(), b.total()))
        assert same(key["log_ratio"], plain.log_ratio(a[word], b[word], a.total(), b.total()))
        counts = [plain.frequencies([text])[word] for text in sides[0]]
        assert key["stories_a"] == sum(map(bool, counts))
        if a[word]:
            assert same(key["dispersion_a"], plain.deviation(counts, sizes[0]))


def test_characters_are_counted_as_words_are(client: Client) -> None:
    publish(story(title="上海上海", body="<p>上海人在Shanghai。</p>", images=(), embeds=()))

    found = asked(client, "keyness", a="q=上海", b="q=無", by="char", least=1)

    assert {key["word"]: key["a"] for key in found["words"]} == {
        "上": 3,
        "海": 3,
        "人": 1,
        "在": 1,
        "Shanghai": 1,
    }


def test_a_word_in_reach_of_two_occurrences_counts_once_and_lines_end_the_reach(client: Client) -> None:
    publish(story(title="無", body="<p>上海和上海</p><p>北京</p>", images=(), embeds=()))

    found = asked(client, "collocates", q="上海", window=5, least=1)

    assert {one["word"]: one["observed"] for one in found["collocates"]} == {"上海": 2, "和": 1}


def test_characters_beside_a_word_are_those_next_to_it_even_within_a_longer_word(client: Client) -> None:
    publish(story(title="無", body="<p>在國家安全局，Joe說𠮷國家</p>", images=(), embeds=()))

    found = asked(client, "collocates", q="國家", window=3, by="char", least=1)

    assert found["reach"] == 7
    near = {one["word"]: one["observed"] for one in found["collocates"]}
    assert near == dict.fromkeys(["在", "安", "全", "局", "Joe", "說", "𠮷"], 1)


def test_months_add_up_to_what_the_searches_find(client: Client) -> None:
    publish_seeds()

    found = asked(client, "trends", q=["拜登", "習近平"], by="year", also="off")

    assert found["buckets"] == ["2021", "2022", "2023"]
    assert found["articles"] == [4, 0, 1]
    for series in found["series"]:
        assert sum(series["articles"]) == asked(client, "search", q=series["q"], also="off")["count"]
        assert sum(series["occurrences"]) == plain.occurrences(plain.texts(), series["q"])
