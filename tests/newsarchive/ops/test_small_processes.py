"""The processes that only watch over others hold nothing of what those need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import processes

_LARGE = ("jieba", "rjieba", "pypinyin", "opencc", "search.engines.embedded", "search.engines.opensearch")


def imported(code: str, data: Path) -> set[str]:
    """The modules that a new process has imported when it has run `code`."""
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        cwd=processes.ROOT,
        env=os.environ | {"NEWSARCHIVE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "newsarchive.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(said.stdout.splitlines()[-1]))


def test_the_supervisor_imports_neither_django_nor_the_search(tmp_path: Path) -> None:
    modules = imported("import newsarchive.ops.supervisor", tmp_path)

    assert not {name for name in modules if name.split(".")[0] in ("django", "search", "numpy", "jieba")}


def test_the_master_of_the_workers_imports_no_jieba_and_opens_no_index(empty_archive: Path) -> None:
    code = (
        "import logging; from types import SimpleNamespace; import newsarchive.wsgi\n"
        "from newsarchive.ops import gunicorn_conf\n"
        "gunicorn_conf.on_starting(SimpleNamespace(log=logging.getLogger()))"
    )
    modules = imported(code, empty_archive)

    assert "search.web.views_search" in modules
    assert not modules.intersection(_LARGE)


def test_the_indexer_imports_no_pages(empty_archive: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from search.engines import get_engine\n"
        "from search.indexing.indexer import Indexer\n"
        "import search.management.commands.run_indexer\n"
        "Indexer(get_engine())"
    )
    modules = imported(code, empty_archive)

    pages = {"newsarchive.urls", "newsarchive.admin.registration", "search.web.views_search", "jinja2"}
    assert not modules.intersection(pages | {"jieba", "rjieba", "pypinyin", "redis"})
