"""The server in front of the program: its limits, and what it writes."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import quote

import pytest

from .running import PATIENCE, Started, answers, environment, free_port, get, gunicorn, wait_for

SECRET = "nobodyelsemayknow"
HOSTED = "archive.example"


def raw(port: int, text: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(text.encode())
        return connection.recv(100).decode(errors="replace")


def test_its_limits_its_log_and_the_probes_of_a_server_behind_tls(
    data: Path, start: Started, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    command = gunicorn("--bind", f"127.0.0.1:{port}", "--workers", "1")
    command[-1] = "tests.newsarchive.ops.failing"
    production = environment(
        data,
        NEWSARCHIVE_LOG_FORMAT="json",
        NEWSARCHIVE_ALLOWED_HOSTS=HOSTED,
        NEWSARCHIVE_HTTPS="1",
        NEWSARCHIVE_SECRET_KEY="x" * 60,
        NEWSARCHIVE_METRICS="1",
    )
    start(command, log, production)
    wait_for(lambda: answers(port), "the start")  # by address and without TLS, as a load balancer asks

    assert get(port, "/readyz").status == 200
    assert get(port, "/metrics").status == 200
    assert get(port, f"/search/?q={SECRET}").status == 400  # not by its name
    assert get(port, f"/search/?q={SECRET}", Host=HOSTED).status == 301  # to TLS
    behind_tls = {"Host": HOSTED, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.77"}
    found = get(port, f"/search/?q={SECRET}", **behind_tls, **{"X-Request-ID": "of-the-proxy"})
    assert (found.status, found.headers["X-Request-ID"]) == (200, "of-the-proxy")
    assert " 414 " in raw(port, f"GET /search/?q={SECRET * 600} HTTP/1.1\r\nHost: {HOSTED}\r\n\r\n")
    fields = "".join(f"X-{number}: {SECRET}\r\n" for number in range(120))
    assert " 431 " in raw(port, f"GET / HTTP/1.1\r\nHost: {HOSTED}\r\n{fields}\r\n")
    assert " 400 " in raw(port, f"GET /?{SECRET} {SECRET} HTTP/1.1\r\nHost: {HOSTED}\r\n\r\n")
    assert get(port, f"/fails/?q={SECRET}").status == 500

    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]  # every one, gunicorn's too
    assert SECRET not in text
    assert "203.0.113.77" not in text
    assert [line["message"] for line in lines if "could not be read" in line["message"]] == [
        "a request that could not be read (LimitRequestLine)",
        "a request that could not be read (LimitRequestHeaders)",
        "a request that could not be read (InvalidHTTPVersion)",
    ]
    [failed] = [line for line in lines if "exception" in line and line["logger"] == "gunicorn.error"]
    assert failed["message"] == "a request failed outside of the application"
    assert "failing.py" in failed["exception"]
    assert "of-the-proxy" in {line.get("request") for line in lines}


def test_a_worker_that_stops_answers_those_who_had_connected(
    data: Path, start: Started, tmp_path: Path
) -> None:
    """The kernel takes connections in before the program does."""
    port, log = free_port(), tmp_path / "log"
    options = ("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "1")
    server = start(gunicorn(*options), log, environment(data))
    wait_for(lambda: answers(port), "the start")
    connections = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(20)]

    server.terminate()
    for connection in connections:
        connection.sendall(f"GET /search/?q={quote('習近平')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    statuses = {connection.recv(15) for connection in connections}

    assert statuses == {b"HTTP/1.1 200 OK"}
    for connection in connections:
        connection.close()
    assert server.wait(timeout=60) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
