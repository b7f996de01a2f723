"""Which characters are one to a reader: the map that index, query and highlighter share.

`fold` replaces every character by the representative of its class and keeps the length, so offsets in the
result are offsets in the text as printed. `search_text` is what is indexed and looked for: folded, and in it
what some prints write as one character stands as the several it is read as (㎏ is kg, Ⅲ is III), letters
written in pieces are whole (e and a combining accent), and what nobody sees (variation selectors, zero-width
signs) is left out. `aligned` says where in the printed text a stretch of it is.

The classes of ideographs are in `search/data/variants.tsv`, made by `search/data/build_variants.py`.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
import unicodedata
from bisect import bisect_right
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from . import data_files, tables

# Punctuation that NFKC leaves apart or would make longer, and readers type as the same key.
_BY_HAND: Final = {
    "\N{PRESENTATION FORM FOR VERTICAL TWO DOT LEADER}": ":",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    # The dot between the parts of a foreign name; the full-width full stop is printed for it too.
    "\N{MIDDLE DOT}": ".",
    "\N{BULLET}": ".",
    "\N{BULLET OPERATOR}": ".",
    "\N{DOT OPERATOR}": ".",
    "\N{HYPHENATION POINT}": ".",
    "\N{ONE DOT LEADER}": ".",
    "\N{WORD SEPARATOR MIDDLE DOT}": ".",
    "\N{KATAKANA MIDDLE DOT}": ".",
    "\N{HALFWIDTH KATAKANA MIDDLE DOT}": ".",
    "\N{GREEK ANO TELEIA}": ".",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{FRACTION SLASH}": "/",
}
# Latin letters whose stroke or shape Unicode does not call an accent.
_LETTERS: Final = dict(zip("øłđðħıŧƀɨɵʉŋſ", "olddhitbioun" + "s", strict=True))
# Latin letters that are written as two where the keyboard has no key for them.
_TWO_LETTERS: Final = {"æ": "ae", "œ": "oe", "ß": "ss", "ẞ": "ss", "þ": "th", "ĳ": "ij"}
# Default_Ignorable_Code_Point of the Unicode Character Database: no reader sees them.
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Marks that belong to the letter before them: accents, and the voicing marks of kana.
_MARKS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
# All but ideographs and Korean syllables, which Unicode gives no other form and which are most characters.
_OTHERS: Final = re.compile("[^\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0002f7ff\U00030000-\U000323af]")
_END: Final = 0x32400  # from here on every character is its own representative
_SHORT: Final = 100  # characters; below, the string of representatives is quicker than the array
_SPECIAL_BIT: Final = 1 << 31  # in the array: this character may not stand for itself


def fold(text: str) -> str:
    """`text` with every character replaced by its representative. Same length, idempotent."""
    if len(text) < _SHORT:
        return text.translate(_tables().short)
    return _decoded(_tables().array[codes(text)] & np.uint32(_SPECIAL_BIT - 1))


def search_text(text: str) -> str:
    """What is indexed of a text, and looked for; its length may be another."""
    if len(text) < _SHORT:
        return aligned(text).text if _special().search(text) else text.translate(_tables().short)
    found = _tables().array[codes(text)]
    return _decoded(found) if found.max() < _SPECIAL_BIT else aligned(text).text


@functools.cache
def _classes() -> dict[str, str]:
    """Representative -> all characters that fold to it, where there are several."""
    classes: dict[str, str] = {}
    for code, folded in enumerate(_tables().short):
        if code != ord(folded):
            classes[folded] = classes.get(folded, folded) + chr(code)
    return classes


def members(char: str) -> str:
    """The characters that are one with this one, itself among them."""
    return _classes().get(fold(char), char)


@functools.cache
def of_several() -> npt.NDArray[np.bool_]:
    """By code point: has it others in its class?"""
    table = np.zeros(sys.maxunicode + 1, np.bool_)
    table[[ord(char) for many in _classes().values() for char in many]] = True
    return table


def is_special(characters: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which code points may make a search text another length."""
    return np.asarray(_tables().array[characters] >= _SPECIAL_BIT)


class _Piece(NamedTuple):
    """A stretch that is written otherwise in the search text; it is marked as a whole or not at all."""

    start: int  # in the search text
    end: int
    printed_start: int
    printed_end: int


class Aligned(NamedTuple):
    """A search text, and where its characters are printed. Between the pieces both run side by side."""

    text: str
    pieces: tuple[_Piece, ...] = ()

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end], which is not empty, is printed."""
        if not self.pieces:
            return start, end
        return self._printed_at(start)[0], self._printed_at(end - 1)[1]

    def _printed_at(self, at: int) -> tuple[int, int]:
        number = bisect_right(self.pieces, at, key=lambda piece: piece.start) - 1
        if number < 0:
            return at, at + 1
        piece = self.pieces[number]
        if at < piece.end:
            return piece.printed_start, piece.printed_end
        printed = piece.printed_end + at - piece.end
        return printed, printed + 1


def aligned(text: str) -> Aligned:
    """The search text of `text`, with the place of everything in it."""
    if len(text) >= _SHORT and (folded := _tables().array[codes(text)]).max() < _SPECIAL_BIT:
        return Aligned(_decoded(folded))  # ten times as fast as looking for what is special
    made: list[str] = []
    pieces: list[_Piece] = []
    at = size = 0
    for found in _special().finditer(text):
        before, written = fold(text[at : found.start()]), _written(found.group())
        size += len(before)
        pieces.append(_Piece(size, size + len(written), found.start(), found.end()))
        made += (before, written)
        size += len(written)
        at = found.end()
    if not pieces:
        return Aligned(fold(text))
    return Aligned("".join((*made, fold(text[at:]))), tuple(pieces))


def folding_version() -> str:
    """Changes when any character folds otherwise; indexes are stamped with it."""
    return _tables().version


# -- the tables ----------------------------------------------------------------------------------------


class _Tables(NamedTuple):
    """The same map twice. `short` is for `str.translate`, which takes the character at a code point and
    leaves those beyond its end as they are: 0.8 MB, where a dictionary of those that fold has 11. `array` is
    over all code points: long texts fold many times as fast by it. Characters that `search_text` must look at
    have a bit more in it."""

    short: str
    array: npt.NDArray[np.uint32]
    longer: dict[str, str]
    version: str


@functools.cache
def _tables() -> _Tables:
    sources = (Path(__file__), data_files.FOLDER / "variants.tsv")
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    stamp.update(unicodedata.unidata_version.encode())
    found = tables.table("folding", stamp.hexdigest()[:16], _computed)
    array = found["array"]
    lines = str(found["longer"].tobytes(), "utf-8").split("\n")
    return _Tables(
        short=_decoded(array[:_END] & np.uint32(_SPECIAL_BIT - 1)),
        array=array,
        longer={line[0]: line[1:] for line in lines},
        version=str(found["version"].tobytes(), "ascii"),
    )


def _computed() -> tables.Arrays:
    folds = _folds()
    longer = _read_as_several(folds)
    rows = [f"{code:x}{folded}" for code, folded in sorted(folds.items())]
    rows += [f"{char}{written}" for char, written in sorted(longer.items())]
    rows += [_INVISIBLE, _MARKS]
    version = hashlib.sha256("".join(rows).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return {
        "array": _as_array(folds, longer),
        "longer": _as_bytes("\n".join(char + written for char, written in longer.items())),
        "version": _as_bytes(version),
    }


def _as_bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _folds() -> dict[int, str]:
    """Code point -> its folded character, where that differs from itself."""
    variants = _variants()
    table = dict(variants)
    for char in _characters():
        narrow = _narrow(char)
        table[char] = variants.get(narrow, variants.get(char, narrow))  # the narrow form may be Traditional
    return {ord(char): folded for char, folded in sorted(table.items()) if folded != char}


def _variants() -> dict[str, str]:
    found: dict[str, str] = {}
    for char, representative in data_files.rows("variants.tsv", columns=2):
        found[char] = representative
    return found


@functools.cache
def _characters() -> list[str]:
    """All that Unicode may give another form: neither ideographs and Korean syllables, nor surrogates, nor
    planes without letters."""
    blocks = ((0, 0xD800), (0xE000, 0x32400), (0xE0000, 0xE1000))
    return _OTHERS.findall("".join(chr(code) for first, end in blocks for code in range(first, end)))


def _narrow(char: str) -> str:
    """Full-width, compatibility, upper-case and accented forms -> the plain one."""
    if char in _BY_HAND:
        return _BY_HAND[char]
    if char in "\n\r\v":  # the ends of lines and paragraphs part strings as no blank does
        return char
    if char.isspace():
        return " "
    narrow = unicodedata.normalize("NFKC", char)
    narrow = narrow if len(narrow) == 1 else char
    lower = narrow.lower()
    lower = lower if len(lower) == 1 else narrow
    return _LETTERS.get(bare := _without_accents(lower), bare)


def _without_accents(char: str) -> str:
    """The letter itself, of Latin letters only: й and ά are letters of their own."""
    apart = unicodedata.normalize("NFD", char)
    if len(apart) == 1:
        return char
    plain = apart[0].lower()
    return plain if (plain.isascii() and plain.isalpha()) or plain in _LETTERS or plain in "æœ" else char


def _read_as_several(folds: dict[int, str]) -> dict[str, str]:
    """Characters that are read as several: ㎏ kg, Ⅲ iii, № no, ㈱ (株). No punctuation and no accents, which
    Unicode would make longer too (… ´)."""
    found: dict[str, str] = {}
    for char in _characters():
        if char.isascii() or unicodedata.category(char)[0] in "PZ" or char.translate(folds) in _TWO_LETTERS:
            continue
        written = unicodedata.normalize("NFKC", char)
        if len(written) > 1 and not any(map(str.isspace, written)):
            found[char] = written
    for char in _characters():
        if (two := _TWO_LETTERS.get(char.translate(folds))) is not None:
            found[char] = two
    marks, jamo = re.compile(f"[{_MARKS}]"), re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
    found = {
        char: marks.sub("", many).translate(folds) for char, many in found.items() if not jamo.search(many)
    }
    return {char: many for char, many in found.items() if many and many != char.translate(folds)}


@functools.cache
def _special() -> re.Pattern[str]:
    """What a search text writes otherwise: a letter with the marks and the invisible signs behind it, Korean
    syllables written in pieces, what is read as several characters, and invisible signs by themselves."""
    longer = "".join(map(re.escape, sorted(_tables().longer)))
    korean = "[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?"
    return re.compile(f"[^\n\r]?[{_MARKS}{_INVISIBLE}]+|{korean}|[{longer}]")


def _written(printed: str) -> str:
    """A stretch that `_special` found, in the search text."""
    whole = unicodedata.normalize("NFC", _unseen().sub("", printed))
    if "\u3099" in whole or "\u309a" in whole or "\uff9e" in whole or "\uff9f" in whole:
        whole = unicodedata.normalize("NFKC", whole)
    letters = _marks().sub("", whole)
    return "".join(_tables().longer.get(char, fold(char)) for char in letters)


@functools.cache
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE}]")


@functools.cache
def _marks() -> re.Pattern[str]:
    return re.compile(f"[{_MARKS}]")


# -- long texts ----------------------------------------------------------------------------------------


def _as_array(folds: dict[int, str], longer: dict[str, str]) -> npt.NDArray[np.uint32]:
    array = np.arange(sys.maxunicode + 1, dtype="<u4")
    for code, folded in folds.items():
        array[code] = ord(folded)
    every = "".join(_characters())
    for pattern in (_unseen(), _marks(), re.compile("[\u1100-\u11ff]")):
        array[codes("".join(pattern.findall(every)))] |= _SPECIAL_BIT
    array[[ord(char) for char in longer]] |= _SPECIAL_BIT
    return array


def codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _decoded(codes: npt.NDArray[np.uint32]) -> str:
    return str(codes.tobytes(), "utf-32-le", "surrogatepass")
