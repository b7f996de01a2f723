"""What a web worker holds in memory, and how long an index takes to open."""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from . import measure, pages
from .queries import Query

_WORKERS = 2
_QUERIES = 500


def remember(data: Path, queries: Sequence[Query]) -> dict[str, Any]:
    """Bytes of the first of two workers, forked as gunicorn forks them, that have answered 500 searches
    each. `Private_*` is what one more worker costs: pages of the index are shared."""
    pages.set_up(data)
    from newsarchive import wsgi
    from newsarchive.ops import gunicorn_conf

    assert wsgi.application
    gunicorn_conf.on_starting(SimpleNamespace(log=logging.getLogger()))
    before = measure.memory(os.getpid())
    children = [_fork(queries) for _ in range(_WORKERS)]
    for _, ready, _ in children:
        assert os.read(ready, 1) == b"+", "a worker failed: see above"
    after = [measure.memory(process) for process, _, _ in children]
    for process, _, end in children:
        os.write(end, b".")
        os.waitpid(process, 0)
    return {"before_fork": before, "worker": after[0], "workers": after, "queries": _QUERIES}


def _fork(queries: Sequence[Query]) -> tuple[int, int, int]:
    """(process, pipe that says when it is ready, pipe that ends it)"""
    ready, tell = os.pipe()
    wait, end = os.pipe()
    process = os.fork()
    if process:
        os.close(tell)
        os.close(wait)
        return process, ready, end
    try:
        browser = pages.client()
        for query in itertools.islice(itertools.cycle(queries), _QUERIES):
            assert browser.get(pages.ADDRESS, {"q": query.text}).status_code == 200
        os.write(tell, b"+")
        os.read(wait, 1)
    finally:
        os._exit(0)


_OPENING = """
import sys, time
from pathlib import Path
from search.engines.base import Request
from search.engines.embedded.engine import EmbeddedEngine
from search.query.parser import parse
def search():
    began = time.process_time()
    engine = EmbeddedEngine(Path(sys.argv[1]))
    engine.search(Request(parse("香港").tree))
    return (time.process_time() - began) * 1000
search()
first = time.process_time() * 1000
again = min(search() for _ in range(5))
began = time.process_time()
from search.language.tokens import segmenter
segmenter()
print(first, again, (time.process_time() - began) * 1000)
"""


def opening(folder: Path) -> dict[str, float]:
    """Milliseconds of the processor: from the start of Python to the first answer, from opening the
    index once more to an answer, and for jieba's dictionary, which only partial matches need."""
    words = [sys.executable, "-c", _OPENING, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=pages.ROOT)
    names = ("first_search", "open_and_search", "dictionary")
    return dict(zip(names, map(float, done.stdout.split()), strict=True))
