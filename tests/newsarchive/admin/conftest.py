from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client

from search.engines import get_engine

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    settings.INDEX_DIR = tmp_path / "index"
    get_engine.cache_clear()
    cache.clear()
    yield
    get_engine().close()
    get_engine.cache_clear()


@pytest.fixture
def signed_in(db: None) -> SignIn:
    """A client of somebody in the group of that name; of a superuser for "superuser"."""

    def sign_in(role: str) -> Client:
        user = User.objects.create_user(role, password="correct horse", is_staff=True)
        if role == "superuser":
            user.is_superuser = True
            user.save()
        elif role != "nobody":
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def curator(signed_in: SignIn) -> Client:
    return signed_in("curator")
