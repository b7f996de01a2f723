"""What is a word, what is an occurrence: answered here and nowhere else.

Everything works on folded text (`search.language.folding` says which characters are one). Words (jieba,
search mode) decide the order of hits; grams (single characters and neighbouring pairs) decide what is found.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import io
import itertools
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import jieba
import rjieba

from . import loosening
from .folding import fold, folding_version, search_text

__all__ = [
    "WORD_CHARACTERS",
    "Needle",
    "Segmenter",
    "Token",
    "fold",
    "folding_version",
    "has_word_edges",
    "is_han",
    "is_word",
    "latin_words",
    "names",
    "needle",
    "printed_words",
    "search_text",
    "segmenter",
    "use_words",
]

jieba.setLogLevel(logging.WARNING)

_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# Folded letters written with word edges, as they stand between the brackets of a regular expression.
WORD_CHARACTERS = _WORD_CHAR = "0-9a-z\u00df-\u024f\u0370-\u052f"
# The same of a text as printed: capitals, accents written apart, full-width letters.
_PRINTED_WORD_CHAR = (
    _WORD_CHAR + "A-Z\u00c0-\u00de\u0300-\u036f\u1e00-\u1eff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
_RUNS = re.compile(rf"([{_HAN}]+)|([{_WORD_CHAR}]+)")
_PIECES = re.compile(rf"([{_HAN}]+)|[{_WORD_CHAR}]+|\n|[^{_HAN}{_WORD_CHAR}\n]+")
_WORD = re.compile(rf"[{_WORD_CHAR}]+")
latin_words = _WORD  # of folded text: runs of letters and digits, as long as they go
printed_words = re.compile(rf"[{_PRINTED_WORD_CHAR}]+")  # the same of a text as printed
_EDGE = re.compile(rf"[{_WORD_CHAR}]")
_SIGNS = re.compile(f"([{loosening.EVERY}]+)|[^{loosening.EVERY}]+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of folded text; `start` and `end` are offsets of characters."""

    text: str
    start: int
    end: int


def _dictionary() -> dict[str, int]:
    """jieba's words with their frequencies, folded; those of spellings that are one now add up."""
    with jieba.get_module_res("dict.txt") as source:
        folded = search_text(source.read().decode("utf-8"))
    counts: dict[str, int] = {}
    for line in folded.splitlines():
        word, count, *_ = line.split(" ")
        counts[word] = counts.get(word, 0) + int(count)
    return counts


# How frequent a curator's word counts as: enough to win over two common words that share its letters.
_TAUGHT = 20_000


class Segmenter:
    """jieba with its dictionary folded, and the archive's own words added."""

    def __init__(self, extra_words: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        lines = "".join(f"{word} {count}\n" for word, count in _dictionary().items())
        # Read here, not by jieba, which would keep a marshal file in the shared temporary folder.
        self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(io.BytesIO(lines.encode("utf-8")))
        self._jieba.initialized = True
        self._fast: tuple[tuple[str, ...], rjieba.Jieba] | None = None
        self._own_total = self._jieba.total
        self._own: dict[str, int] = {}  # what jieba said of the words and beginnings that were added
        self.extra_words: tuple[str, ...] = ()
        self.learn(extra_words)

    def learn(self, extra_words: Iterable[str]) -> None:
        """Know these words beside jieba's own, and no others: the same as a new segmenter with them.

        Some 20 µs a word. Other threads may go on cutting, by the old words or the new ones.
        """
        wanted = tuple(sorted({search_text(word) for word in extra_words}))
        frequencies = self._jieba.FREQ
        frequencies.update(self._own)  # 0: no word, at most the beginning of one
        self._jieba.total = self._own_total
        beginnings = {word[:end] for word in wanted for end in range(1, len(word) + 1)}
        self._own = {beginning: frequencies.get(beginning, 0) for beginning in beginnings}
        for word in wanted:
            self._jieba.add_word(word, max(_TAUGHT, self._jieba.suggest_freq(word)))
        self.extra_words = wanted

    def untaught(self) -> Segmenter:
        """The same without the added words; some hundredths of a second, where a new one takes seconds."""
        plain = copy.copy(self)
        plain._jieba = jieba.Tokenizer()
        plain._jieba.FREQ, plain._jieba.total = dict(self._jieba.FREQ), self._jieba.total
        plain._jieba.initialized = True
        plain._own, plain._fast = dict(self._own), None
        plain.learn(())
        return plain

    @property
    def version(self) -> str:
        rows = "\n".join((jieba.__version__, *self.extra_words))
        return hashlib.sha256(rows.encode()).hexdigest()[:12]

    def tokens(self, folded: str) -> Iterator[Token]:
        """Search-mode words of folded text: long words come with their parts, so tokens may overlap."""
        for run in _RUNS.finditer(folded):
            if run.lastindex == 2:
                yield Token(run.group(), run.start(), run.end())
                continue
            offset = run.start()
            for word, start, end in self._jieba.tokenize(run.group(), mode="search", HMM=False):
                yield Token(word, offset + start, offset + end)

    def whole_words(self, folded: str) -> Iterator[Token]:
        """Words that do not overlap, as `pieces` cuts them."""
        for run in _RUNS.finditer(folded):
            words = [run.group()] if run.lastindex == 2 else self._jieba.cut(run.group(), HMM=False)
            at = run.start()
            for word in words:
                yield Token(word, at, at + len(word))
                at += len(word)

    def words(self, folded: str) -> list[str]:
        """The texts of `tokens`, ten times as fast: for indexing (rjieba, with this very dictionary)."""
        found: list[str] = []
        cut = self._bulk().cut_for_search
        for run in _RUNS.finditer(folded):
            if run.lastindex == 2:
                found.append(run.group())
            else:
                found += cut(run.group(), False)
        return found

    def pieces(self, folded: str) -> list[str]:
        """Folded text cut once, nothing left out: words that do not overlap (jieba's accurate mode), what
        stands between them, and each line end by itself. Joined, they are the text again."""
        found: list[str] = []
        cut = self._bulk().cut
        for run in _PIECES.finditer(folded):
            if run.lastindex:
                found += cut(run.group(), False)
            else:
                found.append(run.group())
        return found

    def share(self, word: str) -> float:
        """Of the running words of jieba's corpus; 0 for words that it does not have, or that were added."""
        if word in self._own:
            return self._own[word] / self._own_total
        return self._jieba.FREQ.get(word, 0) / self._own_total

    def _bulk(self) -> rjieba.Jieba:
        """Made anew when the words have changed: it cannot forget one. About a second."""
        known = self._fast
        if known is None or known[0] != self.extra_words:
            fast = rjieba.Jieba.empty()
            for word, count in self._jieba.FREQ.items():
                if count:  # 0: only the beginning of words
                    fast.add_word(word, count, "")
            self._fast = known = (self.extra_words, fast)
        return known[1]


_segmenter: Segmenter | None = None
_lock = threading.Lock()


def segmenter() -> Segmenter:
    """The process's one segmenter; built on first use (about a second) and shared by forks."""
    global _segmenter
    with _lock:
        if _segmenter is None:
            _segmenter = Segmenter()
        return _segmenter


def use_words(extra_words: Iterable[str]) -> Segmenter:
    """Have the process's segmenter know `extra_words`, unless it does already."""
    wanted = tuple(sorted({search_text(word) for word in extra_words}))
    known = segmenter()
    with _lock:
        if known.extra_words != wanted:
            known.learn(wanted)
    return known


def is_word(piece: str) -> bool:
    """Of a piece of text as `Segmenter.pieces` cuts it: is it a word, not what stands between words?"""
    return _RUNS.match(piece) is not None


@functools.cache
def names() -> frozenset[str]:
    """Folded words that jieba's dictionary gives as names of people, places, institutions and works (its
    tags nr ns nt nz)."""
    with jieba.get_module_res("dict.txt") as source:
        rows = (line.split(" ") for line in source.read().decode("utf-8").splitlines())
        return frozenset(search_text(word) for word, _, tag in rows if tag[:2] in ("nr", "ns", "nt", "nz"))


def is_han(folded: str) -> bool:
    """Is it made of Chinese characters and nothing else? Only such words can be taught to jieba."""
    run = _RUNS.fullmatch(folded)
    return run is not None and run.lastindex == 1


def has_word_edges(char: str) -> bool:
    """Is this folded character of a script that parts words by blanks (Latin, digits …)?"""
    return bool(_EDGE.match(char))


class Needle(NamedTuple):  # answers are kept by needle: a tuple is hashed and compared fastest
    """A folded string to find, and whether its ends must be ends of a word.

    Han has no word edges: 国家安全 is found inside 国家安全局. A bare Latin word or number is whole:
    who is not found inside whole, 14亿 not inside 114亿. Quoted, any string is found anywhere.
    """

    text: str
    left_edge: bool = False
    right_edge: bool = False
    printed: bool = False  # to find in a text as printed, in these very characters
    letters: str = (
        ""  # found where punctuation parts these characters too; "" for a string that nothing parts
    )

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
        return self.left_edge and self.right_edge and _WORD.fullmatch(self.text) is not None

    @property
    def is_prefix(self) -> bool:
        """The beginning of a Latin word: who*"""
        return self.left_edge and not self.right_edge and has_word_edges(self.text[-1])

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self)

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
    letter, blanks = (_PRINTED_WORD_CHAR, r"[^\S\n]+") if needle.printed else (_WORD_CHAR, " +")
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


# The characters of _WORD_CHAR in UTF-8, by how many bytes they have.
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
