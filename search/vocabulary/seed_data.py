"""The vocabulary that a new archive starts with: synonym groups and dictionary words of search/data.

A file of vocabulary is read by one migration and then never again, so what a curator deletes stays
deleted. Words that come with a later version stand in a file of their own, with a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from search.language.data_files import rows


def synonym_groups(name: str) -> Iterator[tuple[list[str], list[str], str]]:
    """Words, one-way words and note of each group in a file."""
    for words, one_way, note in rows(name, columns=3):
        yield parted(words), parted(one_way), note


def dictionary_words(name: str) -> Iterator[tuple[str, str]]:
    """Word and note."""
    for row in rows(name, columns=2):
        yield row[0], row[1]


def parted(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("|") if word.strip()]
