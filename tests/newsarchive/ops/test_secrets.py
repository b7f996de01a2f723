"""No secret leaves by an error page, a log, `doctor`, a backup, or the list of processes."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from newsarchive.ops import backup
from tests.newsarchive.conf.test_production import PRODUCTION, SECRET, manage

PASSWORD = "a-password-of-the-database"


def test_a_broken_database_address_is_said_without_its_password(tmp_path: Path) -> None:
    secrets = {**PRODUCTION, "DATABASE_URL": f"postgresql://ann:{PASSWORD}@127.0.0.1:1/x"}
    secrets["CACHE_URL"] = f"redis://:{PASSWORD}@127.0.0.1:1/0"

    for words in (
        ("check",),
        ("doctor",),
        ("migrate",),
        ("export_articles",),
        ("backup", str(tmp_path / "b")),
    ):
        done = manage(*words, data=tmp_path, **secrets)
        assert PASSWORD not in done.stdout + done.stderr, words
        assert SECRET not in done.stdout + done.stderr, words


@pytest.mark.django_db
def test_an_error_page_and_its_log_line_hold_no_secret(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = "tests.newsarchive.web.test_headers"
    client.raise_request_exception = False

    with caplog.at_level(logging.DEBUG):
        page = client.get("/fails/", headers={"cookie": "sessionid=a-session"}).content.decode()
        page += client.post("/fails/", {"password": PASSWORD}).content.decode()

    said = page + caplog.text
    assert "系統發生問題" in page
    for secret in (settings.SECRET_KEY, PASSWORD, "a-session", "ZeroDivisionError at", "Traceback (most"):
        assert secret not in page
    for secret in (settings.SECRET_KEY, PASSWORD, "a-session"):
        assert secret not in said


def test_what_a_backup_keeps_of_the_settings_is_no_secret(settings: Any) -> None:
    kept = json.dumps(backup.kept_settings(), default=str)

    assert settings.SECRET_KEY not in kept
    assert not any(
        word in kept.upper() for word in ("SECRET", "PASSWORD", "TOKEN", "DATABASE_URL", "CACHE_URL")
    )


def test_the_archives_own_secret_is_its_users_alone(tmp_path: Path) -> None:
    done = manage("check", data=tmp_path)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert len((tmp_path / "secret-key").read_text()) >= 50
    assert os.stat(tmp_path / "secret-key").st_uid == os.getuid()  # noqa: PTH116
