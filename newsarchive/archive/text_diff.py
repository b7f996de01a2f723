"""A diff of two texts: which paragraphs differ, and which characters in them. Input and output are plain
text; templates escape it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Any, Final, Literal

from newsarchive.runtime import work

Kind = Literal["same", "gone", "new"]

# The budget of one comparison: pairs of equal characters (or paragraphs) examined, about 0.2 s. Beyond it the
# remaining text is shown as removed and added as a whole.
_PAIRS: Final = 1_500_000
_PAIRS_A_UNIT: Final = 8  # pairs that count as one unit of newsarchive.runtime.work
# Share of common character pairs in the shorter paragraph; below it two paragraphs are unrelated.
_ALIKE: Final = 0.3
# So few equal characters between two changes are shown as part of one change, which is easier to read.
_ISLAND: Final = 2
_AROUND: Final = 1  # unchanged paragraphs shown before and after a change


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive paragraphs. `folded`: unchanged ones far from any change, which a page may hide."""

    folded: bool
    paragraphs: tuple[Paragraph, ...]

    @property
    def changed(self) -> bool:
        return any(paragraph.changed for paragraph in self.paragraphs)


def compare(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """The diff in stretches; [] when both texts are empty."""
    return list(_folded(list(_Comparison().paragraphs(old, new))))


def line(old: str, new: str) -> Paragraph:
    """The diff of two single lines, even when they have nothing in common."""
    return Paragraph(tuple(_Comparison().characters(old, new)))


class _Comparison:
    def __init__(self) -> None:
        self._left = _PAIRS

    def paragraphs(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
        start = _shared(old, new)
        end = _shared(old[start:][::-1], new[start:][::-1])
        yield from map(_same, old[:start])
        yield from self._middle(old[start : len(old) - end], new[start : len(new) - end])
        yield from map(_same, old[len(old) - end :])

    def _middle(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
        for kind, a, b, c, d in _Matcher(old, new, self._affords).get_opcodes():
            if kind == "equal":
                yield from map(_same, old[a:b])
            else:
                yield from self._paired(old[a:b], new[c:d])

    def _paired(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
        """Pairs each removed paragraph with the next added one that is similar to it."""
        at = 0
        pairs_of = functools.cache(_pairs)
        for paragraph in old:
            pairs = _pairs(paragraph)
            match = next(
                (
                    number
                    for number in range(at, len(new))
                    if self._affords(len(paragraph)) and _alike(pairs, pairs_of(new[number]))
                ),
                None,
            )
            if match is None:
                yield Paragraph((Piece("gone", paragraph),))
                continue
            yield from (Paragraph((Piece("new", text),)) for text in new[at:match])
            yield Paragraph(tuple(self.characters(paragraph, new[match])))
            at = match + 1
        yield from (Paragraph((Piece("new", text),)) for text in new[at:])

    def _one_by_one(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
        yield from (Paragraph((Piece("gone", text),)) for text in old)
        yield from (Paragraph((Piece("new", text),)) for text in new)

    def characters(self, old: str, new: str) -> Iterator[Piece]:
        start = _shared(old, new)
        end = _shared(old[start:][::-1], new[start:][::-1])
        before, after = old[:start], old[len(old) - end :]
        if before:
            yield Piece("same", before)
        yield from self._changed(old[start : len(old) - end], new[start : len(new) - end])
        if after:
            yield Piece("same", after)

    def _changed(self, old: str, new: str) -> Iterator[Piece]:
        codes = [("replace", 0, len(old), 0, len(new))]
        if old and new:
            codes = _without_islands(_Matcher(old, new, self._affords).get_opcodes())
        for kind, a, b, c, d in codes:
            if kind == "equal":
                yield Piece("same", old[a:b])
                continue
            if b > a:
                yield Piece("gone", old[a:b])
            if d > c:
                yield Piece("new", new[c:d])

    def _affords(self, cost: int) -> bool:
        if cost > self._left:
            return False
        self._left -= cost
        work.current().marking.spent += cost // _PAIRS_A_UNIT
        return True


class _Matcher(SequenceMatcher[Any]):
    """difflib's matcher with a limit. It finds the longest common run, then the ones before and after it,
    each time by examining pairs of equal elements. Once the budget of pairs is spent, the rest counts as
    different."""

    def __init__(self, old: Sequence[Any], new: Sequence[Any], affords: Callable[[int], bool]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._affords = affords
        equal = (1 + len(self.b2j.get(element, ())) for element in old)  # type: ignore[attr-defined]
        # Running total of pairs before each element of the old sequence.
        self._before = [0, *itertools.accumulate(equal)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        until = len(self._before) - 1 if ahi is None else ahi
        if not self._affords(self._before[until] - self._before[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


_Code = tuple[str, int, int, int, int]


def _without_islands(codes: Sequence[_Code]) -> list[_Code]:
    """Joins changes that have at most _ISLAND equal characters between them."""
    merged: list[_Code] = []
    for number, (kind, a, b, c, d) in enumerate(codes):
        inner = 0 < number < len(codes) - 1
        if kind == "equal" and not (inner and b - a <= _ISLAND):
            merged.append(("equal", a, b, c, d))
        elif merged and merged[-1][0] == "replace":
            _, first_a, _, first_c, _ = merged[-1]
            merged[-1] = ("replace", first_a, b, first_c, d)
        else:
            merged.append(("replace", a, b, c, d))
    return merged


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Length of the common beginning."""
    count = 0
    for one, two in zip(old, new, strict=False):
        if one != two:
            break
        count += 1
    return count


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    return len(one & two) >= _ALIKE * min(len(one), len(two))


def _same(text: str) -> Paragraph:
    return Paragraph((Piece("same", text),))


def _folded(paragraphs: list[Paragraph]) -> Iterator[Stretch]:
    changes = [number for number, paragraph in enumerate(paragraphs) if paragraph.changed]
    near = {at for number in changes for at in range(number - _AROUND, number + _AROUND + 1)}
    stretch: list[Paragraph] = []
    folded = False
    for number, paragraph in enumerate(paragraphs):
        if stretch and folded != (number not in near):
            yield Stretch(folded, tuple(stretch))
            stretch = []
        folded = number not in near
        stretch.append(paragraph)
    if stretch:
        yield Stretch(folded, tuple(stretch))
