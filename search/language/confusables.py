"""Are two characters easily taken for each other: by their sound (an input method) or by their shape?"""

from __future__ import annotations

import functools
import hashlib
import os
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import data_files, tables
from .tokens import search_text


def alike(one: str, other: str) -> bool:
    """Folded characters that share a reading, whatever the tone, or a group of look-alikes."""
    return not readings(one).isdisjoint(readings(other)) or other in look_alikes(one)


@functools.lru_cache(maxsize=8192)
def readings(char: str) -> frozenset[str]:
    """Mandarin syllables without tones; none for what is no Chinese character."""
    table = _readings()
    begin, end = np.searchsorted(table.chars, [ord(char), ord(char) + 1]).tolist()
    return frozenset(table.syllables[number] for number in table.said[begin:end].tolist())


def sounding(chars: str) -> dict[str, str]:
    """Syllable -> those of these characters that may be read so."""
    table = _readings()
    among = np.flatnonzero(np.isin(table.chars, np.asarray([ord(char) for char in chars], np.uint32)))
    found: dict[str, list[str]] = {}
    for code, number in zip(table.chars[among].tolist(), table.said[among].tolist(), strict=True):
        found.setdefault(table.syllables[number], []).append(chr(code))
    return {syllable: "".join(them) for syllable, them in found.items()}


class _Readings(NamedTuple):
    """A row for each reading of each character, by character."""

    chars: npt.NDArray[np.uint32]
    said: npt.NDArray[np.uint16]  # the number of the syllable
    syllables: list[str]


@functools.cache
def _readings() -> _Readings:
    stamp = hashlib.sha256(metadata.version("pypinyin").encode() + Path(__file__).read_bytes())
    found = tables.table("readings", stamp.hexdigest()[:16], _computed)
    syllables = str(found["syllables"].tobytes(), "utf-8").split(" ")
    return _Readings(found["chars"], found["said"], syllables)


def _computed() -> tables.Arrays:
    """pypinyin's readings, 42,000 characters: its own tables are 12 MB in each process."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin
    from pypinyin.constants import PINYIN_DICT

    rows: list[tuple[int, str]] = []
    for code in sorted(PINYIN_DICT):
        found = pinyin(chr(code), style=Style.NORMAL, heteronym=True, errors="ignore")
        rows += [(code, syllable) for syllable in dict.fromkeys(found[0] if found else ())]
    syllables = sorted({syllable for _, syllable in rows})
    numbers = {syllable: number for number, syllable in enumerate(syllables)}
    return {
        "chars": np.asarray([code for code, _ in rows], np.uint32),
        "said": np.asarray([numbers[syllable] for _, syllable in rows], np.uint16),
        "syllables": np.frombuffer(" ".join(syllables).encode("utf-8"), np.uint8),
    }


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
