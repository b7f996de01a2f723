"""Folded text cut into words by jieba, with the archive's own words."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import dictionary, tables
from .dictionary import Dictionary
from .folding import folding_version, search_text
from .scripts import PIECES, RUNS

if TYPE_CHECKING:  # imported where text is cut: each takes some MB, and most processes cut none
    import jieba
    import rjieba


@dataclass(frozen=True, slots=True)
class Token:
    """A word of folded text; `start` and `end` are offsets of characters."""

    text: str
    start: int
    end: int


class _Taught(NamedTuple):
    """jieba that knows these words beside its own."""

    words: tuple[str, ...]
    jieba: jieba.Tokenizer


# How frequent a curator's word counts as: enough to win over two common words that share its letters.
_TAUGHT = 20_000


class Segmenter:
    """jieba with its dictionary folded, and the archive's own words added. Loads nothing before it cuts."""

    def __init__(self, extra_words: Iterable[str] = ()) -> None:
        self._taught: _Taught | None = None
        self._fast: tuple[tuple[str, ...], rjieba.Jieba] | None = None
        self.extra_words: tuple[str, ...] = ()
        self.learn(extra_words)

    def load(self) -> None:
        """Has everything ready that the first cut would have to read."""
        self._tokenizer()

    def learn(self, extra_words: Iterable[str]) -> None:
        """Know these words beside jieba's own, and no others. Other threads may go on cutting, by the old
        words or the new ones."""
        self.extra_words = tuple(sorted({search_text(word) for word in extra_words}))

    def frequent(self) -> Iterator[str]:
        """Every word of jieba's of two and more characters, folded, the frequent first."""
        return (word for word, _ in own_dictionary().words() if len(word) > 1)

    def untaught(self) -> Segmenter:
        """The same without the added words."""
        return Segmenter()

    @property
    def version(self) -> str:
        rows = "\n".join((metadata.version("jieba"), *self.extra_words))
        return hashlib.sha256(rows.encode()).hexdigest()[:12]

    def tokens(self, folded: str) -> Iterator[Token]:
        """Search-mode words of folded text: long words come with their parts, so tokens may overlap."""
        cut = self._tokenizer().tokenize
        for run in RUNS.finditer(folded):
            if run.lastindex == 2:
                yield Token(run.group(), run.start(), run.end())
                continue
            offset = run.start()
            for word, start, end in cut(run.group(), mode="search", HMM=False):
                yield Token(word, offset + start, offset + end)

    def whole_words(self, folded: str) -> Iterator[Token]:
        """Words that do not overlap, as `pieces` cuts them."""
        cut = self._tokenizer().cut
        for run in RUNS.finditer(folded):
            words = [run.group()] if run.lastindex == 2 else cut(run.group(), HMM=False)
            at = run.start()
            for word in words:
                yield Token(word, at, at + len(word))
                at += len(word)

    def words(self, folded: str) -> list[str]:
        """The texts of `tokens`, ten times as fast: for indexing (rjieba, with this very dictionary)."""
        found: list[str] = []
        cut = self._bulk().cut_for_search
        for run in RUNS.finditer(folded):
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
        for run in PIECES.finditer(folded):
            if run.lastindex:
                found += cut(run.group(), False)
            else:
                found.append(run.group())
        return found

    def share(self, word: str) -> float:
        """Of the running words of jieba's corpus; 0 for words that it does not have, or that were added."""
        own = own_dictionary()
        return own.own(word) / own.total

    def _tokenizer(self) -> jieba.Tokenizer:
        """Some 20 µs for each added word when they have changed."""
        known, words = self._taught, self.extra_words
        if known is None or known.words != words:
            self._taught = known = _Taught(words, _tokenizer(words))
        return known.jieba

    def _bulk(self) -> rjieba.Jieba:
        """Made anew when the words have changed: it cannot forget one. About a second."""
        import rjieba

        known, words = self._fast, self.extra_words
        if known is None or known[0] != words:
            fast = rjieba.Jieba.empty()
            for word, count in own_dictionary().words():
                fast.add_word(word, count, "")
            for word, count in self._tokenizer().FREQ.added().items():
                if count:  # 0: only the beginning of words
                    fast.add_word(word, count, "")
            self._fast = known = (words, fast)
        return known[1]


def _tokenizer(extra_words: tuple[str, ...]) -> jieba.Tokenizer:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer()
    made.FREQ = Dictionary(_dictionary_arrays())
    made.total, made.initialized = made.FREQ.total, True
    for word in extra_words:
        made.add_word(word, max(_TAUGHT, made.suggest_freq(word)))
    return made


@functools.cache
def own_dictionary() -> Dictionary:
    """jieba's words without those that were added."""
    return Dictionary(_dictionary_arrays())


@functools.cache
def _dictionary_arrays() -> tables.Arrays:
    return tables.table("dictionary", dictionary_stamp(), _folded)


@functools.cache
def dictionary_stamp() -> str:
    """Changes when the dictionary or how it is kept does."""
    ours = b"".join(Path(path).read_bytes() for path in (dictionary.__file__, __file__))
    return hashlib.sha256(_source().read_bytes() + folding_version().encode() + ours).hexdigest()[:16]


def _source() -> Path:
    """jieba's file of words, found without importing jieba."""
    found = importlib.util.find_spec("jieba")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("dict.txt")


def _folded() -> tables.Arrays:
    """jieba's words with their frequencies, folded; those of spellings that are one now add up. Its tags nr,
    ns, nt and nz are names of people, places, institutions and works."""
    counts: dict[str, int] = {}
    names: set[str] = set()
    for line in search_text(_source().read_text(encoding="utf-8")).splitlines():
        word, count, tag = line.split(" ")
        counts[word] = counts.get(word, 0) + int(count)
        if tag[:2] in ("nr", "ns", "nt", "nz"):
            names.add(word)
    return dictionary.made_of(counts, names)


_segmenter: Segmenter | None = None
_lock = threading.Lock()


def segmenter() -> Segmenter:
    """The process's one segmenter."""
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
    return RUNS.match(piece) is not None


def is_name(word: str) -> bool:
    """Does jieba's dictionary give this folded word as a name of people, places, institutions or works?"""
    return own_dictionary().is_name(word)
