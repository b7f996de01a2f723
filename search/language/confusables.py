"""Are two characters easily taken for each other: by their sound (an input method) or by their shape?"""

from __future__ import annotations

import functools
import os

from . import data_files
from .tokens import search_text


def alike(one: str, other: str) -> bool:
    """Folded characters that share a reading, whatever the tone, or a group of look-alikes."""
    return not readings(one).isdisjoint(readings(other)) or other in look_alikes(one)


@functools.lru_cache(maxsize=8192)
def readings(char: str) -> frozenset[str]:
    """Mandarin syllables without tones; none for what is no Chinese character."""
    # Of pypinyin the table of single characters will do: a fifth of its memory.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(found[0]) if found else frozenset()


def look_alikes(char: str) -> str:
    """The folded characters of its group, itself among them; "" when it is in none."""
    return _look_alikes().get(char, "")


@functools.cache
def _look_alikes() -> dict[str, str]:
    found: dict[str, str] = {}
    for (group,) in data_files.rows("shapes.tsv", columns=1):
        folded = search_text(group)
        for char in folded:
            found[char] = found.get(char, "") + folded
    return found
