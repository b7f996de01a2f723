"""A check of an archive made by an older program: articles that hold files of other articles are split, by
parsing the stored files, and copies in separate stories are joined.

Checked articles have a title key. An interrupted check therefore continues, and a second one finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Count, QuerySet

from newsarchive.archive import articles, history
from newsarchive.archive.history import Action
from newsarchive.archive.source_precedence import Change
from newsarchive.importers.fields import urls
from newsarchive.models import Article
from newsarchive.runtime.write_lock import holding_write_lock

from . import reparse
from .run import holding_import_lock

BATCH: Final = 500  # articles in one transaction

OnChange = Callable[[int, Sequence[Change]], None]


@dataclass(slots=True)
class Report:
    checked: int = 0  # articles
    doubtful: int = 0  # of them: those with several files, or with an address that is no article's
    changed: int = 0  # articles that lost a file, were newly created, or got another identity
    joined: dict[int, int] = field(default_factory=dict)  # merged story -> the story that it became part of
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # (article, reason): left unchanged
    interrupted: bool = False


def waiting() -> QuerySet[Article]:
    """Articles that were not checked yet."""
    return Article.objects.filter(title_key=None)


def run(*, dry_run: bool = False, workers: int = 0, on_change: OnChange | None = None) -> Report:
    """A curator's values stay with the article that has the file whose values they replaced. Raises
    ImportBusy while an import runs."""
    report = Report(checked=waiting().count())
    doubtful = list(_doubtful())
    report.doubtful = len(doubtful)
    if doubtful:
        read = reparse.run(only=doubtful, dry_run=dry_run, workers=workers, on_change=on_change)
        report.changed, report.unreadable, report.interrupted = (
            read.changed,
            read.unreadable,
            read.interrupted,
        )
    if not report.interrupted:
        _find_copies(report, dry_run=dry_run)
    return report


def _doubtful() -> Iterator[int]:
    several = waiting().alias(files=Count("raw_files")).filter(files__gt=1)
    yield from several.order_by("id").values_list("id", flat=True)
    alone = waiting().alias(files=Count("raw_files")).filter(files=1, identity__startswith="url:")
    for pk, address in alone.order_by("id").values_list("id", "source_url"):
        if urls.is_listing(address):
            yield pk


def _find_copies(report: Report, *, dry_run: bool) -> None:
    """Articles that move to another story have it in their history. A dry run makes its changes in one
    transaction and rolls it back; other writers wait meanwhile."""
    record = history.Record(None, Action.Kind.REPARSE)
    with (
        nullcontext() if dry_run else holding_import_lock(),
        holding_write_lock() if dry_run else nullcontext(),
    ):
        while batch := list(waiting().order_by("id")[:BATCH]):
            with holding_write_lock(), record.of(()):
                report.joined |= articles.find_copies(batch)
        if dry_run:
            transaction.set_rollback(True)
