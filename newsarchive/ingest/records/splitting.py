"""What kind of file of records a file is, and its records one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers import registry
from newsarchive.importers.fields import column_names, encoding
from newsarchive.importers.formats import record
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers.limits import Limits, Refused
from newsarchive.messages import Message

from . import documents, factiva, feeds, json_rows, ooxml, spreadsheets, tables, telegram, wisenews

HEAD: Final = 64 * 1024  # bytes by which a file of records is recognised

Row = Mapping[str, object]
Read = Callable[[Path, Limits, Mapping[str, str]], Iterator[Row | Message]]

_BY_LAYOUT: Final = {"wisenews": wisenews, "telegram": telegram, "factiva": factiva}
_READERS: Final[dict[str, Read]] = {
    "json": lambda path, limits, mapping: json_rows.rows(path, limits),
    "feed": lambda path, limits, mapping: feeds.rows(path, limits),
    "table": tables.rows,
    "workbook": spreadsheets.rows,
    "document": lambda path, limits, mapping: documents.rows(path, limits),
    "wisenews": lambda path, limits, mapping: wisenews.rows(path, limits),
    "telegram": lambda path, limits, mapping: telegram.rows(path, limits),
    "factiva": lambda path, limits, mapping: factiva.rows(path, limits),
}


def kind(path: Path, head: bytes, mapping: Mapping[str, str]) -> str:
    """A key of `_READERS`, or "" for a file that is no list of records. `head`: the first HEAD bytes of the
    file. With a mapping, field -> column, a table may have any columns."""
    if office := ooxml.kind(path, head):
        return "workbook" if office == ooxml.XLSX else "document"
    for name, reader in _BY_LAYOUT.items():
        if reader.matches(head):
            return name
    if documents.kind(path, head):
        return "document"
    if json_rows.matches(head, mapping):
        return "json"
    if feeds.matches(head):
        return "feed"
    return "table" if tables.matches(head, mapping) else ""


def unknown_columns(head: bytes) -> list[str]:
    """The columns of a table or of a list of objects that has none known as a title and none as a text, and
    that is no file of another format."""
    try:
        registry.importer_for(encoding.decode(head[: head.rfind(b"\n") + 1] or head)[0])
    except UnreadableFile:
        return json_rows.keys(head) or tables.columns_of_any(head)
    return []


def columns(path: Path, limits: Limits) -> list[str]:
    """The columns of a table, a workbook or a list of JSON objects (the keys of its first), also of one that
    can't be read without a mapping; nothing for other files, and for damaged ones."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        head = file.read(HEAD)
    what = kind(path, head, {})
    try:
        if what == "workbook":
            names = next(iter(spreadsheets.tables(path, limits, {})), [])
        elif what == "json" or (not what and unknown_columns(head) and json_rows.keys(head)):
            first = next(json_rows.rows(path, limits), None)
            names = list(first) if isinstance(first, Mapping) else []
        elif what == "table":
            names = tables.columns(head)
        else:
            names = [] if what else unknown_columns(head)
    except (UnreadableFile, UnsafeArchive):
        return []
    return [*dict.fromkeys(filter(None, names))]


def fields(names: list[str], mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    """(column, the field that it fills or "")."""
    return [(name, column_names.field_of(name, mapping)) for name in names]


def records(
    path: Path, name: str, kind: str, mapping: Mapping[str, str], limits: Limits
) -> Iterator[SourceFile | Refused]:
    """Each record as a file: out.csv#12. A record that can't be read is refused by itself, damage of the
    whole file at its end."""
    number = 0
    try:
        for row in _READERS[kind](path, limits, mapping):
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
    except (UnreadableFile, UnsafeArchive) as exc:
        yield Refused(name, Message("earlier_files_stay", why=exc.message))


def written(row: Row, mapping: Mapping[str, str]) -> bytes:
    """The record as it is stored: always the same bytes for the same values."""
    document = {record.MARK: 1, "map": dict(sorted(mapping.items())), "row": dict(row)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode(
        "utf-8", "replace"
    )


def first_rows(path: Path, names: list[str], count: int, limits: Limits) -> list[Row]:
    """The first rows of a file with these columns, whatever they are called; fewer where it has fewer or is
    damaged."""
    any_mapping = {"title": names[0], "body": names[-1]} if names else {}
    found: list[Row] = []
    try:
        with path.open("rb") as file:
            what = kind(path, file.read(HEAD), any_mapping)
        rows = _READERS[what](path, limits, any_mapping) if what else iter(())
        found += (row for row in islice(rows, count) if not isinstance(row, Message))
    except (UnreadableFile, UnsafeArchive):
        return found
    return found
