from __future__ import annotations

import difflib
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from newsarchive.archive import raw_files
from newsarchive.archive.source_precedence import Change
from newsarchive.ingest import reparse
from newsarchive.ingest.reparse import Progress, Report
from newsarchive.management.running import INTERRUPTED, LINE_SECONDS, refusals
from newsarchive.models import Article

_SHORT: Final = 100  # characters; a longer value is shown as the lines that differ


class Command(BaseCommand):
    help = (
        "Read the stored files anew after importers have learned something. What curators touched stays; "
        "what does not change is not written; files that gave no article are tried again. "
        "Exit code 0: all fine, 1: some files are damaged or can't be read any more, 2: wrong usage."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", default="", metavar="NAME", help=", ".join(reparse.formats()))
        parser.add_argument("--article", type=int, nargs="+", default=[], metavar="ID", action="extend")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, field by field; change nothing"
        )
        parser.add_argument(
            "--show", type=int, default=20, metavar="N", help="articles that a dry run shows; 20"
        )
        parser.add_argument("--workers", type=int, default=0, help="processes that parse; 0: one per core")

    def handle(
        self,
        *,
        format: str,
        article: list[int],
        dry_run: bool,
        show: int,
        workers: int,
        **options: Any,
    ) -> None:
        if format and format not in reparse.formats():
            known = ", ".join(reparse.formats())
            raise CommandError(f"there is no format {format}; there are {known}", returncode=2)
        missing = set(article) - set(Article.objects.filter(pk__in=article).values_list("pk", flat=True))
        if missing:
            raise CommandError(f"there is no article {min(missing)}", returncode=2)
        if workers < 0 or show < 0:
            raise CommandError("--workers and --show are numbers from 0", returncode=2)
        self._to_show = show if dry_run else 0
        self._last = time.monotonic()
        with refusals():
            report = reparse.run(
                format=format,
                only=article,
                dry_run=dry_run,
                workers=workers,
                on_progress=self._progress,
                on_change=self._show,
            )
        self._print(report, dry_run=dry_run)
        if report.interrupted:
            sys.exit(INTERRUPTED)
        if report.unreadable or report.damaged:
            sys.exit(1)

    def _print(self, report: Report, *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.articles:,} articles read anew in {report.seconds:.1f} s: "
            f"{report.changed:,} {would}changed, {report.articles - report.changed:,} unchanged"
        )
        if report.tried:
            self.stdout.write(
                f"{report.tried:,} earlier failures tried again: {report.mended:,} {would}mended"
            )
        if dry_run:
            self.stdout.write("A dry run: nothing was changed.")
        for number, reason in report.unreadable[:20]:
            self.stderr.write(f"article {number} is left as it is: {reason}")
        if len(report.unreadable) > 20:
            self.stderr.write(f"… and {len(report.unreadable) - 20:,} more.")
        for line in raw_files.report_lines(report.damaged):
            self.stderr.write(line)
        if report.interrupted:
            self.stderr.write("Stopped. What is counted above is saved; the same command starts over.")

    def _progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < (1 if self.stdout.isatty() else LINE_SECONDS):
            return
        self._last = now
        rate = progress.done / progress.seconds if progress.seconds else 0.0
        left = (progress.total - progress.done) / rate if rate else 0.0
        self.stdout.write(
            f"{progress.done:,} of {progress.total:,} articles, {rate:,.0f} a second, {left:,.0f} s left"
        )
        self.stdout.flush()

    def _show(self, number: int, changes: Sequence[Change]) -> None:
        if self._to_show <= 0:
            return
        self._to_show -= 1
        self.stdout.write(f"article {number}")
        for change in changes:
            for line in _lines(change):
                self.stdout.write(f"  {line}")


def _lines(change: Change) -> list[str]:
    """Short values side by side, long ones by the lines that differ."""
    old, new = _text(change.old), _text(change.new)
    if max(len(old), len(new)) <= _SHORT and "\n" not in old + new:
        return [f"{change.field}: {old} -> {new}"]
    differing = [
        line
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    return [f"{change.field}:", *(f"  {line[0]} {line[1:]}" for line in differing)]


def _text(value: object) -> str:
    """One line per paragraph of a body, per image, per link."""
    if isinstance(value, str):
        return value.replace("</p><", "</p>\n<")
    if isinstance(value, list) and any(isinstance(item, list | tuple | dict) for item in value):
        return "\n".join(json.dumps(item, ensure_ascii=False) for item in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "nothing" if value is None else str(value)
