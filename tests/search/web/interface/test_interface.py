"""The API's document and page say what the API does; what holds for every address of it."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from newsarchive.conf.env import Rate
from search.web import urls
from search.web.interface.document import path_of
from search.web.interface.endpoints import ENDPOINTS
from tests.search.web.making import Page, publish, story, wrongs

pytestmark = pytest.mark.django_db

A_DAY = 24 * 3600


def test_every_address_of_the_api_is_declared_and_stands_in_the_document(client: Client) -> None:
    routes = {
        pattern.name
        for pattern in urls.urlpatterns
        if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith("api/")
    }

    document = client.get("/api/openapi.json").json()

    assert {endpoint.view for endpoint in ENDPOINTS} == routes
    assert set(document["paths"]) == {path_of(endpoint) for endpoint in ENDPOINTS}
    assert document["openapi"].startswith("3.")
    assert document["servers"] == [{"url": "http://testserver"}]


def test_the_parameters_of_the_document_are_those_of_the_form(client: Client) -> None:
    document = client.get("/api/openapi.json").json()

    listed = {each["name"]: each for each in document["paths"]["/api/search/"]["get"]["parameters"]}

    assert {"q", "page", "per_page", "sort", "from", "to", "exact", "outlet", "not_outlet"} <= set(listed)
    assert listed["per_page"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert listed["sort"]["schema"]["enum"] == ["relevance", "newest", "oldest"]
    assert all(each["description"] for each in listed.values())
    body = document["paths"]["/api/batch/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["queries"]
    assert body["properties"]["by"]["enum"] == ["year", "month", "outlet"]


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_the_page_describes_every_address_in_every_language(client: Client, language: str) -> None:
    publish(story())
    client.cookies["django_language"] = language

    response = client.get("/api/")

    page = Page(response.content)
    assert list(wrongs(page)) == []
    assert all(path_of(endpoint) in page.text for endpoint in ENDPOINTS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_run_as_they_are_printed(
    live_server: Any, client: Client, tmp_path: Path
) -> None:
    publish(story())
    here = {"host": live_server.url.removeprefix("http://")}
    _, *examples = client.get("/api/", headers=here).content.decode().split('tabindex="0"><code>')
    commands = [html.unescape(part.partition("</code>")[0]) for part in examples]

    assert len(commands) > 4
    for command in commands:
        ran = subprocess.run(command, shell=True, capture_output=True, check=True, timeout=60, cwd=tmp_path)
        if "format=csv" in command:
            [saved] = tmp_path.iterdir()
            assert saved.read_text(encoding="utf-8").startswith("\ufeffid,")
        else:
            assert "error" not in json.loads(ran.stdout)


@pytest.mark.parametrize("debug", [False, True])
def test_errors_of_every_path_are_json(client: Client, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    publish(story())
    asked = {
        "/api/nowhere/": 404,
        "/api/articles/999/": 404,
        "/api/articles/x/": 404,
        "/api/search/?page=0": 400,
        "/api/search/?page=99": 404,
        "/api/batch/": 405,
    }

    for address, status in asked.items():
        response = client.get(address)
        assert (address, response.status_code) == (address, status)
        assert response["Content-Type"] == "application/json"
        assert set(response.json()["error"]) >= {"code", "message"}
        assert response["Access-Control-Allow-Origin"] == "*"
    assert client.post("/api/search/").json()["error"]["code"] == "method_not_allowed"
    assert (
        client.get("/api/search/", headers={"host": "evil.example"}).json()["error"]["code"] == "bad_request"
    )


def test_an_error_of_the_program_is_json_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("search.web.interface.views.document", lambda server: 1 / 0)

    response = client.get("/api/openapi.json")

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "server_error"


def test_pages_of_other_sites_may_read_and_ask_first(client: Client) -> None:
    publish(story())

    asked_first = client.options("/api/search/", headers={"Origin": "https://other.example"})
    read = client.get("/api/search/", headers={"Origin": "https://other.example"})

    assert asked_first.status_code == 204
    assert "GET" in asked_first["Access-Control-Allow-Methods"]
    assert read["Access-Control-Allow-Origin"] == "*"
    assert "RateLimit-Remaining" in read["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in client.get("/search/")


def test_a_parameter_that_is_not_known_is_warned_of(client: Client) -> None:
    [article] = publish(story())

    found = client.get("/api/search/?q=會晤&outlett=眾新聞&not_tag=x&from=2021-01-01").json()
    record = client.get(f"/api/articles/{article.pk}/?fields=title").json()

    assert [warning["parameter"] for warning in found["warnings"]] == ["outlett"]
    assert found["warnings"][0]["code"] == "unknown_parameter"
    assert found["count"] == 1
    assert [warning["parameter"] for warning in record["warnings"]] == ["fields"]
    assert client.get("/api/search/").json()["warnings"] == []


def test_an_article_that_is_the_same_is_not_sent_again(client: Client) -> None:
    [article] = publish(story("test:1"))

    for address in (f"/articles/{article.pk}/", f"/api/articles/{article.pk}/"):
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    publish(story("test:1", title="會晤改題"))
    for address in (f"/articles/{article.pk}/", f"/api/articles/{article.pk}/"):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_answers_say_how_often_one_may_still_ask(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": Rate(2, A_DAY)}
    publish(story())

    answers = [client.get("/api/search/") for _ in range(3)]

    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"2"}
    assert answers[0]["RateLimit-Policy"] == f"2;w={A_DAY}"
    assert 0 < int(answers[2]["RateLimit-Reset"]) <= A_DAY
    assert answers[2].status_code == 429
    assert answers[2].json()["error"]["code"] == "too_many_requests"
