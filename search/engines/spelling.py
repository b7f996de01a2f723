"""What a reader may have meant by a string that stands nowhere: one slip of the keys away, and there.

The pairs of characters in the index say what can stand beside what, so a wrong, missing, surplus or
swapped character is found without a list of words: 習近乎 -> 近 is followed by 平 -> 習近平. Characters
that sound or look alike come first, then what most stories have. Latin words are looked up in the
lexicon. Names are compared as a whole, so that two wrong characters of one sound are seen too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from search.language.confusables import alike
from search.language.tokens import is_han, search_text, segmenter

LONGEST = 16  # longer strings are sentences, not slips
LATIN = re.compile("[a-z][a-z0-9]*")
_TRIED = 40  # guesses that are looked up
_ALIKE = 30  # times as likely as an exchange of unlike characters
_SHORTEST_LATIN = 4
_LONG_LATIN = 8  # letters; two slips in a shorter word make another word of it


class Source(Protocol):
    """What stands in an index. All strings are folded."""

    documents: int

    def after(self, char: str) -> Mapping[str, int]:
        """The characters that follow this one somewhere, and in how many stories."""
        ...

    def before(self, char: str) -> Mapping[str, int]: ...

    def pairs(self, text: str) -> int:
        """In how many stories all pairs of a string may stand; 0 when one of them stands nowhere."""
        ...

    def words_near(self, word: str) -> Iterable[str]:
        """Latin words that stand somewhere, one letter wrong, missing, surplus or swapped; of a long word
        two (`slips`)."""
        ...

    def has_word(self, word: str) -> bool: ...

    def names_near(self, text: str) -> Iterable[str]:
        """Names that differ only in characters that are easily taken for the typed ones."""
        ...

    def stories(self, text: str) -> int:
        """How many visible stories have a string."""
        ...


@dataclass(frozen=True, slots=True)
class _Guess:
    text: str
    alike: bool
    stories: int  # at most so many have it
    changed: int = -1  # the place of a changed character, which must be part of a word

    @property
    def weight(self) -> int:
        return self.stories * (_ALIKE if self.alike else 1)


def searched(text: str) -> str:
    """The folded text, or "" when it is no slip that could be mended."""
    folded = " ".join(search_text(text).split())
    return folded if 2 <= len(folded) <= LONGEST else ""


def near(source: Source, folded: str, *, limit: int) -> list[str]:
    """Strings that do stand in visible stories, the likeliest first, folded."""
    guesses = [_Guess(name, True, source.documents) for name in source.names_near(folded)]
    guesses += _latin(source, folded)
    if any(is_han(char) for char in folded):
        guesses += _exchanged(source, folded)
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
        if stories := source.stories(guess.text):
            found[guess.text] = stories * (_ALIKE if guess.alike else 1)
    return sorted(found, key=lambda guess: -found[guess])[:limit]


def looks_like(name: str, typed: str) -> bool:
    """Two strings of one length: do they differ only in some characters that sound or look alike?"""
    differing = [(a, b) for a, b in zip(name, typed, strict=True) if a != b]
    return 0 < 2 * len(differing) <= len(typed) + 1 and all(alike(a, b) for a, b in differing)


def _is_word(guess: _Guess) -> bool:
    """Is what was changed now part of a word, and not two words that happen to meet?"""
    if guess.changed < 0:
        return True
    return any(
        token.start <= guess.changed < token.end and token.end - token.start > 1
        for token in segmenter().tokens(guess.text)
    )


# -- Chinese -----------------------------------------------------------------------------------------


def _exchanged(source: Source, text: str) -> Iterator[_Guess]:
    for at in range(len(text) - 1):  # swapped
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if stories := source.pairs(swapped):
            yield _Guess(swapped, True, stories, at)
    if len(text) > 3:
        for at in range(len(text)):  # one too many
            shorter = text[:at] + text[at + 1 :]
            if stories := source.pairs(shorter):
                yield _Guess(shorter, at > 0 and text[at] == text[at - 1], stories, min(at, len(shorter) - 1))
    for at in range(len(text) + 1):
        left, right = text[:at], text[at:]
        if len(text) > 2:  # one missing
            yield from _filled(source, left, right, "")
        if at < len(text) and is_han(text[at]):  # one wrong
            yield from _filled(source, left, text[at + 1 :], text[at])


def _filled(source: Source, left: str, right: str, typed: str) -> Iterator[_Guess]:
    """`left` and `right` with one character between them, in place of the one typed."""
    rest = [part for part in (left, right) if len(part) > 1]
    bound = min((source.pairs(part) for part in rest), default=1 << 30)
    if not bound:
        return
    found = source.after(left[-1]) if left else {}
    if right:
        before = source.before(right[0])
        found = {char: min(found[char], before[char]) for char in found.keys() & before} if left else before
    for char, stories in found.items():
        if char == typed or not is_han(char):
            continue
        like = bool(typed) and alike(char, typed)
        if like or len(left) + len(right) > 1:  # of two characters, one must be right and the other like
            yield _Guess(left + char + right, like, min(stories, bound), len(left))


# -- Latin -------------------------------------------------------------------------------------------


def _latin(source: Source, text: str) -> Iterator[_Guess]:
    """Each Latin word in turn, one letter off."""
    runs = [run for run in LATIN.finditer(text) if len(run.group()) >= _SHORTEST_LATIN]
    known = {run for run in runs if source.has_word(run.group())}
    for run in runs:
        if run in known and len(known) < len(runs):
            continue  # the fault is in another word
        for word in source.words_near(run.group()):
            mended = text[: run.start()] + word + text[run.end() :]
            yield _Guess(mended, _is_likely(run.group(), word), source.documents)


def slips(typed: str) -> int:
    """How many slips in a Latin word are mended."""
    return 2 if len(typed) >= _LONG_LATIN else 1


def is_within(word: str, typed: str, most: int) -> bool:
    """Are at most so many letters wrong, missing, surplus or swapped with their neighbour?"""
    if abs(len(word) - len(typed)) > most:
        return False
    before: list[int] = []
    row = list(range(len(typed) + 1))
    for at, letter in enumerate(word, 1):
        before, last, row = row, before, [at]
        for place, other in enumerate(typed, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != other))
            swapped = place > 1 and at > 1 and letter == typed[place - 2] and word[at - 2] == other
            row.append(min(cost, last[place - 2] + 1) if swapped else cost)
        if min(row) > most:
            return False
    return row[-1] <= most


def _is_likely(typed: str, word: str) -> bool:
    """A mere swap of neighbours; in a long word, where two slips are mended, one of any kind."""
    return _is_swapped(typed, word) or (slips(typed) > 1 and is_within(word, typed, 1))


def _is_swapped(typed: str, word: str) -> bool:
    at = next((at for at, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), 0)
    return len(typed) == len(word) and typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :] == word
