"""The passages that stories of one snapshot share: those of the generation as they were found when it was
built, those of changed stories found when they are asked for."""

from __future__ import annotations

import functools

import numpy as np

from newsarchive.errors import CountingNeedsRebuild
from newsarchive.runtime import work
from search.engines.base import Shared
from search.engines.embedded.counting.finding import documents_at
from search.engines.embedded.counting.running_texts import Places, RunningTexts
from search.engines.embedded.reader import Snapshot

from .alignment import Found, turned
from .letters import BODY
from .matching import ChangedTexts
from .stored import StoredPassages

# Units of work (newsarchive.runtime.work) for each code unit of a text: of comparing it with the generation
# (its candidates are read from some hundred stories), and with the changed texts.
_AGAINST_STORED, _AGAINST_CHANGED = 8, 0.5
_NONE: Found = np.empty((0, 4), np.int64)


class SharedPassages:
    """Of a snapshot and its running texts: of the generation, and of what changed since, if anything."""

    def __init__(self, snapshot: Snapshot, stored: RunningTexts, changed: RunningTexts | None) -> None:
        if snapshot.generation.passages is None:
            raise CountingNeedsRebuild
        self._snapshot = snapshot
        self._passages: StoredPassages = snapshot.generation.passages
        self._stored, self._changed = stored, changed

    @functools.cached_property
    def _table(self) -> ChangedTexts:
        assert self._changed is not None
        return ChangedTexts(self._changed)

    def of(self, docs: Places) -> Shared:
        """Of these documents (ascending). What changed is compared as far as the request's budget goes."""
        base = self._snapshot.base
        old, new = docs[docs < base], docs[docs >= base] - base
        stored, changed = self._stored, self._changed
        found = [self._numbered(self._passages.of(old), stored, 0, stored, 0)]
        whole = True
        if changed is not None:
            direct, reverse = (_size(texts, some) for texts, some in ((stored, old), (changed, None)))
            if direct * _AGAINST_CHANGED <= reverse * _AGAINST_STORED:
                if whole := _affords(direct * _AGAINST_CHANGED):
                    some = self._table.found(stored, old, self._passages.boilerplate)
                    found.append(self._numbered(some, stored, 0, changed, base))
            else:
                some, whole = self._of_changed(np.arange(changed.documents))
                here = turned(some)
                here = here[np.isin(documents_at(stored, here[:, 0]), old)]
                found.append(self._numbered(here, stored, 0, changed, base))
            if len(new):
                some, compared = self._of_changed(new)
                found.append(self._numbered(some, changed, base, stored, 0))
                whole = whole and compared
                if _affords(_size(changed, new) * _AGAINST_CHANGED):
                    some = self._table.found(changed, new, self._passages.boilerplate)
                    found.append(self._numbered(some, changed, base, changed, base))
                else:
                    whole = False
        every = _joined(found, whole=whole)
        return every.taken(np.lexsort((every.starts, every.docs)))

    def _of_changed(self, numbers: Places) -> tuple[Found, bool]:
        """Of changed documents against the generation. What was compared once is kept in the process."""
        assert self._changed is not None
        found = [_NONE]
        for number in numbers.tolist():
            begin, end = self._changed.unit_bounds[number, BODY : BODY + 2].tolist()
            if not _affords((end - begin) * _AGAINST_STORED):
                return np.concatenate(found), False
            some = self._passages.of_text(self._changed.units[begin:end].tobytes())
            found.append(some + np.asarray([begin, begin, 0, 0]))
        return np.concatenate(found), True

    def _numbered(
        self, found: Found, texts: RunningTexts, first: int, others: RunningTexts, other_first: int
    ) -> Shared:
        """With the snapshot's documents; without those of stories that were changed or withdrawn since."""
        docs = documents_at(texts, found[:, 0]) + first
        there = documents_at(others, found[:, 2]) + other_first
        alive = self._snapshot.alive
        kept = alive[docs] & alive[there] & (docs != there)
        starts, ends, other_starts, other_ends = found.T
        return Shared(docs, starts, ends, there, other_starts, other_ends, whole=True).taken(kept)


def _joined(every: list[Shared], *, whole: bool) -> Shared:
    return Shared(
        np.concatenate([one.docs for one in every]),
        np.concatenate([one.starts for one in every]),
        np.concatenate([one.ends for one in every]),
        np.concatenate([one.others for one in every]),
        np.concatenate([one.other_starts for one in every]),
        np.concatenate([one.other_ends for one in every]),
        whole,
    )


def _size(texts: RunningTexts, docs: Places | None) -> int:
    """Code units of these bodies."""
    bounds = texts.unit_bounds if docs is None else texts.unit_bounds[docs]
    return int((bounds[:, BODY + 1] - bounds[:, BODY]).sum())


def _affords(units: float) -> bool:
    return work.current().reading.affords(int(units))
