"""Real processes on a real database file: killed, and started again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .making import post, stub, tar_bytes

CLOCKS = {"started_at", "finished_at", "created_at", "changed_at"}


def start(data: Path, *arguments: object) -> subprocess.Popen[str]:
    data.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *map(str, arguments)],
        env=os.environ | {"NEWSARCHIVE_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(data: Path, *arguments: object) -> tuple[int, str]:
    process = start(data, *arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def rows(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the archive, without its clocks."""
    with sqlite3.connect(data / "archive.sqlite3") as database:
        database.row_factory = sqlite3.Row
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [
                {key: row[key] for key in row.keys() if key not in CLOCKS}  # noqa: SIM118
                for row in database.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            ]
            for table in tables
            if table.startswith("newsarchive_")
        }


def count(data: Path, table: str) -> int:
    try:
        with sqlite3.connect(data / "archive.sqlite3", timeout=30) as database:
            (number,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            return int(number)
    except sqlite3.OperationalError:
        return 0


def children_of(process: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == process:
            found.append(int(entry.name))
            found += children_of(int(entry.name))
    return found


def alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Articles, further versions of some, the same bytes again, stubs, failures; more than one batch."""
    files: dict[str, bytes] = {}
    for n in range(1_500):
        files[f"a{n}.md"] = post(n, title=f"第 {n} 篇", body=f"海邊有 {n} 棵樹，樹下坐著兩個人在說話。" * 20)
        if n % 10 == 0:
            files[f"b{n}.md"] = post(n // 2, title=f"第 {n} 篇的另一版", stamp="20230101000000")
        if n % 50 == 0:
            files[f"c{n}.md"] = stub(n + 10_000)
            files[f"d{n}.md"] = b"" if n % 100 else b"no article %d" % n
            files[f"e{n}.md"] = post(
                n, title=f"第 {n} 篇", body=f"海邊有 {n} 棵樹，樹下坐著兩個人在說話。" * 20
            )
    path = tmp_path / "in.tar"
    path.write_bytes(tar_bytes(files))
    return path


def test_an_import_that_is_killed_and_started_again_ends_as_one_that_was_not(
    tmp_path: Path, inputs: Path
) -> None:
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for data in (calm, killed):
        assert finish(data, "migrate", "-v0")[0] == 0
    assert finish(calm, "import_articles", inputs)[0] == 1

    process = start(killed, "import_articles", inputs, "--workers", 2)
    while not count(killed, "newsarchive_article") and process.poll() is None:
        time.sleep(0.005)
    workers = children_of(process.pid)
    process.kill()
    process.communicate()
    stopped_at = count(killed, "newsarchive_rawfile")
    assert process.returncode == -signal.SIGKILL
    code, said = finish(killed, "import_articles", inputs)

    assert 0 < stopped_at < count(calm, "newsarchive_rawfile")
    assert code == 1
    assert "went on with an import that had been stopped" in said
    assert rows(killed) == rows(calm)
    assert workers
    assert not any(alive(worker) for worker in workers)


def test_ctrl_c_says_what_was_done_and_that_the_same_command_goes_on(tmp_path: Path, inputs: Path) -> None:
    data = tmp_path / "data"
    finish(data, "migrate", "-v0")
    process = start(data, "import_articles", inputs, "--workers", 2)
    while not count(data, "newsarchive_article") and process.poll() is None:
        time.sleep(0.005)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert " imported, " in out
    assert "the same command goes on" in err
    assert "Traceback" not in err
