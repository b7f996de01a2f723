"""Words as they are romanised in pinyin, without tones: xijinping, xi jin ping, Xí Jìnpíng, or by their
initials alone: xjp. There is no list of romanised words: a reading becomes a pattern of characters."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from . import tables
from .confusables import look_alikes, readings, sounding
from .segmentation import dictionary_stamp, segmenter
from .tokens import fold, is_han

LONGEST: Final = 6  # characters of a word
_FEWEST: Final = 2
_READ_SO: Final = 6  # ways of parting one text into syllables that are looked for: xian is xian and xi an
_NO_CODES: Final = np.empty(0, np.uint32)
_INITIALS: Final = range(3, 6)  # letters; of two there are too many words
_SPELT: Final = re.compile(r"[a-z]+(?:['’ -]?[a-z]+)*")


class Sounds:
    """Words of Chinese characters, each findable by its sound."""

    def __init__(self, folded: Iterable[str]) -> None:
        """The words come in the order in which they are to be found."""
        self._words = _by_length(packed(folded))

    @classmethod
    def of_arrays(cls, arrays: tables.Arrays) -> Sounds:
        """Of what `packed` made."""
        made = cls(())
        made._words = _by_length(arrays)
        return made

    def spelt(self, typed: str) -> list[str]:
        """The words that are romanised so in full, folded."""
        found = (self._find([self._sounding.get(one, "") for one in way]) for way in _parted(typed))
        return list(dict.fromkeys(word for words in found for word in words))

    def initials(self, typed: str) -> list[str]:
        """The words whose syllables begin so, folded."""
        letters = _spelling(typed)
        if not letters.isalpha() or len(letters) not in _INITIALS:
            return []
        return self._find([self._beginning.get(letter, "") for letter in letters])

    def alike(self, folded: str) -> list[str]:
        """The words of which each character is the typed one, sounds like it or looks like it; the typed one
        is not among them."""
        if not _FEWEST <= len(folded) <= LONGEST or not is_han(folded):
            return []
        return [word for word in self._find([self._taken_for(char) for char in folded]) if word != folded]

    def _taken_for(self, char: str) -> str:
        sounding = "".join(self._sounding.get(one, "") for one in readings(char))
        return "".join({char, *sounding, *look_alikes(char)})

    def _find(self, classes: list[str]) -> list[str]:
        if not all(classes):
            return []
        rows = self._words.get(len(classes))
        if rows is None:
            return []
        left = np.arange(len(rows))
        for at, chars in enumerate(classes):
            among = np.asarray([ord(char) for char in chars], np.uint32)
            left = left[np.isin(rows[left, at], among)]
        return [str(word.tobytes(), "utf-32-le") for word in rows[left]]

    @functools.cached_property
    def _sounding(self) -> dict[str, str]:
        """Syllable -> the characters that may be read so."""
        codes = np.unique(np.concatenate([rows.ravel() for rows in self._words.values()] or [_NO_CODES]))
        found = sounding(str(codes.astype("<u4").tobytes(), "utf-32-le"))
        for said in [said for said in found if "v" in said]:  # ü is typed v or u
            typed = said.replace("v", "u")
            found[typed] = "".join(dict.fromkeys(found.get(typed, "") + found[said]))
        return found

    @functools.cached_property
    def _beginning(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for said, chars in self._sounding.items():
            found[said[0]] = found.get(said[0], "") + chars
        return {letter: "".join(dict.fromkeys(chars)) for letter, chars in found.items()}


def of_dictionary() -> Sounds:
    """jieba's words, the frequent before the rare; mapped, so that all processes share them."""
    stamp = hashlib.sha256(dictionary_stamp().encode() + Path(__file__).read_bytes()).hexdigest()
    return Sounds.of_arrays(tables.table("sounds", stamp[:16], lambda: packed(segmenter().frequent())))


def packed(folded: Iterable[str]) -> tables.Arrays:
    """Words of Chinese characters by their length: a row of code points for each, in the given order."""
    words: dict[int, list[str]] = {}
    for word in dict.fromkeys(folded):
        if _FEWEST <= len(word) <= LONGEST and _is_chinese(word):
            words.setdefault(len(word), []).append(word)
    return {
        str(length): np.frombuffer("".join(found).encode("utf-32-le"), "<u4").reshape(-1, length)
        for length, found in words.items()
    }


def _by_length(arrays: tables.Arrays) -> dict[int, npt.NDArray[np.uint32]]:
    return {int(length): rows for length, rows in arrays.items()}


def _is_chinese(word: str) -> bool:
    """As `is_han`, a tenth of its time: of words that a dictionary has."""
    return word.isalpha() and min(word) > "\u2e80"


def may_be(text: str) -> bool:
    """Letters, tone marks, blanks and apostrophes only?"""
    return bool(_SPELT.fullmatch(_spelling(text)))


def _spelling(text: str) -> str:
    return " ".join(fold(text).split()).lower()


def _parted(typed: str) -> list[tuple[str, ...]]:
    """The ways in which a text can be read as syllables, those with the fewest first."""
    ways: list[tuple[str, ...]] = [()]
    for piece in re.split(r"['’ -]+", _spelling(typed)):
        ways = [way + more for way in ways for more in _pieces(piece)][: 4 * _READ_SO]
    fitting = [way for way in ways if _FEWEST <= len(way) <= LONGEST]
    return sorted(fitting, key=len)[:_READ_SO]


@functools.lru_cache(maxsize=256)
def _pieces(piece: str) -> list[tuple[str, ...]]:
    if not piece:
        return [()]
    if len(piece) > 6 * LONGEST or not piece.isascii() or not piece.isalpha():
        return []
    return [
        (piece[:end], *rest)
        for end in range(min(6, len(piece)), 0, -1)
        if piece[:end] in _syllables()
        for rest in _pieces(piece[end:])
    ][: 4 * _READ_SO]


# The syllables of Mandarin by initial and the finals behind it, as pinyin spells them.
_FINALS: Final = (
    ("", "a ai an ang ao e ei en eng er o ou"),
    ("y", "i a an ang ao e in ing o ong ou u uan ue un"),
    ("w", "a ai an ang ei en eng o u"),
    ("b", "a ai an ang ao ei en eng i ian iao ie in ing o u"),
    ("p", "a ai an ang ao ei en eng i ian iao ie in ing o ou u"),
    ("m", "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u"),
    ("f", "a an ang ei en eng o ou u"),
    ("d", "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo"),
    ("t", "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo"),
    ("n", "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve ue"),
    ("l", "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve ue"),
    ("g", "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    ("k", "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    ("h", "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    ("j", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("q", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("x", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("zh", "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo"),
    ("ch", "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo"),
    ("sh", "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo"),
    ("r", "an ang ao e en eng i ong ou u ua uan ui un uo"),
    ("z", "a ai an ang ao e ei en eng i ong ou u uan ui un uo"),
    ("c", "a ai an ang ao e en eng i ong ou u uan ui un uo"),
    ("s", "a ai an ang ao e en eng i ong ou u uan ui un uo"),
)


@functools.cache
def _syllables() -> frozenset[str]:
    return frozenset(initial + final for initial, finals in _FINALS for final in finals.split())
