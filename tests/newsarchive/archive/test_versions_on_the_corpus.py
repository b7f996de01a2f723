"""Copies in the real backup of 眾新聞, by number. Skipped where the corpus is not beside the project."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path

import pytest

from newsarchive.ingest import run
from newsarchive.models import Article

CORPUS = (
    Path(os.environ.get("NEWSARCHIVE_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    / "corpus"
    / "hkcnews.tar.xz"
)
PAIRS = [(32194, 32201), (34948, 34949), (10524, 10527), (12854, 12857), (24174, 24177), (176, 416)]
STRANGERS = [(19676, 2019), (945, 435), (2343, 1978)]  # a year or a count in the address, no pointer
COLUMN = "世界這一天"


@pytest.fixture
def stories(tmp_path: Path) -> dict[int, int]:
    """Story by number, of the files that the tests name and of a column that comes every day."""
    named = {number for pair in PAIRS + STRANGERS for number in pair}
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            number = int(match[1]) if (match := re.search(r"article_(\d+)\.md$", member.name)) else 0
            file = archive.extractfile(member) if number else None
            data = file.read() if file else b""
            if number in named or COLUMN.encode() in data[:400]:
                (tmp_path / f"{number}.md").write_bytes(data)
    run.run([tmp_path], workers=1)
    rows = Article.objects.values_list("identity", "story_id")
    return {int(identity.partition(":")[2]): story for identity, story in rows}


@pytest.mark.django_db
@pytest.mark.skipif(not CORPUS.is_file(), reason="the corpus hkcnews.tar.xz is not beside the project")
def test_known_copies_are_one_story_and_strangers_and_daily_columns_are_not(stories: dict[int, int]) -> None:
    there = [pair for pair in PAIRS if set(pair) <= stories.keys()]
    apart = [pair for pair in STRANGERS if set(pair) <= stories.keys()]

    assert len(there) >= 3
    assert [pair for pair in there if stories[pair[0]] != stories[pair[1]]] == []
    assert [pair for pair in apart if stories[pair[0]] == stories[pair[1]]] == []
    days: dict[int, set[object]] = {}
    for story, day in Article.objects.filter(title__contains=COLUMN).values_list("story_id", "published_on"):
        days.setdefault(story, set()).add(day)
    assert len(days) > 10
    assert [found for found in days.values() if len(found - {None}) > 1] == []
