"""Real servers on loopback, and readers who never stop asking."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import processes
from tests.processes import free_port

__all__ = ["free_port"]

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300.0  # seconds: these machines are shared


def environment(data: Path, **more: str) -> dict[str, str]:
    """Of a server that has nothing but a data folder and, where DATABASE_URL names a PostgreSQL, a database
    of its own there: both can be copied."""
    own = processes.environment(data)
    kept = {name: value for name, value in own.items() if not name.startswith("NEWSARCHIVE_")}
    for name in ("DJANGO_SETTINGS_MODULE", "SEARCH_URL", "CACHE_URL"):
        kept.pop(name, None)
    return (
        kept | {"NEWSARCHIVE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "newsarchive.settings"} | dict(more)
    )


def gunicorn(*options: str) -> list[str]:
    """As the unit in deploy/systemd has it: by its script. `python -m gunicorn` can't execute itself anew
    (it would find its own module `http` before Python's)."""
    script = Path(sys.executable).with_name("gunicorn")
    return [
        sys.executable,
        str(script),
        "-c",
        "python:newsarchive.ops.gunicorn_conf",
        *options,
        "newsarchive.wsgi",
    ]


def activated(listener: socket.socket, command: list[str]) -> list[str]:
    """`command` with a socket that it is handed as systemd does: as file 3, and said so."""
    number = listener.fileno()
    # bash: in other shells a number of two digits is no file
    return ["bash", "-c", f'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{number}', "bash", *command]


class Started:
    """Processes with their output in a file each."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []

    def __call__(
        self,
        command: list[str],
        out: Path,
        env: dict[str, str],
        cwd: Path = ROOT,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        with out.open("ab") as file:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdout=file,
                stderr=file,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        self._processes.append(process)
        return process

    def end(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def get(port: int, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Connection": "close"} | headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def wait_for(happened: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := happened():
            return result
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen in {PATIENCE:.0f} s")


def answers(port: int, path: str = "/healthz") -> bool:
    try:
        return get(port, path).status == 200
    except OSError:
        return False


@dataclass
class Readers:
    """Ask with hardly a pause, half of them on connections that they keep, until nobody listens any more."""

    port: int
    paths: tuple[str, ...]
    count: int = 4
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    may_be_refused: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: bool = False

    def begin(self) -> Readers:
        for number in range(self.count):
            self._threads.append(threading.Thread(target=self._ask, args=(number % 2 == 0,)))
            self._threads[-1].start()
        return self

    def until_refused(self) -> None:
        for thread in self._threads:
            thread.join(timeout=PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        self._stop = True
        self.until_refused()

    def _ask(self, keeps: bool) -> None:
        connection = None
        number = 0
        while not self._stop:
            time.sleep(0.02)
            path = self.paths[number % len(self.paths)]
            number += 1
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
                    connection.connect()
            except ConnectionRefusedError:
                if not self.may_be_refused:
                    self.failures.append("refused")
                return
            try:
                connection.request("GET", path, headers={} if keeps else {"Connection": "close"})
                response = connection.getresponse()
                response.read()
                self.statuses[response.status] += 1
                if not keeps or response.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}: {error!r}")
                connection = None
        if connection is not None:
            connection.close()
