"""Files that gave no article, tried again: importers have learned since, or the accident has passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from newsarchive.archive import agencies
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import SourceFile
from newsarchive.models import Outcome, RawFile

from . import parse_pool, run
from .results import Input, Known, Recording

_BATCH: Final = 100


def retry(numbers: Sequence[int]) -> tuple[int, int]:
    """Raw files by number. Returns how many became articles, and how many were tried. Raises ImportBusy."""
    mended = tried = 0
    known = agencies.table()
    with run.alone():
        recording: Recording | None = None
        for start in range(0, len(numbers), _BATCH):
            raws = RawFile.objects.filter(pk__in=numbers[start : start + _BATCH], article=None).order_by("id")
            inputs = [_input(raw, known) for raw in raws]
            good = [item for item in inputs if item.article is not None]
            tried += len(inputs)
            if good:
                recording = recording or Recording.begin(["retry"])
                recording.keep(good)
                mended += len(good)
        if recording is not None:
            recording.finish()
    return mended, tried


def _input(raw: RawFile, agencies: Agencies) -> Input:
    file = SourceFile(raw.path, raw.data)
    known = Known(raw.pk, None, raw.path, raw.run_id, Outcome.FAILED, deserves_a_try=True)
    return Input(raw.pk, file, raw.sha256, known, parse_pool.parse(file, agencies))
