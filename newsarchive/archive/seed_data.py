"""The agencies that a new archive starts with.

newsarchive/data/agencies.tsv is read by one migration and then never again, so what a curator deletes stays
deleted. Those that come with a later version stand in a file of their own, with a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data"


def agencies(name: str = "agencies.tsv") -> Iterator[tuple[str, list[str]]]:
    """Names and their other spellings."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            agency, _, others = line.partition("\t")
            yield agency.strip(), [other.strip() for other in others.split("|") if other.strip()]
