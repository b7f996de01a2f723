from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsarchive.archive import raw_files
from newsarchive.errors import BackupRefused
from newsarchive.ops.restore import restore


class Command(BaseCommand):
    help = "Bring a backup back into an empty archive (NEWSARCHIVE_DATA), then build its index."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--no-index", action="store_true", help="leave the index to `make run`")

    def handle(self, *, file: Path, no_index: bool, **options: Any) -> None:
        try:
            restored = restore(file)
        except BackupRefused as exc:
            raise CommandError(exc.reason) from exc
        except (OSError, sqlite3.Error) as exc:
            raise CommandError(f"The data folder can't be written: {exc}. No archive was put there.") from exc
        counts = ", ".join(f"{rows:,} {table}" for table, rows in restored.manifest.counts.items())
        self.stdout.write(f"restored the archive of {restored.manifest.made_at}: {counts}")
        if restored.migrated:
            self.stdout.write(f"brought up to date: {', '.join(restored.migrated)}")
        for name, (then, now) in restored.other_settings.items():
            self.stdout.write(f"a setting differs: {name} was {then!r}, here it is {now!r}")
        if restored.damaged:
            self.stderr.write(
                f"{len(restored.damaged):,} raw files in the backup are damaged; they are kept as they are:"
            )
            for line in raw_files.report_lines(restored.damaged):
                self.stderr.write(line)
        if not no_index:
            call_command("rebuild_index", stdout=self.stdout, stderr=self.stderr)
