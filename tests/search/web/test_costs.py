"""Questions made to cost: each has an answer or a reason, none is an error of ours, and none counts as more
work than one request may be. How long they take on a large archive is a measurement (docs/security.md), not a
test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.conf.env import Rate
from newsarchive.models import Article
from newsarchive.quotas import counters
from newsarchive.runtime import work
from search.engines import get_engine
from search.indexing import sync
from search.query.parser import MAX_CLAUSES, parse

from .making import publish, story

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
    assert str(MAX_CLAUSES) in str(parsed.problem)


# -- what they cost, counted as work -------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LONG = "".join(
    f"{COMMON[n % len(COMMON)]}{LETTERS[n % 36]} {COMMON[n * 7 % len(COMMON)]}" for n in range(4_000)
)
PAIRS = ("的是", "不人", "我他", "中大", "上國")
QUERIES = {
    "single characters": " OR ".join(f'"{char}"' for char in LETTERS),
    "fifty characters": " OR ".join((COMMON + LETTERS)[:50]),
    "strings that meet": " OR ".join(f'"{a} {b}"~0' for a, b in ("的是", "不人", "我他", "中大", "上國")),
    "strings that nearly meet": " OR ".join(
        f'"{a} {b}"~1' for a, b in ("的是", "不人", "我他", "中大", "上國")
    ),
    "strings far apart": " OR ".join(f'"{char} {char}"~500' for char in "的是在了有"),
    "words near each other": " OR ".join(f'"{a} {b}"~3' for a, b in ("ab", "cd", "ef", "gh", "12")),
    "beginnings of words": " OR ".join(f"{char}*" for char in LETTERS),
    "beginnings in the text": " OR ".join(f"body:{char}*" for char in LETTERS),
    "strings with blanks": " OR ".join(f'"{a} {b}"' for a in "aeiost" for b in "aeiostn"),
    "surroundings": " OR ".join(f"{char} without {char}的" for char in "是在了有不"),
    "the text alone": " OR ".join(f"body:{char}" for char in COMMON),
    "credits alone": " OR ".join(f"credit:{char}" for char in COMMON),
    "authors": " OR ".join(f"author:{char}" for char in COMMON),
    "brackets and negations": "NOT (" * 19 + " OR ".join(COMMON) + ")" * 19,
    "strings that punctuation may part": " OR ".join(
        f"{a}{b}{c}" for a, b, c in zip(COMMON, COMMON[1:], COMMON[2:], strict=False)
    ),
    "what stands nowhere": " ".join(f'"{a} {b}"~1' for a, b in ("的是", "不人", "我他")) + " zzqq title:zzz",
    "what stands in part": COMMON * 10,
}
EVERYTHING = {
    **{f"page: {name}": f"/search/?per_page=100&q={quote(words)}" for name, words in QUERIES.items()},
    **{
        f"record: {name}": f"/api/search/?per_page=100&group=off&q={quote(words)}"
        for name, words in QUERIES.items()
    },
    **{
        f"as typed: {name}": f"/api/search/?per_page=100&exact=on&q={quote(words)}"
        for name, words in QUERIES.items()
    },
    "feed": f"/feeds/search/?per_page=100&q={quote(QUERIES['single characters'])}",
    "article": f"/articles/{{pk}}/?q={quote(QUERIES['fifty characters'])}",
    "an article's distances": f"/articles/{{pk}}/?q={quote(QUERIES['strings far apart'])}",
    "a comparison": "/articles/{pk}/diff/{other}/",
    "suggestions": f"/suggest/?q={quote('的 是 a b')}",
}
A_DAY = 24 * 3600
MOST_REQUESTS = -(-(work.READING + work.MARKING) // work.ONE_REQUEST) + 1


@pytest.fixture
def counting(settings: Any) -> Callable[[], int]:
    """As how many requests the rate limits have counted what this client asked."""
    settings.RATE_LIMITS = dict.fromkeys(("search", "suggest", "read"), Rate(10**9, A_DAY))
    return lambda: sum(counters.add(f"{kind} 127.0.0.1", A_DAY, 0) for kind in settings.RATE_LIMITS)


def long_archive() -> list[Article]:
    """Two copies of a story of 44,000 characters that differ everywhere, and ten long articles."""
    body = "".join(f"<p>{LONG[at : at + 400]}</p>" for at in range(0, len(LONG), 400))
    saved = publish(
        story("hkcnews:1", body=f"<p>{'的是' * 22_000}</p>"),
        story("hkcnews:2", body=f"<p>{'是的了' * 14_700}</p>"),
        *(story(f"test:{n}", title=f"第{n}篇 {LETTERS}", body=f"<p>第{n}篇</p>{body}") for n in range(10)),
    )
    articles.group(Article.objects.filter(pk__in=[article.pk for article in saved[:2]]))
    sync.drain(get_engine())
    return saved


def addresses(saved: list[Article]) -> dict[str, str]:
    places = {"{pk}": str(saved[0].pk), "{other}": str(saved[1].pk)}
    found = {}
    for name, address in EVERYTHING.items():
        for place, number in places.items():
            address = address.replace(place, number)
        found[name] = address
    return found


def test_no_request_counts_as_more_work_than_one_may_be(client: Client, counting: Callable[[], int]) -> None:
    asked = addresses(long_archive())

    too_dear = {}
    for name, address in asked.items():
        before = counting()
        assert client.get(address).status_code == 200, name
        if (counted := counting() - before) > MOST_REQUESTS:
            too_dear[name] = counted

    assert too_dear == {}


def test_beyond_its_work_a_page_and_a_record_say_what_they_left_out(
    client: Client, monkeypatch: pytest.MonkeyPatch, counting: Callable[[], int]
) -> None:
    long_archive()
    monkeypatch.setattr(work, "READING", 0)
    monkeypatch.setattr(work, "MARKING", 200)
    words = 'abc* OR "的 b"~3 OR "b c"'

    found = client.get("/api/search/", {"q": words}).json()
    told = {}
    for language in ("zh-hant", "zh-hans", "en"):
        client.cookies["django_language"] = language
        told[language] = client.get("/search/", {"q": words}).content.decode()

    assert set(found["query"]["widened"]) == {"abc*", '"的 b"~3', "b c"}
    assert found["query"]["unmarked"]
    assert found["count"] == 10  # all but the story of two copies, which has no letters
    for language, (widened, unmarked) in {
        "zh-hant": ("以下條件放寬了", "只取自部分內文"),
        "zh-hans": ("以下条件放宽了", "只取自部分内文"),
        "en": ("looked for more widely", "come from a part of the texts"),
    }.items():
        assert widened in told[language]
        assert unmarked in told[language]


def test_the_same_question_has_the_same_answer_whatever_was_asked_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_archive()
    words = " OR ".join(f"{char}*" for char in LETTERS)
    client.get("/api/search/", {"q": words})  # without limits nothing is left out, and all is kept
    monkeypatch.setattr(work, "READING", 50)

    first, second = (client.get("/api/search/", {"q": words}).json() for _ in range(2))

    assert first["query"]["widened"] == second["query"]["widened"] != []
    assert first["count"] == second["count"]


def test_what_cannot_be_read_as_typed_is_found_however_it_is_written(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(story(body="<p>以後</p>"), story("test:2", body="<p>以后，後來</p>"))
    asked = {"q": "以後", "exact": "on"}

    whole = client.get("/api/search/", asked).json()
    monkeypatch.setattr(work, "READING", 10)
    widened = client.get("/api/search/", asked).json()

    assert (whole["count"], whole["query"]["widened"]) == (1, [])
    assert (widened["count"], widened["query"]["widened"]) == (2, ["以後"])


def test_strings_that_cannot_be_read_for_punctuation_are_found_and_said_to_be_wider(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(story(body="<p>光復香港，時代革命</p>"), story("test:2", body="<p>光復香港時代，時代革命</p>"))
    asked = {"q": "光復香港時代革命"}

    whole = client.get("/api/search/", asked).json()
    monkeypatch.setattr(work, "READING", 0)
    widened = client.get("/api/search/", asked).json()

    assert (whole["count"], whole["query"]["loosened"], whole["query"]["widened"]) == (1, 1, [])
    assert widened["query"]["widened"] == ["光復香港時代革命"]
    assert widened["count"] >= 1


def test_an_ordinary_question_is_answered_whole(client: Client) -> None:
    publish(story(), story("test:2", title="颱風警告"))

    for words in ("會晤", "習近平 拜登", '"老朋友"', '"習近平 老朋友"~10', "拜登 without 稱拜登", "Bid*"):
        found = client.get("/api/search/", {"q": words}).json()["query"]
        assert (found["widened"], found["unmarked"]) == ([], False), words


def test_a_dear_request_counts_as_several(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(story())
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": Rate(3, A_DAY)}
    monkeypatch.setattr(work, "ONE_REQUEST", 1)

    first = client.get("/search/", {"q": '"習 拜"~100 OR 會晤'})
    second = client.get("/search/")

    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second["Retry-After"]) > 0


def test_more_values_than_a_page_has_links_for_are_refused(client: Client) -> None:
    query = "&".join(f"{facet}=v{n}" for facet in ("tag", "author", "not_tag") for n in range(40))

    assert client.get(f"/api/search/?{query}").status_code == 400
    assert client.get(f"/search/?{query}").status_code == 400
