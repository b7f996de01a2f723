"""Raw figures -> Markdown tables, and their place in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import counting, fts5, ours, recipe
from .compare import KINDS
from .corpus import Corpus
from .measure import MEGABYTE, load

_SYSTEMS = {system.name: system.title for system in (recipe, fts5, ours)}
_BUILD_WANTED = 8  # times the recipe's files a second
_PAGE_WANTED = (2, 25)  # times the page that lists known stories, milliseconds
_MEMORY_WANTED = 400  # megabytes

Figures = dict[str, Any]


def machine() -> Figures:
    model = re.search(r"model name\s*: (.*)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    packages = ("Django", "jieba", "rjieba", "numpy", "whoosh3", "Whoosh")
    return {
        "cores": os.cpu_count(),
        "processor": model[1] if model else platform.processor(),
        "memory": int(memory[1]) * 1024 if memory else 0,
        "python": platform.python_version(),
        "packages": {name: found for name in packages if (found := _version(name))},
        "sqlite": sqlite3.sqlite_version,
        "commit": _commit(),
        "began": datetime.now(UTC).isoformat(timespec="minutes"),
        "load": load(),
    }


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except ModuleNotFoundError:
        return ""


def _commit() -> str:
    try:
        words = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def about(corpus: Corpus) -> Figures:
    return {
        "name": corpus.name,
        "digest": corpus.digest,
        "articles": corpus.count,
        "characters": corpus.characters,
    }


def markdown(figures: Figures) -> str:
    parts = [_head(figures)]
    for key, write in (
        ("builds", _builds),
        ("asked", _asked),
        ("pages", _page),
        ("counted", _counted),
        ("opening", _other),
        ("grown", _grown),
    ):
        if key in figures:
            parts.append(write(figures))
    return "\n\n".join(parts) + "\n"


def _head(figures: Figures) -> str:
    of, corpus = figures["machine"], figures["corpus"]
    packages = ", ".join(f"{name} {number}" for name, number in of["packages"].items())
    return (
        f"`{figures['command']}` on {of['cores']} cores ({of['processor']}), {of['memory'] / 1e9:.0f} GB; "
        f"Python {of['python']}, {packages}, SQLite {of['sqlite']}; commit {of['commit']}, {of['began']}, "
        f"load {of['load']:.1f} at the start.\n"
        f"Corpus: {corpus['name']} ({corpus['digest']}), {corpus['articles']:,} articles, "
        f"{corpus['characters'] / 1e6:.1f} million characters."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _builds(figures: Figures) -> str:
    builds = figures["builds"]
    base = builds.get("recipe")

    def row(name: str) -> list[str]:
        of = builds[name]
        clock, cpu = of["articles"] / of["seconds"], of["articles"] / of["cpu_seconds"]
        times = "–", "–"
        if base:
            times = (
                f"{clock * base['seconds'] / base['articles']:.1f}",
                f"{cpu * base['cpu_seconds'] / base['articles']:.1f}",
            )
        return [
            _SYSTEMS[name] + (" (kept)" if of["kept"] else ""),
            f"{clock:,.0f}",
            times[0],
            f"{cpu:,.0f}",
            times[1],
            _mb(of["size"]),
            _mb(of["peak"]),
            f"{of['load'][0]:.1f}–{of['load'][1]:.1f}",
        ]

    head = ["index", "docs/s", "× recipe", "docs/CPU s", "× recipe", "MB", "peak MB", "load"]
    return (
        f"Building, segmentation included (wanted: {_BUILD_WANTED} times the recipe by the clock):\n\n"
        + _table(head, [row(name) for name in _SYSTEMS if name in builds])
    )


def _asked(figures: Figures) -> str:
    asked = figures["asked"]
    names = [name for name in _SYSTEMS if name in next(iter(asked.values()))["first"]]
    parts = []
    for number, title in (
        ("first", "New queries, milliseconds of processor time, p50 / p95 / mean"),
        ("again", "The same queries once more"),
    ):
        rows = [
            [
                kind.label,
                *(_three(asked[kind.key][number][name]["cpu"]) for name in names),
                *_ratios(asked[kind.key][number]),
                f"{kind.wanted}" if kind.wanted else "",
                " / ".join(f"{asked[kind.key][number][name]['answer']:,.1f}" for name in names),
            ]
            for kind in KINDS
            if kind.key in asked
        ]
        head = ["what", *(_SYSTEMS[name] for name in names)]
        head += ["recipe ÷ ours p50 / p95", "by the clock", "wanted at p95", "hits (or snippets) a query"]
        count = len(asked["words"]["first"][names[0]]["milliseconds"])
        parts.append(f"{title} ({count} of each kind):\n\n" + _table(head, rows))
    return "\n\n".join(parts)


def _three(of: Figures) -> str:
    return " / ".join(_ms(of[key]) for key in ("p50", "p95", "mean"))


def _two(of: Figures) -> str:
    return " / ".join(_ms(of[key]) for key in ("p50", "p95"))


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _ratios(times: Figures) -> list[str]:
    if not {"recipe", "ours"} <= set(times):
        return ["", ""]
    return [
        " / ".join(_times(times["recipe"][by][key] / times["ours"][by][key]) for key in ("p50", "p95"))
        for by in ("cpu", "clock")
    ]


def _times(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _page(figures: Figures) -> str:
    labels = {
        "page": "the whole search page",
        "listed": "the same page of known stories, no search",
        "static": "a template of text, as many bytes",
    }
    pages = figures["pages"]
    rows = []
    for name, label in labels.items():
        of, again = pages["first"][name], pages["again"][name]
        ratios = [of["cpu"][key] / pages["first"]["listed"]["cpu"][key] for key in ("p50", "p95")]
        rows.append(
            [
                label,
                _two(of["cpu"]),
                _two(of["clock"]),
                _two(again["cpu"]),
                " / ".join(_times(ratio) for ratio in ratios),
                f"{of['answer'] / 1000:.0f}",
            ]
        )
    head = ["through Django, ms p50 / p95", "processor", "clock", "again", "÷ without search", "kB"]
    wanted = f"wanted: at most {_PAGE_WANTED[0]} times the page without search, and {_PAGE_WANTED[1]} ms"
    return f"Pages ({wanted}):\n\n" + _table(head, rows)


def _counted(figures: Figures) -> str:
    return "Counting:\n\n" + _table(counting.HEAD, counting.rows(figures["counted"], _two))


def _other(figures: Figures) -> str:
    rows = [*_opening(figures), *_edits(figures), *_archive(figures)]
    return "The rest:\n\n" + _table(["what", "newsarchive"], rows)


def _opening(figures: Figures) -> Iterator[list[str]]:
    opening = figures["opening"]
    yield ["start of Python to the first answer", f"{opening['first_search']:,.0f} ms"]
    yield ["opening the index once more, to an answer", f"{opening['open_and_search']:.1f} ms"]
    yield ["jieba's dictionary, before the first partial match", f"{opening['dictionary']:,.0f} ms"]
    if memory := figures.get("memory"):
        of = memory["worker"]
        own = of.get("Private_Clean", 0) + of.get("Private_Dirty", 0)
        yield [
            f"a web worker after {memory['queries']} searches (wanted: under {_MEMORY_WANTED} MB)",
            f"{_mb(of['Rss'])} MB resident, {_mb(of['Pss'])} MB its share, {_mb(own)} MB its own",
        ]


def _edits(figures: Figures) -> Iterator[list[str]]:
    for name, times in figures.get("edits", {}).items():
        yield [f"an edit until a search finds it: {_SYSTEMS[name]}", f"{_two(times['clock'])} ms"]
    if changed := figures.get("changed"):
        yield [
            f"one word with {changed['changes']:,} edited articles beside the index (without)",
            f"{_two(changed['changed']['cpu'])} ms ({_two(changed['built']['cpu'])} ms)",
        ]


def _archive(figures: Figures) -> Iterator[list[str]]:
    if archive := figures.get("archive"):
        if archive["import_seconds"]:
            rate = archive["files"] / archive["import_seconds"]
            yield [f"`import_articles`, {archive['files']:,} files", f"{rate:,.0f} files/s"]
        if archive["rebuild_seconds"]:
            rate = archive["stories"] / archive["rebuild_seconds"]
            label = f"`rebuild_index`, {archive['stories']:,} stories from the database"
            yield [label, f"{rate:,.0f} stories/s"]
        yield ["database", f"{_mb(archive['database'])} MB"]


def _mb(size: float) -> str:
    return f"{size / MEGABYTE:,.0f}"


def _grown(figures: Figures) -> str:
    costs, asked = figures["grown"]["costs"], figures["grown"]["asked"]

    def row(label: str, write: Callable[[Figures], str]) -> list[str]:
        return [label, *(write(of) for of in costs.values())]

    rows = [
        row("building, docs/s", lambda of: f"{of['articles'] / of['seconds']:,.0f}"),
        row("building, docs/CPU s", lambda of: f"{of['articles'] / of['cpu_seconds']:,.0f}"),
        row("peak memory of the build, MB", lambda of: _mb(of["peak"])),
        row("index, MB", lambda of: _mb(of["size"])),
        row("opening and a search, ms", lambda of: f"{of['opening']['open_and_search']:.1f}"),
    ]
    for kind in KINDS:
        if kind.key in asked:
            first = asked[kind.key]["first"]
            rows.append([f"{kind.label}, ms", *(_two(first[size]["cpu"]) for size in costs)])
    head = ["newsarchive", *(f"{int(size):,} articles" for size in costs)]
    return "Growth (questions: p50 / p95 of processor time):\n\n" + _table(head, rows)


def write_docs(text: str, path: Path, block: str) -> None:
    """Replace what stands between the marks of the block; raises ValueError where there are none."""
    begin, end = f"<!-- {block}:begin -->", f"<!-- {block}:end -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise ValueError(f"{path} has no {begin} … {end}")
    path.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")
