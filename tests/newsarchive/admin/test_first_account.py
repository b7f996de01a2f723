from __future__ import annotations

import os

import pytest
from django.contrib.auth.models import User

from newsarchive.ops import preparation

pytestmark = pytest.mark.django_db


def start(monkeypatch: pytest.MonkeyPatch, name: str, password: str) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", name)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    preparation.make_first_curator()


def test_the_first_account_comes_from_the_environment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    start(monkeypatch, "ann", "correct horse battery")
    start(monkeypatch, "ben", "another long passphrase")

    [user] = User.objects.all()
    assert (user.username, user.is_superuser, user.check_password("correct horse battery")) == (
        "ann",
        True,
        True,
    )
    assert "DJANGO_SUPERUSER_PASSWORD" not in os.environ


def test_a_weak_password_makes_no_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start(monkeypatch, "ann", "short")

    assert not User.objects.exists()
    assert "DJANGO_SUPERUSER_PASSWORD" in capsys.readouterr().err


def test_without_the_variables_there_is_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    start(monkeypatch, "", "")

    assert not User.objects.exists()
