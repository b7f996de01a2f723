"""Finding damaged raw files, recording them for curators, and repairing them when the same bytes are imported
again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction

from newsarchive.errors import DamagedRawFile
from newsarchive.importers.types import SourceFile
from newsarchive.messages import stored
from newsarchive.models import DamagedFile, RawFile
from newsarchive.runtime import raw_bytes

_AT_ONCE: Final = 200  # files read into memory at a time: at most 32 MB each, 7 kB on average
LISTED: Final = 100  # damaged files that a command lists by name; a failing disk may have thousands
MEND: Final = "Importing the same files again mends them; so does restoring a backup in which they are sound."


def damaged(on_progress: Callable[[int], None] | None = None) -> Iterator[DamagedRawFile]:
    """Reads every file and changes nothing. 44,210 files of 294 MB take 4 seconds."""
    last = done = 0
    columns = RawFile.objects.order_by("id").values_list("id", "path", "sha256", "packed")
    while rows := list(columns.filter(id__gt=last)[:_AT_ONCE]):
        for number, path, sha256, packed in rows:
            try:
                raw_bytes.unpack(number, path, sha256, packed)
            except DamagedRawFile as exc:
                yield exc
        last = rows[-1][0]
        done += len(rows)
        if on_progress is not None:
            on_progress(done)


def note(found: Iterable[DamagedRawFile]) -> None:
    """Records damaged files for the admin; one that is recorded already keeps its date."""
    DamagedFile.objects.bulk_create(
        (DamagedFile(raw_id=damage.number, reason=stored(damage.reason)) for damage in found),
        ignore_conflicts=True,
    )


@transaction.atomic
def note_all(found: Collection[DamagedRawFile]) -> None:
    """Call after every file was read: records for files not in `found` are deleted."""
    DamagedFile.objects.exclude(raw__in=[damage.number for damage in found]).delete()
    note(found)


def readable(raws: Iterable[RawFile], found: list[DamagedRawFile]) -> list[tuple[RawFile, SourceFile]]:
    """The files with their bytes. Damaged ones are left out and added to `found`."""
    files = []
    for raw in raws:
        try:
            files.append((raw, SourceFile(raw.path, raw.data)))
        except DamagedRawFile as exc:
            found.append(exc)
    return files


def damaged_among(arrived: Mapping[int, bytes]) -> list[int]:
    """Ids of the raw files whose stored bytes are damaged. `arrived` holds, by id, newly imported bytes with
    the same sha256."""
    stored = RawFile.objects.filter(id__in=arrived).order_by("id")
    return [
        number
        for number, path, sha256, packed in stored.values_list("id", "path", "sha256", "packed")
        if not _is_sound(number, path, sha256, packed)
    ]


@transaction.atomic
def mend(arrived: Mapping[int, bytes]) -> None:
    """Replaces the stored bytes with those that were imported again."""
    for number, data in arrived.items():
        RawFile.objects.filter(pk=number).update(packed=raw_bytes.pack(data), size=len(data))
    DamagedFile.objects.filter(raw__in=arrived).delete()


def _is_sound(number: int, path: str, sha256: str, packed: object) -> bool:
    try:
        raw_bytes.unpack(number, path, sha256, packed)
    except DamagedRawFile:
        return False
    return True


def report_lines(found: Sequence[DamagedRawFile]) -> list[str]:
    """Lines for a terminal: up to LISTED damaged files, how many more there are, and what to do."""
    if not found:
        return []
    lines = [str(damage) for damage in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"… and {len(found) - LISTED:,} more: the health page of the admin lists all.")
    return [*lines, MEND]
