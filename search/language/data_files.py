"""The tables in search/data: one row a line, cells separated by tabs, lines from "#" on are comments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data"


def rows(name: str, *, columns: int) -> Iterator[list[str]]:
    """The rows of the file `name`, each of exactly `columns` cells: missing ones are "", more are cut off."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [*line.split("\t"), *[""] * columns][:columns]
