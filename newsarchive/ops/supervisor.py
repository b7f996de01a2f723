"""`make run`: starts everything that readers and curators need on this machine.

Has the data folder prepared (`preparation`), then keeps two processes running: gunicorn and the indexer.
Ctrl-C or SIGTERM stops both; HUP replaces them by the program that is now installed, without a failed
request. It imports neither Django nor the search, since it stays as long as they do.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

from newsarchive.runtime.files import end_with_parent

from .processes import PREDECESSOR, ROOT, manage

_RESTART_SECONDS = 2.0
# glibc's heaps of a process: by default one for each thread, of which each keeps what it freed.
_HEAPS = {"MALLOC_ARENA_MAX": "2"}
# How long a stopping process is waited for; longer than gunicorn's own graceful_timeout.
_PATIENCE_SECONDS = 45


def main() -> int:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    try:
        listener = _bound(host, port)
    except _NotServed as problem:
        print(problem, file=sys.stderr)
        return 2
    data = Path(os.environ.setdefault("NEWSARCHIVE_DATA", str(ROOT / "var"))).expanduser().resolve()
    os.environ["NEWSARCHIVE_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    os.environ.update(_HEAPS | dict(os.environ))
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        print(f"the data folder {data} cannot be written: {error}", file=sys.stderr)
        return 2
    if code := subprocess.run([sys.executable, "-m", "newsarchive.ops.preparation"], cwd=ROOT).returncode:
        return code
    os.environ.pop("DJANGO_SUPERUSER_PASSWORD", None)  # for the first account only
    return _Supervisor(listener).run()


class _NotServed(Exception):
    """The message says in a sentence what is wrong with the address."""


def _bound(host: str, port: str) -> socket.socket:
    """Binds the socket, which stays open to the end, so that one server can replace another on it. Clients
    can't connect before the first server listens."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise _NotServed(f"PORT is {port!r}: write a number from 1 to 65535")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
    except OSError as error:
        listener.close()
        text = f"{host}:{port} cannot be served ({error.strerror}); choose another: make run PORT=8001"
        raise _NotServed(text) from error
    return listener


class _Supervisor:
    """Keeps gunicorn and the indexer running until told to stop."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        host, port = listener.getsockname()[:2]
        self._address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        self._stopping = self._reloading = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reload)
        self._gunicorn = self._start_gunicorn()
        # A new server that is about to replace gunicorn.
        self._successor: subprocess.Popen[bytes] | None = None
        self._indexer = self._start_indexer()

    def run(self) -> int:
        print(f"newsarchive: {self._address}  (Ctrl-C stops it)", flush=True)
        while not self._stopping and (self._gunicorn.poll() is None or self._successor is not None):
            time.sleep(0.2)
            if self._reloading and self._successor is None:
                self._reloading = False
                self._start_successor()
            self._follow_successor()
            if self._indexer.poll() is not None and not self._stopping:
                print("the indexer ended; starting it again", file=sys.stderr)
                time.sleep(_RESTART_SECONDS)
                self._indexer = self._start_indexer()
        code = 0
        if not self._stopping:
            code = self._gunicorn.returncode or 1
            print(f"gunicorn ended with exit code {self._gunicorn.returncode}", file=sys.stderr)
        self._end()
        return code

    def _start_successor(self) -> None:
        """Prepares the new program's tables and static files, then starts it; the old one keeps serving
        meanwhile."""
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--verbosity", "0", "--no-input")
        self._successor = self._start_gunicorn(predecessor=self._gunicorn.pid)

    def _follow_successor(self) -> None:
        """Takes over the new server once the old one has ended; the new server ends it as soon as it can
        answer."""
        if self._successor is None:
            return
        if self._successor.poll() is not None:
            print(f"the new server ended with exit code {self._successor.returncode}", file=sys.stderr)
            self._successor = None
        elif self._gunicorn.poll() is not None:
            self._gunicorn, self._successor = self._successor, None
            self._indexer.terminate()  # `run` starts it again, from the new program
            print("the new program serves", flush=True)

    def _end(self) -> None:
        self._listener.close()
        children = [child for child in (self._gunicorn, self._successor, self._indexer) if child is not None]
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()

    def _start_gunicorn(self, predecessor: int = 0) -> subprocess.Popen[bytes]:
        number = self._listener.fileno()
        command = ("-m", "gunicorn", "-c", "python:newsarchive.ops.gunicorn_conf", "newsarchive.wsgi")
        return self._start(
            *(*command, "--bind", f"fd://{number}"),
            pass_fds=(number,),
            env=os.environ | {PREDECESSOR: str(predecessor or "")},
        )

    def _start_indexer(self) -> subprocess.Popen[bytes]:
        return self._start("manage.py", "run_indexer")

    def _start(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        # In sessions of their own: Ctrl-C reaches this process only, which stops the others in order.
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=end_with_parent,
            **options,
        )

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _reload(self, number: int, frame: FrameType | None) -> None:
        self._reloading = True


if __name__ == "__main__":
    sys.exit(main())
