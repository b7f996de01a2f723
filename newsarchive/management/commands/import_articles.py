from __future__ import annotations

import json
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from newsarchive.conf import schema
from newsarchive.errors import WrongProgram
from newsarchive.importers.explanation import Explanation
from newsarchive.importers.fields import column_names
from newsarchive.ingest import column_mappings, run
from newsarchive.ingest.explain import explain as explanations
from newsarchive.ingest.records import splitting
from newsarchive.ingest.results import Result
from newsarchive.ingest.run import Progress, Report
from newsarchive.management.running import INTERRUPTED, LINE_SECONDS, refusals
from newsarchive.models import Outcome


class Command(BaseCommand):
    help = (
        "Import articles from files, folders, archives (.zip, .tar, .tar.gz, .tar.xz, .tar.zst), crawls "
        "(WARC, ARC, WACZ), tables and feeds. "
        "What the archive has already is left alone; the same command goes on after an interruption. "
        "Exit code 0: all fine, 1: some files failed, 2: wrong usage."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write a line of JSON per file")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done and change nothing"
        )
        parser.add_argument(
            "--explain",
            action="store_true",
            help="say of each file which importer takes it, where each field comes from and what is left "
            "out; change nothing",
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="of a table or a list of records: the column that fills a field, as in title=headline; "
            f"fields are {', '.join(column_names.FIELDS)}",
        )
        parser.add_argument("--workers", type=int, default=0, help="processes that parse; 0: one per core")

    def handle(
        self,
        *,
        paths: list[Path],
        report: Path | None,
        dry_run: bool,
        explain: bool,
        workers: int,
        map: list[str],
        **options: Any,
    ) -> None:
        mapping = _mapping(map)
        if workers < 0:
            raise CommandError("--workers is a number from 0", returncode=2)
        if explain:
            self._explain(paths, mapping)
            return
        with refusals(busy="Another import", did="imported"):
            schema.check()  # mappings are read from the database
            self._show_mapping(paths, mapping)
        with ExitStack() as stack:
            lines = None
            if report is not None:
                try:
                    lines = _writer(stack.enter_context(report.open("w", encoding="utf-8")))
                except OSError as exc:
                    raise CommandError(f"{report} can't be written: {exc.strerror}", returncode=2) from exc
            stack.enter_context(refusals(busy="Another import", did="imported"))
            try:
                summary = run.run(
                    paths,
                    dry_run=dry_run,
                    workers=workers,
                    on_progress=self._progress(),
                    report=lines,
                    stop=stack.enter_context(_ctrl_c()),
                    mapping=mapping,
                )
            except FileNotFoundError as exc:
                raise CommandError(f"there is no {exc.filename}", returncode=2) from exc
        self._print(summary, dry_run=dry_run)
        if summary.interrupted:
            sys.exit(INTERRUPTED)
        if summary.failed:
            sys.exit(1)

    def _show_mapping(self, paths: list[Path], mapping: dict[str, str]) -> None:
        """Of each table or list of records, before it is read: which column fills which field."""
        for path in paths:
            names = splitting.columns(path, run.limits())
            known = mapping or (column_mappings.recall(names) if names else {})
            if known and not mapping:
                self.stdout.write(f"{path.name}: the mapping of an earlier import of the same columns holds")
            for column, field in splitting.fields(names, known):
                self.stdout.write(f"{path.name}: {column} -> {field or '(kept beside)'}")

    def _explain(self, paths: list[Path], mapping: dict[str, str]) -> None:
        is_refused = False
        try:
            schema.check()  # the names of agencies are read from the database
            for explained in explanations(paths, mapping):
                self.stdout.write("\n".join(_explained(explained)))
                is_refused = is_refused or not explained.importer
        except WrongProgram as exc:
            raise CommandError(str(exc).capitalize(), returncode=2) from exc
        except FileNotFoundError as exc:
            raise CommandError(f"there is no {exc.filename}", returncode=2) from exc
        if is_refused:
            sys.exit(1)

    def _print(self, summary: Report, *, dry_run: bool) -> None:
        counts = ", ".join(f"{summary.counts[outcome]:,} {outcome.value}" for outcome in Outcome)
        self.stdout.write(
            f"{summary.seen:,} files in {summary.seconds:.1f} s ({summary.rate:,.0f} a second): {counts}"
        )
        if summary.resumed:
            self.stdout.write("This went on with an import that had been stopped; the counts are of both.")
        if summary.mended:
            would = "would be" if dry_run else "were"
            self.stdout.write(f"{summary.mended:,} damaged files of the archive {would} mended.")
        if dry_run:
            self.stdout.write("A dry run: nothing was changed.")
        for failure in summary.failures:
            self.stderr.write(f"{failure.path}: {failure.reason}")
        if summary.failed > len(summary.failures):
            self.stderr.write(
                f"… and {summary.failed - len(summary.failures):,} more: --report FILE lists every file."
            )
        if summary.interrupted:
            self.stderr.write("Stopped. What is counted above is saved; the same command goes on from there.")

    def _progress(self) -> Callable[[Progress], None]:
        if self.stdout.isatty():
            return self._draw_bar
        last = time.monotonic()

        def line(progress: Progress) -> None:
            nonlocal last
            if time.monotonic() - last >= LINE_SECONDS:
                last = time.monotonic()
                self.stdout.write(_described(progress))
                self.stdout.flush()

        return line

    def _draw_bar(self, progress: Progress) -> None:
        share = progress.share
        bar = ("█" * round(share * 24)).ljust(24, "░")
        self.stdout.write(f"\r{bar} {_described(progress)}\033[K", ending="\n" if share == 1.0 else "")
        self.stdout.flush()


def _explained(explained: Explanation) -> Iterator[str]:
    yield explained.path
    if not explained.importer:
        yield f"  no importer took it: {explained.reason}"
        return
    yield f"  importer: {explained.importer}"
    if explained.reason is not None:
        yield f"  standing: {explained.reason}"
    for field in explained.fields:
        yield f"  {field.name}: {field.value}  <- {field.origin}"
    for line in explained.dropped:
        yield f"  left out: {line}"
    for key, value in explained.unused:
        yield f"  kept in extra: {key}: {value}"
    for problem in explained.problems:
        yield f"  problem: {problem}"


def _described(progress: Progress) -> str:
    rate = progress.files / progress.seconds if progress.seconds else 0.0
    text = f"{progress.files:,} files, {rate:,.0f} a second"
    if (left := progress.seconds_left) is not None:
        text += f", {int(100 * progress.share)} %, {_minutes(left)} left"
    return text


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _writer(out: TextIO) -> Callable[[Result], None]:
    def write(result: Result) -> None:
        line = {
            "path": result.path,
            "outcome": result.outcome.value,
            "article": result.article,
            "reason": str(result.reason or ""),
            "problems": [str(problem) for problem in result.problems],
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")

    return write


@contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether Ctrl-C was pressed; the current batch is then saved before the
    import ends. A second Ctrl-C ends it at once.

    A flag is used because an exception raised at the moment of the signal can be lost, for example in a
    library's callback.
    """
    pressed: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        if len(pressed) > 1:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only the main thread has signals
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _mapping(said: list[str]) -> dict[str, str]:
    """Field -> column. Raises CommandError for a field that there is not."""
    mapping = {}
    for pair in said:
        field, separator, column = pair.partition("=")
        if field not in column_names.FIELDS or not separator or not column:
            raise CommandError(
                f"--map {pair}: it is FIELD=COLUMN, and a field is one of {', '.join(column_names.FIELDS)}",
                returncode=2,
            )
        mapping[field] = column
    return mapping
