from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from itertools import islice
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsarchive.management.running import INTERRUPTED
from newsarchive.messages import english
from newsarchive.models import Image, Outlet
from newsarchive.pictures import download
from newsarchive.pictures.download import Report
from newsarchive.pictures.safe_http import Fetcher
from newsarchive.pictures.store import Picture


class Command(BaseCommand):
    help = (
        "Keep local copies of the pictures of published articles, which pages then show. The hosts of the "
        "pictures are asked from this machine, one after the other; nothing is fetched unless this is run. "
        "The same command goes on after an interruption. Exit code 0: done, 1: some could not be fetched "
        "now, 2: wrong usage."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--outlet", default="", metavar="NAME", help="of this outlet only")
        parser.add_argument("--query", default=None, metavar="Q", help="of the stories that a search finds")
        parser.add_argument("--limit", type=int, default=None, metavar="N", help="ask for at most N pictures")
        parser.add_argument("--retry", action="store_true", help="also what was missing or refused before")
        parser.add_argument(
            "--pace", type=float, default=1.0, metavar="SECONDS", help="between two requests to a host; 1"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="count what would be asked for; ask nobody"
        )

    def handle(
        self,
        *,
        outlet: str,
        query: str | None,
        limit: int | None,
        retry: bool,
        pace: float,
        dry_run: bool,
        **options: Any,
    ) -> None:
        if pace < 0 or (limit is not None and limit < 0):
            raise CommandError("--pace and --limit are numbers from 0", returncode=2)
        if outlet and not Outlet.objects.filter(name=outlet).exists():
            raise CommandError(f"there is no outlet {outlet}", returncode=2)
        stories = None if query is None else _stories(query)
        todo = download.pending(download.wanted(outlet=outlet, stories=stories), stories=stories, retry=retry)
        if dry_run:
            self._count(todo, limit)
            return
        fetcher = Fetcher(most_bytes=settings.PICTURE_MAX_BYTES, seconds=settings.PICTURE_SECONDS)
        pressed: list[int] = []

        def note(number: int, frame: FrameType | None) -> None:
            pressed.append(number)
            if len(pressed) > 1:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, note)
        try:
            report = download.run(
                todo, fetcher, pace=pace, limit=limit, on_progress=self._line, stop=lambda: bool(pressed)
            )
        except BlockingIOError as exc:
            raise CommandError("Pictures are being fetched already. Wait for it, or stop it.") from exc
        except OSError as exc:
            raise CommandError(
                f"The pictures can't be kept: {exc}. What was fetched before this stays."
            ) from exc
        finally:
            signal.signal(signal.SIGINT, before)
        self._print(report)
        if report.interrupted:
            sys.exit(INTERRUPTED)
        if report.counts[Picture.Status.FAILED]:
            sys.exit(1)

    def _count(self, todo: Any, limit: int | None) -> None:
        images: list[Image] = list(islice((image for image in todo if image is not None), limit))
        self.stdout.write(f"{len(images):,} pictures would be asked for. A dry run: nobody was asked.")

    def _line(self, address: str, status: Picture.Status, reason: str) -> None:
        if status != Picture.Status.OK:
            self.stderr.write(f"{status.value}: {address[:200]}: {english(reason)}")

    def _print(self, report: Report) -> None:
        counts = ", ".join(f"{report.counts[status]:,} {status.value}" for status in Picture.Status)
        self.stdout.write(
            f"{report.asked:,} pictures asked for: {counts}; {report.bytes / 1024**2:,.1f} MB. "
            f"{report.known:,} were settled before."
        )
        if report.interrupted:
            self.stderr.write("Stopped. What is counted above is kept; the same command goes on from there.")


def _stories(query: str) -> set[int]:
    # Commands may import search; the rest of newsarchive below the top floor may not.
    from search.results import all_hits

    return set(all_hits.story_ids(query))
