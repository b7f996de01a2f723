from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsarchive.archive.source_precedence import Change
from newsarchive.ingest import identity_check
from newsarchive.management.running import INTERRUPTED, refusals


class Command(BaseCommand):
    help = (
        "Look once through what an older version imported: articles that hold files of other articles are "
        "taken apart from the stored files, and copies that were missed become one story. What curators "
        "edited stays with the article it was written for. Started again, it goes on; a second time it "
        "changes nothing. Exit code 0: all fine, 1: some files can't be read any more."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change; change nothing")
        parser.add_argument("--workers", type=int, default=0, help="processes that parse; 0: one per core")

    def handle(self, *, dry_run: bool, workers: int, **options: Any) -> None:
        if workers < 0:
            raise CommandError("--workers is a number from 0", returncode=2)
        with refusals():
            report = identity_check.run(dry_run=dry_run, workers=workers, on_change=self._say)
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.checked:,} articles checked, {report.doubtful:,} of them file by file: "
            f"{report.changed:,} {would}changed; {len(report.joined):,} stories {would}joined to their copies"
        )
        if dry_run:
            self.stdout.write("A dry run: nothing was changed.")
        for number, reason in report.unreadable:
            self.stderr.write(f"article {number} is left as it is: {reason}")
        if report.interrupted:
            self.stderr.write("Stopped. What is done is saved; the same command goes on.")
            sys.exit(INTERRUPTED)
        if report.unreadable:
            sys.exit(1)

    def _say(self, number: int, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.field == "identity":
                self.stdout.write(f"article {number}: {change.old} is now {change.new}")
            elif change.field == "files" and change.old:
                self.stdout.write(f"article {number} loses {', '.join(_paths(change.old))}")
            elif change.field == "files":
                self.stdout.write(f"article {number} has {', '.join(_paths(change.new))}")


def _paths(value: object) -> list[str]:
    return [str(path) for path in value] if isinstance(value, list) else []
