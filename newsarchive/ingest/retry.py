"""Files that gave no article, tried again: importers have learned since, or the accident has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from newsarchive.archive import agencies, raw_files
from newsarchive.errors import DamagedRawFile
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import SourceFile
from newsarchive.models import Outcome, RawFile

from . import parse_pool, run
from .results import Input, Known, Recording

_BATCH: Final = 100


@dataclass(slots=True)
class Report:
    tried: int = 0
    mended: int = 0  # of them now an article
    damaged: list[DamagedRawFile] = field(default_factory=list)  # not tried: their bytes are lost


def retry(numbers: Sequence[int]) -> Report:
    """Raw files by number. Raises ImportBusy."""
    report = Report()
    known = agencies.table()
    with run.alone():
        recording: Recording | None = None
        for start in range(0, len(numbers), _BATCH):
            raws = RawFile.objects.filter(pk__in=numbers[start : start + _BATCH], article=None).order_by("id")
            files = raw_files.readable(raws, report.damaged)
            inputs = [_input(raw, file, known) for raw, file in files]
            good = [item for item in inputs if item.article is not None]
            report.tried += len(inputs)
            if good:
                recording = recording or Recording.begin(["retry"])
                recording.keep(good)
                report.mended += len(good)
        if recording is not None:
            recording.finish()
        raw_files.note(report.damaged)
    return report


def _input(raw: RawFile, file: SourceFile, agencies: Agencies) -> Input:
    known = Known(raw.pk, None, raw.path, raw.run_id, Outcome.FAILED, deserves_a_try=True)
    return Input(raw.pk, file, raw.sha256, known, parse_pool.parse(file, agencies))
