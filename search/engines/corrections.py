"""What a reader may have meant by a string that stands nowhere: one slip of the keys away, and there.

The pairs of characters in the index say what can stand beside what, so a wrong, missing, surplus or
swapped character is found without a list of words: 習近乎 -> 近 is followed by 平 -> 習近平. Characters
that sound or look alike come first, then what most stories have. Latin words are looked up in the
lexicon. Names are compared as a whole, so that two wrong characters of one sound are seen too.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..likeness import alike
from ..query import Field
from ..tokens import fold, is_han, needle, segmenter
from . import whoosh
from .columns import Mask
from .grams import codes
from .snapshot import Snapshot
from .suggest import Names

LONGEST = 16  # longer strings are sentences, not slips
_TRIED = 40  # guesses that are looked up
_ALIKE = 30  # times as likely as an exchange of unlike characters
_SHORTEST_LATIN = 4
_LATIN = re.compile("[a-z][a-z0-9]*")
_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class _Guess:
    text: str
    alike: bool
    stories: int  # at most so many have it
    changed: int = -1  # the place of a changed character, which must be part of a word

    @property
    def weight(self) -> int:
        return self.stories * (_ALIKE if self.alike else 1)


def near(snapshot: Snapshot, names: Names, text: str, visible: Mask, *, limit: int) -> list[str]:
    """Strings that do stand in visible stories, the likeliest first, folded."""
    folded = " ".join(fold(text).split())
    if not 2 <= len(folded) <= LONGEST:
        return []
    guesses = [_Guess(name, True, snapshot.base + len(snapshot.tail)) for name in names.near(folded)]
    guesses += _latin(snapshot, folded)
    if any(is_han(char) for char in folded):
        guesses += _exchanged(snapshot, folded)
    guesses.sort(key=lambda guess: -guess.weight)
    found: dict[str, int] = {}
    tried = 0
    for guess in guesses:
        if guess.text in found or guess.text == folded or not _is_word(guess):
            continue
        tried += 1
        enough = sorted(found.values(), reverse=True)[limit - 1 : limit]
        if tried > _TRIED or (enough and enough[0] >= guess.weight):
            break  # what follows can weigh no more
        if stories := _stories(snapshot, guess.text, visible):
            found[guess.text] = stories * (_ALIKE if guess.alike else 1)
    return sorted(found, key=lambda guess: -found[guess])[:limit]


def _stories(snapshot: Snapshot, text: str, visible: Mask) -> int:
    """How many visible stories have a string; of a Latin word, in title, body and captions."""
    sought = needle(text)
    if sought is None:
        return 0
    if not _LATIN.fullmatch(text):
        return int(np.count_nonzero(snapshot.look(sought, Field.ANY).mask(snapshot.size) & visible))
    mask = np.zeros(snapshot.size, np.bool_)
    for field in whoosh.WORD_FIELDS:
        mask[snapshot.generation.words.postings(field, text)[0]] = True
    mask[snapshot.base :] = [sought.stands_in(folded) for folded in snapshot.tail_texts()]
    return int(np.count_nonzero(mask & visible))


def _is_word(guess: _Guess) -> bool:
    """Is what was changed now part of a word, and not two words that happen to meet?"""
    if guess.changed < 0:
        return True
    return any(
        token.start <= guess.changed < token.end and token.end - token.start > 1
        for token in segmenter().tokens(guess.text)
    )


# -- Chinese -----------------------------------------------------------------------------------------


class _Neighbours:
    """Which characters stand beside which, and in how many stories."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._pairs = snapshot.generation.lists["any"]
        self._tail = "\n".join(snapshot.tail_texts())

    def after(self, char: str) -> dict[str, int]:
        return _counted(self._pairs.after(char), re.findall(re.escape(char) + r"(?=(\S))", self._tail))

    def before(self, char: str) -> dict[str, int]:
        return _counted(self._pairs.before(char), re.findall(r"(\S)" + re.escape(char), self._tail))

    def pairs(self, text: str) -> int:
        """In how many stories all pairs of a string may stand; 0 when one of them stands nowhere."""
        found = [self._pairs.frequency(code) for code in set(codes(text))]
        fewest = min(found, default=0)
        return fewest or (1 if self._tail and text in self._tail else 0)


def _counted(neighbours: tuple[np.ndarray, np.ndarray], in_tail: list[str]) -> dict[str, int]:
    chars, stories = neighbours
    found = dict(zip(map(chr, chars.tolist()), stories.tolist(), strict=True))
    for char in in_tail:
        found[char] = found.get(char, 0) + 1
    return found


def _exchanged(snapshot: Snapshot, text: str) -> Iterator[_Guess]:
    neighbours = _Neighbours(snapshot)
    for at in range(len(text) - 1):  # swapped
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if stories := neighbours.pairs(swapped):
            yield _Guess(swapped, True, stories, at)
    if len(text) > 3:
        for at in range(len(text)):  # one too many
            shorter = text[:at] + text[at + 1 :]
            if stories := neighbours.pairs(shorter):
                yield _Guess(shorter, at > 0 and text[at] == text[at - 1], stories, min(at, len(shorter) - 1))
    for at in range(len(text) + 1):
        left, right = text[:at], text[at:]
        if len(text) > 2:  # one missing
            yield from _filled(neighbours, left, right, "")
        if at < len(text) and is_han(text[at]):  # one wrong
            yield from _filled(neighbours, left, text[at + 1 :], text[at])


def _filled(neighbours: _Neighbours, left: str, right: str, typed: str) -> Iterator[_Guess]:
    """`left` and `right` with one character between them, in place of the one typed."""
    rest = [part for part in (left, right) if len(part) > 1]
    bound = min((neighbours.pairs(part) for part in rest), default=1 << 30)
    if not bound:
        return
    found = neighbours.after(left[-1]) if left else {}
    if right:
        before = neighbours.before(right[0])
        found = {char: min(found[char], before[char]) for char in found.keys() & before} if left else before
    for char, stories in found.items():
        if char == typed or not is_han(char):
            continue
        like = bool(typed) and alike(char, typed)
        if like or len(left) + len(right) > 1:  # of two characters, one must be right and the other like
            yield _Guess(left + char + right, like, min(stories, bound), len(left))


# -- Latin -------------------------------------------------------------------------------------------


def _latin(snapshot: Snapshot, text: str) -> Iterator[_Guess]:
    """Each Latin word in turn, one letter wrong, missing, surplus or swapped."""
    runs = [run for run in _LATIN.finditer(text) if len(run.group()) >= _SHORTEST_LATIN]
    in_tail = set(_LATIN.findall("\n".join(snapshot.tail_texts()))) if runs else set()
    known = {run for run in runs if run.group() in in_tail or snapshot.generation.words.has(run.group())}
    for run in runs:
        if run in known and len(known) < len(runs):
            continue  # the fault is in another word
        for word, swapped in _one_letter_off(run.group()).items():
            if word in in_tail or snapshot.generation.words.has(word):
                yield _Guess(text[: run.start()] + word + text[run.end() :], swapped, snapshot.documents)


def _one_letter_off(word: str) -> dict[str, bool]:
    """Each with whether it is a mere swap of neighbours, which is the likeliest slip."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = dict.fromkeys((a + b[1:] for a, b in parts if b), False)
    found |= dict.fromkeys((a + char + b[1:] for a, b in parts if b for char in _LETTERS), False)
    found |= dict.fromkeys((a + char + b for a, b in parts for char in _LETTERS), False)
    found |= dict.fromkeys((a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1), True)
    found.pop(word, None)
    return found
