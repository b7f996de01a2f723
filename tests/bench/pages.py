"""The search page through Django: middleware, view, search, rows, marks and templates.

Beside it stand two pages that search nothing. One lists stories that are known: their rows are read and
the same templates print them, with the counts of an earlier search. The other is a template of nothing but
text, with as many bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from . import measure
from .queries import Query

ADDRESS = "/search/"
_HOST = "localhost"
ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder(corpus_folder: Path) -> Path:
    """Where the archive of a corpus is kept; another one when the tables change."""
    tables = [*ROOT.glob("*/migrations/*.py"), ROOT / "newsarchive/models.py"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(tables))).hexdigest()[:8]
    return corpus_folder / f"data-{digest}"


def set_up(data: Path) -> None:
    os.environ["NEWSARCHIVE_DATA"] = str(data)
    os.environ["NEWSARCHIVE_LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.pages_settings"
    import django
    from django.conf import settings

    django.setup()
    if data != settings.DATA_DIR:  # read too early: the archive of this checkout is not to be touched
        raise RuntimeError(f"the settings are those of {settings.DATA_DIR}, not of {data}")
    logging.getLogger("django.request").setLevel(logging.ERROR)


def prepare(data: Path, files: Path, keep: bool) -> dict[str, Any]:
    """An archive with an index, made as a curator would make it. The import is always kept, an index
    that is up to date with `keep`."""
    data.mkdir(parents=True, exist_ok=True)
    set_up(data)
    from django.core.management import call_command

    from newsarchive.ingest import run
    from newsarchive.models import Article
    from search.engines import get_engine
    from search.indexing import sync

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    report = run.run([files])
    began = time.perf_counter()
    engine = get_engine()
    built = not (keep and not sync.needs_rebuild(engine))
    stories = sync.rebuild(engine) if built else engine.state().documents
    return {
        "files": report.seen,
        "import_seconds": report.seconds if report.counts["imported"] else None,  # None: it was there
        "articles": Article.objects.count(),
        "stories": stories,
        "rebuild_seconds": time.perf_counter() - began if built else None,
        "database": (data / "archive.sqlite3").stat().st_size,
    }


def client() -> Any:
    from django.test import Client

    return Client(HTTP_HOST=_HOST)


def ask(data: Path, warm: Sequence[Query], measured: Sequence[Query]) -> dict[str, Any]:
    """Times of the three pages, for new queries and for the same ones once more."""
    set_up(data)
    from search.results import service
    from search.results.highlight import Marker
    from search.results.results import results
    from search.web.forms import SearchForm

    browser = client()
    search = service.search
    searched_before = [search(_parameters(SearchForm({"q": query.text}))) for query in warm]
    known = cycle([(page, _found(page)) for page in searched_before if page.results])

    def get(address: str, text: str = "") -> Callable[[], int]:
        def request() -> int:
            response = browser.get(address, {"q": text} if text else {})
            assert response.status_code == 200, (response.status_code, text)
            return len(response.content)

        return request

    def searched(query: Query) -> Callable[[], int]:
        service.search = search
        return get(ADDRESS, query.text)

    def listed(query: Query) -> Callable[[], int]:
        page, stories = next(known)  # of an earlier search: this query is not asked before its time
        service.search = lambda *arguments, **options: replace(page, results=results(stories, Marker(None)))
        return get(ADDRESS, query.text)

    def static(query: Query) -> Callable[[], int]:
        return get("/bench/static/")

    sizes = measure.in_turn({"page": searched}, warm)["page"].answers
    _write_static(data, sorted(sizes)[len(sizes) // 2], browser.get(ADDRESS, {"q": warm[0].text}).content)
    pages = {"page": searched, "listed": listed, "static": static}
    measure.in_turn(pages, warm)
    with measure.settled():
        first, again = measure.in_turn(pages, measured), measure.in_turn(pages, measured)
    return {
        "first": {name: times.as_json() for name, times in first.items()},
        "again": {name: times.as_json() for name, times in again.items()},
    }


def _parameters(form: Any) -> Any:
    assert form.is_valid(), form.errors
    return form.parameters()


def _found(page: Any) -> list[Any]:
    """The hits of a page, without looking for words in other copies."""
    from search.results.results import Found

    return [Found(one.article.pk, one.article.story_id, one.score, one.copies) for one in page.results]


def _write_static(data: Path, size: int, like: bytes) -> None:
    """A template whose page has `size` bytes of the text of a result page."""
    text = (like * (size // len(like) + 1)).decode("utf-8").encode("utf-8")[:size].decode("utf-8", "ignore")
    folder = data / "bench-templates" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "static.html").write_text(f"{{% raw %}}{text}{{% endraw %}}")
