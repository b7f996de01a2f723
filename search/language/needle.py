"""A string to find, and where it stands in a folded text."""

from __future__ import annotations

import functools
import itertools
import re
from typing import NamedTuple

from . import loosening
from .folding import fold, search_text
from .scripts import PRINTED_WORD_CHARACTERS, WORD_CHARACTERS, has_word_edges, latin_words

_SIGNS = re.compile(f"([{loosening.EVERY}]+)|[^{loosening.EVERY}]+")
_TWO_LETTERS = 2
_BLANKS = re.compile(r"\s+")


class Needle(NamedTuple):  # answers are kept by needle: a tuple is hashed and compared fastest
    """A folded string to find, and whether its ends must be ends of a word.

    Han has no word edges: 国家安全 is found inside 国家安全局. A bare Latin word or number is whole:
    who is not found inside whole, 14亿 not inside 114亿. Quoted, any string is found anywhere.
    """

    text: str
    left_edge: bool = False
    right_edge: bool = False
    printed: bool = False  # to find in a text as printed, in these very characters
    # Found where punctuation parts these characters too; "" for a string that nothing parts.
    letters: str = ""

    @property
    def plain(self) -> bool:
        """Can `in` decide? (No edges to look at, no blanks that may be longer in the text.)"""
        return not (self.left_edge or self.right_edge or self.letters or " " in self.text)

    @property
    def unbroken(self) -> Needle:
        """The same, to find only where nothing stands between its characters."""
        return self._replace(letters="") if self.letters else self

    @property
    def is_word(self) -> bool:
        """One whole Latin word or number, which stands exactly where it is one of the `words`."""
        return self.left_edge and self.right_edge and latin_words.fullmatch(self.text) is not None

    @property
    def is_prefix(self) -> bool:
        """The beginning of a Latin word: who*"""
        return self.left_edge and not self.right_edge and has_word_edges(self.text[-1])

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self)

    @property
    def strings_in_bytes(self) -> tuple[bytes, ...]:
        """In UTF-8, the few strings of which one stands in a text where this does, for `find`; () where only
        a pattern can tell. Two letters are a word that readers type often, and parted by blanks only."""
        if self.plain:
            return (self.text.encode("utf-8", "surrogatepass"),)
        if len(self.letters) != _TWO_LETTERS or self.text != self.letters:
            return ()
        if self.left_edge or self.right_edge:
            return ()
        if loosening.allowed(1, 1) != loosening.Gap.BLANK or not may_part(self.letters, 1):
            return ()
        one, two = (letter.encode("utf-8", "surrogatepass") for letter in self.letters)
        return tuple(one + b" " * blanks + two for blanks in range(loosening.LONGEST + 1))

    @property
    def in_bytes(self) -> re.Pattern[bytes]:
        """The same for folded text in UTF-8, which then need not be decoded."""
        return _pattern_in_bytes(self)

    def spans(self, folded: str, *, most: int | None = None) -> list[tuple[int, int]]:
        """Start and end of every occurrence, or of the first so many, left to right, not overlapping."""
        return [match.span() for match in itertools.islice(self.pattern.finditer(folded), most)]

    def stands_in(self, folded: str) -> bool:
        if self.letters:
            return self.unbroken.stands_in(folded) or self.pattern.search(folded) is not None
        if self.plain:
            return self.text in folded
        return self.pattern.search(folded) is not None


@functools.lru_cache(maxsize=4096)
def _pattern(needle: Needle) -> re.Pattern[str]:
    """The string comes first and looks back: so the search runs from one of its letters to the next, ten
    times as fast as a pattern that begins with an assertion."""
    letter, blanks = (PRINTED_WORD_CHARACTERS, r"[^\S\n]+") if needle.printed else (WORD_CHARACTERS, " +")
    first, *rest = map(re.escape, needle.text.split(" "))
    pattern = blanks.join((_begun(first, letter) if needle.left_edge else first, *rest))
    if needle.letters:
        first, *more = _parted(needle.letters)  # nothing between them is one of the gaps
        parted = "".join((_begun(first, letter) if needle.left_edge else first, *more))
        pattern = parted if needle.text == needle.letters else f"(?:{pattern}|{parted})"
    if needle.right_edge:
        pattern += rf"(?![{letter}])"
    return re.compile(pattern)


def _begun(first: str, letter: str) -> str:
    return rf"{first}(?<![{letter}]{first})"


# The characters of WORD_CHARACTERS in UTF-8, by how many bytes they have.
_WORD_BYTES = (
    rb"[0-9a-z]",
    rb"\xc3[\x9f-\xbf]",
    rb"[\xc4-\xc8][\x80-\xbf]",
    rb"\xc9[\x80-\x8f]",
    rb"\xcd[\xb0-\xbf]",
    rb"[\xce-\xd3][\x80-\xbf]",
    rb"\xd4[\x80-\xaf]",
)


@functools.lru_cache(maxsize=4096)
def _pattern_in_bytes(needle: Needle) -> re.Pattern[bytes]:
    first, *rest = (re.escape(part.encode("utf-8", "surrogatepass")) for part in needle.text.split(" "))
    pattern = b" +".join((_begun_in_bytes(first) if needle.left_edge else first, *rest))
    if needle.letters:
        first, *more = (
            part.encode("utf-8", "surrogatepass") for part in _parted(needle.letters, in_bytes=True)
        )
        parted = b"".join((_begun_in_bytes(first) if needle.left_edge else first, *more))
        pattern = parted if needle.text == needle.letters else b"(?:%s|%s)" % (pattern, parted)
    if needle.right_edge:
        pattern += b"".join(b"(?!%s)" % char for char in _WORD_BYTES)
    return re.compile(pattern)


def _begun_in_bytes(first: bytes) -> bytes:
    return first + b"".join(b"(?<!%s%s)" % (char, first) for char in _WORD_BYTES)


def _parted(letters: str, *, in_bytes: bool = False) -> list[str]:
    """The pieces of a pattern of these characters, with what may stand between them; that of the first
    character first."""
    made = [re.escape(letters[0])]
    for at in range(1, len(letters)):
        if may_part(letters, at):
            gaps = loosening.allowed(at, len(letters) - at)
            made.append(loosening.pattern(gaps, in_bytes=in_bytes))
        made.append(re.escape(letters[at]))
    return made


def may_part(letters: str, at: int) -> bool:
    """May punctuation stand before the character at `at`? Not within Latin words and numbers."""
    before, behind = letters[at - 1], letters[at]
    if "\u4e00" <= before <= "\u9fff" and "\u4e00" <= behind <= "\u9fff":
        return True  # most are ideographs
    latin = has_word_edges(before) and has_word_edges(behind)
    return before.isalnum() and behind.isalnum() and not latin


def _letters(wanted: str) -> str:
    """A string without the punctuation that stands beside its ideographs: 唐納德·川普 is 唐納德川普. "" where
    nothing could part it: a single character, a Latin word, a number."""
    kept = []
    for run in _SIGNS.finditer(wanted):
        if run.lastindex is None:
            kept.append(run.group())
            continue
        before, behind = wanted[: run.start()][-1:], wanted[run.end() :][:1]
        latin = [has_word_edges(char) for char in (before, behind) if char]
        if all(latin) or " " in run.group():
            kept.append(run.group())
    letters = "".join(kept)
    return letters if any(may_part(letters, at) for at in range(1, len(letters))) else ""


def needle(
    text: str, *, exact: bool = False, prefix: bool = False, printed: bool = False, loose: bool = False
) -> Needle | None:
    """The needle for a term as typed; None when nothing but blanks is left of it. `printed`: for a text as
    it is printed, not for its search text. `loose`: punctuation may part it."""
    wanted = _BLANKS.sub(" ", text if printed else search_text(text)).strip()
    if not wanted:
        return None
    return Needle(
        wanted,
        left_edge=not exact and has_word_edges(fold(wanted[0])),
        right_edge=not exact and not prefix and has_word_edges(fold(wanted[-1])),
        printed=printed,
        letters=_letters(wanted) if loose else "",
    )
