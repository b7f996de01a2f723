"""JSON Lines: one whole article a line, with the search that found it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from search.results.exports.export_rows import Record

from .provenance import Provenance

name: Final = "jsonl"
suffix: Final = "jsonl"
media_type: Final = "application/jsonl; charset=utf-8"

# Some programs end a line at these too; in JSON they stand inside strings alone.
_LINE_ENDS: Final = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write(records: Iterable[Record], source: Provenance) -> Iterator[str]:
    """The keys are those of the API's record and `identity`, `permalink` and `export`."""
    said = source.as_json()
    for number, record in enumerate(records, start=1):
        more = {
            "identity": record.identity,
            "permalink": source.permalink(record.identity),
            "export": {**said, "number": number},
        }
        line = json.dumps(record.values | more, ensure_ascii=False)
        for char, escaped in _LINE_ENDS.items():
            line = line.replace(char, escaped)
        yield line + "\n"
