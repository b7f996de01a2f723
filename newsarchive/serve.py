"""`make run`: everything a reader and a curator need, on this machine, in one go.

Prepares the data folder (database, static files, the sample archive when there is nothing
yet, the index), then keeps two processes: gunicorn and the indexer. Ctrl-C or SIGTERM stops both.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
_RESTART_SECONDS = 2.0


def main() -> int:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    if problem := _port_problem(host, port):
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
    return _Keeper(host, port).run()


def _port_problem(host: str, port: str) -> str:
    if not port.isdigit() or not 0 < int(port) < 65536:
        return f"PORT is {port!r}: write a number from 1 to 65535"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return f"{host}:{port} cannot be served ({error.strerror}); choose another: make run PORT=8001"
    return ""


def _prepare() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
    from .models import RawFile

    if problem := _database_problem():
        raise SystemExit(problem)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    _make_first_curator()
    if not RawFile.objects.exists():
        print("an empty archive: importing the sample in seeds/", flush=True)
        _manage("import_articles", "seeds")
    _manage("update_index", "--quick")  # readers wait for no rebuild that the indexer can do beside them


def _database_problem() -> str:
    """Why nothing can be served from it, in a sentence; an older program would spoil a newer one's."""
    from django.db import DatabaseError

    from . import backup

    try:
        unknown = backup.unknown_migrations(backup.applied_migrations())
    except DatabaseError as error:
        return f"the database does not answer: {str(error).strip()}"
    if unknown:
        names = ", ".join(unknown)
        return f"the database was made by a newer program ({names}): install that, or restore an older backup"
    return ""


def _make_first_curator() -> None:
    """From DJANGO_SUPERUSER_USERNAME, _PASSWORD and _EMAIL, once: never beside an account that there is.
    The password goes no further than this process."""
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


class _Keeper:
    """Keeps gunicorn and the indexer running until told to stop."""

    def __init__(self, host: str, port: str) -> None:
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._address = f"http://{bind}/"
        self._commands = {
            "gunicorn": [
                *(sys.executable, "-m", "gunicorn", "-c", "python:newsarchive.gunicorn_conf"),
                *("--bind", bind, "newsarchive.wsgi"),
            ],
            "indexer": [sys.executable, "manage.py", "run_indexer"],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for name in self._commands:
            self._start(name)
        print(f"newsarchive: {self._address}  (Ctrl-C stops it)", flush=True)
        code = 0
        while not self._stopping:
            time.sleep(0.2)
            if (code := self._running["gunicorn"].poll() or 0) or self._running["gunicorn"].poll() == 0:
                if not self._stopping:
                    print(f"gunicorn ended with exit code {code}", file=sys.stderr)
                break
            if self._running["indexer"].poll() is not None and not self._stopping:
                print("the indexer ended; starting it again", file=sys.stderr)
                time.sleep(_RESTART_SECONDS)
                self._start("indexer")
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        for child in self._running.values():
            child.wait(timeout=60)
        return 0 if self._stopping else code or 1

    def _start(self, name: str) -> None:
        # A session of their own: Ctrl-C reaches this process alone, which stops them in order.
        self._running[name] = subprocess.Popen(
            self._commands[name], cwd=ROOT, start_new_session=True, preexec_fn=_die_with_parent
        )

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True


def _die_with_parent() -> None:
    """Have the kernel stop this child when its parent is killed outright (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
