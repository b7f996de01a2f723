"""What is written of requests: enough to find what went wrong, nothing of who read what."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db.utils import OperationalError
from django.test import Client

from newsarchive.errors import BadQuery, IndexUnavailable
from newsarchive.runtime import logs
from search.engines import get_engine
from search.indexing.indexer import Indexer
from search.results import service
from tests.search.web.conftest import folders  # noqa: F401 - every test has folders of its own
from tests.search.web.making import publish, story

from .running import ROOT, environment, wait_for

pytestmark = pytest.mark.django_db

WORDS = "國家安全 護欄"
ADDRESS = "203.0.113.77"
PRIVATE = ("國家安全", "護欄", quote("國家安全"), quote("護欄"), ADDRESS)


class Log:
    """Everything that any logger says, from DEBUG on, in both forms."""

    def __init__(self) -> None:
        self._streams = {form: io.StringIO() for form in logs.FORMS}
        self.handlers = []
        for form, stream in self._streams.items():
            self.handlers.append(logging.StreamHandler(stream))
            self.handlers[-1].setFormatter(logs.formatter(form, queries=False))

    @property
    def text(self) -> str:
        return self._streams["plain"].getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._streams["json"].getvalue().splitlines()]

    @property
    def accesses(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "newsarchive.access"]


@pytest.fixture
def log() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    level = root.level
    for handler in log.handlers:
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.setLevel(level)
    for handler in log.handlers:
        root.removeHandler(handler)


@pytest.fixture
def reader(client: Client) -> Client:
    client.raise_request_exception = False
    client.defaults["REMOTE_ADDR"] = ADDRESS
    return client


def test_a_line_names_method_view_status_and_time(reader: Client, log: Log) -> None:
    [article] = publish(story())

    reader.get(f"/articles/{article.pk}/")

    [line] = log.accesses
    assert line["message"].startswith("GET article 200 ")
    assert (line["method"], line["view"], line["status"], line["level"]) == ("GET", "article", 200, "INFO")
    assert line["milliseconds"] > 0
    assert f"/articles/{article.pk}" not in log.text


def test_words_and_addresses_are_in_no_log_by_default(
    reader: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(story())
    for address in ("/search/", "/feeds/search/", "/api/search/", "/suggest/", "/nowhere/", "/articles/9/"):
        reader.get(address, {"q": WORDS, "page": "1"})
    reader.get(f"/{WORDS}/")
    reader.get("/search/", {"q": WORDS, "page": WORDS})
    reader.get("/search/", {"q": WORDS}, headers={"host": "evil.example"})
    reader.post("/admin/login/", {"username": WORDS, "password": WORDS})
    for error in (
        ValueError(f"bad words {WORDS}"),
        KeyError(WORDS),
        BadQuery("query_no_such_date", position=0, text=WORDS),
    ):

        def fails(*args: Any, error: Exception = error, **options: Any) -> None:
            try:
                raise LookupError(WORDS)
            except LookupError as cause:
                raise error from cause

        monkeypatch.setattr(service, "read", fails)
        assert reader.get("/search/", {"q": WORDS}).status_code == 500

    assert len(log.accesses) == 13
    assert "Traceback" in log.text
    assert [secret for secret in PRIVATE if secret in log.text] == []
    assert [secret for secret in PRIVATE if any(secret in str(line) for line in log.lines)] == []


def test_a_slow_answer_is_a_warning_without_its_words(
    reader: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsarchive.web import access_log

    publish(story())
    monkeypatch.setattr(access_log, "SLOW_SECONDS", 0.0)

    reader.get("/search/", {"q": WORDS})

    assert [line["level"] for line in log.accesses] == ["WARNING"]
    assert [secret for secret in PRIVATE if secret in log.text] == []


def test_an_error_that_tells_of_the_machine_is_told(
    reader: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **options: Any) -> None:
        raise OperationalError("disk I/O error") from OSError(28, "No space left on device", "/x")

    monkeypatch.setattr(service, "read", fails)

    reader.get("/search/", {"q": WORDS})

    assert "OperationalError: disk I/O error" in log.text
    assert "OSError: No space left on device\n" in log.text
    assert "in fails" in log.text


def test_words_and_addresses_are_written_when_asked_for(reader: Client, log: Log, settings: Any) -> None:
    publish(story())
    settings.LOG_QUERIES = settings.LOG_ADDRESSES = True

    reader.get("/search/", {"q": WORDS})

    [line] = log.accesses
    assert quote("國家安全") in line["address"]
    assert line["from"] == ADDRESS


def test_with_queries_switched_on_an_exception_says_all(log: Log) -> None:
    lines = logs.formatter("json", queries=True)
    try:
        raise ValueError(WORDS)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "x", (), sys.exc_info())

    with logs.request_context("request-1"):
        assert WORDS in json.loads(lines.format(record))["exception"]


def test_a_request_has_one_number_in_header_log_and_error_page(
    reader: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **options: Any) -> None:
        raise ValueError

    monkeypatch.setattr(service, "search", fails)

    response = reader.get("/search/", {"q": WORDS})

    number = response["X-Request-ID"]
    assert len(number) == 16
    assert {line["request"] for line in log.lines if line["level"] in ("ERROR", "WARNING")} == {number}
    assert number in response.content.decode()
    assert reader.get("/search/")["X-Request-ID"] != number


@pytest.mark.parametrize("path", ["/nowhere/", "/search/?page=x", "/search/?page=99"])
def test_every_error_page_says_the_number(reader: Client, path: str) -> None:
    publish(story())

    response = reader.get(path)

    assert response.status_code in (400, 404)
    assert response["X-Request-ID"] in response.content.decode()


def test_a_sane_number_of_the_proxy_is_kept(reader: Client, log: Log) -> None:
    assert reader.get("/", headers={"X-Request-ID": "a1b2-c3.d4_e5"})["X-Request-ID"] == "a1b2-c3.d4_e5"


@pytest.mark.parametrize(
    "number", ["", "short", "x" * 65, "a b c d e f", "new\nline-00", "國家安全國家", "<b>bold</b>"]
)
def test_another_one_is_replaced(reader: Client, number: str) -> None:
    assert len(reader.get("/", headers={"X-Request-ID": number})["X-Request-ID"]) == 16


def test_the_log_knows_no_number_after_the_request(reader: Client) -> None:
    reader.get("/")

    assert logs.current() == ""


@pytest.mark.django_db(transaction=True)  # between two looks it may close a connection
def test_the_indexer_numbers_its_looks(log: Log) -> None:
    publish(story())
    publish(story("test:2"))
    from newsarchive.archive import outbox

    indexer = Indexer(get_engine())
    for _ in range(2):
        outbox.enqueue([1])
        indexer.step()

    first, second = (line["job"] for line in log.lines if line["logger"] == "search.indexer")
    assert first != second


def test_a_job_goes_on_under_the_number_of_the_request_that_started_it(tmp_path: Path) -> None:
    script = (
        "import django; django.setup()\n"
        "from newsarchive.runtime import background_jobs as jobs, logs\n"
        "with logs.request_context('request-number'): jobs.start('try', 'doctor', '--help')"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment(tmp_path), check=True)

    file = tmp_path / "jobs" / "try.log"
    wait_for(lambda: "usage" in file.read_text(), "its words")
    assert file.read_text().startswith("[request-number] doctor --help\n")


def test_a_process_started_by_a_job_logs_its_number(tmp_path: Path) -> None:
    script = (
        "import django, logging; django.setup(); logging.getLogger('x').warning('%s here', 'some');"
        "from newsarchive.errors import IndexUnavailable"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(tmp_path, NEWSARCHIVE_LOG_FORMAT="json", NEWSARCHIVE_JOB="job-number"),
        capture_output=True,
        text=True,
        check=True,
    )

    line = json.loads(done.stderr)
    assert (line["job"], line["message"], line["logger"]) == ("job-number", "some here", "x")


def test_an_unknown_form_of_the_log_stops_the_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import newsarchive.settings"],
        cwd=ROOT,
        env=environment(tmp_path, NEWSARCHIVE_LOG_FORMAT="xml"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "NEWSARCHIVE_LOG_FORMAT is 'xml': write one of plain, json" in done.stderr


def test_an_index_that_is_not_there_is_told_as_such() -> None:
    try:
        raise IndexUnavailable("there is no index yet")
    except IndexUnavailable:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "x", (), sys.exc_info())

    with logs.request_context("request-1"):
        assert "there is no index yet" in logs.formatter("plain", queries=False).format(record)
