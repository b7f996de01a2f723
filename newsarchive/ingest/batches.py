"""Shared by import, reparse and retry: dividing files into batches, and parsing the next batches while one is
saved."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from django.conf import settings

from newsarchive.archive import agencies

from .parse_pool import Job, Parsed, Parsers

AHEAD: Final = 2  # batches being parsed while one is saved; it bounds memory

_T = TypeVar("_T")


def parsers(workers: int) -> Parsers:
    """`workers`: number of parser processes; 1 parses in this process, 0 takes the setting or one per
    core."""
    return Parsers(workers or settings.IMPORT_WORKERS or os.cpu_count() or 1, agencies.table())


def read_ahead(batches: Iterable[_T]) -> Iterator[_T]:
    """The same batches in the same order, but `AHEAD` further ones are requested before each is yielded:
    creating a batch submits its files to the parsers."""
    waiting: deque[_T] = deque()
    for batch in batches:
        waiting.append(batch)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


def in_batches(
    items: Iterable[_T], size: Callable[[_T], int], *, most: int, most_bytes: int
) -> Iterator[list[_T]]:
    """Batches of at most `most` items; a batch also ends with the item that brings it to `most_bytes`."""
    batch: list[_T] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if len(batch) >= most or total >= most_bytes:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def collect(parsers: Parsers, jobs: Sequence[Job]) -> list[Parsed]:
    """The result for each file, in the order of the jobs. Waits for the parsers."""
    return [result for job in jobs for result in parsers.collect(job)]
