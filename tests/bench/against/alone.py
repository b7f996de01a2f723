"""Measures one program from outside, by what every commit has: WSGI application, commands, `make run`.

Run by the interpreter of the program that is measured, in its folder: `python FILE pages|memory|import …`.
Prints a line of JSON. Imports nothing of the tests.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

_HAN = re.compile("[\u4e00-\u9fff]{2,}")
_WARM = 25  # requests of each kind before the first that is measured
_PORT = 8937


def addresses(data: Path, seed: int) -> Iterator[tuple[str, str]]:
    """(kind, address) without end: words from titles, articles at random, the same for every program."""
    db = sqlite3.connect(f"file:{data}/archive.sqlite3?mode=ro", uri=True)
    rows = db.execute(
        "SELECT id, title FROM newsarchive_article WHERE status = 'published' ORDER BY id"
    ).fetchall()
    drawn = random.Random(seed)
    while True:
        number, title = drawn.choice(rows)
        if run := _HAN.search(title):
            yield "search", f"/search/?q={quote(run[0][:2])}"
            yield "article", f"/articles/{number}/"


def pages(data: Path, count: int, seed: int) -> dict[str, list[float]]:
    """Milliseconds of processor time of `count` requests of each kind."""
    from newsarchive.wsgi import application

    def ask(address: str) -> None:
        path, _, query = address.partition("?")
        said: list[str] = []
        facts = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost"}
        facts |= {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1"}
        stream = {"wsgi.input": sys.stdin.buffer, "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"}
        answer = application(facts | stream, lambda status, headers: said.append(status))
        b"".join(answer)
        answer.close()
        assert said[0].startswith("200"), (address, said)

    times: dict[str, list[float]] = {"search": [], "article": []}
    for number, (kind, address) in enumerate(addresses(data, seed)):
        began = time.process_time()
        ask(address)
        if number >= 2 * _WARM:
            times[kind].append((time.process_time() - began) * 1000)
        if all(len(found) >= count for found in times.values()):
            return times
    raise AssertionError("there are no articles")


def memory(data: Path, count: int, seed: int) -> dict[str, list[float]]:
    """MB (PSS) of all processes of `make run`, idle and after `count` requests."""
    own = os.environ | {"PORT": str(_PORT), "NEWSARCHIVE_WORKERS": "2", "NEWSARCHIVE_SAMPLE": "off"}
    keeper = subprocess.Popen(
        [sys.executable, "-m", "newsarchive.ops.supervisor"], env=own, stdout=subprocess.DEVNULL
    )
    try:
        while not _answers("/readyz"):
            time.sleep(0.5)
        time.sleep(5)  # the second worker and the indexer are there by then
        idle = _shared_out(keeper.pid)
        for number, (_, address) in enumerate(addresses(data, seed)):
            if number >= count:
                break
            _answers(address)
        return {"idle": [idle], "after": [_shared_out(keeper.pid)]}
    finally:
        keeper.send_signal(signal.SIGTERM)
        keeper.wait()


def imported(data: Path, files: Path) -> dict[str, list[float]]:
    """Seconds of processor time, of all its processes, of an import into an empty archive."""
    for words in (("migrate", "-v0"), ("import_articles", str(files))):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "manage.py", *words], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"import": [after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime]}


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=120)
    try:
        connection.request("GET", address)
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _shared_out(pid: int) -> float:
    """Of a process and all below it: what several share is counted once."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    own = re.search(r"^Pss: +(\d+)", rollup, re.MULTILINE)
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return (int(own[1]) / 1024 if own else 0.0) + sum(_shared_out(int(child)) for child in below)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    kind, folder, *more = sys.argv[1:]
    os.environ |= {"NEWSARCHIVE_DATA": folder, "NEWSARCHIVE_LOG_LEVEL": "ERROR"}
    if kind == "import":
        found = imported(Path(folder), Path(more[0]))
    else:
        found = {"pages": pages, "memory": memory}[kind](Path(folder), int(more[0]), int(more[1]))
    print(json.dumps(found))
