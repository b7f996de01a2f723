"""New programs in place of running ones, and the end: no reader notices."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from .running import (
    PATIENCE,
    Readers,
    Started,
    activated,
    answers,
    environment,
    free_port,
    get,
    gunicorn,
    wait_for,
)

PATHS = ("/search/?q=%E7%BF%92%E8%BF%91%E5%B9%B3", "/", "/healthz", "/api/search/?q=%E6%8B%9C%E7%99%BB")


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:  # it ended meanwhile
        return ""


def indexers(keeper: int) -> set[int]:
    """None while the keeper waits before it starts another, or until that has begun its own program."""
    return {pid for pid in children(keeper) if "run_indexer" in command_of(pid)}


def change(program: Path, old: str, new: str) -> None:
    file = program / "newsarchive" / "web" / "probes.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_no_request_fails_while_make_run_takes_a_new_program_refuses_a_broken_one_keeps_its_indexer_and_stops(
    data: Path, program: Path, start: Started, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    keeper = start(
        [sys.executable, "-m", "newsarchive.ops.supervisor"],
        log,
        environment(data, PORT=str(port)),
        cwd=program,
    )
    wait_for(lambda: answers(port), "the start")
    first = wait_for(lambda: indexers(keeper.pid), "the indexer")
    readers = Readers(port, PATHS).begin()

    change(program, '"ok\\n"', '"new\\n"')
    keeper.send_signal(signal.SIGHUP)
    wait_for(lambda: b"the new program serves" in log.read_bytes(), "the new program")
    assert get(port, "/healthz").body == b"new\n"

    change(program, "from __future__", "broken from __future__")
    keeper.send_signal(signal.SIGHUP)
    wait_for(lambda: b"the new server ended" in log.read_bytes(), "the refusal")
    assert get(port, "/healthz").body == b"new\n"

    change(program, "broken from __future__", "from __future__")
    [second] = wait_for(lambda: indexers(keeper.pid) - first, "an indexer of the new program")
    os.kill(second, signal.SIGKILL)
    wait_for(lambda: indexers(keeper.pid) - first - {second}, "another indexer")

    readers.may_be_refused = True
    keeper.send_signal(signal.SIGTERM)
    readers.until_refused()

    assert keeper.wait(timeout=60) == 0
    assert readers.failures == []
    assert set(readers.statuses) == {200}
    assert readers.statuses.total() > 20


def test_no_request_fails_while_systemd_reloads_its_service(
    data: Path, program: Path, start: Started, tmp_path: Path
) -> None:
    """This test is systemd: it holds the socket, hears what is said to NOTIFY_SOCKET, and sends USR2."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port, log = int(listener.getsockname()[1]), tmp_path / "log"
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    systemd.settimeout(PATIENCE)
    env = environment(data, NOTIFY_SOCKET=str(tmp_path / "notify"))
    command = activated(listener, gunicorn())
    old = start(command, log, env, cwd=program, pass_fds=(listener.fileno(),))
    assert b"READY=1" in systemd.recv(1000)
    assert get(port, "/healthz").body == b"ok\n"
    readers = Readers(port, PATHS).begin()

    change(program, '"ok\\n"', '"new\\n"')
    old.send_signal(signal.SIGUSR2)
    assert b"READY=1" in systemd.recv(1000)
    new = int(systemd.recv(1000).decode().removeprefix("MAINPID="))
    assert new != old.pid
    assert old.wait(timeout=PATIENCE) == 0
    assert get(port, "/healthz").body == b"new\n"

    failures = list(readers.failures)

    readers.may_be_refused = True
    listener.close()
    os.kill(new, signal.SIGTERM)
    readers.until_refused()
    systemd.close()
    assert failures == []
    assert set(readers.statuses) == {200}


def test_hup_replaces_the_workers_without_a_failed_request(
    data: Path, start: Started, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    server = start(gunicorn("--bind", f"127.0.0.1:{port}"), log, environment(data))
    wait_for(lambda: answers(port), "the start")
    before = log.read_bytes().count(b"Booting worker")
    readers = Readers(port, PATHS).begin()

    server.send_signal(signal.SIGHUP)
    wait_for(lambda: log.read_bytes().count(b"Worker exiting") >= before, "the end of the old workers")
    wait_for(lambda: answers(port), "an answer")
    readers.may_be_refused = True
    server.send_signal(signal.SIGTERM)
    readers.until_refused()

    assert server.wait(timeout=60) == 0
    assert readers.failures == []
    assert set(readers.statuses) == {200}
