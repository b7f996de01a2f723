"""Rebuilds that the indexer has run: never two for one word, and shown to those who run the archive."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsarchive.runtime import background_jobs
from search.engines import get_engine
from search.indexing import rebuild_process
from search.indexing.indexer import Indexer
from search.language import tokens
from search.models import DictionaryWord
from tests.search.web.making import publish, story

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
]  # between two looks it may close a connection


@pytest.fixture
def indexer(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Indexer]:
    """One whose rebuilds take as long as they are let, and note that they were begun."""
    settings.DATA_DIR = tmp_path
    settings.INDEX_DIR = tmp_path / "index"
    get_engine.cache_clear()
    before = tokens.segmenter().extra_words
    slow = tmp_path / "python"
    slow.write_text(f"#!/bin/sh\necho $$ >> {tmp_path}/begun\nexec sleep 600\n")
    slow.chmod(0o755)
    publish(story())
    monkeypatch.setattr(sys, "executable", str(slow))
    made = Indexer(get_engine())
    yield made
    made.close()
    get_engine().close()
    get_engine.cache_clear()
    tokens.use_words(before)


def begun(folder: Path, wanted: int) -> int:
    """How many rebuilds there were, once there are so many."""
    for _ in range(600):
        count = len((folder / "begun").read_text().split()) if (folder / "begun").exists() else 0
        if count >= wanted:
            break
        time.sleep(0.05)
    return count


def test_a_word_that_comes_during_a_rebuild_begins_it_anew(indexer: Indexer, tmp_path: Path) -> None:
    DictionaryWord.objects.create(word="選舉論壇")
    indexer.step()
    assert begun(tmp_path, 1) == 1
    indexer.step()
    DictionaryWord.objects.create(word="選舉擂台")

    indexer.step()

    assert begun(tmp_path, 2) == 2
    indexer.step()
    assert begun(tmp_path, 2) == 2


def test_words_without_end_do_not_keep_a_rebuild_from_its_end(
    indexer: Indexer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_process, "_OUTDATED_SECONDS", 0.0)
    DictionaryWord.objects.create(word="選舉論壇")
    indexer.step()
    assert begun(tmp_path, 1) == 1
    DictionaryWord.objects.create(word="選舉擂台")

    indexer.step()

    assert begun(tmp_path, 1) == 1


def test_the_health_page_shows_the_indexers_own_rebuild(indexer: Indexer) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("ann", password="correct horse"))
    DictionaryWord.objects.create(word="選舉論壇")

    indexer.step()
    during = client.get("/admin/health/")
    indexer.close()
    after = client.get("/admin/health/")

    assert during.context["own"].running
    assert "索引器自行重建" in during.content.decode()
    assert not after.context["own"].running
    assert background_jobs.last_run(rebuild_process.NAME).said == "stopped"  # type: ignore[union-attr]
