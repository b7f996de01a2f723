"""How much of a question stands together in a text."""

from __future__ import annotations

import random

import pytest

from search.engines.embedded.passages import covered
from search.engines.ranking import PASSAGE


def by_reading(text: str, worth: dict[str, float]) -> float:
    """Every passage, one after another."""
    passages = [text[at : at + PASSAGE] for at in range(max(1, len(text)))]
    return max(sum(value for gram, value in worth.items() if gram in passage) for passage in passages)


def test_what_stands_in_one_passage_counts_together() -> None:
    worth = {"香港": 2.0, "政府": 3.0, "港": 0.5}
    far = "香港" + "，" * PASSAGE + "政府"

    assert covered(["香港的政府", far, "沒有"], worth).tolist() == [5.5, 3.0, 0.0]


def test_a_passage_does_not_reach_into_the_next_text() -> None:
    assert covered(["香港", "政府"], {"香港": 1.0, "政府": 1.0}).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("texts", "worth"), [([], {"甲": 1.0}), (["甲"], {}), ([""], {"甲": 1.0})])
def test_of_nothing_it_is_nothing(texts: list[str], worth: dict[str, float]) -> None:
    assert covered(texts, worth).tolist() == [0.0] * len(texts)


def test_it_is_what_reading_finds() -> None:
    rng = random.Random(3)
    texts = ["".join(rng.choices("甲乙丙 丁\n", weights=(1, 1, 1, 9, 9, 1), k=200)) for _ in range(40)]
    worth = {"甲": 1.0, "乙丙": 2.5, "甲甲": 4.0, "丙丁甲": 8.0, "乙": 0.5}

    assert covered(texts, worth).tolist() == [by_reading(text, worth) for text in texts]
