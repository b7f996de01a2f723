"""Which characters words are made of: ideographs, and the letters of scripts that write words with edges."""

from __future__ import annotations

import re
from typing import Final

HAN: Final = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# Folded letters written with word edges, as they stand between the brackets of a regular expression.
WORD_CHARACTERS: Final = "0-9a-z\u00df-\u024f\u0370-\u052f"
# The same of a text as printed: capitals, accents written apart, full-width letters.
PRINTED_WORD_CHARACTERS: Final = (
    WORD_CHARACTERS + "A-Z\u00c0-\u00de\u0300-\u036f\u1e00-\u1eff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
# Runs of ideographs (group 1) and of letters (group 2) in folded text.
RUNS: Final = re.compile(rf"([{HAN}]+)|([{WORD_CHARACTERS}]+)")
# A text without gaps: the same runs, line ends one by one, and whatever else stands between.
PIECES: Final = re.compile(rf"([{HAN}]+)|[{WORD_CHARACTERS}]+|\n|[^{HAN}{WORD_CHARACTERS}\n]+")
latin_words: Final = re.compile(rf"[{WORD_CHARACTERS}]+")  # of folded text: runs of letters and digits
printed_words: Final = re.compile(rf"[{PRINTED_WORD_CHARACTERS}]+")  # the same of a text as printed
_LETTER: Final = re.compile(rf"[{WORD_CHARACTERS}]")


def is_han(folded: str) -> bool:
    """Is it made of Chinese characters and nothing else? Only such words can be taught to jieba."""
    run = RUNS.fullmatch(folded)
    return run is not None and run.lastindex == 1


def has_word_edges(char: str) -> bool:
    """Is this folded character of a script that parts words by blanks (Latin, digits …)?"""
    return bool(_LETTER.match(char))
