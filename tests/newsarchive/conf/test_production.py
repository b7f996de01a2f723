"""What an archive that is served under a name starts with, and without what it does not start."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SECRET = secrets.token_urlsafe(50)
PRODUCTION = {
    "NEWSARCHIVE_HTTPS": "1",
    "NEWSARCHIVE_ALLOWED_HOSTS": "archive.example",
    "NEWSARCHIVE_SECRET_KEY": SECRET,
}


def manage(*words: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *words],
        cwd=ROOT,
        env={**kept, "NEWSARCHIVE_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", data=tmp_path, **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"NEWSARCHIVE_SECRET_KEY": ""}, "set NEWSARCHIVE_SECRET_KEY"),
        ({"NEWSARCHIVE_SECRET_KEY": "short"}, "NEWSARCHIVE_SECRET_KEY has 5 characters"),
        ({"NEWSARCHIVE_DEBUG": "1"}, "NEWSARCHIVE_DEBUG"),
        ({"NEWSARCHIVE_DEBUG": "1", "NEWSARCHIVE_HTTPS": "0"}, "NEWSARCHIVE_DEBUG"),
        ({"NEWSARCHIVE_RATE_LIMIT_SEARCH": "many"}, "NEWSARCHIVE_RATE_LIMIT_SEARCH"),
        ({"NEWSARCHIVE_TRUSTED_PROXIES": "here"}, "NEWSARCHIVE_TRUSTED_PROXIES"),
        ({"CACHE_URL": "memcached://here"}, "CACHE_URL"),
    ],
)
def test_production_does_not_start_with_what_is_missing_or_dangerous(
    change: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = manage("check", data=tmp_path, **{**PRODUCTION, **change})

    assert done.returncode != 0
    assert said in done.stderr
    assert SECRET not in done.stderr
    assert not (tmp_path / "secret-key").exists()


def test_cookies_of_production_stay_on_this_host_and_out_of_scripts(tmp_path: Path) -> None:
    program = (
        "from django.conf import settings as s\n"
        "for kind in ('SESSION', 'CSRF', 'LANGUAGE'):\n"
        "    print(*(getattr(s, f'{kind}_COOKIE_{part}') for part in ('SECURE', 'HTTPONLY', 'SAMESITE')))\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)\n"
    )

    done = manage("shell", "-v0", "-c", program, data=tmp_path, **PRODUCTION)

    assert done.stdout.splitlines() == [*["True True Lax"] * 3, "__Host-session __Host-csrf"]
