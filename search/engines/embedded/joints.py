"""Where punctuation stands between two letters: postings of the pairs that it parts.

五大訴求，缺一不可 has the pair 求缺 here, and what kind of gap parts it. A string that was typed without the
comma has its other pairs in the lists of grams; few documents have both, and their texts decide. A posting is
that of a gram list, with the kinds of gap in place of the impact.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.language import loosening
from search.language.loosening import Gap
from search.language.tokens import Needle, has_word_edges, may_part

from . import ngrams
from .counting.arrays import different
from .ngrams import Characters, Counted, Docs, Flags, GramList, Keys, Part, Postings, Writer

NAME: Final = "joints"
_FACTS: Final = np.uint32(10)  # bits below a posting's document
_QUOTED_LISTS: Final = (
    ("closing", "comma", "opening"),
    ("closing", "blank", "comma", "opening"),
    ("closing", "comma", "blank", "opening"),
    ("closing", "blank", "comma", "blank", "opening"),
)
_TWO_LETTERS: Final = 2
_NO_DOCS: Final = np.empty(0, np.uint32)
Levels = npt.NDArray[np.uint8]


def count(characters: Characters, *, first: int) -> Counted:
    """The parted pairs of folded texts, documents numbered from `first`; kinds in place of frequencies."""
    codes = characters.codes.astype(np.int64)
    signs = _signs()[codes]
    is_sign = signs > 0
    starts = np.flatnonzero(is_sign[1:] & ~is_sign[:-1]) + 1  # a run at the very beginning parts nothing
    ends = np.flatnonzero(is_sign[:-1] & ~is_sign[1:]) + 1
    ends = ends[np.searchsorted(ends, starts[0], "right") :] if len(starts) else ends[:0]
    starts = starts[: len(ends)]
    if not len(starts):
        return Counted(np.empty(0, np.uint64), np.empty(0, np.uint8))
    kinds = np.maximum.reduceat(signs, np.column_stack((starts, ends)).ravel())[::2]
    kinds[_between_quoted(codes, starts, ends)] = Gap.LIST
    before, behind = codes[starts - 1], codes[ends]
    letters, latin = _letters()
    parted = letters[before] & letters[behind] & ~(latin[before] & latin[behind])
    parted &= ends - starts <= loosening.LONGEST
    before, behind, kinds = before[parted], behind[parted], kinds[parted]
    docs = characters.docs[starts[parted]] + np.uint64(first)
    return _united(_keys(before, behind, docs), kinds)


def _keys(before: npt.NDArray[np.int64], behind: npt.NDArray[np.int64], docs: Keys) -> Keys:
    pairs = before.astype(np.uint64) << np.uint64(ngrams.CHAR) | behind.astype(np.uint64)
    return pairs << np.uint64(ngrams.DOC) | docs


def _united(keys: Keys, kinds: Levels) -> Counted:
    """Each key once, in order, with all its kinds."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    firsts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    return Counted(keys[firsts], np.bitwise_or.reduceat(kinds[order], firsts) if len(keys) else kinds)


def _between_quoted(
    codes: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> Flags:
    """Which runs stand between two quoted words: 」，「, with or without blanks."""
    signs = {"closing": loosening.CLOSING, "comma": ",", "opening": loosening.OPENING, "blank": " "}
    found = np.zeros(len(starts), np.bool_)
    for shape in _QUOTED_LISTS:
        at = np.flatnonzero(ends - starts == len(shape))
        fits = [_among(signs[kind])[codes[starts[at] + offset]] for offset, kind in enumerate(shape)]
        found[at] |= np.logical_and.reduce(fits)
    return found


@functools.cache
def _among(signs: str) -> Flags:
    table = np.zeros(sys.maxunicode + 1, np.bool_)
    table[[ord(sign) for sign in signs]] = True
    return table


@functools.cache
def _signs() -> Levels:
    """By code point, the kind of gap that the sign makes; 0 for what is no sign."""
    table = np.zeros(sys.maxunicode + 1, np.uint8)
    for gap, signs in loosening.SIGNS.items():
        table[[ord(sign) for sign in signs]] = gap
    return table


@functools.cache
def _letters() -> tuple[Flags, Flags]:
    """By code point: is it a letter or digit, and one of those that words are written with?"""
    letters = np.fromiter((chr(code).isalnum() for code in range(sys.maxunicode + 1)), np.bool_)
    latin = np.zeros(sys.maxunicode + 1, np.bool_)
    latin[[code for code in range(0x530) if has_word_edges(chr(code))]] = True
    return letters, latin


def merge(folder: Path, parts: Sequence[Part], *, name: str = NAME) -> None:
    """Write the list from its parts."""
    total = sum(len(part.counted.keys) for part in parts)
    with Writer(folder, name) as writer:
        for low, high in ngrams.partitions(parts, -(-total // ngrams.PARTITION)):
            counted = _united(*_within(parts, low, high))
            where = counted.frequencies.astype(np.uint16)
            writer.add(
                counted.keys >> np.uint64(ngrams.DOC), ngrams.posting(counted.keys & ngrams.DOC_MASK, where)
            )


def _within(parts: Sequence[Part], low: np.uint64, high: np.uint64) -> tuple[Keys, Levels]:
    keys, kinds = [], []
    for part in parts:
        of_part = part.counted.keys
        begin, end = np.searchsorted(of_part, low), np.searchsorted(of_part, high) if high else len(of_part)
        keys.append(np.asarray(of_part[begin:end]))
        kinds.append(np.asarray(part.counted.frequencies[begin:end]))
    return np.concatenate(keys), np.concatenate(kinds)


# -- looking up ----------------------------------------------------------------------------------------


def candidates(needle: Needle, joints: GramList, pairs: GramList) -> Docs:
    """Documents that may have the string parted somewhere: all its pairs, one at least with a gap that is
    allowed there. Ascending; their texts decide."""
    letters = needle.letters
    parted = dict(_parted(letters, joints))
    if not parted:
        return _NO_DOCS
    if len(letters) == _TWO_LETTERS:
        return parted[1]
    beside = {at: pairs.postings(ngrams.code(letters[at - 1 : at + 1])) for at in range(1, len(letters))}
    if any(not len(postings) and at not in parted for at, postings in beside.items()):
        return _NO_DOCS
    rarest_first = sorted(beside, key=lambda at: len(beside[at]))
    found = [docs for at in parted if len(docs := _with_all(parted, beside, at, rarest_first))]
    if not found:
        return _NO_DOCS
    return found[0] if len(found) == 1 else either(found)


def either(several: Sequence[Docs]) -> Docs:
    """Documents of any of these lists, ascending."""
    return different(np.concatenate(several))


def _with_all(
    parted: Mapping[int, Docs], beside: Mapping[int, Postings], at: int, places: Iterable[int]
) -> Docs:
    """Documents that part the string at `at`, and have all its other pairs, parted or not."""
    docs = parted[at]
    for other in places:
        if other != at:
            there = _having(docs, beside[other])
            if other in parted:
                there |= _among_docs(docs, parted[other])
            docs = docs[there]
            if not len(docs):
                break
    return docs


def _parted(letters: str, joints: GramList) -> Iterator[tuple[int, Docs]]:
    """Where in the string it may be parted, and the documents that part the pair there as it may be."""
    for at in range(1, len(letters)):
        if may_part(letters, at):
            postings = joints.postings(ngrams.code(letters[at - 1 : at + 1]))
            if not len(postings):
                continue
            kinds = np.uint32(loosening.allowed(at, len(letters) - at))
            if len(postings := postings[(postings & kinds) != 0]):
                yield at, postings >> _FACTS


def _having(docs: Docs, postings: Postings) -> Flags:
    """Which of the documents are among the postings: both ascend, and `docs` are few."""
    if not len(postings):
        return np.zeros(len(docs), np.bool_)
    at = np.minimum(postings.searchsorted(docs << _FACTS), len(postings) - 1)
    return np.asarray(postings[at] >> _FACTS == docs)


def _among_docs(docs: Docs, others: Docs) -> Flags:
    at = np.minimum(others.searchsorted(docs), len(others) - 1)
    return np.asarray(others[at] == docs)


def without(docs: Docs, others: Docs) -> Docs:
    """Those that are not among the others; both ascend."""
    return docs[~_among_docs(docs, others)] if len(others) and len(docs) else docs
