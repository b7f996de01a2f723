"""The first rows of a table before it is imported, and what they would become. Saves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from newsarchive.importers.explanation import Explanation

from .explain import explained
from .inputs import Reader
from .records import splitting
from .run import limits

ROWS: Final = 3
_SHOWN: Final = 80  # characters of a value


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    field: str  # that it fills; "" for one that is kept beside
    values: tuple[str, ...]  # of the first ROWS rows


def columns(path: Path, mapping: Mapping[str, str]) -> list[Column]:
    """Empty for a file that has none. `mapping`: field -> column."""
    names = splitting.columns(path, limits())
    rows = splitting.first_rows(path, names, ROWS, limits())
    return [
        Column(name, field, tuple(_short(row.get(name)) for row in rows))
        for name, field in splitting.fields(names, mapping)
    ]


def articles(path: Path, mapping: Mapping[str, str]) -> Iterator[Explanation]:
    """What the first ROWS rows would become."""
    return explained(islice(Reader([path], limits(), mapping), ROWS))


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
