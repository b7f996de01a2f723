"""Both engines over the same articles, in one run: docs/scaling.md has what it printed.

    SEARCH_TEST_URL=$(tests/servers/opensearch start --heap 1g)
    python -m tests.bench.engines $SEARCH_TEST_URL --corpus FILE [--articles 10000] [--queries 100]

Builds an index of each, then asks both the same questions in turn, so that what else the machine does
disturbs both alike. A document is an article here; in an archive it is a story. Processor time is that of
this process and its workers, and of the server's Java, which must run on this machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newsarchive.conf import search_url
from newsarchive.conf.search_url import SearchAddress
from search.engines.base import Engine, Filters, Request
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.opensearch.client import WRITE_SECONDS, Cluster
from search.engines.opensearch.engine import OpenSearchEngine
from search.query.parser import parse

from . import corpus, invented, measure, queries, report
from .corpus import Corpus
from .queries import Queries, Query

_INVENTED = 2_000  # enough for the embedded engine to start its workers
_PREFIX = "bench-engines"

Asked = Callable[[], int]  # returns the total
Ask = Callable[[Engine, Query], Asked]


class Server:
    """The cluster's one node, from outside."""

    def __init__(self, address: SearchAddress) -> None:
        self._cluster = Cluster(address)
        (node,) = self._cluster.ask("GET", "/_nodes/process")["nodes"].values()
        self._stat = Path(f"/proc/{node['process']['id']}/stat")
        self.version: str = node["version"]

    def seconds(self) -> float:
        """Of the processor, since it began."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def size(self) -> int:
        """Bytes of the benchmark's index, as it is once the merges that are under way are done."""
        path = f"/{_PREFIX}-*"
        self._cluster.ask("POST", f"{path}/_flush", seconds=WRITE_SECONDS)
        while (held := self._held(path))["merges"]["current"]:
            time.sleep(1)
        size: int = held["store"]["size_in_bytes"]
        return size

    def _held(self, path: str) -> dict[str, Any]:
        held: dict[str, Any] = self._cluster.ask("GET", f"{path}/_stats/store,merge")["_all"]["primaries"]
        return held

    def close(self) -> None:
        self._cluster.close()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: by the clock, of the processor here, of the processor in the server."""

    clock: float
    here: float
    there: float


def spend(work: Callable[[], Any], server: Server) -> Spent:
    began, here, there = time.perf_counter(), _seconds_here(), server.seconds()
    work()
    return Spent(time.perf_counter() - began, _seconds_here() - here, server.seconds() - there)


def _seconds_here() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def compare(loaded: Corpus, server: Server, address: SearchAddress, drawn: Queries) -> Iterator[str]:
    """Lines of Markdown, each as soon as it is known."""
    folder = Path(tempfile.mkdtemp(prefix="bench-engines-"))
    cluster = OpenSearchEngine(replace(address, prefix=_PREFIX), replicas=0)
    engines: dict[str, Engine] = {
        "embedded": EmbeddedEngine(folder),
        f"OpenSearch {server.version}": cluster,
    }
    try:
        yield from _builds(loaded, engines, server)
        sizes = dict(zip(engines, (measure.size(folder), server.size()), strict=True))
        for name, size in sizes.items():
            megabytes, each = size / measure.MEGABYTE, size / loaded.count / 1000
            yield f"\n{name}: {megabytes:,.0f} MB, {each:.1f} KB a document"
        yield from _answers(engines, drawn, server)
    finally:
        cluster.remove()
        cluster.close()
        engines["embedded"].close()
        shutil.rmtree(folder)


def _builds(loaded: Corpus, engines: dict[str, Engine], server: Server) -> Iterator[str]:
    yield "| build | documents a second | processor, ms a document | of it in the cluster |"
    yield "|---|---|---|---|"
    for name, engine in engines.items():
        spent = spend(lambda engine=engine: engine.rebuild(loaded.documents), server)  # type: ignore[misc]
        there = spent.there if isinstance(engine, OpenSearchEngine) else 0.0
        rate, each = loaded.count / spent.clock, (spent.here + there) * 1000 / loaded.count
        yield f"| {name} | {rate:.0f} | {each:.1f} | {there * 1000 / loaded.count:.1f} |"


def _answers(engines: dict[str, Engine], drawn: Queries, server: Server) -> Iterator[str]:
    yield f"\n| ms, p50 / p95 | {' | '.join(engines)} | cluster's processor, mean ms | same totals |"
    yield "|---|" + "---|" * (len(engines) + 2)
    for kind, (asked, ask) in _kinds(drawn).items():
        systems = {name: _asks(ask, engine) for name, engine in engines.items()}
        measure.in_turn(systems, asked.warm)
        before = server.seconds()
        times = measure.in_turn(systems, asked.measured)
        there = (server.seconds() - before) * 1000 / len(asked.measured)
        found = list(zip(*(of.answers for of in times.values()), strict=True))
        same = sum(len(set(totals)) == 1 for totals in found)
        clock = [measure.summary(of.milliseconds) for of in times.values()]
        cells = " | ".join(f"{of['p50']:.1f} / {of['p95']:.1f}" for of in clock)
        yield f"| {kind} | {cells} | {there:.1f} | {same} of {len(found)} |"


def _asks(ask: Ask, engine: Engine) -> Callable[[Query], Asked]:
    return lambda query: ask(engine, query)


def _kinds(drawn: Queries) -> dict[str, tuple[queries.Set, Ask]]:
    def plain(engine: Engine, query: Query) -> Asked:
        return _search(engine, query.text, offset=query.offset)

    def phrase(engine: Engine, query: Query) -> Asked:
        return _search(engine, f'"{query.text}"')

    def counted(engine: Engine, query: Query) -> Asked:
        return _search(engine, query.text, counts=True, filters=Filters(first=query.first, last=query.last))

    return {
        "one word": (drawn.words, plain),
        "two words": (drawn.pairs, plain),
        "exact phrase": (drawn.phrases, phrase),
        "dates, facets, timeline": (drawn.ranges, counted),
        "deep page": (drawn.deep, plain),
    }


def _search(engine: Engine, text: str, *, counts: bool = False, **options: Any) -> Asked:
    request = Request(parse(text).tree, limit=20, counts=counts, **options)
    return lambda: engine.search(request).total


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.bench.engines")
    ask.add_argument("url")
    ask.add_argument("--corpus", type=Path, help="files, an archive of them; default: invented articles")
    ask.add_argument("--articles", type=int, default=0, help="so many, spread over the corpus; 0: all")
    ask.add_argument("--queries", type=int, default=100, help="of each kind")
    default = Path(tempfile.gettempdir()) / "bench-cache"
    ask.add_argument("--cache", type=Path, default=default, help="as of tests.bench: %(default)s")
    options = ask.parse_args()
    source = options.corpus or invented.write(options.cache / "invented.zip", count=_INVENTED)
    loaded = corpus.load(source, options.cache, count=options.articles)
    drawn = queries.draw(loaded, count=options.queries)
    address = search_url.parse(options.url)
    server = Server(address)
    machine = report.machine()
    print(
        f"{machine['began']}, commit {machine['commit']}, {machine['cores']} cores of {machine['processor']},"
        f" load {machine['load']:.1f}; {loaded.count:,} articles of {loaded.name}\n"
    )
    try:
        for line in compare(loaded, server, address, drawn):
            print(line, flush=True)
    finally:
        server.close()
    print(f"\nload at the end: {measure.load():.1f}")


if __name__ == "__main__":
    main()
