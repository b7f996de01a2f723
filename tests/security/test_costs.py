"""Questions made to cost: each has an answer or a reason, and none is an error of ours. What they cost on a
large archive is a measurement (docs/performance.md), not a test."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from search.query.parser import MAX_CLAUSES, parse
from tests.pages.making import publish, story

pytestmark = pytest.mark.django_db

COMMON = "的是在了有不人我他這個中大來上國到說們為子和你地出道也時年得就那要下以生會自"
WORDS = {
    "a common character": "的",
    "nothing but what it is not": " ".join(f"-{char}" for char in COMMON),
    "all common characters": " ".join(COMMON),
    "a hundred alternatives": " OR ".join(f"字{number}" for number in range(100)),
    "far apart": '"中 國"~9999',
    "many distances": " ".join(f'"{char} 的"~100' for char in COMMON),
    "surroundings": " OR ".join(f"{char} without {char}的" for char in COMMON),
    "beginnings of words": " OR ".join(f"{char}*" for char in "abcdefghijklmnopqrstuvwxyz"),
    "a star alone": "*",
    "one character, thousands of times": "的" * 8_000,
    "brackets": "(" * 4_000 + "a" + ")" * 4_000,
    "quotation marks": '"' * 8_000,
    "fields": "title:" * 1_500 + "a",
    "signs": "-|~:" * 2_000,
    "all of time": "date:0001/9999",
    "a number of days that is none": "date:" + "9" * 4_000,
    "marks that combine": "a" + "\u0301" * 8_000,
}
PARAMETERS = {
    "a page that is not there": "q=中國&page=10000000",
    "a page of too many digits": "page=" + "9" * 5_000,
    "a page before the first": "page=-1",
    "more on a page than there may be": "per_page=1000",
    "an order of no name": "sort=nonsense",
    "a facet a thousand times": "&".join(f"outlet=x{number}" for number in range(1_000)),
    "thousands of unknown names": "&".join(f"k{number}=v" for number in range(4_000)),
    "no character": "q=%00&outlet=%00",
    "half a character": "q=%ED%A0%80&tag=%ED%BF%BF",
    "bytes of no text": "q=%ff%fe",
    "nothing but separators": "&=" * 4_000,
    "days that no calendar has": "from=9999-99-99&to=0000-00-00",
}
ADDRESSES = ["/search/", "/api/search/", "/feeds/search/"]


@pytest.mark.parametrize("path", [*ADDRESSES, "/suggest/"])
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_costly_question_is_answered_or_searched_as_it_stands(
    client: Client, words: str, path: str
) -> None:
    publish(story())

    assert client.get(f"{path}?q={quote(words)}").status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("query", PARAMETERS.values(), ids=PARAMETERS)
def test_nonsense_in_an_address_has_an_answer_or_a_reason(client: Client, query: str, path: str) -> None:
    publish(story())

    assert client.get(f"{path}?{query}").status_code in (200, 400, 404)


def test_a_query_has_at_most_so_many_clauses_and_says_so() -> None:
    parsed = parse(" OR ".join(f"字{number}" for number in range(MAX_CLAUSES + 1)))

    assert parsed.literal
    assert str(MAX_CLAUSES) in parsed.problem
