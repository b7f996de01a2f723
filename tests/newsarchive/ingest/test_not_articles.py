"""Captures that failed are kept for curators, exactly they, and nothing with a text."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile, Standing
from newsarchive.ingest import run
from newsarchive.models import Article
from tests.newsarchive.archive.making import post

SHARED = Path(os.environ.get("NEWSARCHIVE_SHARED", Path(__file__).parents[4] / "shared"))
CORPUS = SHARED / "corpus" / "hkcnews.tar.xz"
SAMPLE = 6_000  # files
FAREWELL = "眾新聞告別    感謝讀者"


@pytest.mark.django_db
def test_exactly_the_files_without_a_text_are_failed_captures(folder: Path) -> None:
    files = {
        "empty": post(1, title="有題無文", body=""),
        "blanks": post(2, title="只有空白", body=" \n\u3000\n\u00a0\n"),
        "outage": post(3, title="Temporarily Offline", body=""),
        "farewell": post(4, title=FAREWELL, body=""),
        "short": post(6, title="短", body="好。"),
        "farewell with a text": post(
            7, title=FAREWELL, body="各位讀者，本報今日起停止運作，多謝各位多年以來的支持與愛護，後會有期。"
        ),
        "outage in the news": post(8, title="Temporarily Offline", body="Banks were offline for an hour."),
        "pictures only": post(9, title="圖輯", body='<figure><img src="https://a.example/1.jpg"></figure>'),
    }
    for name, data in files.items():
        (folder / f"{name}.md").write_bytes(data)

    run.run([folder], workers=1)

    failed = Article.objects.filter(status="capture_failed")
    names = {Path(path).stem for path in failed.values_list("raw__path", flat=True)}
    assert names == {"empty", "blanks", "outage", "farewell"}
    assert all(failed.values_list("status_reason", flat=True))
    assert not Article.objects.filter(status="published", standing="stub").exists()


def test_in_the_real_files_exactly_those_with_an_empty_body_are_failed_captures() -> None:
    if not CORPUS.exists():
        pytest.skip(f"{CORPUS} is not at hand")
    empty, stubs, reasons = set(), set(), Counter[str]()
    with tarfile.open(CORPUS, "r|xz") as archive:
        for member in islice((m for m in archive if m.isfile()), SAMPLE):
            file = archive.extractfile(member)
            assert file is not None
            data = file.read()
            article = registry.parse(SourceFile(member.name, data))
            if article.standing is Standing.STUB:
                stubs.add(member.name)
                reasons[article.standing_reason] += 1
            if not has_body(data):
                empty.add(member.name)

    assert stubs == empty
    assert len(stubs) > 50
    assert "" not in reasons


def has_body(data: bytes) -> bool:
    """Anything below the front matter but the headline that repeats the title."""
    _, _, rest = data.decode().replace("\r\n", "\n").partition("\n---\n")
    return any(line.strip() and not line.startswith("# ") for line in rest.split("\n"))
