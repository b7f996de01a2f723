"""What the server itself answers: with the right status, in words, as JSON under /api/; and that it reads
addresses as people type them."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from .running import PATIENCE, Answer, Started, answers, environment, free_port, get, gunicorn, wait_for

LONG = "x" * 9000
HOST = "Host: localhost\r\n"
REFUSED = {
    "not a request": (400, "hello\r\n\r\n"),
    "a bare line feed": (400, f"GET {{path}} HTTP/1.1\n{HOST}\n"),
    "a blank in the address": (400, f"GET {{path}}?q=a b HTTP/1.1\r\n{HOST}\r\n"),
    "a version that is none": (400, f"GET {{path}} HTTP/7.1\r\n{HOST}\r\n"),
    "a header that is none": (400, f"GET {{path}} HTTP/1.1\r\n{HOST}nothing\r\n\r\n"),
    "two hosts": (400, f"GET {{path}} HTTP/1.1\r\n{HOST}{HOST}\r\n"),
    "a strange host": (400, "GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    "a host in Chinese": (400, "GET {path} HTTP/1.1\r\nHost: 香港.example\r\n\r\n"),
    "no length": (
        411,
        f"POST {{path}} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nx=1\r\n0\r\n\r\n",
    ),
    "a length that is none": (400, f"POST {{path}} HTTP/1.1\r\n{HOST}Content-Length: ²\r\n\r\n"),
    "a large body": (413, f"POST {{path}} HTTP/1.1\r\n{HOST}Content-Length: 99999999999\r\n\r\nx"),
    "a long address": (414, f"GET {{path}}?q={LONG} HTTP/1.1\r\n{HOST}\r\n"),
    "an endless address": (414, f"GET {{path}}?q={LONG}"),
    "a long header": (431, f"GET {{path}} HTTP/1.1\r\n{HOST}Cookie: {LONG}\r\n\r\n"),
    "many headers": (431, f"GET {{path}} HTTP/1.1\r\n{HOST}" + "X-A: b\r\n" * 200 + "\r\n"),
    "endless headers": (431, f"GET {{path}} HTTP/1.1\r\n{HOST}" + "X-A: b\r\n" * 9000),
    "an expectation": (417, f"GET {{path}} HTTP/1.1\r\n{HOST}Expect: miracles\r\n\r\n"),
    "a coding": (501, f"POST {{path}} HTTP/1.1\r\n{HOST}Transfer-Encoding: magic\r\n\r\n"),
}


@pytest.fixture(scope="module")
def port(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all of these, which write nothing."""
    number, start = free_port(), Started()
    log = tmp_path_factory.mktemp("refusals") / "log"
    start(gunicorn("--bind", f"127.0.0.1:{number}", "--workers", "1"), log, environment(seeds))
    wait_for(lambda: answers(number), "the start")
    yield number
    start.end()


def asked(port: int, request: str) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request.encode())
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Answer(response.status, dict(response.getheaders()), response.read())


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_cannot_be_taken_is_answered_in_words(name: str, port: int) -> None:
    status, request = REFUSED[name]

    page = asked(port, request.replace("{path}", "/search/"))

    assert page.status == status
    assert page.headers["Content-Type"].startswith("text/")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in page.text)
    assert LONG[:100] not in page.text


@pytest.mark.parametrize("name", [name for name in REFUSED if "{path}" in REFUSED[name][1]])
def test_under_api_it_is_json(name: str, port: int) -> None:
    status, request = REFUSED[name]

    answer = asked(port, request.replace("{path}", "/api/search/"))

    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/json"
    assert set(json.loads(answer.body)["error"]) == {"code", "message"}


@pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/", "/api/articles/99999999999999999999/"])
def test_errors_of_every_path_under_api_are_json(path: str, port: int) -> None:
    answer = get(port, path)

    assert answer.status == 404
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize("words", ["習近平", "習近平　拜登", "「習近平」", "café", "习近平"])
def test_an_address_typed_as_it_is_read_is_the_percent_encoded_one(words: str, port: int) -> None:
    typed = asked(port, f"GET /api/search/?q={words}&page=1 HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")

    encoded = get(port, f"/api/search/?q={quote(words)}&page=1", Host="localhost")
    assert typed.status == encoded.status == 200
    assert {**typed.json(), "took_ms": 0} == {**encoded.json(), "took_ms": 0}
    assert typed.json()["query"]["text"] == words


def test_a_path_typed_as_it_is_read_is_read(port: int) -> None:
    assert asked(port, f"GET /香港/ HTTP/1.1\r\n{HOST}\r\n").status == 404
    assert asked(port, f"GET http://localhost/search/?q=香港 HTTP/1.1\r\n{HOST}\r\n").status == 200
