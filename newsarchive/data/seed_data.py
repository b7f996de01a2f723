"""The agencies that a new archive starts with.

agencies.tsv is read once, by a migration, so what a curator deletes stays deleted. Agencies
added in a later release need a file and a migration of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def agencies(name: str = "agencies.tsv") -> Iterator[tuple[str, list[str]]]:
    """Names and their other spellings."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            agency, _, others = line.partition("\t")
            yield agency.strip(), [other.strip() for other in others.split("|") if other.strip()]
