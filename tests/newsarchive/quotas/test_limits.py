"""How often one address may ask, counted exactly however many processes answer."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.test import Client

from newsarchive.admin import login
from newsarchive.conf.env import Proxies, Rate
from newsarchive.quotas import counters
from tests.newsarchive.admin.conftest import SignIn
from tests.search.web.making import Page, publish, story, wrongs

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 3
WAY = {
    "/search/?q=會晤": "search",
    "/api/search/?q=會晤": "search",
    "/feeds/search/?q=會晤": "search",
    "/articles/{pk}/diff/{pk}/": "search",
    "/search/export/?format=ris&q=會晤": "search",
    "/batch/?queries=會晤": "search",
    "/suggest/?q=習": "suggest",
    "/articles/{pk}/": "read",
    "/articles/{pk}/cite/": "read",
    "/unapi/": "read",
    "/sitemap.xml": "read",
    "/api/articles/{pk}/": "read",
}


@pytest.fixture(autouse=True)
def no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the trouble of another test."""
    monkeypatch.setattr(counters._Trouble, "away_until", float("-inf"))
    monkeypatch.setattr(counters._Trouble, "logged_at", float("-inf"))


@pytest.fixture
def limits(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(("search", "suggest", "read"), Rate(LIMIT, 24 * 3600))


@pytest.mark.django_db
@pytest.mark.parametrize("address", WAY)
def test_beyond_the_limit_an_address_waits_and_others_do_not(
    address: str, client: Client, limits: None
) -> None:
    [article] = publish(story())
    address = address.format(pk=article.pk)

    answers = [client.get(address) for _ in range(LIMIT + 2)]
    neighbour = client.get(address, REMOTE_ADDR="203.0.113.9")

    assert [answer.status_code == 429 for answer in answers] == [False] * LIMIT + [True] * 2
    assert neighbour.status_code != 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 24 * 3600
    assert answers[-1]["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_page_api_and_feed_are_counted_together(client: Client, limits: None) -> None:
    publish(story())

    codes = [
        client.get(address).status_code
        for address in ("/search/", "/api/search/", "/feeds/search/", "/search/")
    ]

    assert codes == [200, 200, 200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("zh-hant", "請求太多"), ("zh-hans", "请求太多"), ("en", "Too many requests")]
)
def test_the_reader_is_told_in_the_readers_language(
    language: str, words: str, client: Client, limits: None
) -> None:
    publish(story())
    client.cookies["django_language"] = language
    for _ in range(LIMIT):
        client.get("/search/")

    page = Page(client.get("/search/").content)
    message = client.get("/api/search/").json()["error"]

    assert words in page.text
    assert list(wrongs(page)) == []
    assert message["code"] == "too_many_requests"
    assert words in message["message"]


@pytest.mark.django_db
def test_curators_who_have_logged_in_are_not_limited(signed_in: SignIn, limits: None) -> None:
    publish(story())
    client = signed_in("curator")

    assert {client.get("/search/").status_code for _ in range(2 * LIMIT)} == {200}


@pytest.mark.django_db
def test_without_a_limit_nothing_is_counted(client: Client, settings: Any) -> None:
    publish(story())

    assert {client.get("/search/").status_code for _ in range(20)} == {200}
    assert not (settings.DATA_DIR / "counters.sqlite3").exists()


@pytest.mark.django_db
def test_a_reader_who_invents_addresses_is_counted_as_one(
    client: Client, settings: Any, limits: None
) -> None:
    publish(story())
    settings.TRUSTED_PROXIES = Proxies(count=1)

    codes = [
        client.get("/search/", headers={"x-forwarded-for": f"10.9.8.{number}, 203.0.113.5"}).status_code
        for number in range(LIMIT + 1)
    ]

    assert codes == [200] * LIMIT + [429]
    assert client.get("/search/", headers={"x-forwarded-for": "203.0.113.6"}).status_code == 200


@pytest.mark.django_db
def test_the_next_stretch_of_the_clock_begins_at_none(client: Client, settings: Any) -> None:
    publish(story())
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": Rate(1, 1)}
    while client.get("/search/").status_code != 429:
        pass

    time.sleep(1)

    assert client.get("/search/").status_code == 200


COUNTING = """
import json
from concurrent.futures import ThreadPoolExecutor
from newsarchive.quotas import counters
def add(number):
    return counters.add("an address", 24 * 3600)
with ThreadPoolExecutor(4) as threads:
    print(json.dumps(list(threads.map(add, range(250)))))
"""


def counted_by_processes(data: Path, **environment: str) -> list[int]:
    """What four processes of four threads each were told, 1,000 additions in all."""
    known = {"DJANGO_SETTINGS_MODULE": "newsarchive.settings", "NEWSARCHIVE_DATA": str(data), **environment}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING], cwd=ROOT, env={**os.environ, **known}, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    return sorted(number for process in running for number in json.loads(process.communicate()[0]))


def test_no_two_processes_are_told_the_same_number(tmp_path: Path) -> None:
    assert counted_by_processes(tmp_path) == list(range(1, 1001))


def test_a_read_only_data_folder_goes_on_serving_and_says_so_once(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DATA_DIR = tmp_path / "a-file"
    settings.DATA_DIR.write_text("no folder")  # as good as read-only, for root too

    assert [counters.add("x", 60) for _ in range(3)] == [0, 0, 0]

    assert [record.message for record in caplog.records if "nobody is limited" in record.message] != []
    assert len(caplog.records) == 1


def test_what_is_over_is_swept_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "_SWEEP", 10)
    store = counters._file(settings.DATA_DIR / "counters.sqlite3")
    for number in range(5):
        store.add(f"{number}", 1, 60, 1)  # a minute of 1970

    for _ in range(5):
        counters.add("x", 60)

    assert store._opened().execute("SELECT count(*) FROM counts").fetchone() == (1,)


def test_neither_names_nor_addresses_are_kept_as_they_are(settings: Any) -> None:
    counters.add("login name ann 203.0.113.5", 60)

    kept = b"".join(file.read_bytes() for file in settings.DATA_DIR.glob("counters.sqlite3*"))
    assert b"ann" not in kept
    assert b"203.0" not in kept


# -- log-ins


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other(settings: Any) -> None:
    User.objects.create_user("ann", password="correct horse", is_staff=True)

    def attempt(number: int) -> bool:
        try:
            page = Client().post("/admin/login/", {"username": "ann", "password": f"wrong {number}"})
            return "太多次" not in page.content.decode()
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor(8) as threads:
        looked_at = list(threads.map(attempt, range(24)))

    assert sum(looked_at) == login.MOST_FAILURES


@pytest.mark.django_db
def test_right_log_ins_use_nothing_up(client: Client) -> None:
    User.objects.create_user("ann", password="correct horse", is_staff=True)

    codes = {
        Client().post("/admin/login/", {"username": "ann", "password": "correct horse"}).status_code
        for _ in range(login.MOST_FAILURES * 3)
    }

    assert codes == {302}


@pytest.mark.django_db
def test_many_names_from_one_address_wait_and_a_neighbour_does_not(
    settings: Any,
) -> None:
    settings.TRUSTED_PROXIES = Proxies(count=1)
    User.objects.create_user("ann", password="correct horse", is_staff=True)

    def attempt(name: str, password: str, address: str) -> Any:
        fields = {"username": name, "password": password}
        return Client().post("/admin/login/", fields, headers={"x-forwarded-for": address})

    for number in range(50):
        attempt(f"name {number}", "wrong", "203.0.113.5")

    assert "太多次" in attempt("ann", "correct horse", "203.0.113.5").content.decode()
    assert attempt("ann", "correct horse", "203.0.113.6").status_code == 302


# -- across machines


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    server = shutil.which("redis-server")
    if server is None and not os.environ.get("CI"):
        pytest.skip("no redis-server on this machine (apt install redis-server)")
    assert server
    with tempfile.TemporaryDirectory(prefix="newsarchive-redis-") as folder:  # a socket's path is short
        place = Path(folder) / "redis"
        command = [server, "--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(place)
            yield f"unix://{place}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(place: Path) -> None:
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(place))
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError("redis-server did not start")


def test_machines_count_together_in_redis(redis_url: str, tmp_path: Path) -> None:
    assert counted_by_processes(tmp_path, CACHE_URL=redis_url) == list(range(1, 1001))
    assert not list(tmp_path.glob("counters*"))


@pytest.mark.django_db
def test_a_redis_that_is_away_limits_nobody_and_stops_no_page(
    settings: Any, signed_in: SignIn, limits: None, caplog: pytest.LogCaptureFixture
) -> None:
    publish(story())
    settings.CACHE_URL = "unix:///nowhere/redis"
    settings.CACHES = {
        "default": {"BACKEND": "newsarchive.conf.cache.SharedCache", "LOCATION": settings.CACHE_URL}
    }
    caches.close_all()

    codes = {Client().get("/search/").status_code for _ in range(2 * LIMIT)}
    front = signed_in("curator").get("/admin/")

    assert codes == {200}
    assert front.status_code == 200
    assert sum("nobody is limited" in record.message for record in caplog.records) == 1
