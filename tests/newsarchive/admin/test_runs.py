"""A run's page lists what became of each of its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from newsarchive.ingest import run as ingest
from newsarchive.models import Article, ImportRun, RunFile
from tests.newsarchive.archive.making import post, stub

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_run_lists_its_articles_by_what_they_came_to(curator: Client, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in {"a": post(1), "b": stub(2), "c": b""}.items():
        (folder / f"{name}.md").write_bytes(data)
    ingest.run([folder], workers=1)
    (folder / "d.md").write_bytes(post(1, title="改題", stamp="20230101000000"))
    ingest.run([folder], workers=1)
    run = ImportRun.objects.latest("pk")
    address = f"/admin/newsarchive/importrun/{run.pk}/change/"

    every = curator.get(address).content.decode()
    updated = curator.get(address, {"outcome": "updated"}).content.decode()
    unchanged = curator.get(address, {"outcome": "unchanged"}).content.decode()

    assert f"/admin/newsarchive/article/{Article.objects.get(identity='hkcnews:1').pk}/change/" in updated
    assert "d.md" in updated
    assert "a.md" not in updated
    assert "a.md" in unchanged
    assert "檔案是空的" in every
    assert curator.get(address, {"page": "99", "outcome": "x"}).status_code == 200


def test_a_run_that_goes_on_lists_each_file_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.md").write_bytes(post(1))
    ingest.run([folder], workers=1)
    ImportRun.objects.update(finished_at=None)

    ingest.run([folder], workers=1)

    assert list(RunFile.objects.values_list("path", "outcome")) == [("a.md", "imported")]
