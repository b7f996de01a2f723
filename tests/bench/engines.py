"""Both engines on one archive, in one run: docs/scaling.md has what it printed.

    SEARCH_TEST_URL=$(tests/servers/opensearch start --heap 1g)
    NEWSARCHIVE_DATA=var python -m tests.bench.engines $SEARCH_TEST_URL [--stories 5000] [--queries 100]

Builds an index of each over the archive's first stories, then asks both the same questions in turn, so that
what else the machine does disturbs both alike. Processor time is that of this process and its workers, and of
the server's Java, which must run here.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.engine import Engine, IndexDocument

MEGABYTE = 1_000_000


class Archive:
    """What `queries.draw` draws from."""

    def __init__(self, stories: int) -> None:
        from search import documents

        self._everything = documents.everything
        self._stories = stories
        self.count = min(stories, len(documents.visible_stories()))

    def documents(self) -> Iterator[IndexDocument]:
        return itertools.islice(self._everything(), self._stories)


@dataclass
class Spent:
    wall: float = 0.0
    here: float = 0.0  # seconds of the processor
    there: float = 0.0


def java() -> int:
    """The process of the server's node, on this machine."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and b"org.opensearch.bootstrap" in (folder / "cmdline").read_bytes():
            return int(folder.name)
    raise SystemExit("no OpenSearch runs on this machine")


def spend(work: Callable[[], Any], server: int) -> Spent:
    began, here, there = time.perf_counter(), _here(), _there(server)
    work()
    return Spent(time.perf_counter() - began, _here() - here, _there(server) - there)


def _here() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _there(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.bench.engines")
    ask.add_argument("url")
    ask.add_argument("--stories", type=int, default=5_000)
    ask.add_argument("--queries", type=int, default=100)
    options = ask.parse_args()
    import django

    django.setup()
    from newsarchive import search_url
    from search.engines.embedded import EmbeddedEngine
    from search.engines.opensearch import OpenSearchEngine

    archive = Archive(options.stories)
    folder = Path(tempfile.mkdtemp(prefix="bench-engines-"))
    address = replace(search_url.parse(options.url), prefix="bench-engines")
    cluster = OpenSearchEngine(address, replicas=0)
    engines: dict[str, Engine] = {"embedded": EmbeddedEngine(folder / "index"), "OpenSearch": cluster}
    try:
        measure(archive, engines, options.queries)
        print(f"\nindex: embedded {_size(folder) / MEGABYTE:,.0f} MB, OpenSearch {_stored(address):,.0f} MB")
    finally:
        cluster.remove()
        shutil.rmtree(folder)


def measure(archive: Archive, engines: dict[str, Engine], count: int) -> None:
    from search.engine import Filters, Request
    from search.query import parse

    from . import queries

    server = java()
    read = spend(lambda: sum(1 for _ in archive.documents()), server)
    print(
        f"{archive.count:,} stories; to read them from the database takes {read.here:.0f} processor seconds\n"
    )
    print("| build | stories a second of the clock | of the processor | of it in the cluster |")
    print("|---|---|---|---|")
    for name, engine in engines.items():
        spent = spend(lambda engine=engine: engine.rebuild(archive.documents), server)  # type: ignore[misc]
        total = spent.here + spent.there
        clock, processor = archive.count / spent.wall, archive.count / total
        print(f"| {name} | {clock:.0f} | {processor:.0f} | {spent.there / total:.0%} |", flush=True)
    drawn = queries.draw(archive, count=count)  # type: ignore[arg-type]

    def search(engine: Engine, text: str, **more: Any) -> Callable[[], int]:
        request = Request(parse(text).tree, limit=20, **{"counts": False, **more})
        return lambda: engine.search(request).total

    kinds: dict[str, tuple[Any, Callable[[Engine, queries.Query], Callable[[], int]]]] = {
        "one word": (drawn.words, lambda engine, query: search(engine, query.text)),
        "two words": (drawn.pairs, lambda engine, query: search(engine, query.text)),
        "exact phrase": (drawn.phrases, lambda engine, query: search(engine, f'"{query.text}"')),
        "dates, facets, timeline": (
            drawn.ranges,
            lambda engine, query: search(
                engine, query.text, counts=True, filters=Filters(first=query.first, last=query.last)
            ),
        ),
        "deep page": (drawn.deep, lambda engine, query: search(engine, query.text, offset=query.offset)),
    }
    print(
        "\n| ms of the clock, p50 / p95 | "
        + " | ".join(engines)
        + " | cluster's processor, mean ms | same totals |"
    )
    print("|---|" + "---|" * (len(engines) + 2))
    for kind, (asked, prepare) in kinds.items():
        _row(kind, asked, engines, prepare, server)


def _row(kind: str, asked: Any, engines: dict[str, Engine], prepare: Any, server: int) -> None:
    for query in asked.warm:
        for engine in engines.values():
            prepare(engine, query)()
    took: dict[str, list[float]] = {name: [] for name in engines}
    used = _there(server)
    same = 0
    for query in asked.measured:
        totals = set()
        for name, engine in engines.items():
            work = prepare(engine, query)
            began = time.perf_counter()
            totals.add(work())
            took[name].append((time.perf_counter() - began) * 1000)
        same += len(totals) == 1
    used = (_there(server) - used) * 1000 / max(1, len(asked.measured))
    cells = " | ".join(f"{_at(times, 50):.1f} / {_at(times, 95):.1f}" for times in took.values())
    print(f"| {kind} | {cells} | {used:.1f} | {same} of {len(asked.measured)} |", flush=True)


def _at(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _stored(address: Any) -> float:
    host, port = address.hosts[0]
    url = f"http://{host}:{port}/_cat/indices/{address.prefix}*?h=store.size&bytes=b"
    with urllib.request.urlopen(url) as answer:
        return sum(map(int, answer.read().split())) / MEGABYTE


if __name__ == "__main__":
    main()
