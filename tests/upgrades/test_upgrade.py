"""Today's program on the data folder of an older one (see `freeze`), with real processes: what a site
meets when it is upgraded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings

from tests.processes import database, environment, finish, free_port, on_sqlite, start

HERE = Path(__file__).parent
OF_AN_OLDER_RULE = "7d708f8"  # two layouts ago; its index knows less of the dictionary
OF_AN_OLDER_LAYOUT = "f562329"  # four migrations ago; gram lists that no program of today reads
EDITED, WAITING = "編輯改過的標題", "尚待收錄的標題"

pytestmark = on_sqlite  # these folders are from before there was PostgreSQL


def unpacked(name: str, place: Path) -> Path:
    with tarfile.open(HERE / f"{name}.tar.xz") as tar:
        tar.extractall(place, filter="data")
    return place


class Site:
    """A running gunicorn."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[int, str, str | None]:
        """Status, body, Retry-After."""
        try:
            with urlopen(self._base + path, timeout=180) as answer:
                return answer.status, answer.read().decode(), None
        except HTTPError as error:
            return error.code, error.read().decode(), error.headers["Retry-After"]

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/readyz")[1]))

    def found(self, words: str) -> int:
        status, body, _ = self.get(f"/api/search/?q={quote(words)}")
        assert status == 200, body
        return int(json.loads(body)["count"])


@contextmanager
def served(data: Path) -> Iterator[Site]:
    port = free_port()
    gunicorn = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "python:newsarchive.ops.gunicorn_conf",
                "--workers",
                "1",
            ),
            *("--bind", f"127.0.0.1:{port}", "newsarchive.wsgi"),
        ],
        cwd=settings.BASE_DIR,
        env=environment(data) | {"DJANGO_SETTINGS_MODULE": "newsarchive.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    site = Site(port)
    try:
        while gunicorn.poll() is None:
            try:
                site.get("/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield site
    finally:
        gunicorn.send_signal(signal.SIGTERM)
        said, _ = gunicorn.communicate(timeout=60)
    assert "Traceback" not in said, said


@contextmanager
def indexed(data: Path) -> Iterator[None]:
    indexer = start(data, "run_indexer")
    try:
        yield
    finally:
        indexer.send_signal(signal.SIGTERM)
        indexer.communicate(timeout=60)


@contextmanager
def readers(site: Site, words: str) -> Iterator[list[int]]:
    """Somebody searches all the while; how many hits each search had."""
    counts: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            counts.append(site.found(words))
            stop.wait(0.05)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield counts
    finally:
        stop.set()
        thread.join(timeout=60)


def wait_until_built(site: Site, before: str) -> dict[str, Any]:
    until = time.monotonic() + 300
    while (state := site.state())["index"] in (before, None) and time.monotonic() < until:
        time.sleep(0.2)
    return state


def test_an_upgraded_archive_is_searched_in_its_old_index_until_the_new_one_is_built(tmp_path: Path) -> None:
    data = unpacked(OF_AN_OLDER_RULE, tmp_path / "data")
    code, said = finish(data, "migrate", "-v0")
    assert code == 0, said
    code, said = finish(data, "update_index", "--quick")  # as `make run` does before it serves
    assert code == 0, said

    with served(data) as site:
        old = site.state()
        assert (old["ready"], old["index"], old["stale"]) == (
            True,
            "gen-1",
            "schema, folding, dictionary, fields, running, passages",
        )
        assert (site.found(EDITED), site.found(WAITING)) == (1, 1)
        with readers(site, EDITED) as counts, indexed(data):
            new = wait_until_built(site, "gen-1")
        assert (new["ready"], new["index"], new["stale"]) == (True, "gen-2", "")
        assert (site.found(EDITED), site.found(WAITING)) == (1, 1)

    assert set(counts) == {1}
    assert finish(data, "check_index")[1] == "index and archive agree: 5 stories\n"


def test_a_curators_edit_survives_the_upgrade_and_a_reparse(tmp_path: Path) -> None:
    data = unpacked(OF_AN_OLDER_LAYOUT, tmp_path / "data")
    finish(data, "migrate", "-v0")

    code, said = finish(data, "reparse")

    assert code == 0, said
    with database(data) as opened:
        rows = opened.execute("SELECT title, byline FROM newsarchive_article ORDER BY id LIMIT 2").fetchall()
    assert rows[0] == (EDITED, "編輯部")
    assert rows[1][0] == WAITING


def test_where_only_the_old_program_could_read_the_index_readers_are_told_and_it_is_built_unasked(
    tmp_path: Path,
) -> None:
    data = unpacked(OF_AN_OLDER_LAYOUT, tmp_path / "data")
    for command in (("migrate", "-v0"), ("collectstatic", "--no-input", "-v0")):  # as `make run` does
        assert finish(data, *command)[0] == 0

    with served(data) as site:
        status, page, retry_after = site.get(f"/search/?q={quote(EDITED)}")
        assert (status, retry_after) == (503, "5")
        assert "文章頁仍可閱讀" in page
        assert site.get("/articles/1/")[0] == 200
        assert site.state()["ready"] is False
        with indexed(data):
            new = wait_until_built(site, "gen-1")
        assert (new["ready"], new["stale"]) == (True, "")
        assert (site.found(EDITED), site.found(WAITING)) == (1, 1)


def test_such_an_index_can_be_built_beside_the_old_program_before_the_upgrade(tmp_path: Path) -> None:
    """docs/operations.md, Upgrading: the old site answers from its own folder meanwhile."""
    data = unpacked(OF_AN_OLDER_LAYOUT, tmp_path / "data")
    beside = tmp_path / "index-of-the-new"
    finish(data, "migrate", "-v0")
    before = sorted(path for path in (data / "index").rglob("*") if path.is_file())

    code, said = finish(data, "rebuild_index", NEWSARCHIVE_INDEX_DIR=str(beside))

    assert code == 0, said
    assert sorted(path for path in (data / "index").rglob("*") if path.is_file()) == before
    code, said = finish(data, "check_index", NEWSARCHIVE_INDEX_DIR=str(beside))
    assert (code, said) == (0, "index and archive agree: 5 stories\n")


def test_an_older_program_refuses_a_newer_ones_index_by_name_and_leaves_it_alone(tmp_path: Path) -> None:
    data = unpacked(OF_AN_OLDER_RULE, tmp_path / "data")
    finish(data, "migrate", "-v0")
    facts = json.loads((data / "index" / "gen-1" / "generation.json").read_text())
    facts["stamps"]["schema"] = "99"
    (data / "index" / "gen-1" / "generation.json").write_text(json.dumps(facts))

    for words in (("update_index",), ("rebuild_index", "--if-needed"), ("check_index", "--repair")):
        code, said = finish(data, *words)
        assert code == 1, said
        assert "made by a newer program (layout 99" in said
        assert "Traceback" not in said
    code, said = finish(data, "doctor", "--quiet")
    assert code == 2
    assert "install the newer program again" in said
    assert (data / "index" / "CURRENT").read_text() == "gen-1\n"

    assert finish(data, "rebuild_index")[0] == 0  # somebody wants to go back for good
    assert finish(data, "check_index")[0] == 0


def test_a_database_of_a_newer_program_is_not_served_by_an_older_one(tmp_path: Path) -> None:
    data = unpacked(OF_AN_OLDER_RULE, tmp_path / "data")
    finish(data, "migrate", "-v0")
    with database(data) as opened:
        opened.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('newsarchive', '0999_of_the_future', '2027-01-01 00:00:00')"
        )

    done = subprocess.run(
        [sys.executable, "-m", "newsarchive.ops.supervisor"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"NEWSARCHIVE_DATA": str(data), "PORT": "5598"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1
    assert "newer program (newsarchive.0999_of_the_future)" in done.stderr
    assert "Traceback" not in done.stderr
