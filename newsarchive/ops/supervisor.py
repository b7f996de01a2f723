"""`make run`: starts everything that readers and curators need on this machine.

Prepares the data folder (database, static files, the sample archive when there is nothing yet, the index),
then keeps two processes running: gunicorn and the indexer. Ctrl-C or SIGTERM stops both; HUP replaces them by
the program that is now installed, without a failed request.
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

from newsarchive.conf import env
from newsarchive.runtime import files

from .gunicorn_worker import PREDECESSOR

ROOT = Path(__file__).resolve().parents[2]
_RESTART_SECONDS = 2.0
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
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        print(f"the data folder {data} cannot be written: {error}", file=sys.stderr)
        return 2
    _prepare()
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


def _prepare() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
    from newsarchive.models import RawFile

    if problem := _database_problem():
        raise SystemExit(problem)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    _make_first_curator()
    if env.flag("SAMPLE", default=True) and not RawFile.objects.exists():
        print("an empty archive: importing the sample in seeds/", flush=True)
        _manage("import_articles", "seeds")
    _manage("update_index", "--quick")  # a rebuild that the indexer can do later does not delay the start


def _database_problem() -> str:
    """Why the database can't be served, in a sentence; an older program would damage a newer one's."""
    from django.db import DatabaseError

    from newsarchive.conf import schema

    try:
        unknown = schema.unknown_migrations(schema.applied_migrations())
    except DatabaseError as error:
        return f"the database does not answer: {str(error).strip()}"
    if unknown:
        names = ", ".join(unknown)
        return f"the database was made by a newer program ({names}): install that, or restore an older backup"
    return ""


def _make_first_curator() -> None:
    """Creates the account of DJANGO_SUPERUSER_USERNAME, _PASSWORD and _EMAIL if there is no account yet. The
    password is not passed on to other processes."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    name, email = (os.environ.get(f"DJANGO_SUPERUSER_{part}", "") for part in ("USERNAME", "EMAIL"))
    given = os.environ.pop("DJANGO_SUPERUSER_PASSWORD", "")
    users = get_user_model().objects
    if not name or not given or users.filter(is_superuser=True).exists():
        return
    try:
        validate_password(given)
    except ValidationError as error:
        print(f"DJANGO_SUPERUSER_PASSWORD: {' '.join(error.messages)}", file=sys.stderr)
        return
    users.create_superuser(name, email, given)
    print(f"the account {name} was made", flush=True)


def _manage(*words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=False)


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
        _manage("migrate", "--verbosity", "0")
        _manage("collectstatic", "--verbosity", "0", "--no-input")
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
            preexec_fn=files.end_with_parent,
            **options,
        )

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _reload(self, number: int, frame: FrameType | None) -> None:
        self._reloading = True


if __name__ == "__main__":
    sys.exit(main())
