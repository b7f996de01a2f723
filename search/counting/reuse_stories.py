"""From passages that two stories have to passages with all the stories that have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import Places, Shared

# A passage may be in so many stories: a third of its printed characters, and no more than this. What more of
# them have is a name, a title, an offence, a set phrase or a box (docs/counting.md).
MOST_STORIES: Final = 20
_CHARACTERS_A_STORY: Final = 3
# Of a passage, what another story has to have of it to count among those that print it.
_MOST_OF: Final = 0.7
_SAME: Final = 0.5  # of a passage: more of it in one that is listed, and it is no passage of its own


@dataclass(frozen=True, slots=True)
class Place:
    doc: int
    start: int  # as the engine has them
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """A passage of one document, and where others have it."""

    doc: int
    start: int
    end: int
    places: tuple[Place, ...]

    @property
    def every(self) -> tuple[Place, ...]:
        return Place(self.doc, self.start, self.end), *self.places


def without_boilerplate(shared: Shared) -> tuple[Shared, npt.NDArray[np.int64]]:
    """Also in how many stories each of the rest stands."""
    stories = _stories(shared)
    most = np.minimum(MOST_STORIES, (shared.ends - shared.starts) // _CHARACTERS_A_STORY)
    kept = stories <= most
    return shared.taken(kept), stories[kept]


def _stories(shared: Shared) -> npt.NDArray[np.int64]:
    """With its own: of how many other passages each character of one is part, on average."""
    if not len(shared.docs):
        return np.empty(0, np.int64)
    _, firsts, row = np.unique(shared.docs, return_index=True, return_inverse=True)
    low = shared.starts[firsts]
    high = np.asarray(np.maximum.reduceat(shared.ends, firsts), np.int64)
    shift: Places = np.cumsum(high - low) - (high - low) - low  # documents one after the other
    starts, ends = shared.starts + shift[row], shared.ends + shift[row]
    covered = _covered(starts, ends, ends) - _covered(starts, ends, starts)
    return np.asarray(1 + np.rint(covered / (ends - starts)), np.int64)


def _covered(starts: Places, ends: Places, at: Places) -> Places:
    """How many characters of all passages lie before each of these."""
    return _sum_before(starts, at) - _sum_before(ends, at)


def _sum_before(points: Places, at: Places) -> Places:
    ordered = np.sort(points)
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(ordered)))
    many = ordered.searchsorted(at, "right")
    return many * at - sums[many]


def grouped(shared: Shared, order: npt.NDArray[np.int64], most: int) -> list[Group]:
    """At most so many passages, in `order`; what mostly stands in one before is left out."""
    if not len(shared.docs):
        return []
    docs, begins = np.unique(shared.docs, return_index=True)
    ends = np.append(begins[1:], len(shared.docs))
    slices = dict(zip(docs.tolist(), zip(begins.tolist(), ends.tolist(), strict=True), strict=True))
    listed: dict[int, list[tuple[int, int]]] = {}
    found: list[Group] = []
    columns = (shared.docs, shared.starts, shared.ends)
    for at in order.tolist():
        if len(found) >= most:
            break
        doc, start, end = (int(column[at]) for column in columns)
        if any(_common(start, end, *one) > _SAME * (end - start) for one in listed.get(doc, ())):
            continue
        group = Group(doc, start, end, tuple(_places(shared, slices[doc], start, end)))
        for place in group.every:
            listed.setdefault(place.doc, []).append((place.start, place.end))
        found.append(group)
    return found


def _common(start: int, end: int, other_start: int, other_end: int) -> int:
    return min(end, other_end) - max(start, other_start)


def _places(shared: Shared, of_doc: tuple[int, int], start: int, end: int) -> list[Place]:
    """Of all stories that have most of it; of each story the place that has most."""
    part = slice(*of_doc)
    common = np.minimum(shared.ends[part], end) - np.maximum(shared.starts[part], start)
    having = np.flatnonzero(common >= _MOST_OF * (end - start))
    best = having[np.argsort(-common[having], kind="stable")] + of_doc[0]
    places: dict[int, Place] = {}
    for at in best.tolist():
        doc = int(shared.others[at])
        place = Place(doc, int(shared.other_starts[at]), int(shared.other_ends[at]))
        # The part of a longer passage: both are nearly on one diagonal.
        before, behind = max(0, start - int(shared.starts[at])), max(0, int(shared.ends[at]) - end)
        shorter = Place(doc, place.start + before, max(place.start + before + 1, place.end - behind))
        places.setdefault(doc, shorter if shorter.end > shorter.start else place)
    return list(places.values())
