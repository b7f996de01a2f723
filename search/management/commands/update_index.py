from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from newsarchive.errors import ArchiveError, IndexBusy
from search.engines import get_engine
from search.indexing import sync


class Command(BaseCommand):
    help = "Bring the search index up to date once (or build it, where there is none)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--quick",
            action="store_true",
            help="no rebuild while there is an index to search in: that is left to run_indexer",
        )

    def handle(self, *args: Any, quick: bool, **options: Any) -> None:
        try:
            settled = sync.update(get_engine(), quick=quick)
        except IndexBusy as error:
            self.stderr.write(f"{error}; what waits will be indexed by that process")
            sys.exit(1)
        except (ArchiveError, DatabaseError) as error:
            self.stderr.write(f"the index could not be updated: {error}; no change is lost")
            sys.exit(1)
        self.stdout.write(
            f"{settled} change(s) indexed, {get_engine().state().documents} stories in the index"
        )
