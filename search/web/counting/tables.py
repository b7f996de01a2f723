"""Tables as CSV for spreadsheets: UTF-8 with a byte-order mark, CR LF, no cell that a program would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from newsarchive.archive import export


def download(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(columns)
    yield "\ufeff" + line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([_cell(value) for value in row])
        yield line.getvalue()


def _cell(value: object) -> object:
    """Numbers as they are: a minus sign before one is no formula."""
    if isinstance(value, float):
        return repr(value)  # which reads back as the same number
    return value if isinstance(value, int) else export.cell(value)
