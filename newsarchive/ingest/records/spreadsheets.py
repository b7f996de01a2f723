"""Workbooks of Excel and LibreOffice (.xlsx): each row below the names of the columns is a record.

The names stand in the first row that has a title and a text among them, so that a heading may stand above
the table; with a mapping, in the first row that has its columns. Every sheet that has such a row is read.
Values are what a reader sees: dates as ISO dates, the stored results of formulas.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import column_names
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

from . import ooxml

_HEADING_ROWS: Final = 20  # the names of the columns stand in one of the first so many rows
_MOST_COLUMNS: Final = 500  # of a table; Excel allows 16,384, which a row of blanks would be padded to
# Cells of a workbook that are read. 500,000 rows of 40 columns; above it the rest is refused by name.
_MOST_CELLS: Final = 20_000_000
_DAMAGE: Final = (
    *ooxml.DAMAGE,
    InvalidFileException,
    LookupError,
    OverflowError,
    ValueError,
    TypeError,
    SyntaxError,
    AttributeError,
)

Row = tuple[Any, ...]


def tables(path: Path, limits: Limits, mapping: Mapping[str, str]) -> list[list[str]]:
    """Of each sheet with a table of articles, or of the first sheet that has any table, the columns."""
    with _opened(path, limits) as sheets:
        found = [columns for sheet in sheets if (columns := _named(_first_rows(sheet), mapping)[1])]
        return found or [columns for sheet in sheets if (columns := _any_names(_first_rows(sheet)))][:1]


def rows(path: Path, limits: Limits, mapping: Mapping[str, str]) -> Iterator[dict[str, str] | Message]:
    """Raises UnreadableFile at damage and limits, after the rows before it."""
    cells = 0
    with _opened(path, limits) as sheets:
        is_named = False
        for sheet in sheets:
            start, columns = _named(_first_rows(sheet), mapping)
            if not columns:
                continue
            is_named = True
            values: Row
            for values in sheet.iter_rows(min_row=start + 1, max_col=len(columns), values_only=True):
                cells += len(columns)
                if cells > _MOST_CELLS:
                    raise UnreadableFile("table_too_large", n=_MOST_CELLS)
                said = {
                    name: text for name, value in zip(columns, values, strict=False) if (text := _said(value))
                }
                said.pop("", None)
                if said:
                    yield said
        if not is_named:
            names = next((names for sheet in sheets if (names := _any_names(_first_rows(sheet)))), [])
            raise UnreadableFile("table_columns_unknown", columns=", ".join(filter(None, names))[:300])


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[list[Any]]:
    """The sheets. What openpyxl stumbles over in a damaged workbook becomes UnreadableFile."""
    try:
        with path.open("rb") as file:
            with zipfile.ZipFile(file) as archive:
                ooxml.check(archive, path, limits)
            with closing(
                openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            ) as book:
                sheets = list(book.worksheets)
                for sheet in sheets:
                    sheet.reset_dimensions()  # those that a file declares may be wrong
                yield sheets
    except _DAMAGE as exc:
        raise UnreadableFile("workbook_damaged", detail=str(exc)[:100] or type(exc).__name__) from exc


def _first_rows(sheet: Any) -> list[list[str]]:
    found = sheet.iter_rows(max_row=_HEADING_ROWS, max_col=_MOST_COLUMNS, values_only=True)
    return [_without_blanks_at_end(map(_said, row)) for row in islice(found, _HEADING_ROWS)]


def _without_blanks_at_end(values: Iterable[str]) -> list[str]:
    row = list(values)
    while row and not row[-1]:
        row.pop()
    return row


def _named(first: list[list[str]], mapping: Mapping[str, str]) -> tuple[int, list[str]]:
    """(number of the row, columns) of the row with the names; (0, []) where there is none."""
    return next(
        ((n, row) for n, row in enumerate(first, 1) if column_names.tell_an_article(row, mapping)), (0, [])
    )


def _any_names(first: list[list[str]]) -> list[str]:
    return next((row for row in first if sum(map(bool, row)) > 1), [])


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
