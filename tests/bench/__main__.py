"""make bench CORPUS=FILE ARGS="…", or python -m tests.bench --corpus FILE …

Prints Markdown tables. Without a corpus it measures on invented articles.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import (
    against,
    builds,
    compare,
    corpus,
    counting,
    fts5,
    grow,
    invented,
    measure,
    ours,
    pages,
    queries,
    recipe,
    report,
    worker,
)
from .compare import System
from .corpus import Corpus
from .queries import Queries

_ROOT = Path(__file__).resolve().parent.parent.parent
_DOCS = _ROOT / "docs/performance.md"
_INVENTED = 2_000
_SIZES = "5000,all,440000"


def main() -> int:
    arguments = _arguments()
    cache: Path = arguments.cache
    if arguments.against:
        if arguments.data is None:
            sys.exit("--against needs --data FOLDER: an imported archive with its index, which is copied")
        print(against.main(arguments.against, arguments.data, arguments.files, cache))
        return 0
    source = arguments.corpus or invented.write(cache / "invented.zip", count=_INVENTED)
    loaded = corpus.load(source, cache, count=arguments.articles)
    sizes = [loaded.count if size == "all" else int(size) for size in arguments.grow.split(",") if size]
    drawn = queries.draw(loaded, count=arguments.queries, first=min(sizes, default=0))
    figures: report.Figures = {
        "command": " ".join(["python -m tests.bench", *sys.argv[1:]]),
        "machine": report.machine(),
        "corpus": report.about(loaded),
    }
    if sizes:
        figures["grown"] = grow.curve(loaded, sizes, drawn)
    else:
        keep = frozenset(arguments.keep.split(","))
        figures |= _compared(loaded, drawn, keep)
        if not arguments.no_pages:
            figures |= _served(loaded, drawn, keep)
    text = report.markdown(figures)
    print(f"\n{text}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures))
    if arguments.write_docs:
        report.write_docs(text, _DOCS, "bench-grow" if sizes else "bench")
    return 0


def _compared(loaded: Corpus, drawn: Queries, keep: frozenset[str]) -> report.Figures:
    """The three systems side by side."""
    built = {
        system.name: builds.build(system, loaded, keep=system.name in keep) for system in (recipe, fts5, ours)
    }
    bodies = ours.keep_bodies(loaded, loaded.folder / "bodies.sqlite3")
    for of_system in built.values():
        measure.read_through(of_system.folder)
    mine = functools.partial(ours.Ours, built[ours.name].folder, bodies)
    openers: dict[str, Callable[[], System]] = {
        recipe.name: functools.partial(recipe.Recipe, built[recipe.name].folder),
        fts5.name: functools.partial(fts5.Fts5, built[fts5.name].folder),
        ours.name: mine,
    }
    return {
        "builds": {name: of.facts for name, of in built.items()},
        "asked": compare.ask(openers, drawn),
        "edits": compare.edit(openers, loaded),
        "changed": compare.with_changes(mine, loaded, drawn),
        "opening": worker.opening(built[ours.name].folder),
    }


def _served(loaded: Corpus, drawn: Queries, keep: frozenset[str]) -> report.Figures:
    """The archive as readers meet it: database, index and pages, each step in a process of its own."""
    data = pages.data_folder(loaded.folder)
    print("importing and indexing the archive …", flush=True)
    archive = measure.alone(pages.prepare, data, loaded.files, "archive" in keep).result
    print("asking: pages …", flush=True)
    words = drawn.words
    asked: dict[str, Any] = measure.alone(pages.ask, data, words.warm, words.measured).result
    memory = measure.alone(worker.remember, data, [*words.measured, *drawn.pairs.measured]).result
    print("asking: counts …", flush=True)
    counted = measure.alone(counting.ask, data, words.warm, words.measured).result
    return {"archive": archive, "pages": asked, "counted": counted, "memory": memory}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="files, an archive of them; default: invented articles")
    parser.add_argument("--articles", type=int, default=0, help="so many, spread over the corpus; 0: all")
    parser.add_argument("--queries", type=int, default=300, help="of each kind")
    parser.add_argument(
        "--keep",
        nargs="?",
        const="recipe,fts5",
        default="",
        metavar="WHAT",
        help="what an earlier run built and is not built again: recipe,fts5 (so without WHAT), ours, archive",
    )
    parser.add_argument("--no-pages", action="store_true", help="without database and pages")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw figures")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument(
        "--grow",
        nargs="?",
        const=_SIZES,
        default="",
        metavar="SIZES",
        help=f"newsarchive alone, growing: {_SIZES}",
    )
    parser.add_argument("--against", metavar="REV", help="this program beside another commit of it, in turn")
    parser.add_argument("--data", type=Path, help="with --against: the archive that pages are asked of")
    parser.add_argument("--files", type=Path, help="with --against: what both import anew")
    default = Path(tempfile.gettempdir()) / "bench-cache"
    parser.add_argument("--cache", type=Path, default=default, help="for articles and indexes: %(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
