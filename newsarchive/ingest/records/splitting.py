"""What kind of file of records a file is, and its records one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import column_names
from newsarchive.importers.formats import record
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers.limits import Limits, Refused
from newsarchive.messages import Message

from . import factiva, feeds, json_rows, tables, telegram, wisenews

HEAD: Final = 64 * 1024  # bytes by which a file of records is recognised

Row = Mapping[str, object]
Read = Callable[[Path, Limits], Iterator[Row | Message]]


_BY_LAYOUT: Final = {"wisenews": wisenews, "telegram": telegram, "factiva": factiva}
SHOWN: Final = Limits(file_bytes=32 * 1024 * 1024, archive_members=1, archive_bytes=2**40, ratio=1000)


def kind(head: bytes, mapping: Mapping[str, str]) -> str:
    """json, feed or table, or "" for a file that is no list of records. With a mapping a table may have any
    columns."""
    for name, reader in _BY_LAYOUT.items():
        if reader.matches(head):
            return name
    if json_rows.matches(head, mapping):
        return "json"
    if feeds.matches(head):
        return "feed"
    return "table" if tables.matches(head, mapping) else ""


_READERS: Final[dict[str, Read]] = {
    "json": json_rows.rows,
    "feed": feeds.rows,
    "table": tables.rows,
    "wisenews": wisenews.rows,
    "telegram": telegram.rows,
    "factiva": factiva.rows,
}


def columns(path: Path, mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    """(column, the field that it fills or "") of a table or a list of JSON objects; nothing for other
    files."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        what = kind(file.read(HEAD), mapping)
    if what not in ("table", "json"):
        return []
    try:
        first = next(_READERS[what](path, SHOWN), None)
    except UnreadableFile:
        return []
    names = list(first) if isinstance(first, Mapping) else []
    return [(name, column_names.field_of(name, mapping)) for name in names]


def records(
    path: Path, name: str, kind: str, mapping: Mapping[str, str], limits: Limits
) -> Iterator[SourceFile | Refused]:
    """Each record as a file: out.csv#12. A record that can't be read is refused by itself, damage of the
    whole file at its end."""
    number = 0
    try:
        for row in _READERS[kind](path, limits):
            number += 1
            limits.check_members(number)
            place = f"{name}#{number}"
            if isinstance(row, Message):
                yield Refused(place, row)
                continue
            data = written(row, mapping)
            yield (
                Refused(place, limits.refusal(len(data)))
                if len(data) > limits.file_bytes
                else SourceFile(place, data)
            )
    except UnreadableFile as exc:
        yield Refused(name, Message("earlier_files_stay", why=exc.message))


def written(row: Row, mapping: Mapping[str, str]) -> bytes:
    """The record as it is stored: always the same bytes for the same values."""
    document = {record.MARK: 1, "map": dict(sorted(mapping.items())), "row": dict(row)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode(
        "utf-8", "replace"
    )
