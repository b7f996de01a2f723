from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from newsarchive.archive import raw_files
from newsarchive.pictures import store


class Command(BaseCommand):
    help = (
        "Read every stored file and every copy of a picture and hold it against its sha256. "
        "The admin's health page lists what is damaged. Exit code 0: all are sound, 1: some are damaged."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = list(raw_files.damaged(self._progress))
            torn = store.damaged()
        except (DatabaseError, OSError) as exc:
            raise CommandError(f"The archive can't be read to its end: {exc}. manage.py doctor") from exc
        try:
            raw_files.note_all(found)
        # The disk may be read-only; that is when damage is looked for most of all.
        except DatabaseError as exc:
            self.stderr.write(f"What was found can't be written down for the admin: {exc}.")
        for line in raw_files.report_lines(found):
            self.stderr.write(line)
        for picture in torn:
            self.stderr.write(f"the copy of a picture {picture.path} is damaged: manage.py fetch_pictures")
        self.stdout.write(f"{len(found):,} raw files and {len(torn):,} pictures are damaged")
        if found or torn:
            sys.exit(1)

    def _progress(self, done: int) -> None:
        if done % 20_000 == 0:
            self.stdout.write(f"{done:,} files read")
            self.stdout.flush()
