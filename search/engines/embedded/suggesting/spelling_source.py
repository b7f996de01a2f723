"""What stands in a snapshot of the embedded index, for correcting what was mistyped."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterable
from itertools import chain

import numpy as np

from search.engines import spelling
from search.engines.embedded.ngrams import codes
from search.engines.embedded.reader import Snapshot
from search.language.tokens import needle
from search.query.fields import EVERY_GRAM, WORD_LISTS, Field

from .completion import Names

_LOOKED_THROUGH = 20_000  # words of two first letters; the whole corpus of 27,000 stories has some 2,000
_LETTERS = string.ascii_lowercase + string.digits


def near(snapshot: Snapshot, names: Names, text: str, *, limit: int) -> list[str]:
    """Strings that do stand in visible stories, the likeliest first, folded."""
    folded = spelling.searched(text)
    return spelling.near(_InSnapshot(snapshot, names), folded, limit=limit) if folded else []


class _InSnapshot:
    """A spelling.Source."""

    def __init__(self, snapshot: Snapshot, names: Names) -> None:
        self._snapshot = snapshot
        self._visible = snapshot.alive
        self._pairs = snapshot.generation.lists[EVERY_GRAM]
        self._words = snapshot.generation.words
        self._tail = "\n".join(snapshot.tail_texts())
        self.names_near = names.near
        self.documents = snapshot.base + len(snapshot.tail)

    def after(self, char: str) -> dict[str, int]:
        return _counted(self._pairs.after(char), re.findall(re.escape(char) + r"(?=(\S))", self._tail))

    def before(self, char: str) -> dict[str, int]:
        return _counted(self._pairs.before(char), re.findall(r"(\S)" + re.escape(char), self._tail))

    def pairs(self, text: str) -> int:
        found = [self._pairs.frequency(code) for code in set(codes(text))]
        fewest = min(found, default=0)
        return fewest or (1 if self._tail and text in self._tail else 0)

    @functools.cached_property
    def _late_words(self) -> set[str]:
        return set(spelling.LATIN.findall(self._tail))

    def has_word(self, word: str) -> bool:
        return word in self._late_words or self._words.has(word)

    def words_near(self, word: str) -> Iterable[str]:
        yield from filter(self.has_word, near := _one_letter_off(word))
        if spelling.slips(word) > 1:  # the first two letters of a name are rarely wrong
            once = set(near)
            late = (other for other in self._late_words if other.startswith(word[:2]))
            for other in chain(self._words.starting_with(word[:2], limit=_LOOKED_THROUGH), late):
                if other not in once and other != word and spelling.is_within(other, word, 2):
                    yield other

    def stories(self, text: str) -> int:
        """Of a Latin word, in title, body and captions."""
        snapshot = self._snapshot
        sought = needle(text)
        if sought is None:
            return 0
        if not spelling.LATIN.fullmatch(text):
            return int(np.count_nonzero(snapshot.look(sought, Field.ANY).mask(snapshot.size) & self._visible))
        mask = np.zeros(snapshot.size, np.bool_)
        for field in WORD_LISTS:
            mask[self._words.postings(field, text)[0]] = True
        mask[snapshot.base :] = [sought.stands_in(folded) for folded in snapshot.tail_texts()]
        return int(np.count_nonzero(mask & self._visible))


def _counted(neighbours: tuple[np.ndarray, np.ndarray], in_tail: list[str]) -> dict[str, int]:
    chars, stories = neighbours
    found = dict(zip(map(chr, chars.tolist()), stories.tolist(), strict=True))
    for char in in_tail:
        found[char] = found.get(char, 0) + 1
    return found


def _one_letter_off(word: str) -> list[str]:
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = [a + b[1:] for a, b in parts if b]
    found += [a + char + b[1:] for a, b in parts if b for char in _LETTERS]
    found += [a + char + b for a, b in parts for char in _LETTERS]
    found += [a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1]
    return [other for other in dict.fromkeys(found) if other != word]
