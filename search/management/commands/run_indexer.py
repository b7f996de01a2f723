from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsarchive.runtime import locks
from search.engines import get_engine
from search.indexing.indexer import LOCK, Indexer

logger = logging.getLogger("search.indexer")


class Command(BaseCommand):
    help = "Keep the search index in step with the archive, for ever. One per index."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks at the outbox")

    def handle(self, *args: Any, interval: float, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            with locks.held(settings.DATA_DIR / LOCK, wait=False):
                self._run(stop, interval)
        except BlockingIOError as error:
            raise CommandError("Another indexer runs on this archive; one is enough.") from error
        except OSError as error:
            raise CommandError(f"The data folder can't be written: {error}. Searching goes on.") from error

    def _run(self, stop: threading.Event, interval: float) -> None:
        indexer = Indexer(get_engine())
        logger.info("indexing as changes come in")
        try:
            while not stop.is_set():
                if indexer.is_needed():
                    indexer.step()
                stop.wait(interval)
        finally:
            indexer.close()
        logger.info("indexer stopped")
