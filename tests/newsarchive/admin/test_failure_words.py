"""Why a file gave no article is told, and found, in the curator's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from newsarchive.ingest import run
from newsarchive.models import ImportFailure
from tests.search.web.making import Page

from .conftest import SignIn


@pytest.fixture
def failure(db: None, tmp_path: Path) -> ImportFailure:
    (tmp_path / "bad.md").write_bytes(b"---\ntitle: x\n")
    run.run([tmp_path / "bad.md"], workers=1)
    return ImportFailure.objects.get()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hant", "front matter 沒有結尾"),
        ("zh-hans", "front matter 没有结尾"),
        ("en", "The front matter has no end"),
    ],
)
def test_a_failure_is_told_in_the_curators_language(
    signed_in: SignIn,
    failure: ImportFailure,
    language: str,
    words: str,
) -> None:
    client: Client = signed_in("operator")
    client.cookies["django_language"] = language

    listed = Page(client.get("/admin/newsarchive/importfailure/?state=open").content).text
    page = Page(client.get(f"/admin/newsarchive/importfailure/{failure.pk}/change/").content).text
    found = Page(client.get("/admin/newsarchive/importfailure/", {"q": words}).content).text

    assert words in listed
    assert words in page
    assert "bad.md" in found
    assert failure.reason == '{"code": "front_matter_without_end"}'
