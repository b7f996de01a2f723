"""CSV for spreadsheets: UTF-8 with a byte-order mark, CR LF, cells that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from newsarchive.archive import export
from search.results.exports.export_rows import Record

from .provenance import Provenance

name: Final = "csv"
suffix: Final = "csv"
media_type: Final = "text/csv; charset=utf-8"

# Those of the records of `export_articles`, then what was asked; the last is what a reader cites.
_ASKED: Final = ("identity", "query", "total", "exported_at", "search_address", "permalink")
COLUMNS: Final = (*(field for field in export.FIELDS if field not in _ASKED), *_ASKED)


def write(records: Iterable[Record], source: Provenance) -> Iterator[str]:
    """Every row says what was asked, so that one that was sorted, filtered or copied elsewhere still does."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield "\ufeff" + line.getvalue()
    asked = (source.query or "", source.total, source.time, source.address)
    for record in records:
        line.seek(0)
        line.truncate()
        said = [value for field, value in record.values.items() if field not in _ASKED]
        values = (*said, record.identity, *asked, source.permalink(record.identity))
        writer.writerow([export.cell(value) for value in values])
        yield line.getvalue()
