"""The same article from a crawl, a clipping and an export of a database of newspapers."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsarchive.ingest import run
from newsarchive.models import Article, RawFile
from tests.newsarchive.importers.samples import PARAGRAPHS

from . import crawls, exports

pytestmark = pytest.mark.django_db


def test_it_is_one_story_with_its_files_and_sources_side_by_side(tmp_path: Path) -> None:
    text = [part.removeprefix("<p>") for part in PARAGRAPHS.split("</p>") if part]
    saved = (
        crawls.page(1)
        .decode()
        .replace("<head>", f"<head><!--\n Page saved with SingleFile\n url: {crawls.SITE}1\n-->", 1)
    )
    word = [*exports.WISENEWS_WORD[:6], "渡輪停航1周", *text, exports.WISENEWS_WORD[10]]
    files = {
        "crawl.warc": crawls.response(1),
        "clipping.html": saved.encode(),
        "export.docx": exports.docx(line.replace("2019-04-15", "2021-11-17") for line in word),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        run.run([tmp_path / name], workers=1)

    articles = Article.objects.order_by("pk")
    assert {article.story_id for article in articles} == {articles[0].story_id}
    assert [
        sorted(RawFile.objects.filter(article=article).values_list("format", flat=True))
        for article in articles
    ] == [
        ["single_file", "warc_record"],
        ["record"],
    ]
