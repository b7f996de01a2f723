"""Folded text cut into words by jieba, with the archive's own words."""

from __future__ import annotations

import functools
import hashlib
import io
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from .folding import search_text
from .scripts import PIECES, RUNS

# Both are imported where text is cut: most commands cut none, and start a quarter of a second sooner.
if TYPE_CHECKING:
    import jieba
    import rjieba


@dataclass(frozen=True, slots=True)
class Token:
    """A word of folded text; `start` and `end` are offsets of characters."""

    text: str
    start: int
    end: int


def _dictionary() -> dict[str, int]:
    """jieba's words with their frequencies, folded; those of spellings that are one now add up."""
    import jieba

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
    """jieba with its dictionary folded, and the archive's own words added.

    The dictionary is read when the first text is cut, or by `load` (about a second): a process that cuts no
    text does without it.
    """

    def __init__(self, extra_words: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._loaded: jieba.Tokenizer | None = None
        self._fast: tuple[tuple[str, ...], rjieba.Jieba] | None = None
        self._own_total = 0
        self._own: dict[str, int] = {}  # what jieba said of the words and beginnings that were added
        self.extra_words: tuple[str, ...] = ()
        self.learn(extra_words)

    def load(self) -> jieba.Tokenizer:
        """Reads the dictionary unless that is done: call before a process forks, so that it is shared."""
        import jieba

        jieba.setLogLevel(logging.WARNING)
        with self._lock:
            if self._loaded is None:
                made = jieba.Tokenizer()
                lines = "".join(f"{word} {count}\n" for word, count in _dictionary().items())
                # Read here, not by jieba, which would keep a marshal file in the shared temporary folder.
                made.FREQ, made.total = made.gen_pfdict(io.BytesIO(lines.encode("utf-8")))
                made.initialized = True
                self._own_total = made.total
                self._teach(made, self.extra_words)
                self._loaded = made
            return self._loaded

    @property
    def _jieba(self) -> jieba.Tokenizer:
        return self._loaded or self.load()

    def learn(self, extra_words: Iterable[str]) -> None:
        """Know these words beside jieba's own, and no others: the same as a new segmenter with them.

        Some 20 µs a word. Other threads may go on cutting, by the old words or the new ones.
        """
        wanted = tuple(sorted({search_text(word) for word in extra_words}))
        with self._lock:
            if self._loaded is not None:
                self._teach(self._loaded, wanted)
            self.extra_words = wanted

    def _teach(self, tokenizer: jieba.Tokenizer, wanted: Sequence[str]) -> None:
        frequencies = tokenizer.FREQ
        frequencies.update(self._own)  # 0: no word, at most the beginning of one
        tokenizer.total = self._own_total
        beginnings = {word[:end] for word in wanted for end in range(1, len(word) + 1)}
        self._own = {beginning: frequencies.get(beginning, 0) for beginning in beginnings}
        for word in wanted:
            tokenizer.add_word(word, max(_TAUGHT, tokenizer.suggest_freq(word)))

    def frequent(self) -> Iterator[str]:
        """Every word of two and more characters, folded, the frequent first."""
        known = [(count, word) for word, count in self._jieba.FREQ.items() if count and len(word) > 1]
        known.sort(reverse=True)
        yield from (word for _, word in known)

    def untaught(self) -> Segmenter:
        """The same without the added words; some hundredths of a second, where a new one takes seconds."""
        known, plain = self.load(), Segmenter()
        plain._loaded = made = type(known)()
        made.FREQ, made.total, made.initialized = dict(known.FREQ), known.total, True
        plain._own, plain._own_total = dict(self._own), self._own_total
        plain.learn(())
        return plain

    @property
    def version(self) -> str:
        rows = "\n".join((metadata.version("jieba"), *self.extra_words))
        return hashlib.sha256(rows.encode()).hexdigest()[:12]

    def tokens(self, folded: str) -> Iterator[Token]:
        """Search-mode words of folded text: long words come with their parts, so tokens may overlap."""
        for run in RUNS.finditer(folded):
            if run.lastindex == 2:
                yield Token(run.group(), run.start(), run.end())
                continue
            offset = run.start()
            for word, start, end in self._jieba.tokenize(run.group(), mode="search", HMM=False):
                yield Token(word, offset + start, offset + end)

    def whole_words(self, folded: str) -> Iterator[Token]:
        """Words that do not overlap, as `pieces` cuts them."""
        for run in RUNS.finditer(folded):
            words = [run.group()] if run.lastindex == 2 else self._jieba.cut(run.group(), HMM=False)
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
        known = self._jieba
        if word in self._own:
            return float(self._own[word] / self._own_total)
        return float(known.FREQ.get(word, 0) / self._own_total)

    def _bulk(self) -> rjieba.Jieba:
        """Made anew when the words have changed: it cannot forget one. About a second."""
        import rjieba

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


@functools.cache
def names() -> frozenset[str]:
    """Folded words that jieba's dictionary gives as names of people, places, institutions and works (its
    tags nr ns nt nz)."""
    import jieba

    with jieba.get_module_res("dict.txt") as source:
        rows = (line.split(" ") for line in source.read().decode("utf-8").splitlines())
        return frozenset(search_text(word) for word, _, tag in rows if tag[:2] in ("nr", "ns", "nt", "nz"))
