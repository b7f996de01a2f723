"""What is the same character, what is a word, what is an occurrence: answered here and nowhere else.

Folding maps every character to one character (Traditional, Hong Kong, Taiwan and full-width forms
and case to one representative), so offsets in folded text are offsets in the text as printed. It is
applied to the index, to the query and by the highlighter. Words (jieba, search mode) decide the
order of hits; grams (single characters and neighbouring pairs) decide what is found.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import io
import itertools
import logging
import re
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import jieba
import numpy as np
import numpy.typing as npt
import opencc
import rjieba

jieba.setLogLevel(logging.WARNING)

# Everything OpenCC may map: radicals, ideographs with their compatibility forms and extensions.
_HAN_BLOCKS = (
    (0x2E80, 0x2FE0),
    (0x3400, 0x4DC0),
    (0x4E00, 0xA000),
    (0xF900, 0xFB00),
    (0x20000, 0x2EBE1),
    (0x2F800, 0x2FA20),
    (0x30000, 0x323B0),
)
# Character by character these make one form of Traditional, Hong Kong and Taiwan spellings.
_TO_SIMPLIFIED = ("t2s", "hk2s", "tw2s")
# Characters that are one in some words only (了解 瞭解, 回覆 回复, 計劃 計畫, 坐標 座標), so that OpenCC's
# tables of characters part them and its tables of phrases do not. Readers' keyboards write either.
# Found by converting jieba's dictionary and the corpus both ways and comparing what folds differently.
_SPELT_BOTH_WAYS = (
    "了瞭 借藉 复覆 仿彷 像象 坐座 夫伕 具俱 苏甦 钟锺 背揹 径迳 沉沈 沈渖 熏薰 昵暱 炼链 余馀 巨钜 咨谘 旋镟"
    " 浚濬 澄澂 托讬 曲麹 里哩 坏坯 尽侭 宁甯 柏栢 线缐 檗蘗 拿拏 枪鎗 焰燄 斫斲 画划 恶𫫇"
)
# What NFKC leaves apart or would make longer, and readers type as the same key.
_BY_HAND = {
    "\N{PRESENTATION FORM FOR VERTICAL TWO DOT LEADER}": ":",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{BULLET}": "\N{MIDDLE DOT}",
    "\N{HYPHENATION POINT}": "\N{MIDDLE DOT}",
    "\N{KATAKANA MIDDLE DOT}": "\N{MIDDLE DOT}",
    "\N{HALFWIDTH KATAKANA MIDDLE DOT}": "\N{MIDDLE DOT}",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
}

_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# Folded letters written with word edges, as they stand between the brackets of a regular expression.
WORD_CHARACTERS = _WORD_CHAR = "0-9a-z\u00df-\u024f\u0370-\u052f"
_RUNS = re.compile(rf"([{_HAN}]+)|([{_WORD_CHAR}]+)")
_SHORT = 100  # characters; below, the dictionary is quicker than the array
_WORD = re.compile(rf"[{_WORD_CHAR}]+")
latin_words = _WORD  # of folded text: runs of letters and digits, as long as they go
_EDGE = re.compile(rf"[{_WORD_CHAR}]")
_BLANKS = re.compile(r"\s+")


@functools.cache
def _table() -> dict[int, str]:
    """Code point -> its folded character, where that differs from itself."""
    table: dict[int, str] = {}
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if 0xD800 <= code < 0xE000:
            continue
        folded = _narrow(char)
        if folded != char:
            table[code] = folded
    for char, representative in _ideographs().items():
        table[ord(char)] = representative
    for code, folded in list(table.items()):  # a compatibility form of a Traditional character
        table[code] = table.get(ord(folded), folded)
    return {code: folded for code, folded in table.items() if chr(code) != folded}


@functools.cache
def _array() -> npt.NDArray[np.uint32]:
    """The table as an array over all code points: long texts fold many times as fast by it."""
    array = np.arange(sys.maxunicode + 1, dtype="<u4")
    for code, folded in _table().items():
        array[code] = ord(folded)
    return array


def _narrow(char: str) -> str:
    if char in _BY_HAND:
        return _BY_HAND[char]
    if char in "\n\r":
        return char
    if char.isspace():
        return " "
    narrow = unicodedata.normalize("NFKC", char)
    narrow = narrow if len(narrow) == 1 else char
    lower = narrow.lower()
    return lower if len(lower) == 1 else narrow


def _ideographs() -> dict[str, str]:
    """Every ideograph with another spelling -> the representative of its class.

    The classes are the closure of all the converters and the words spelt both ways: 著 and 着 are one,
    since one of them says so.
    The representative is the spelling that no converter changes; of several, the commonest block
    order (the lowest code point) decides.
    """
    chars = [chr(code) for low, high in _HAN_BLOCKS for code in range(low, high)]
    pairs = [(pair[0], pair[1]) for pair in _SPELT_BOTH_WAYS.split()]
    changed: set[str] = set()
    for name in _TO_SIMPLIFIED:
        # a line a character: no converter can see a phrase
        converted = opencc.OpenCC(name).convert("\n".join(chars)).split("\n")
        for char, other in zip(chars, converted, strict=True):
            if char != other and len(other) == 1:
                changed.add(char)
                pairs.append((char, other))

    parent: dict[str, str] = {}

    def root(char: str) -> str:
        while parent.get(char, char) != char:
            char = parent[char]
        return char

    for one, two in pairs:
        one, two = root(one), root(two)
        if one != two:
            parent[max(one, two)] = min(one, two)
    classes: dict[str, list[str]] = {}
    for char in {char for pair in pairs for char in pair}:
        classes.setdefault(root(char), []).append(char)
    return {
        char: min(members, key=lambda member: (member in changed, member))
        for members in classes.values()
        for char in members
    }


def fold(text: str) -> str:
    """`text` with every character replaced by its representative. Same length, idempotent."""
    if len(text) < _SHORT:
        return text.translate(_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return str(_array()[codes].tobytes(), "utf-32-le", "surrogatepass")


@functools.cache
def folding_version() -> str:
    """Changes when any character folds otherwise; indexes are stamped with it."""
    rows = "".join(f"{code:x}{folded}" for code, folded in sorted(_table().items()))
    return hashlib.sha256(rows.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of folded text; `start` and `end` are offsets of characters."""

    text: str
    start: int
    end: int


def _dictionary() -> dict[str, int]:
    """jieba's words with their frequencies, folded; those of spellings that are one now add up."""
    with jieba.get_module_res("dict.txt") as source:
        folded = fold(source.read().decode("utf-8"))
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
        wanted = tuple(sorted({fold(word) for word in extra_words}))
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
    wanted = tuple(sorted({fold(word) for word in extra_words}))
    known = segmenter()
    with _lock:
        if known.extra_words != wanted:
            known.learn(wanted)
    return known


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

    @property
    def plain(self) -> bool:
        """Can `in` decide? (No edges to look at, no blanks that may be longer in the text.)"""
        return not (self.left_edge or self.right_edge or " " in self.text)

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
        if self.plain:
            return self.text in folded
        return self.pattern.search(folded) is not None


@functools.lru_cache(maxsize=4096)
def _pattern(needle: Needle) -> re.Pattern[str]:
    """The string comes first and looks back: so the search runs from one of its letters to the next, ten
    times as fast as a pattern that begins with an assertion."""
    first, *rest = needle.text.split(" ")
    pattern = re.escape(first)
    if needle.left_edge:
        pattern += rf"(?<![{_WORD_CHAR}]{re.escape(first)})"
    pattern = " +".join((pattern, *map(re.escape, rest)))
    if needle.right_edge:
        pattern += rf"(?![{_WORD_CHAR}])"
    return re.compile(pattern)


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
    pattern = first
    if needle.left_edge:
        pattern += b"".join(b"(?<!%s%s)" % (char, first) for char in _WORD_BYTES)
    pattern = b" +".join((pattern, *rest))
    if needle.right_edge:
        pattern += b"".join(b"(?!%s)" % char for char in _WORD_BYTES)
    return re.compile(pattern)


def needle(text: str, *, exact: bool = False, prefix: bool = False) -> Needle | None:
    """The needle for a term as typed; None when nothing but blanks is left of it."""
    folded = _BLANKS.sub(" ", fold(text)).strip()
    if not folded:
        return None
    return Needle(
        folded,
        left_edge=not exact and has_word_edges(folded[0]),
        right_edge=not exact and not prefix and has_word_edges(folded[-1]),
    )
