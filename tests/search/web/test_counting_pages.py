"""The counting pages open in three languages, refuse what they must, and trust no text."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from newsarchive.conf import search_url
from newsarchive.conf.env import Rate
from newsarchive.quotas import counters
from newsarchive.runtime import work
from search.counting import asking
from search.engines import get_engine
from search.engines.embedded.counting import running_texts
from search.engines.opensearch.engine import OpenSearchEngine
from search.language.tokens import segmenter

from .making import Page, publish, publish_seeds, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
A_DAY = 24 * 3600
PAGES = {
    "concordance": "/concordance/?q=會晤&sort=right2&by=word",
    "trends": "/trends/?q=會晤&q=拜登&by=year",
    "collocates": "/collocates/?q=會晤&least=1",
    "keyness": "/keyness/?a=q%3D拜登&b=",
}


@pytest.mark.parametrize("view", PAGES)
@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_a_page_opens_with_and_without_a_question(client: Client, view: str, language: str) -> None:
    publish_seeds()
    client.cookies["django_language"] = language

    for address in (f"/{view}/", PAGES[view]):
        response = client.get(address)
        assert response.status_code == 200
        assert list(wrongs(Page(response.content))) == []
        assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize("view", PAGES)
def test_every_number_leads_to_pages_that_are_there(client: Client, view: str) -> None:
    publish_seeds()
    page = Page(client.get(PAGES[view]).content)
    links = {link["href"] for link in page.all("a") if link["href"].startswith("/")}

    assert len(links) > 8
    assert {href: client.get(href).status_code for href in sorted(links)[:40]} == dict.fromkeys(
        sorted(links)[:40], 200
    )


@pytest.mark.parametrize("view", PAGES)
def test_tables_and_pictures_are_files_too(client: Client, view: str) -> None:
    publish_seeds()

    response = client.get(PAGES[view] + "&format=csv")
    text = b"".join(response.streaming_content)  # type: ignore[attr-defined]

    assert "attachment" in response["Content-Disposition"]
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") > 2


def test_the_picture_of_trends_stands_alone(client: Client) -> None:
    publish_seeds()

    svg = client.get("/trends/?q=會晤&format=svg").content.decode()

    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "會晤" in svg


def test_a_point_leads_to_the_articles_it_counts(client: Client) -> None:
    publish_seeds()
    page = Page(client.get("/trends/?q=會晤&by=year").content)
    href = next(link["href"] for link in page.all("a") if "from=2021-01-01" in link["href"])

    assert client.get("/api" + href).json()["count"] == 4


def test_texts_and_names_come_out_as_text(client: Client) -> None:
    evil = '<script>alert(1)</script>"onload=x'
    publish(story(title=f"香港{evil}", body=f"<p>{evil.replace('<', '&lt;')}香港</p>", outlet=evil))

    for address in ("/concordance/?q=香港", "/trends/?q=香港" + quote(evil), "/collocates/?q=香港&least=1"):
        assert "<script>alert" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/api/concordance/?q=",
        "/api/concordance/?q=會晤&window=4",
        "/api/concordance/?q=會晤&sort=random",
        "/api/trends/",
        "/api/trends/?" + "&".join(f"q={number}" for number in range(9)),
        "/api/collocates/?q=會晤&window=11",
        "/api/keyness/?a=sort%3Dnonsense",
    ],
)
def test_a_wrong_parameter_is_said(client: Client, address: str) -> None:
    publish_seeds()

    response = client.get(address)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_parameter"


def test_what_would_cost_too_much_is_refused_and_not_sampled(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_seeds()
    assert client.get("/api/collocates/?q=會晤").status_code == 200

    budget = work.Work(work.Budget(3), work.Budget(3))
    monkeypatch.setattr(work, "current", lambda: budget)

    response = client.get("/api/collocates/?q=會晤 OR 拜登")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "too_much_to_count"
    assert client.get("/collocates/?q=會晤 OR 習近平").status_code == 400


def test_a_question_is_refused_or_answered_whoever_asked_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_seeds()
    address = "/api/collocates/?q=會晤 OR 習近平"
    first = work.Work()
    monkeypatch.setattr(work, "current", lambda: first)
    assert client.get(address).status_code == 200

    for units, status in ((first.reading.spent, 200), (first.reading.spent - 1, 400)):
        budget = work.Work(work.Budget(units))
        monkeypatch.setattr(work, "current", lambda budget=budget: budget)
        assert client.get(address).status_code == status


COMMON = "的是在了有不人我"
DEAR = {
    "a common character in the order of words": "/concordance/?q=的&sort=left3&by=word&window=60",
    "a common character with blanks": '/concordance/?q="的 是"',
    "a common character as typed": "/concordance/?q=的&exact=on",
    "beginnings of words": "/concordance/?q=" + " OR ".join(f"{char}*" for char in "abcdefgh"),
    "distances": "/concordance/?q=" + " OR ".join(f'"{char} 的"~100' for char in COMMON[1:6]),
    "surroundings": "/concordance/?q=" + " OR ".join(f"{char} without {char}的" for char in COMMON[1:6]),
    "all words beside common characters": "/collocates/?window=10&per_page=1000&least=1&q="
    + " OR ".join(COMMON),
    "all characters beside common ones": "/collocates/?window=10&by=char&q=" + " OR ".join(COMMON),
    "eight lines": "/trends/?" + "&".join(f"q={char}" for char in COMMON),
    "a line an outlet": "/trends/?lines=outlet&q=的",
    "two vocabularies": "/keyness/?per_page=1000&least=1&a=q%3D的&b=",
    "two sets of characters": "/keyness/?by=char&per_page=1000&least=1&a=q%3D的&b=",
}


def test_the_dearest_counts_are_charged_for_and_bounded(client: Client, settings: Any) -> None:
    """In units of work; what they take by the clock is in docs/counting.md."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"search": Rate(10**9, A_DAY)}
    publish(*(story(f"test:{n}", title=f"{COMMON}{n}", body=_long(n)) for n in range(10)))
    most = -(-(work.COMPARING + work.MARKING) // work.ONE_REQUEST) + 1

    for name, address in DEAR.items():
        before = counters.add("search 127.0.0.1", A_DAY, 0)
        assert client.get(address).status_code in (200, 400), name
        assert counters.add("search 127.0.0.1", A_DAY, 0) - before <= most, name


def _long(number: int) -> str:
    return "".join(f"<p>{COMMON[n % 8]}的 是{number}abc{COMMON[n * 3 % 8]}，的</p>" for n in range(300))


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hant", "搜尋叢集，不能計數"), ("zh-hans", "搜索集群，不能计数"), ("en", "searched in a cluster")],
)
def test_a_cluster_says_that_counting_needs_the_embedded_engine(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    address = search_url.parse("opensearch://127.0.0.1:9/none")
    cluster = OpenSearchEngine(address, shards=1, replicas=0)
    monkeypatch.setattr(asking, "get_engine", lambda: cluster)
    client.cookies["django_language"] = language

    for view, question in PAGES.items():
        page = client.get(question)
        record = client.get(f"/api{question}")
        assert (page.status_code, record.status_code) == (503, 503)
        assert said in page.content.decode()
        assert "Retry-After" not in page
        assert record.json()["error"]["code"] == "counting_needs_embedded", view


def test_an_index_without_running_texts_is_searched_and_says_that_it_cannot_count(
    client: Client, settings: Any
) -> None:
    publish_seeds()
    get_engine().close()
    generation = _generation(Path(settings.INDEX_DIR))
    shutil.rmtree(generation / running_texts.NAME)
    _forget(generation)

    assert client.get("/api/search/?q=會晤").json()["count"] == 5
    response = client.get("/api/concordance/?q=會晤")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "counting_needs_rebuild"
    assert client.get("/concordance/?q=會晤").status_code == 503
    assert client.get("/articles/1/").status_code in (200, 404)


def _generation(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().strip()


def _forget(generation: Path) -> None:
    """Have the generation say what one of an older program says."""
    import json

    from search.engines.embedded.storage import generation as storage

    path = generation / "generation.json"
    facts = json.loads(path.read_text())
    for table in (facts["files"], facts["checksums"]):
        for name in [name for name in table if name.startswith(running_texts.NAME + "/")]:
            del table[name]
    del facts["stamps"]["running"]
    facts["checksum"] = storage._own_checksum(facts)
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize(
    "text", ["习近平与拜登会晤，14.5亿人。\napec峰会", "国家安全局长𠮷野家", "", "。。", "a"]
)
def test_pieces_are_the_text_and_their_words_are_jiebas(text: str) -> None:
    pieces, words = segmenter().pieces(text), list(segmenter().whole_words(text))

    assert "".join(pieces) == text
    assert [word.text for word in words] == [text[word.start : word.end] for word in words]
    assert [piece for piece in pieces if piece.isalnum()] == [word.text for word in words]
