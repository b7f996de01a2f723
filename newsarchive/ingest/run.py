"""The import, from paths to articles: read, look up, parse in other processes, save in batches.

    inputs -> sha256 -> known? ── yes ──────────────┐
                          └─ no -> parse_pool ──────┴-> one transaction a batch, in the order of input

A batch is saved as a whole or not at all, including its counts in `ImportRun`. The same command therefore
continues an import that was killed: it finds the unfinished run, skips what that run saved, and ends with the
same rows as an uninterrupted import.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Final

from django import db
from django.conf import settings
from django.core.cache import cache

from newsarchive.archive.storable import text
from newsarchive.conf import schema
from newsarchive.errors import ImportBusy
from newsarchive.importers.types import SourceFile
from newsarchive.models import Outcome, RawFile
from newsarchive.runtime import locks

from . import batches, column_mappings, crawl_pictures
from .containers.limits import Limits, Refused
from .inputs import Reader
from .parse_pool import Job, Parsers
from .records import splitting
from .results import DryRun, Input, Known, Recording, Result, look_up

BATCH_FILES: Final = 400
BATCH_BYTES: Final = 4 * 1024 * 1024
_PROGRESS: Final = "import-progress"  # cache key under which other processes read the progress
_PROGRESS_SECONDS: Final = 24 * 3600
FAILURES_HELD: Final = 20


@dataclass(frozen=True, slots=True)
class Progress:
    files: int
    done: int  # bytes of the inputs on disk, of `total`
    total: int
    seconds: float

    @property
    def share(self) -> float:
        """From 0 to 1, by bytes: the number of files in a compressed tar is unknown until its end."""
        return min(self.done / self.total, 1.0) if self.total else 1.0

    @property
    def seconds_left(self) -> float | None:
        """None while no estimate is possible."""
        return self.seconds * (1 - self.share) / self.share if 0 < self.share < 1 else None


@dataclass(slots=True)
class Report:
    """The summary of an import. Each single result is passed to `run`'s `report`; only some are kept here."""

    run: int | None = None  # None in a dry run
    resumed: bool = False  # it continued an interrupted run; counts are of both together
    interrupted: bool = False
    counts: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Result] = field(default_factory=list)  # the first FAILURES_HELD of them
    pictures: int = 0  # new local copies from crawls
    mended: int = 0  # files whose stored bytes were damaged and have been replaced
    seconds: float = 0.0

    @property
    def seen(self) -> int:
        return self.counts.total()

    @property
    def failed(self) -> int:
        return self.counts[Outcome.FAILED]

    @property
    def rate(self) -> float:
        """Files per second."""
        return self.seen / self.seconds if self.seconds else 0.0


def run(
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    workers: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    report: Callable[[Result], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    mapping: Mapping[str, str] | None = None,
) -> Report:
    """`workers`: number of parser processes; 1 parses in this process, 0 takes the setting or one per core.
    `mapping`: of tables and lists of records, field -> column. It is remembered for tables with the same
    columns; without one, what was remembered holds.

    Ctrl-C, or `stop` returning true, ends the import with `interrupted` set and all finished batches saved.
    Raises ImportBusy when another import runs, WrongProgram when program and database don't fit together
    (also if that happens during the import), FileNotFoundError for a missing path before anything is read.
    """
    for path in paths:
        path.stat()
    with nullcontext() if dry_run else holding_import_lock():
        started = time.monotonic()
        if not dry_run:
            cache.delete(_PROGRESS)  # the progress of an earlier import
        keeper = DryRun() if dry_run else Recording.begin([text(str(path)) for path in paths])
        summary = Report(run=keeper.run_id, resumed=keeper.resumed)
        if mapping and not dry_run:
            for path in paths:
                column_mappings.remember(splitting.columns(path, limits()), mapping)
        reader = Reader(paths, limits(), mapping, column_mappings.recall)
        try:
            with batches.parsers(workers) as parsers:
                for batch in batches.read_ahead(_submitted_batches(reader, parsers)):
                    schema.check()  # a newer program may have migrated the database meanwhile
                    for result in keeper.keep(batch.inputs(parsers)):
                        _note(summary, result, report)
                    progress = Progress(summary.seen, batch.done, reader.total, time.monotonic() - started)
                    if not dry_run:
                        cache.set(_PROGRESS, astuple(progress), _PROGRESS_SECONDS)
                    if on_progress is not None:
                        on_progress(progress)
                    db.reset_queries()  # with DEBUG on, Django would keep every query in memory
                    if stop():
                        raise KeyboardInterrupt
            if not dry_run:
                summary.pictures = crawl_pictures.keep(paths, limits())
            keeper.finish()
        except KeyboardInterrupt:
            summary.interrupted = True
        summary.seconds = time.monotonic() - started
        return summary


def progress() -> Progress | None:
    """The progress of the running import, whoever started it; None before its first batch. When none is
    running this may be the last one's, so check the lock first."""
    values = cache.get(_PROGRESS)
    return Progress(*values) if values else None


def _note(summary: Report, result: Result, report: Callable[[Result], None] | None) -> None:
    summary.counts[result.outcome] += 1
    summary.mended += result.mended
    if result.outcome is Outcome.FAILED and len(summary.failures) < FAILURES_HELD:
        summary.failures.append(result)
    if report is not None:
        report(result)


@dataclass(frozen=True, slots=True)
class _Batch:
    items: list[SourceFile | Refused]
    digests: list[str]  # "" for a refused file
    known: dict[str, Known]
    unparsed: list[str]  # digests of the files in the jobs
    jobs: list[Job]
    first: int  # position of the first item in the import
    done: int  # bytes of the inputs on disk read so far

    def inputs(self, parsers: Parsers) -> list[Input]:
        """Waits for the parsers."""
        parsed = dict(zip(self.unparsed, batches.collect(parsers, self.jobs), strict=True))
        return [
            Input(number, item, digest, self.known.get(digest), parsed.get(digest))
            for number, (item, digest) in enumerate(zip(self.items, self.digests, strict=True), self.first)
        ]


def _submitted_batches(reader: Reader, parsers: Parsers) -> Iterator[_Batch]:
    """Batches in the order of input; the files of each are submitted to the parsers at once."""
    first = 0
    for items in batches.in_batches(reader, _size, most=BATCH_FILES, most_bytes=BATCH_BYTES):
        yield _begin(items, first, reader.done, parsers)
        first += len(items)


def _size(item: SourceFile | Refused) -> int:
    if not isinstance(item, SourceFile):
        return 0
    return len(item.data) + sum(len(data) for _, data in item.beside)


def _begin(items: list[SourceFile | Refused], first: int, done: int, parsers: Parsers) -> _Batch:
    digests = [RawFile.digest(item.data) if isinstance(item, SourceFile) else "" for item in items]
    known = look_up(digests)
    to_parse = {
        digest: item
        for item, digest in zip(items, digests, strict=True)
        if isinstance(item, SourceFile) and (digest not in known or known[digest].deserves_a_try)
    }
    jobs = parsers.submit(list(to_parse.values()))
    return _Batch(items, digests, known, list(to_parse), jobs, first, done)


def limits() -> Limits:
    return Limits(
        file_bytes=settings.IMPORT_MAX_FILE_BYTES,
        archive_members=settings.IMPORT_MAX_ARCHIVE_MEMBERS,
        archive_bytes=settings.IMPORT_MAX_ARCHIVE_BYTES,
        ratio=settings.IMPORT_MAX_RATIO,
    )


@contextmanager
def holding_import_lock() -> Iterator[None]:
    """Holds the import lock, so that one import runs at a time; it ends with the process. Raises ImportBusy,
    and WrongProgram when program and database don't fit together."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(locks.import_lock(), wait=False))
        except BlockingIOError as exc:
            raise ImportBusy(f"another import holds {locks.IMPORT_LOCK}") from exc
        schema.check()
        yield
