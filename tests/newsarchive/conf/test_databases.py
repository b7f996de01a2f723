"""DATABASE_URL, and what an archive in PostgreSQL needs that SQLite gives by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from newsarchive.conf import databases

pytestmark = pytest.mark.database


def test_an_address_is_read_as_libpq_reads_it() -> None:
    facts = databases.postgresql(
        "postgres://reader:p%40ss%2Fword@db.example:5433/news%20archive?sslmode=require"
    )

    assert facts["ENGINE"] == "django.db.backends.postgresql"
    assert (facts["USER"], facts["PASSWORD"]) == ("reader", "p@ss/word")
    assert (facts["HOST"], facts["PORT"], facts["NAME"]) == ("db.example", "5433", "news archive")
    assert facts["OPTIONS"]["sslmode"] == "require"
    assert facts["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql:///news?host=/run/postgresql", "/run/postgresql"),
        ("postgres://%2Frun%2Fpostgresql/news", "/run/postgresql"),
        ("postgres://[::1]/news", "::1"),
        ("postgres://one,other:5433/news?target_session_attrs=read-write", "one,other"),
    ],
)
def test_a_socket_an_ipv6_address_and_several_hosts_are_hosts(url: str, host: str) -> None:
    assert databases.postgresql(url)["HOST"] == host
    assert databases.postgresql(url)["NAME"] == "news"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/news", "begins with postgres://"),
        ("sqlite:///news.db", "begins with postgres://"),
        ("postgres://reader@host/", "names no database"),
        ("postgres://reader@host:99999/news", "a port that is no number"),
        ("postgres://reader@host/news?ssl=maybe", '"ssl"'),
        ("postgres://reader:100%@host/news", "percent-encoded"),
    ],
)
def test_a_bad_address_stops_the_start_by_name(url: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refused:
        databases.postgresql(url)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://reader:hush/hush@host/news",
        "postgres://reader:hush%zzhush@host/news",
        "postgres://reader:hush hush@host/news",
        "postgres://reader:hush%00@host/news",
        "mysql://reader:hush@host/news",
    ],
)
def test_what_is_said_of_a_bad_address_never_holds_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        databases.postgresql(url)

    assert "hush" not in str(refused.value)


def test_make_run_says_what_is_wrong_with_the_address_or_that_nobody_answers_there(tmp_path: Path) -> None:
    for url, expected in (
        ("postgres://reader@host/", "DATABASE_URL names no database"),
        ("postgres://reader@127.0.0.1:1/news", "the database does not answer"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "newsarchive.ops.supervisor"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"NEWSARCHIVE_DATA": str(tmp_path), "DATABASE_URL": url, "PORT": "5597"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 1
        assert expected in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration(capsys: Any) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)

    assert "No changes detected" in capsys.readouterr().out


def test_every_migration_can_be_gone_back_on() -> None:
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {name: made for name, made in migrations.items() if name[0] in ("newsarchive", "search")}

    assert ours
    assert [name for name, made in ours.items() if not all(step.reversible for step in made.operations)] == []
