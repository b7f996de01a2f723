"""Parses files in separate processes, so that all cores work and a file that crashes its parser costs only
that file. The processes use neither Django nor the database."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers import registry
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.importers.wrapping import rtf
from newsarchive.messages import Message
from newsarchive.runtime import files

from .containers import reader

# Seconds that one file may take, a hundred times what the largest real one needs; beyond it the file fails.
FILE_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Parsed:
    article: ParsedArticle | None
    reason: Message | None = None  # why there is no article
    lasting: bool = True  # False: the failure was an accident, and the same file is tried again


@dataclass(frozen=True, slots=True)
class Job:
    """Files submitted to a process; `Parsers.collect` waits for their results."""

    files: Sequence[SourceFile]
    future: Future[list[Parsed]] | None
    pool: ProcessPoolExecutor | None


class ParseTimeout(BaseException):
    """Raised by an alarm signal. It is a BaseException so that no `except Exception` in a parser stops it."""


def rules_version() -> int:
    """The version of all importers together. It grows when one of them changes; files that failed under a
    lower one are tried again."""
    return sum(importer.version for importer in registry.ALL)


def importer_versions() -> dict[str, int]:
    return {importer.name: importer.version for importer in registry.ALL}


def parse(source: SourceFile, agencies: Agencies) -> Parsed:
    packing = reader.kind(source.data[: reader.HEAD])
    if packing and not (packing == "warc" and source.data.startswith(b"WARC/")):  # one record of it is a page
        return Parsed(None, Message("archive_inside"))
    if rtf.is_rtf(source.data[:64]):
        return Parsed(None, Message("records_inside"))
    try:
        return Parsed(registry.parse(source, agencies))
    except UnreadableFile as exc:
        return Parsed(None, exc.message)
    except ParseTimeout:
        return Parsed(None, Message("parser_too_slow", seconds=FILE_SECONDS), lasting=False)
    except Exception as exc:  # noqa: BLE001 - one file never stops an import; its path and this are recorded
        why = Message("parser_stumbled", error=f"{type(exc).__name__}: {exc}")
        return Parsed(None, why, lasting=False)


class Parsers:
    """A context manager. With one worker, files are parsed in this process. `agencies` are sent with the
    files."""

    def __init__(self, workers: int, agencies: Agencies) -> None:
        self._workers = workers
        self._agencies = agencies
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Parsers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def submit(self, files: Sequence[SourceFile]) -> list[Job]:
        """Two jobs for each worker: small enough to share the work evenly, large enough to keep the overhead
        low."""
        if self._workers == 1:
            return [Job(files, None, None)] if files else []
        size = max(1, -(-len(files) // (2 * self._workers)))
        return [self._submit(files[start : start + size]) for start in range(0, len(files), size)]

    def collect(self, job: Job) -> list[Parsed]:
        """Results in the order of the job's files. If its process died, each file is parsed alone to find the
        one that causes it."""
        if job.future is None:
            return [parse(file, self._agencies) for file in job.files]
        try:
            return job.future.result()
        except BrokenProcessPool:
            self._forget(job.pool)
            return [self._alone(file) for file in job.files]

    def _submit(self, files: Sequence[SourceFile]) -> Job:
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPoolExecutor(self._workers, context, initializer=_start_worker)
        try:
            return Job(files, self._pool.submit(_parse_all, files, self._agencies), self._pool)
        except BrokenProcessPool:
            self._forget(self._pool)
            return self._submit(files)

    def _alone(self, file: SourceFile) -> Parsed:
        job = self._submit([file])
        assert job.future is not None
        try:
            return job.future.result()[0]
        except BrokenProcessPool:
            self._forget(job.pool)
            return Parsed(None, Message("parser_killed"), lasting=False)

    def _forget(self, pool: ProcessPoolExecutor | None) -> None:
        if pool is self._pool:
            self._close()

    def _close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the importing process
    signal.signal(signal.SIGALRM, _raise_timeout)
    files.end_worker_with_parent()


def _raise_timeout(number: int, frame: object) -> None:
    raise ParseTimeout


def _parse_all(files: Sequence[SourceFile], agencies: Agencies) -> list[Parsed]:
    results = []
    for file in files:
        signal.alarm(FILE_SECONDS)
        results.append(parse(file, agencies))
        signal.alarm(0)
    return results
