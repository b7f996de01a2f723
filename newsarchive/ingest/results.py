"""The result of each file of an import: `Recording` saves it, `DryRun` predicts it for a dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from newsarchive import messages
from newsarchive.archive import articles, raw_files
from newsarchive.archive.articles import Saved
from newsarchive.archive.identity import placing
from newsarchive.archive.identity.disambiguation import SHARED, File, file_from, packed_file
from newsarchive.archive.name_cache import NameCache
from newsarchive.archive.storable import identity, text
from newsarchive.importers.types import ParsedArticle, SourceFile, Standing
from newsarchive.messages import Message
from newsarchive.models import ImportFailure, ImportRun, Outcome, RawFile, RunFile
from newsarchive.pictures import arrivals

from . import parse_pool
from .containers.limits import Refused
from .parse_pool import Parsed


@dataclass(frozen=True, slots=True)
class Known:
    """A file whose bytes are in the archive already."""

    raw: int
    article: int | None  # None: it gave no article
    path: str
    run: int
    outcome: str
    deserves_a_try: bool  # it failed by accident, or under older importers, and is tried again


@dataclass(frozen=True, slots=True)
class Input:
    """One file of an import. `parsed` is None for a `known` file that needs no further try."""

    number: int  # its position in the import
    item: SourceFile | Refused
    digest: str  # sha256; "" for a refused file
    known: Known | None
    parsed: Parsed | None

    @property
    def article(self) -> ParsedArticle | None:
        return self.parsed.article if self.parsed else None


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the import report."""

    path: str
    outcome: Outcome
    article: int | None = None
    reason: Message | None = None
    problems: tuple[Message, ...] = ()
    mended: bool = False  # the stored bytes were damaged and have been replaced


def look_up(digests: Iterable[str]) -> dict[str, Known]:
    wanted = {digest for digest in digests if digest}
    if not wanted:
        return {}
    rows = RawFile.objects.filter(sha256__in=wanted).values_list(
        "sha256", "id", "article_id", "path", "run_id", "outcome", "importer_version"
    )
    rules = parse_pool.rules_version()
    return {
        digest: Known(raw, article, path, run, outcome, article is None and version < rules)
        for digest, raw, article, path, run, outcome, version in rows
    }


_UNTOLD: Final = messages.said("")  # for a failure whose reason was not recorded


class _Batch:
    """Inputs divided into files that the archive has (`known`) and `fresh` ones, by digest; of equal files
    the first."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.inputs = inputs
        # Bytes that were unknown when they went to the parsers may have been saved by an earlier batch since.
        late = look_up(i.digest for i in inputs if i.parsed)
        self.known = {i.digest: i.known for i in inputs if i.known} | late
        self.fresh: dict[str, Input] = {}
        for i in inputs:
            if i.parsed and (i.digest not in self.known or self.known[i.digest].article is None):
                self.fresh.setdefault(i.digest, i)
        failed = [known.raw for known in self.known.values() if known.article is None]
        rows = ImportFailure.objects.filter(raw__in=failed).order_by("id") if failed else ()
        self._reasons = {row.raw_id: messages.read(row.reason) or _UNTOLD for row in rows}
        self._recorded = {(row.path, row.reason, row.raw_id) for row in rows}

    def failure(self, i: Input) -> Message | None:
        """Why this input gives no article; None when it gives one."""
        if isinstance(i.item, Refused):
            return i.item.reason
        if fresh := self.fresh.get(i.digest):
            return None if fresh.article or not fresh.parsed else _why(fresh.parsed)
        known = self.known[i.digest]
        return self._reasons.get(known.raw, _UNTOLD) if known.article is None else None

    def unrecorded(self) -> list[tuple[str, str, str]]:
        """(path, stored reason, digest) of failures without a row. Equal ones are recorded once."""
        failures = {
            (i.item.path, messages.stored(reason), i.digest): None
            for i in self.inputs
            if (reason := self.failure(i)) is not None
        }
        refused = [path for path, _, digest in failures if not digest]
        if refused:
            rows = ImportFailure.objects.filter(raw=None, path__in=refused)
            self._recorded |= {(path, reason, None) for path, reason in rows.values_list("path", "reason")}
        return [
            (path, reason, digest)
            for path, reason, digest in failures
            if (digest and digest not in self.known)
            or (path, reason, self.known[digest].raw if digest else None) not in self._recorded
        ]


class Recording:
    """Saves the results of one import."""

    def __init__(self, run: ImportRun, *, resumed: bool) -> None:
        self.run_id: int | None = run.pk
        self.resumed = resumed
        self._run = run
        self._name_cache = NameCache()
        self._counts: Counter[Outcome] = Counter()
        # Raw file saved before an interruption -> the input of this run that reported it.
        self._told: dict[int, int] = {}
        last = RawFile.objects.filter(run=run).order_by("id").values_list("id", flat=True).last()
        self._last_before = last or 0

    @classmethod
    def begin(cls, inputs: list[str]) -> Recording:
        """A new run, or the last one if that was interrupted and had the same inputs."""
        last = ImportRun.objects.order_by("id").last()
        if last is not None and last.finished_at is None and last.inputs == inputs:
            return cls(last, resumed=True)
        run = ImportRun.objects.create(inputs=inputs, importer_versions=parse_pool.importer_versions())
        return cls(run, resumed=False)

    def keep(self, inputs: Sequence[Input]) -> list[Result]:
        """Saves all of them or none. When nothing is new, only the run's own list of files is written."""
        arrived = _arrived(inputs)
        torn = raw_files.damaged_among(arrived)
        if torn:
            raw_files.mend({number: arrived[number] for number in torn})
        batch = _Batch(inputs)
        failures = batch.unrecorded()
        if not batch.fresh and not failures:
            results = self._results(batch, {})
            self._note(inputs, results)
        else:
            try:
                results = self._save(batch, failures)
            except IntegrityError:  # A curator deleted a tag, author … that the name cache still held.
                self._name_cache = NameCache()
                results = self._save(batch, failures)
        self._counts.update(result.outcome for result in results)
        return _with_mended(inputs, results, torn)

    def _note(self, inputs: Sequence[Input], results: Sequence[Result]) -> None:
        """Records the files for the run's page. A resumed run meets the same inputs again: the first result
        and its reason stay."""
        RunFile.objects.bulk_create(
            [
                RunFile(
                    run=self._run,
                    number=i.number,
                    path=result.path,
                    outcome=result.outcome,
                    article_id=result.article,
                    reason=messages.stored(result.reason),
                )
                for i, result in zip(inputs, results, strict=True)
            ],
            ignore_conflicts=True,
        )

    def finish(self) -> None:
        self._save_counts(self._counts)
        self._run.finished_at = timezone.now()
        self._run.importer_versions = parse_pool.importer_versions()
        self._run.save(update_fields=["finished_at", "importer_versions"])

    def _save(self, batch: _Batch, failures: Sequence[tuple[str, str, str]]) -> list[Result]:
        with transaction.atomic():
            raws = self._save_files(batch)
            pairs = [(raws[i.digest], i.article) for i in batch.fresh.values() if i.article]
            saved = articles.save_parsed(pairs, self._run, self._name_cache)
            arrivals.keep(picture for _, article in pairs for picture in article.pictures)
            ImportFailure.objects.bulk_create(
                ImportFailure(
                    run=self._run, path=path, reason=reason, raw_id=_raw_id(digest, raws, batch.known)
                )
                for path, reason, digest in failures
            )
            by_digest = {raw.sha256: result for (raw, _), result in zip(pairs, saved, strict=True)}
            results = self._results(batch, by_digest)
            self._save_counts(self._counts + Counter(result.outcome for result in results))
            self._note(batch.inputs, results)
        return results

    def _save_files(self, batch: _Batch) -> dict[str, RawFile]:
        """Raw files of the fresh inputs, by digest: new rows, and existing rows of files that were tried
        again."""
        retried = [batch.known[digest].raw for digest in batch.fresh if digest in batch.known]
        again = list(RawFile.objects.defer("packed").filter(id__in=retried)) if retried else []
        raws = {raw.sha256: raw for raw in again}
        new = []
        for digest, i in batch.fresh.items():
            if digest not in raws and isinstance(i.item, SourceFile):
                raws[digest] = RawFile(
                    sha256=digest,
                    path=i.item.path,
                    size=len(i.item.data),
                    run=self._run,
                    packed=RawFile.pack(i.item.data),
                )
                new.append(raws[digest])
            if i.parsed:
                _describe(raws[digest], i.parsed)
        RawFile.objects.bulk_create(new)
        for raw in again:
            raw.save(update_fields=["format", "encoding", "importer_version", "outcome"])
        return raws

    def _results(self, batch: _Batch, saved: Mapping[str, Saved]) -> list[Result]:
        return [self._result(i, batch, saved) for i in batch.inputs]

    def _result(self, i: Input, batch: _Batch, saved: Mapping[str, Saved]) -> Result:
        path = i.item.path
        reason = batch.failure(i)
        if reason is not None:
            return Result(path, Outcome.FAILED, reason=reason)
        if i.digest in saved:
            done = saved[i.digest]
            if i.article and batch.fresh[i.digest] is i:
                problems = (*i.article.problems, *done.problems)
                return Result(path, done.outcome, done.article, done.reason, problems)
            return Result(path, Outcome.UNCHANGED, done.article)
        known = batch.known[i.digest]
        if self._was_told_before(known, i):
            return Result(path, Outcome(known.outcome), known.article, Message("done_before_stop"))
        return Result(path, Outcome.UNCHANGED, known.article)

    def _was_told_before(self, known: Known, i: Input) -> bool:
        """Whether a resumed run has this file from before the interruption; it is then counted once, as what
        it was."""
        before = known.run == self.run_id and known.raw <= self._last_before and known.path == i.item.path
        return before and self._told.setdefault(known.raw, i.number) == i.number

    def _save_counts(self, counts: Counter[Outcome]) -> None:
        fields = {outcome.value: counts[outcome] for outcome in Outcome}
        ImportRun.objects.filter(pk=self._run.pk).update(seen=counts.total(), **fields)


def _why(parsed: Parsed) -> Message | None:
    """The reason, without characters that the database refuses."""
    return parsed.reason and parsed.reason.mapped(text)


def _and_mended(reason: Message | None) -> Message:
    return Message("and_stored_copy_mended", why=reason) if reason else Message("stored_copy_mended")


def _describe(raw: RawFile, parsed: Parsed) -> None:
    if parsed.article is None:
        raw.outcome = Outcome.FAILED
        raw.importer_version = parse_pool.rules_version() if parsed.lasting else 0
    else:
        raw.format = parsed.article.format
        raw.encoding = parsed.article.encoding
        raw.importer_version = parse_pool.importer_versions().get(parsed.article.format, 0)


def _raw_id(digest: str, raws: Mapping[str, RawFile], known: Mapping[str, Known]) -> int | None:
    if digest in raws:
        return raws[digest].pk
    return known[digest].raw if digest in known else None


def _arrived(inputs: Sequence[Input]) -> dict[int, bytes]:
    """Raw files of the archive, by id, with the equal bytes that were imported again."""
    return {i.known.raw: i.item.data for i in inputs if i.known and isinstance(i.item, SourceFile)}


def _with_mended(inputs: Sequence[Input], results: Sequence[Result], torn: Collection[int]) -> list[Result]:
    """Marks the results of repaired files, once for each file."""
    left = set(torn)
    said = []
    for i, result in zip(inputs, results, strict=True):
        if i.known and i.known.raw in left:
            left.remove(i.known.raw)
            said.append(replace(result, reason=_and_mended(result.reason), mended=True))
        else:
            said.append(result)
    return said


class DryRun:
    """Used by a dry run: the same results, but without ids of articles that don't exist yet."""

    run_id = None
    resumed = False

    def __init__(self) -> None:
        self._digests: set[str] = set()
        self._seen: dict[str, list[bytes]] = {}  # base -> what its files contain, packed to save memory

    def keep(self, inputs: Sequence[Input]) -> list[Result]:
        batch = _Batch(inputs)
        names = {i.digest: identity(i.article, i.digest) for i in batch.fresh.values() if i.article}
        known = placing.shown_files(set(names.values()))
        results = [self._result(i, batch, names.get(i.digest, ""), known) for i in inputs]
        return _with_mended(inputs, results, raw_files.damaged_among(_arrived(inputs)))

    def finish(self) -> None:
        pass

    def _result(self, i: Input, batch: _Batch, name: str, known: Mapping[str, Mapping[int, File]]) -> Result:
        path = i.item.path
        reason = batch.failure(i)
        if reason is not None:
            return Result(path, Outcome.FAILED, reason=reason)
        if i.article is None or i.digest in self._digests:
            before = batch.known.get(i.digest)
            number = before.article if before else next(iter(known.get(name, {})), None)
            return Result(path, Outcome.UNCHANGED, number)
        self._digests.add(i.digest)
        return self._predicted(
            path, i.article, i.digest, known.get(name, {}), self._seen.setdefault(name, [])
        )

    def _predicted(
        self, path: str, article: ParsedArticle, digest: str, known: Mapping[int, File], seen: list[bytes]
    ) -> Result:
        file = placing.file_of(article, digest)
        others = [file_from(packed) for packed in seen]
        number = next((pk for pk, other in known.items() if file.may_be(other)), None)
        updates = number is not None or any(file.may_be(other) for other in others)
        seen.append(packed_file(file))
        outcome = Outcome.UPDATED if updates else Outcome.IMPORTED
        problems = article.problems
        if not updates and (known or others):
            problems = (*problems, Message(SHARED))
        if article.standing is Standing.STUB:
            outcome = Outcome.QUARANTINED
        return Result(path, outcome, number, article.standing_reason, problems)
