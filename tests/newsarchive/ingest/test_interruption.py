"""Real processes on a real database: killed, and started again."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.newsarchive.archive.making import post, stub, tar_bytes
from tests.processes import copied, count, environment, finish, on_sqlite, rows, start

pytestmark = pytest.mark.database


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


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    path = tmp_path_factory.mktemp("inputs") / "in.tar"
    path.write_bytes(tar_bytes(files))
    return path


@pytest.fixture(scope="module")
def calm(empty_archive: Path, inputs: Path) -> Path:
    """What an import that nothing disturbs makes of them."""
    data = copied(empty_archive, inputs.parent / "calm")
    assert finish(data, "import_articles", inputs)[0] == 1
    return data


@pytest.fixture
def data(empty_archive: Path, tmp_path: Path) -> Path:
    return copied(empty_archive, tmp_path / "data")


def test_an_import_that_is_killed_and_started_again_ends_as_one_that_was_not(
    calm: Path, data: Path, inputs: Path
) -> None:
    process = start(data, "import_articles", inputs, "--workers", 2)
    while not count(data, "newsarchive_article") and process.poll() is None:
        time.sleep(0.005)
    workers = children_of(process.pid)
    process.kill()
    process.communicate()
    stopped_at = count(data, "newsarchive_rawfile")
    assert process.returncode == -signal.SIGKILL
    code, said = finish(data, "import_articles", inputs)

    assert 0 < stopped_at < count(calm, "newsarchive_rawfile")
    assert code == 1
    assert "went on with an import that had been stopped" in said
    assert rows(data) == rows(calm)
    assert workers
    assert not any(alive(worker) for worker in workers)


def test_an_import_that_is_killed_twice_ends_as_one_that_was_not(
    calm: Path, data: Path, inputs: Path
) -> None:
    stops = []
    for _ in range(2):
        before = count(data, "newsarchive_rawfile")
        process = start(data, "import_articles", inputs, "--workers", 2)
        while count(data, "newsarchive_rawfile") == before and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.communicate()
        stops.append(count(data, "newsarchive_rawfile"))
    finish(data, "import_articles", inputs)

    assert 0 < stops[0] < stops[1] < count(calm, "newsarchive_rawfile")
    assert rows(data) == rows(calm)


def test_two_imports_at_once_do_not_mix(calm: Path, data: Path, inputs: Path) -> None:
    first = start(data, "import_articles", inputs, "--workers", 2)
    while not count(data, "newsarchive_rawfile") and first.poll() is None:
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)  # else it may be done before the other has begun
    code, said = finish(data, "import_articles", inputs)
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=120)

    assert (first.returncode, code) == (1, 1)
    assert "Another import is running" in said
    assert rows(data) == rows(calm)


def as_an_ordinary_user(data: Path, *arguments: object) -> tuple[int, str]:
    """Root may write anywhere; here it may not."""
    process = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", *map(str, arguments)],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=_obey_permissions if os.geteuid() == 0 else None,
    )
    return process.returncode, process.stdout + process.stderr


def _obey_permissions() -> None:
    """Takes CAP_DAC_OVERRIDE out of what the program to come may have (prctl PR_CAPBSET_DROP)."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@on_sqlite
def test_a_data_folder_that_cannot_be_written_is_said_and_stays_readable(data: Path, tmp_path: Path) -> None:
    some = tmp_path / "some.md"
    some.write_bytes(post(1))
    assert finish(data, "import_articles", some)[0] == 0
    some.write_bytes(post(2))
    for path in [*data.rglob("*"), data]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        code, said = as_an_ordinary_user(data, "import_articles", some)
        read, exported = as_an_ordinary_user(data, "export_articles")
    finally:
        data.chmod(0o755)

    assert code == 1, said
    assert "The archive can't be written" in said
    assert "Traceback" not in said
    assert read == 0, exported
    assert "hkcnews:1" in exported


@on_sqlite
def test_a_full_disk_is_said_and_the_same_command_goes_on_when_there_is_room(
    calm: Path, data: Path, inputs: Path
) -> None:
    room = (data / "archive.sqlite3").stat().st_size + 1_500_000

    limited = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "import_articles", inputs, "--workers", "1"],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: _no_file_larger_than(room),
    )
    some = count(data, "newsarchive_rawfile")
    finish(data, "import_articles", inputs)

    assert limited.returncode == 1
    assert "The archive can't be written" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert 0 < some < count(calm, "newsarchive_rawfile")
    assert rows(data) == rows(calm)


def _no_file_larger_than(size: int) -> None:
    """As a disk that fills up: writing beyond it fails, and nothing is killed."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_ctrl_c_says_what_was_done_and_that_the_same_command_goes_on(data: Path, inputs: Path) -> None:
    process = start(data, "import_articles", inputs, "--workers", 2)
    while not count(data, "newsarchive_article") and process.poll() is None:
        time.sleep(0.005)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert " imported, " in out
    assert "the same command goes on" in err
    assert "Traceback" not in err
