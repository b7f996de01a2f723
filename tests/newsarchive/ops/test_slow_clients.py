"""Clients that say half of a request, send a body or take an answer a byte at a time, or come in crowds: all
others are answered as before, by one worker with one thread."""

from __future__ import annotations

import http.client
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.processes import copied

from .impatient import LARGE
from .running import PATIENCE, Started, answers, environment, free_port, get, gunicorn, wait_for

SEARCH = f"/search/?q={quote('習近平')}"
HALVES = (
    b"",
    b"G",
    b"GET /search/?q=",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 3000,
    b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nusername=",
    b"POST /admin/imports/add/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n"
    + b"x" * 90_000,
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
)


@pytest.fixture(scope="module")
def few_files() -> Iterator[None]:
    """This process, too, needs a file for each connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Crowd:
    """Connections that stay open to the end of the test."""

    def __init__(self, port: int, kept: ExitStack) -> None:
        self._port, self._kept = port, kept

    def __call__(self, sent: bytes, *, reads: int | None = None) -> socket.socket:
        """`reads`: bytes that its kernel takes for it without being asked."""
        connection = self._kept.enter_context(socket.socket())
        if reads is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, reads)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self._port))
        connection.sendall(sent)
        return connection


@pytest.fixture
def kept() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def served(start: Started, data: Path, log: Path, *options: str, application: str, shell: str = "") -> int:
    port = free_port()
    command = gunicorn("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "1", *options)[:-1]
    command.append(application)
    if shell:
        command = ["bash", "-c", f'{shell}; exec "$@"', "bash", *command]
    start(command, log, environment(data))
    wait_for(lambda: answers(port), "the start")
    return port


@pytest.fixture(scope="module")
def large(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a site with large answers, whose tests leave nothing behind."""
    folder = tmp_path_factory.mktemp("large")
    start = Started()
    yield served(
        start, copied(seeds, folder / "data"), folder / "log", application="tests.newsarchive.ops.impatient"
    )
    start.end()


@pytest.mark.usefixtures("few_files")
def test_five_hundred_half_sent_requests_keep_nobody_waiting(
    data: Path, start: Started, tmp_path: Path, kept: ExitStack
) -> None:
    port = served(start, data, tmp_path / "log", application="newsarchive.wsgi")
    crowd = Crowd(port, kept)

    half_sent = [crowd(HALVES[number % len(HALVES)]) for number in range(500)]

    assert get(port, "/healthz").status == 200
    assert [get(port, SEARCH).status for _ in range(5)] == [200] * 5
    half_sent[2].sendall(b"x HTTP/1.1\r\nHost: localhost\r\n\r\n")  # and who goes on is answered
    assert half_sent[2].recv(12) == b"HTTP/1.1 200"


def test_who_does_not_go_on_is_told_and_let_go(
    data: Path, start: Started, tmp_path: Path, kept: ExitStack
) -> None:
    port = served(
        *(start, data, tmp_path / "log", "--worker-class", "tests.newsarchive.ops.impatient.Worker"),
        application="tests.newsarchive.ops.impatient",
    )
    crowd = Crowd(port, kept)

    silent, *half_sent, expecting = [crowd(half) for half in HALVES]
    readers = [crowd(b"GET /large/ HTTP/1.1\r\nHost: localhost\r\n\r\n", reads=4096) for _ in range(3)]

    assert get(port, "/healthz").status == 200
    assert silent.recv(100) == b""
    assert [connection.recv(12) for connection in half_sent] == [b"HTTP/1.1 408"] * len(half_sent)
    assert expecting.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert expecting.recv(12) == b"HTTP/1.1 408"
    wait_for(lambda: all(is_over(reader) for reader in readers), "the end of the slow readers")


def is_over(reader: socket.socket) -> bool:
    """Looks without taking anything, which would be progress: TCP_INFO begins with the state (Linux)."""
    return reader.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b"\x01"  # established


def test_large_answers_that_nobody_takes_hold_no_thread_and_arrive_whole_at_last(
    large: int, kept: ExitStack
) -> None:
    crowd = Crowd(large, kept)
    readers = [crowd(b"GET /large/ HTTP/1.0\r\n\r\n", reads=4096) for _ in range(4)]

    assert [get(large, "/healthz").status for _ in range(3)] == [200] * 3

    assert next_answer(readers[0]) == b"x" * LARGE


def test_a_body_arrives_whole_however_it_is_cut(large: int, kept: ExitStack) -> None:
    head = b"POST /length/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    short, long = b"x" * 10, b"x" * 3_000_000

    connection = Crowd(large, kept)(b"")

    connection.sendall(head % len(short) + short[:4])
    connection.sendall(short[4:] + head % len(long))
    assert next_answer(connection) == b"10"
    connection.sendall(long)
    assert next_answer(connection) == b"3000000"


def next_answer(connection: socket.socket) -> bytes:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.read()


def test_beyond_its_number_of_connections_the_one_that_waited_longest_makes_place(
    data: Path, start: Started, tmp_path: Path, kept: ExitStack
) -> None:
    port = served(start, data, tmp_path / "log", "--worker-connections", "20", application="newsarchive.wsgi")
    crowd = Crowd(port, kept)

    waiting = [crowd(HALVES[number % 3]) for number in range(21)]

    assert get(port, "/healthz").status == 200
    assert waiting[0].recv(10) == b""
    waiting[-1].sendall(b"x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert waiting[-1].recv(12) == b"HTTP/1.1 200"


def test_a_worker_that_runs_out_of_files_lives_and_answers(
    data: Path, start: Started, tmp_path: Path, kept: ExitStack
) -> None:
    log = tmp_path / "log"
    port = served(start, data, log, application="newsarchive.wsgi", shell="ulimit -n 48")
    crowd = Crowd(port, kept)

    for number in range(200):
        crowd(HALVES[number % 4])

    assert [get(port, path).status for path in ("/healthz", SEARCH, "/", SEARCH)] == [200] * 4
    assert log.read_bytes().count(b"Booting worker") == 1
