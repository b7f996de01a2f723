"""`import_articles --explain` says what became of a file, and changes nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsarchive.models import Article, ImportRun

pytestmark = pytest.mark.django_db

NOTE = """---
title: 渡輪停航
pubDate: 2021-11
source: https://www.example.org/news/1
mood: 好
---

正文。

![](https://i.example.org/a.jpg "碼頭。法新社")

請訂閱我們的電子報
"""


def explained(*paths: Path) -> tuple[int, list[str]]:
    out = io.StringIO()
    try:
        call_command("import_articles", "--explain", *map(str, paths), stdout=out)
    except SystemExit as exc:
        return int(exc.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_it_names_the_importer_and_where_each_field_was_read(folder: Path) -> None:
    (folder / "note.md").write_text(NOTE, encoding="utf-8")

    code, lines = explained(folder / "note.md")

    assert code == 0
    assert lines[:2] == ["note.md", "  importer: markdown_post"]
    assert "  title: 渡輪停航  <- front matter: title" in lines
    assert "  published: 2021-11-01 (month)  <- front matter: pubDate" in lines
    assert "  source_url: https://www.example.org/news/1  <- front matter: source" in lines
    assert "  outlet: example.org  <- address" in lines
    assert "  image 1: https://i.example.org/a.jpg 碼頭。法新社 [法新社]  <- the file" in lines
    assert "  left out: 請訂閱我們的電子報" in lines
    assert "  kept in extra: mood: 好" in lines
    assert "  problem: front matter not understood: mood" in lines


def test_it_saves_nothing(folder: Path) -> None:
    (folder / "note.md").write_text(NOTE, encoding="utf-8")

    explained(folder)

    assert not Article.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_refused_file_is_explained_too_and_the_exit_code_is_1(folder: Path) -> None:
    (folder / "a.md").write_text(NOTE, encoding="utf-8")
    (folder / "b.bin").write_bytes(b"\x89PNG....")

    code, lines = explained(folder)

    assert code == 1
    assert lines[-2:] == ["b.bin", "  no importer took it: The file is PNG data, not the text of an article."]


def test_a_missing_file_is_exit_code_2(folder: Path) -> None:
    with pytest.raises(CommandError) as caught:
        explained(folder / "nothing.md")

    assert caught.value.returncode == 2
