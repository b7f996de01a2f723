"""Reads files as an import does, saves nothing, and explains what it made of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from newsarchive.importers import explanation
from newsarchive.importers.explanation import Explanation
from newsarchive.importers.types import SourceFile

from . import batches, column_mappings
from .containers.limits import Refused
from .inputs import Reader
from .run import limits


def explain(paths: Sequence[Path], mapping: Mapping[str, str] | None = None) -> Iterator[Explanation]:
    """In the order of input, with the members of archives and the records of exports. Raises
    FileNotFoundError for a missing path before anything is read."""
    for path in paths:
        path.stat()
    yield from explained(Reader(paths, limits(), mapping, column_mappings.recall))


def explained(items: Iterable[SourceFile | Refused]) -> Iterator[Explanation]:
    """Of each file or refusal, in their order."""
    with batches.parsers(1) as parsers:
        for item in items:
            if not isinstance(item, SourceFile):
                yield explanation.refused(item.path, item.reason)
                continue
            parsed = batches.collect(parsers, parsers.submit([item]))[0]
            if parsed.article is None:
                yield explanation.refused(item.path, parsed.reason)
            else:
                yield explanation.of(item.path, parsed.article)
