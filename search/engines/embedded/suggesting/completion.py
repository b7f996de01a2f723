"""How what was typed may go on: names by frequency, and titles. Only what visible stories have."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from search.engines.base import Facet
from search.engines.embedded.reader import Snapshot
from search.engines.spelling import looks_like
from search.language.tokens import has_word_edges, needle, search_text
from search.query.fields import SUGGESTED, Field

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Name:
    folded: str
    facet: Facet
    at: int  # its number among all values
    stories: int


class Names:
    """The authors, tags and outlets of a snapshot, made once for it (some 20 ms for 16,000)."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._values = snapshot.columns.values
        counts = self._values.frequencies(snapshot.alive).tolist()
        found = [
            _Name(search_text(self._values.names[at]), facet, at, counts[at])
            for facet in SUGGESTED
            for at in self._values.numbers(facet).tolist()
            if counts[at]
        ]
        self._names = sorted(found, key=lambda name: name.folded)
        self._folded = [name.folded for name in self._names]
        self._joined = "\n".join(self._folded)
        self._by_length: dict[int, list[str]] = {}
        for name in dict.fromkeys(self._folded):
            self._by_length.setdefault(len(name), []).append(name)

    def complete(self, text: str, *, limit: int) -> tuple[tuple[Facet, str, int], ...]:
        wanted = " ".join(search_text(text).split())
        if not wanted:
            return ()
        begin, end = bisect_left(self._folded, wanted), bisect_left(self._folded, wanted + _LAST)
        found = _frequent(self._names[begin:end])
        if len(found) < limit:
            found += _frequent(self._holding(wanted))
        once: dict[str, _Name] = {}
        for name in found:  # one name in both scripts is shown once
            once.setdefault(name.folded, name)
        return tuple(
            (name.facet, self._values.names[name.at], name.stories) for name in list(once.values())[:limit]
        )

    def _holding(self, wanted: str) -> list[_Name]:
        """The names that hold the text further in; Latin words are whole from their beginning."""
        found = []
        at = self._joined.find(wanted)
        number = 0
        passed = 0  # line ends before this offset are counted
        while at >= 0:
            number += self._joined.count("\n", passed, at)
            inside = at > 0 and has_word_edges(wanted[0]) and has_word_edges(self._joined[at - 1])
            if not inside and not self._folded[number].startswith(wanted):
                found.append(self._names[number])
            passed = self._joined.find("\n", at)
            if passed < 0:
                break
            at = self._joined.find(wanted, passed)
        return found

    def near(self, folded: str) -> list[str]:
        """Names that differ only in characters that are easily taken for the typed ones."""
        found = []
        typed = set(folded)
        for name in self._by_length.get(len(folded), ()):
            if not typed.isdisjoint(name) and looks_like(name, folded):
                found.append(name)
        return found


def _frequent(names: list[_Name]) -> list[_Name]:
    return sorted(names, key=lambda name: (-name.stories, len(name.folded), name.folded))


def titles(snapshot: Snapshot, text: str, *, limit: int) -> tuple[int, ...]:
    """The newest stories whose title has every piece of the text, the last piece perhaps unfinished."""
    pieces = text.split()
    if not pieces or (len(pieces[-1]) == 1 and has_word_edges(search_text(pieces[-1]))):
        return ()  # a lone letter stands in every other title
    mask = snapshot.alive.copy()
    for piece in pieces:
        if sought := needle(piece, prefix=piece is pieces[-1]):
            mask &= snapshot.look(sought, Field.TITLE).mask(snapshot.size)
    found = np.flatnonzero(mask)
    days = snapshot.columns.days[found].astype(np.int64)
    order = np.lexsort((-snapshot.story_ids[found], -days))[:limit]
    return tuple(snapshot.story_ids[found[order]].tolist())
