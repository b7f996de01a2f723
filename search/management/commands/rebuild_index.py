from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from newsarchive.errors import ArchiveError, IndexBusy, IndexUnavailable
from search.engines import get_engine
from search.indexing import sync
from search.indexing.indexer import BUSY


class Command(BaseCommand):
    help = (
        "Build a new index beside the live one, then switch to it. Searches go on meanwhile. "
        f"Exit code {BUSY} when another rebuild is under way."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only when the index is missing, damaged, stale or overgrown",
        )

    def handle(self, *args: Any, if_needed: bool, **options: Any) -> None:
        engine = get_engine()
        if if_needed:
            try:
                why = sync.needs_rebuild(engine)
            except IndexUnavailable as error:
                raise CommandError(str(error)) from error
            if not why:
                self.stdout.write("the index is in order")
                return
            self.stdout.write(f"rebuilding: {why}")
        began = time.monotonic()
        try:
            count = sync.rebuild(engine, on_progress=self._show if self.stdout.isatty() else None)
        except IndexBusy as error:
            self.stderr.write(f"another rebuild is under way: {error}")
            sys.exit(BUSY)
        except (ArchiveError, DatabaseError) as error:
            self.stderr.write(str(error))
            sys.exit(1)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{count} stories indexed in {seconds:.1f} s ({count / max(seconds, 0.001):.0f} a second)"
        )

    def _show(self, done: int) -> None:
        self.stdout.write(f"\r{done} stories read", ending="")
        self.stdout.flush()
