"""An archive of an older program, looked through once: articles that hold files of other articles are taken
apart again, from the stored files, and copies that were two stories become one.

What has been looked at has a title key, so that an interrupted check goes on where it was, and a second one
finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Count, QuerySet

from newsarchive.archive import articles
from newsarchive.archive.source_precedence import Change
from newsarchive.importers.fields import urls
from newsarchive.models import Article
from newsarchive.runtime.write_lock import turn

from . import reparse
from . import run as ingest

BATCH: Final = 500  # articles a transaction

OnChange = Callable[[int, Sequence[Change]], None]


@dataclass(slots=True)
class Report:
    checked: int = 0  # articles
    doubtful: int = 0  # of them: with several files, or an address that is no article's
    changed: int = 0  # articles that lost a file, were made of one, or got another identity
    joined: dict[int, int] = field(default_factory=dict)  # stories that ended -> those they ended in
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # (article, why): left as they are
    interrupted: bool = False


def waiting() -> QuerySet[Article]:
    """Articles that were not looked at yet."""
    return Article.objects.filter(title_key=None)


def run(*, dry_run: bool = False, workers: int = 0, on_change: OnChange | None = None) -> Report:
    """A curator's values stay with the article that has the file they were written over. Raises ImportBusy
    when an import runs."""
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
    """A dry run is one transaction, which ends as if it had not been: meanwhile other writers wait."""
    with nullcontext() if dry_run else ingest.alone(), turn() if dry_run else nullcontext():
        while batch := list(waiting().order_by("id")[:BATCH]):
            report.joined |= articles.find_copies(batch)
        if dry_run:
            transaction.set_rollback(True)
