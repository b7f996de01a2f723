"""Tables as text: CSV, TSV and the like, in UTF-8, UTF-16, GB18030 or Big5, whatever sign parts their
columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import column_names, encoding
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

_ROWS_LOOKED_AT: Final = 20  # by which it is told whether the rows are parted as the first line is
_SEPARATORS: Final = ",\t;|，；、"
_SAMPLE: Final = 256 * 1024  # bytes by which encoding and separator are found


def matches(head: bytes, mapping: Mapping[str, str]) -> bool:
    try:
        text, _ = _decoded(head)
    except UnreadableFile:
        return False
    return bool(text) and column_names.tell_an_article(_columns(text, mapping)[1], mapping)


def columns(head: bytes) -> list[str]:
    """The names of the columns of what `matches`."""
    return _columns(_decoded(head)[0], {})[1]


def columns_of_any(head: bytes) -> list[str]:
    """The columns of what is a table by its form, whatever they are called: three lines or more with the same
    number of values; nothing for other files."""
    try:
        text, _ = _decoded(head)
    except UnreadableFile:
        return []
    separator, names = _columns(text, {})
    lines = [line for line in text.split("\n")[:5] if line.strip()]
    widths = {len(row) for row in csv.reader(lines, delimiter=separator)}
    return names if len(lines) > 2 and len(names) > 1 and widths == {len(names)} else []


def rows(path: Path, limits: Limits, mapping: Mapping[str, str]) -> Iterator[dict[str, str] | Message]:
    with path.open("rb") as file:
        text, codec = _decoded(file.read(_SAMPLE))
    separator, columns = _columns(text, mapping)
    if len(columns) < 2:
        raise UnreadableFile("table_without_columns")
    csv.field_size_limit(limits.file_bytes)
    _check_rows(text, separator, columns)
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


def _columns(text: str, mapping: Mapping[str, str]) -> tuple[str, list[str]]:
    """(separator, names of the columns) from the first line: the sign that parts it into most columns; where
    none of the usual ones gives the columns of an article, any other that does."""
    first = text.lstrip("\n").partition("\n")[0]
    best = max(_SEPARATORS, key=lambda sign: len(_split(first, sign)))
    if not column_names.tell_an_article(_split(first, best), mapping):
        others = dict.fromkeys(sign for sign in first[:2_000] if not sign.isalnum() and sign not in '"_ -\r')
        best = next(
            (sign for sign in others if column_names.tell_an_article(_split(first, sign), mapping)), best
        )
    return best, _split(first, best)


def _split(line: str, separator: str) -> list[str]:
    try:
        return [column.strip() for column in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:  # a value longer than the limit
        return []


def _check_rows(text: str, separator: str, columns: list[str]) -> None:
    """Raises UnreadableFile when none of the first rows is parted by the separator of the first line: each
    would become an article whose title is a whole row."""
    found = list(islice(csv.reader(io.StringIO(text), delimiter=separator), 1, _ROWS_LOOKED_AT))
    whole = [row for row in found if any(value.strip() for value in row)]
    if whole and all(len(row) == 1 for row in whole):
        raise UnreadableFile("rows_not_parted", separator=separator, columns=len(columns))
