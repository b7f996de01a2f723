from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from newsarchive.archive import export, visibility
from newsarchive.models import Article


class Command(BaseCommand):
    help = "Write articles as records for other programs, ordered by id: published ones, unless --all."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--query", metavar="Q", help="only stories that this search finds")
        exactly = "with --query: only the characters as typed, no other script or variant"
        parser.add_argument("--exact", action="store_true", help=exactly)
        parser.add_argument("--all", action="store_true", help="every status, not only published articles")
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
        parser.add_argument("--output", type=Path, metavar="FILE", help="instead of the standard output")

    def handle(
        self,
        *,
        query: str | None,
        exact: bool,
        all: bool,
        format: str,
        output: Path | None,
        **options: Any,
    ) -> None:
        articles = Article.objects.all()
        if not all:
            articles = visibility.visible(articles)
        found = export.in_chunks(articles, stories=None if query is None else _stories(query, exact=exact))
        write = export.write_csv if format == "csv" else export.write_jsonl
        with ExitStack() as stack:
            try:
                out = self._standard_output() if output is None else stack.enter_context(_opened(output))
                count = write(found, out)
                out.flush()
            except BrokenPipeError:  # the reader of the pipe (`| head`) has closed it
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return
        self.stderr.write(f"{count:,} articles")

    def _standard_output(self) -> TextIO:
        """The stream under Django's wrapper, which would add line ends."""
        out: TextIO = vars(self.stdout)["_out"]
        if isinstance(out, TextIOWrapper):
            out.reconfigure(encoding="utf-8", newline="")
        return out


def _opened(output: Path) -> TextIO:
    try:
        return output.open("w", encoding="utf-8", newline="")
    except OSError as exc:
        raise CommandError(f"{output} can't be written: {exc.strerror}", returncode=2) from exc


def _stories(query: str, *, exact: bool) -> set[int]:
    # Commands may import search; the rest of newsarchive below the top floor may not.
    from search.results import all_hits

    return set(all_hits.story_ids(query, exact=exact))
