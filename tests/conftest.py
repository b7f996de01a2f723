import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from hypothesis import settings

from newsarchive.runtime import locks

from . import processes

# Timing is never a test (these machines are noisy); examples are drawn the same way every time.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def the_live_server_answers_one_at_a_time() -> Iterator[None]:
    """Its threads share one SQLite connection in memory, which no server of ours does. A query that calls a
    function of Python's (Django's date_trunc) holds the connection and waits for the interpreter, while
    another thread holds the interpreter and waits for the connection: for ever."""
    turn, answer = threading.Lock(), WSGIHandler.__call__

    def in_turn(self: WSGIHandler, environ: dict[str, Any], start_response: Any) -> Any:
        with turn:
            return answer(self, environ, start_response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "__call__", in_turn)
        yield


_MIGRATED: dict[str, Any] = {}  # of this process: the rows that migrations made, and what lets one read them


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Keeps what a new archive begins with (roles, agencies, vocabulary): see below."""
    with django_db_blocker.unblock():
        _MIGRATED.update(rows=connection.creation.serialize_db_to_string(), blocker=django_db_blocker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Any:
    """A test that commits ends by emptying all tables, also those that migrations have filled. One process
    runs such tests last. Of several processes each runs whole files: there the rows are put back before
    other tests follow."""
    result = yield
    if _MIGRATED and nextitem is not None and _commits(item) and not _commits(nextitem):
        with _MIGRATED["blocker"].unblock():
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
            connection.creation.deserialize_db_from_string(_MIGRATED["rows"])
            _count_on_from_there()
    return result


def _count_on_from_there() -> None:
    """PostgreSQL numbers new rows by a counter of its own, which rows with given numbers do not move."""
    models = apps.get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    used = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or not used.isdisjoint(
        ("transactional_db", "live_server", "django_db_reset_sequences")
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start real processes come first. They take longest and have few tests; begun last, one of
    them would be waited for while the other cores have nothing left to do."""
    items.sort(key=lambda item: not _starts_processes(item.getparent(pytest.Module)))


@functools.cache
def _starts_processes(module: pytest.Module | None) -> bool:
    values = vars(module.obj).values() if module else ()
    return any(
        value is subprocess or value is processes or getattr(value, "__module__", "") == processes.__name__
        for value in values
    )


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a small archive with its index, made by the real commands as `make run` makes it.
    Copy it (`processes.copied`) to write in it."""

    def make(folder: Path) -> None:
        script = "from newsarchive.ops.preparation import prepare; prepare()"
        own = processes.environment(folder) | {"DJANGO_SETTINGS_MODULE": "newsarchive.settings"}
        made = subprocess.run(
            [sys.executable, "-c", script],
            cwd=processes.ROOT,
            env={name: value for name, value in own.items() if name not in ("SEARCH_URL", "CACHE_URL")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr

    return _made_once("seeds", make, tmp_path_factory)


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive without articles. Copy it (`processes.copied`) to write in it."""

    def make(folder: Path) -> None:
        code, said = processes.finish(folder, "migrate", "-v0")
        assert code == 0, said

    return _made_once("empty", make, tmp_path_factory)


def _made_once(name: str, make: Callable[[Path], None], temporary: pytest.TempPathFactory) -> Path:
    """One worker makes the folder, the others copy it. A database on a server isn't shared: the worker that
    made it drops it at its end."""
    own = temporary.mktemp(name) / "data"
    if processes.URL or "PYTEST_XDIST_WORKER" not in os.environ:
        own.mkdir()
        make(own)
        return own
    shared = temporary.getbasetemp().parent / name
    with locks.held(shared.with_suffix(".lock"), wait=True):
        if not shared.exists():
            unfinished = temporary.mktemp(f"{name}-unfinished") / "data"
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(shared)
    return processes.copied(shared, own)
