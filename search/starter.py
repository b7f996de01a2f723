"""The files of search/data: the vocabulary that a new archive starts with, and look-alike characters.

A file of vocabulary is read by one migration and then never again, so what a curator deletes stays
deleted. Words that come with a later version stand in a file of their own, with a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


def synonym_groups(name: str) -> Iterator[tuple[list[str], list[str], str]]:
    """Words, one-way words and note of each group in a file."""
    for words, one_way, note in _rows(name, columns=3):
        yield _words(words), _words(one_way), note


def dictionary_words(name: str) -> Iterator[tuple[str, str]]:
    """Word and note."""
    for row in _rows(name, columns=2):
        yield row[0], row[1]


def look_alikes(name: str) -> Iterator[str]:
    """Characters that are easily taken for each other, group by group."""
    for row in _rows(name, columns=1):
        yield row[0]


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("|") if word.strip()]


def _rows(name: str, *, columns: int) -> Iterator[list[str]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [*line.split("\t"), *[""] * columns][:columns]
