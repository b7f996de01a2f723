"""Parses the stored files again, after importers were changed.

Each file of an article goes through the same parsers and the same choice of the shown file as in an import,
so the article becomes what an import of its files would make of it today, except for values that curators
set. Files that gave no article are tried again too, or on their own (`retry`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

from django import db
from django.db.models import QuerySet

from newsarchive.archive import articles, history, raw_files
from newsarchive.archive.history import Action
from newsarchive.archive.identity.placing import Pair
from newsarchive.archive.name_cache import NameCache
from newsarchive.archive.source_precedence import Change
from newsarchive.conf import schema
from newsarchive.errors import DamagedRawFile
from newsarchive.importers.types import SourceFile
from newsarchive.models import Article, Outcome, RawFile
from newsarchive.runtime.number_lists import slices

from . import batches, parse_pool
from .parse_pool import Job, Parsed, Parsers
from .results import Input, Known, Recording
from .run import holding_import_lock

BATCH_ARTICLES: Final = 200


@dataclass(slots=True)
class Report:
    """`retry` fills `tried`, `mended` and `damaged` only."""

    articles: int = 0  # parsed again
    changed: int = 0
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # (article, reason): left unchanged
    damaged: list[DamagedRawFile] = field(default_factory=list)  # skipped; all other files were parsed
    tried: int = 0  # files that had failed in an import
    mended: int = 0  # those of them that now gave an article
    interrupted: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int  # articles
    seconds: float


def run(
    *,
    format: str = "",
    only: Collection[int] = (),
    dry_run: bool = False,
    workers: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    on_change: Callable[[int, Sequence[Change]], None] | None = None,
    by: Action | None = None,
) -> Report:
    """Parses all articles again, or those shown from files of one `format`, or `only` those with these ids.
    Changes are recorded in the history of the action `by`; without one, an action without a user is created
    at the first change.

    Each batch is one transaction. When it is stopped and started again, files are parsed again but finished
    articles are not written again. Raises ImportBusy while an import runs.
    """
    chosen = Article.objects.order_by("id")
    if format:
        chosen = chosen.filter(raw__format=format)
    if only:
        chosen = chosen.filter(pk__in=only)
    with nullcontext() if dry_run else holding_import_lock():
        started = time.monotonic()
        report = Report()
        total = chosen.count()
        name_cache = NameCache()
        record = history.Record(by, Action.Kind.REPARSE)
        try:
            with batches.parsers(workers) as parsers:
                every = list(chosen.values_list("id", flat=True))
                for batch in batches.read_ahead(_submitted_batches(every, parsers, report)):
                    schema.check()
                    files = _readable(batch, batches.collect(parsers, batch.jobs), report)
                    if dry_run:  # a dry run's new names are rolled back with its batch
                        name_cache = NameCache()
                    changed = articles.show_again(files, name_cache, record, dry_run=dry_run)
                    report.articles += len(batch.numbers)
                    report.changed += len(changed)
                    if on_change is not None:
                        for number, changes in changed.items():
                            on_change(number, changes)
                    if on_progress is not None:
                        on_progress(Progress(report.articles, total, time.monotonic() - started))
                    db.reset_queries()
                if not only:
                    failed = list(_failed().values_list("id", flat=True))
                    _try_again(failed, parsers, report, "reparse", format=format, dry_run=dry_run)
        except KeyboardInterrupt:
            report.interrupted = True
        if not dry_run:
            raw_files.note(report.damaged)
        report.seconds = time.monotonic() - started
        return report


@dataclass(frozen=True, slots=True)
class _Batch:
    numbers: Sequence[int]  # ids of the articles that are parsed again
    raws: Sequence[RawFile]  # their undamaged files, in the order of arrival
    jobs: Sequence[Job]


def _submitted_batches(numbers: Sequence[int], parsers: Parsers, report: Report) -> Iterator[_Batch]:
    for some in slices(numbers, BATCH_ARTICLES):
        found: list[DamagedRawFile] = []
        own = RawFile.objects.filter(article__in=some).order_by("id")
        files = raw_files.readable(own, found)
        report.damaged += found
        left = _without_shown(some, found)
        kept = [(raw, file) for raw, file in files if raw.article_id in left]
        jobs = parsers.submit([file for _, file in kept])
        yield _Batch(sorted(left), [raw for raw, _ in kept], jobs)


def _without_shown(numbers: Sequence[int], damaged: Sequence[DamagedRawFile]) -> set[int]:
    """The ids without articles whose shown file is damaged; these stay unchanged. An article that shows
    another of its files is parsed again from the undamaged ones."""
    lost = Article.objects.filter(raw__in=[damage.number for damage in damaged]) if damaged else ()
    return set(numbers) - {article.pk for article in lost}


def _readable(batch: _Batch, parsed: Sequence[Parsed], report: Report) -> list[tuple[int, list[Pair]]]:
    """The parsed files by article. An article with a file that today's importers refuse stays unchanged."""
    own: dict[int, list[Pair]] = {number: [] for number in batch.numbers}
    for raw, result in zip(batch.raws, parsed, strict=True):
        assert raw.article_id is not None
        if result.article is not None:
            own[raw.article_id].append((raw, result.article))
        else:
            report.unreadable.append((raw.article_id, f"{raw.path}: {result.reason}"))
            own.pop(raw.article_id, None)
    return list(own.items())


def _failed() -> QuerySet[RawFile]:
    return RawFile.objects.filter(article=None).order_by("id")


def retry(numbers: Sequence[int]) -> Report:
    """Tries files that gave no article again, by id, in this process. Raises ImportBusy while an import
    runs."""
    report = Report()
    with holding_import_lock(), batches.parsers(1) as parsers:
        _try_again(numbers, parsers, report, "retry")
        raw_files.note(report.damaged)
    return report


def _try_again(
    numbers: Sequence[int],
    parsers: Parsers,
    report: Report,
    name: str,
    *,
    format: str = "",
    dry_run: bool = False,
) -> None:
    """Records files that now give an article, as the import that brought them would have done."""
    recording: Recording | None = None
    for some in slices(numbers, BATCH_ARTICLES):
        readable = raw_files.readable(_failed().filter(id__in=some), report.damaged)
        raws, files = [raw for raw, _ in readable], [file for _, file in readable]
        results = batches.collect(parsers, parsers.submit(files))
        report.tried += len(raws)
        good = [
            _input(raw, file, result)
            for raw, file, result in zip(raws, files, results, strict=True)
            if result.article is not None and format in ("", result.article.format)
        ]
        report.mended += len(good)
        if good and not dry_run:
            recording = recording or Recording.begin([name])
            recording.keep(good)
    if recording is not None:
        recording.finish()


def _input(raw: RawFile, file: SourceFile, parsed: Parsed) -> Input:
    known = Known(raw.pk, None, raw.path, raw.run_id, Outcome.FAILED, deserves_a_try=True)
    return Input(raw.pk, file, raw.sha256, known, parsed)


def formats() -> list[str]:
    return sorted(parse_pool.importer_versions())
