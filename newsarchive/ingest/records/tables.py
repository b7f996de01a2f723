"""Tables as text: CSV, TSV and the like, in UTF-8, UTF-16, GB18030 or Big5, whatever sign parts their
columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import column_names, encoding
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

_SEPARATORS: Final = ",\t;|，；"
_SAMPLE: Final = 256 * 1024  # bytes by which encoding and separator are found


def matches(head: bytes, mapping: Mapping[str, str]) -> bool:
    try:
        text, _ = _decoded(head)
    except UnreadableFile:
        return False
    return bool(text) and column_names.tell_an_article(_columns(text)[1], mapping)


def rows(path: Path, limits: Limits) -> Iterator[dict[str, str] | Message]:
    with path.open("rb") as file:
        text, codec = _decoded(file.read(_SAMPLE))
    separator, columns = _columns(text)
    if len(columns) < 2:
        raise UnreadableFile("table_without_columns")
    csv.field_size_limit(limits.file_bytes)
    with path.open("rb") as file:
        lines = io.TextIOWrapper(file, encoding=codec, errors="replace", newline="")
        reader = csv.reader(lines, delimiter=separator, strict=False)
        try:
            next(reader, None)
            for values in reader:
                if any(value.strip() for value in values):
                    yield _row(columns, values)
        except csv.Error as exc:
            raise UnreadableFile("record_damaged", detail=str(exc)) from exc


def _row(columns: list[str], values: list[str]) -> dict[str, str] | Message:
    if len(values) > len(columns):
        return Message("row_too_long", n=len(values), columns=len(columns))
    return {column: value for column, value in zip(columns, values, strict=False) if value.strip()}


def _decoded(head: bytes) -> tuple[str, str]:
    """(text of whole lines, name of the codec). Raises UnreadableFile when it is no text."""
    if len(head) >= 1024 and b"\n" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: head.rfind(b"\n") + 1]
    text, name = encoding.decode(head)
    codec = {"utf-8": "utf-8-sig", "big5": "big5hkscs"}.get(
        name.removesuffix(" (damaged)"), name.removesuffix(" (damaged)")
    )
    return text, codec


def _columns(text: str) -> tuple[str, list[str]]:
    """(separator, names of the columns) from the first line: the sign that parts it into most columns."""
    first = text.lstrip("\n").partition("\n")[0]
    best = max(_SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    return best, [column.strip() for column in next(csv.reader([first], delimiter=best), [])]
