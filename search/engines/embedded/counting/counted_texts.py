"""What can be counted in one snapshot: occurrences of a query, their neighbours, words of stories.

Documents have the numbers of the snapshot. Those of the generation and those that changed since are two sets
of running texts (`_Part`), asked one after the other; changed ones come last.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from newsarchive.errors import CountingNeedsRebuild, TooMuchToCount
from newsarchive.runtime import work
from search.engines.base import Asked, Counts, Facet, Neighbours, Occurrences
from search.engines.embedded import evaluate
from search.engines.embedded.byte_cache import cached_within
from search.engines.embedded.reader import Snapshot
from search.query import semantics
from search.query.fields import LOOKS_IN
from search.query.parser import Near, Term, Without, however_written, positive_terms
from search.query.semantics import needle_of

from . import cutting, finding, likeness, walking
from .as_typed import printed_as_typed
from .finding import Spans
from .running_texts import FIELDS, LINE_END, Places, RunningTexts, text_of
from .units import Table, gathered, table_of

_KEPT: Final = 8_000_000  # bytes of occurrences, and as many of frequencies, in each process
# For units of work (newsarchive.runtime.work), measured on the whole corpus. In the time of one unit so many
# code units of text are compared with a string, so many pieces are located, so many steps along them made.
_UNITS_A_UNIT, _PIECES_A_UNIT, _STEPS_A_UNIT = 1_000, 150, 10
_TEXT_COST, _CHARACTERS_A_UNIT = 4, 150
_LONGEST_LINE: Final = 4_000  # code units beside an occurrence; beyond, no context begins or ends
_CELLS: Final = 1 << 20  # of a table of stories and words that is counted at a time
_KEY: Final = 12  # code units that are sorted by
# Field of a query -> where its strings are counted.
_COUNTED: Final = {
    field: counted
    for field, looked in LOOKS_IN.items()
    if (counted := tuple(one for one in looked if one in FIELDS))
}


class _Part(NamedTuple):
    texts: RunningTexts
    first: int  # number of its first document


class SnapshotTexts:
    """A base.CountedTexts. Immutable but for what it remembers; threads share it."""

    def __init__(self, snapshot: Snapshot) -> None:
        if snapshot.generation.running is None:
            raise CountingNeedsRebuild
        self.snapshot = snapshot
        stored = snapshot.generation.running.texts
        self.parts = [_Part(stored, 0)]
        self.vocabulary = stored.vocabulary
        if snapshot.tail:
            changed = cutting.of_changed(snapshot.tail, snapshot.generation.running.pieces, snapshot.base)
            self.parts.append(_Part(changed, snapshot.base))
            self.vocabulary = changed.vocabulary
        self._walkers: dict[int, walking.Walker] = {}
        self._occurrences = cached_within(_KEPT, self._find, size_of=_bytes)
        self._frequencies = cached_within(_KEPT, self._count, size_of=lambda counts: int(counts.nbytes))

    # -- which stories ------------------------------------------------------------------------------

    def documents(self, asked: Asked) -> Places:
        """Those that match, ascending. Raises TooMuchToCount where that can't be told within the budget."""
        found = evaluate.matching(self.snapshot, asked.tree, asked.filters)
        if work.current().widened:
            raise TooMuchToCount
        return found.astype(np.int64)

    def stories(self, docs: Places) -> Places:
        return self.snapshot.story_ids[docs]

    def days(self, docs: Places) -> npt.NDArray[np.int32]:
        """Ordinals of `datetime.date`; 0 where there is none."""
        return self.snapshot.columns.days[docs]

    def outlets(self, docs: Places) -> tuple[Places, list[str]]:
        """For each document a number in the list of names, 0 for none."""
        places, names = self._outlets
        return places[docs], names

    @functools.cached_property
    def _outlets(self) -> tuple[Places, list[str]]:
        return self.snapshot.columns.values.first_of(Facet.OUTLET, np.arange(self.snapshot.size))

    def characters(self, docs: Places) -> Counts:
        """Printed characters of title, body and captions of each."""
        return self._sizes(0)[docs]

    def _sizes(self, column: int) -> Counts:
        return np.concatenate([part.texts.sizes[:, column] for part in self.parts])

    def document_of(self, story_id: int) -> int | None:
        found = np.flatnonzero((self.snapshot.story_ids == story_id) & self.snapshot.alive)
        return int(found[0]) if len(found) else None

    # -- occurrences --------------------------------------------------------------------------------

    def occurrences(self, asked: Asked) -> Occurrences:
        found: Occurrences = self._occurrences(asked)
        return found

    def _find(self, asked: Asked) -> Occurrences:
        docs = self.documents(asked)
        nodes = [node for node in positive_terms(asked.tree) if node.field in _COUNTED]
        found = [self._find_in(part, own, nodes) for part, own in self._split(docs)]
        return Occurrences(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def _find_in(self, part: _Part, docs: Places, nodes: Sequence[Term | Near | Without]) -> Occurrences:
        every = [self._spans(part, docs, node) for node in nodes]
        spans = finding.joined(every) if every else Spans(docs[:0], docs[:0])
        of = finding.documents_of(part.texts, spans.starts)
        return Occurrences(of + part.first, finding.fields_of(part.texts, of, spans.starts), *spans)

    def _spans(self, part: _Part, docs: Places, node: Term | Near | Without) -> Spans:
        if isinstance(node, Term) and not node.as_typed:
            needle = needle_of(node)
            units = int((part.texts.unit_bounds[docs, -1] - part.texts.unit_bounds[docs, 0]).sum())
            self.afford(1 + units // _UNITS_A_UNIT)
            spans = finding.spans_of(needle, part.texts, docs) if needle else Spans(docs[:0], docs[:0])
        else:
            spans = self._spans_in_texts(part, docs, node)
        wanted = _COUNTED[node.field]
        if len(wanted) == len(FIELDS):
            return spans
        of = finding.documents_of(part.texts, spans.starts)
        kept = finding.fields_of(part.texts, of, spans.starts) == FIELDS.index(wanted[0])
        return Spans(spans.starts[kept], spans.ends[kept])

    def _spans_in_texts(self, part: _Part, docs: Places, node: Term | Near | Without) -> Spans:
        """Where order, surroundings or the printed characters decide, text by text."""
        texts, folded = part.texts, however_written(node) if node.as_typed else node
        bounds = texts.unit_bounds[docs]
        self.afford(_TEXT_COST * len(docs) + int((bounds[:, -1] - bounds[:, 0]).sum()) // _CHARACTERS_A_UNIT)
        found = []
        for begin, end in zip(bounds[:, 0].tolist(), bounds[:, -1].tolist(), strict=True):
            text = texts.units[begin:end].tobytes().decode("utf-16-le", "surrogatepass")
            for start, stop in semantics.spans(folded, text):
                at = begin + (start if text.isascii() else _units(text[:start], start))
                found.append((at, at + _units(text[start:stop], stop - start)))
        columns = np.asarray(found, np.int64).reshape(-1, 2)
        spans = Spans(columns[:, 0], columns[:, 1])
        if not node.as_typed:
            return spans
        return printed_as_typed(self.snapshot, part.texts, part.first, spans, node, self.afford)

    # -- what stands around them --------------------------------------------------------------------

    def spans(self, found: Occurrences) -> list[tuple[int, int]]:
        return [self._span(*place) for place in zip(*(column.tolist() for column in found), strict=True)]

    def _span(self, doc: int, field: int, start: int, end: int) -> tuple[int, int]:
        texts, own = self.part_of(doc)
        begin = int(texts.unit_bounds[own, field])
        before = len(text_of(texts.units[begin:start]))
        return before, before + len(text_of(texts.units[start:end]))

    def reach(self, found: Occurrences, words: int) -> list[tuple[int, int]]:
        begins, ends = found.starts.copy(), found.ends.copy()
        for part, at in self._split_places(found.docs):
            spans = Spans(found.starts[at], found.ends[at])
            for left, into in ((True, begins), (False, ends)):
                edge = self._edges(part, spans, words, left=left, outer=True)
                into[at] = np.where(edge < 0, _line_edges(part.texts, spans, left=left), edge)
        return self.spans(Occurrences(found.docs, found.fields, begins, ends))

    def keys(self, found: Occurrences, *, left: bool, skipped: int, by: str) -> npt.NDArray[np.bytes_]:
        keys = np.zeros((len(found.docs), _KEY), ">u2")
        for part, at in self._split_places(found.docs):
            spans = Spans(found.starts[at], found.ends[at])
            begins = spans.starts if left else spans.ends
            if skipped and by == "word":
                begins = self._edges(part, spans, skipped + 1, left=left)
            elif skipped:
                begins = begins - skipped if left else begins + skipped
            keys[at] = _context(part.texts, begins, left=left)
        return keys.view(f"S{2 * _KEY}").ravel()

    def _edges(self, part: _Part, spans: Spans, number: int, *, left: bool, outer: bool = False) -> Places:
        self.afford(1 + len(spans.starts) * number // _STEPS_A_UNIT)
        return walking.edges(self._walker(part), spans, number, left=left, outer=outer)

    def _walker(self, part: _Part) -> walking.Walker:
        known = self._walkers.get(part.first)
        if known is None:
            self._walkers[part.first] = known = walking.Walker(part.texts)
        return known

    def neighbours(
        self, found: Occurrences, window: int, by: str, *, left: bool = True, right: bool = True
    ) -> Neighbours:
        table = self.table if by == "char" else None
        sides = [True] * left + [False] * right
        parts = [Neighbours(np.empty(0, np.uint32), np.empty(0, np.int64))]
        for part, at in self._split_places(found.docs):
            spans = Spans(found.starts[at], found.ends[at])
            self.afford(1 + len(spans.starts) * window * len(sides) // _STEPS_A_UNIT)
            near = walking.neighbours(self._walker(part), part.texts, spans, window, sides, table)
            parts.append(Neighbours(near.numbers, near.docs + part.first))
        return Neighbours(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    # -- words --------------------------------------------------------------------------------------

    @functools.cached_property
    def table(self) -> Table:
        return table_of(self.vocabulary)

    def kinds(self, by: str) -> npt.NDArray[np.uint8]:
        return self.table.kinds if by == "char" else self.vocabulary.kinds

    def word(self, number: int, by: str) -> str:
        """As it is printed most often."""
        return self.table.printed[number] if by == "char" else self.vocabulary.printed(number)

    def folded(self, number: int, by: str) -> str:
        return self.table.folded[number] if by == "char" else self.vocabulary.folded(number)

    def frequencies(self, asked: Asked, by: str) -> Counts:
        counts: Counts = self._frequencies(asked, by)
        return counts

    def _count(self, asked: Asked, by: str) -> Counts:
        docs = self.documents(asked)
        size = len(self.vocabulary.kinds)
        counts = np.zeros(size, np.int64)
        for part, own in self._split(docs):
            bounds = part.texts.piece_bounds[own]
            self.afford(1 + int((bounds[:, -1] - bounds[:, 0]).sum()) // _PIECES_A_UNIT)
            for begin, end in _stretches(bounds[:, 0], bounds[:, -1]):
                counts += np.bincount(part.texts.pieces[begin:end], minlength=size)
        counts[(self.vocabulary.kinds != 1) & (self.vocabulary.kinds != 2)] = 0
        return counts if by == "word" else self._of_characters(counts)

    def _of_characters(self, counts: Counts) -> Counts:
        table = self.table
        each = np.diff(table.starts)
        weights = np.repeat(counts, each)
        return np.bincount(table.numbers, weights=weights, minlength=len(table.kinds)).astype(np.int64)

    def lengths(self, docs: Places, by: str) -> Counts:
        return self._sizes(2 if by == "char" else 1)[docs]

    def spread(self, docs: Places, chosen: Places, by: str) -> Iterator[tuple[Places, Counts]]:
        table = self.table if by == "char" else None
        place = np.full(len(self.kinds(by)), -1, np.int32)
        place[chosen] = np.arange(len(chosen))
        having = place >= 0 if table is None else table.having(place >= 0)
        step = max(1, _CELLS // max(1, len(chosen)))
        for part, own in self._split(docs):
            bounds = part.texts.piece_bounds[own]
            self.afford(1 + int((bounds[:, -1] - bounds[:, 0]).sum()) // _PIECES_A_UNIT)
            for at in range(0, len(own), step):
                some = bounds[at : at + step]
                pieces = gathered(part.texts.pieces, some[:, 0], some[:, -1])
                hits = np.flatnonzero(having[pieces])
                of = np.cumsum(some[:, -1] - some[:, 0]).searchsorted(hits, "right")
                numbers = pieces[hits]
                if table is not None:
                    of, numbers = table.spelt(of, numbers)
                cells = of * len(chosen) + place[numbers]
                counts = np.bincount(cells[place[numbers] >= 0], minlength=len(some) * len(chosen))
                yield own[at : at + step] + part.first, counts.reshape(len(some), len(chosen))

    def _vector(self, doc: int) -> npt.NDArray[np.float32]:
        """The weights of the words that a document has, 0 for all others."""
        texts, own = self.part_of(doc)
        bounds = texts.piece_bounds[own]
        of_doc = np.zeros_like(self.vocabulary.weights)
        different = np.unique(texts.pieces[bounds[0] : bounds[-1]])
        of_doc[different] = self.vocabulary.weights[different]
        return of_doc

    def shared_words(self, doc: int, other: int, most: int) -> list[tuple[str, str]]:
        both = np.minimum(self._vector(doc), self._vector(other))
        found = np.flatnonzero(both)
        best = found[np.lexsort((found, -both[found]))][:most].tolist()
        return [(self.vocabulary.folded(number), self.vocabulary.printed(number)) for number in best]

    def alike(self, doc: int, among: Places) -> npt.NDArray[np.float64]:
        of_doc = self._vector(doc)
        found = np.zeros(len(among))
        for part, at in self._split_places(among):
            found[at] = likeness.shared(part.texts, among[at] - part.first, of_doc)
        return found / max(float(np.sqrt((of_doc**2).sum())), 1e-9)

    # -- parts --------------------------------------------------------------------------------------

    def _split(self, docs: Places) -> Iterator[tuple[_Part, Places]]:
        """Each part with the documents that it has, by its own numbers."""
        for part, at in self._split_places(docs):
            yield part, docs[at] - part.first

    def _split_places(self, docs: Places) -> Iterator[tuple[_Part, slice]]:
        """Each part with the places in `docs` (ascending, or part by part) of what it has."""
        middle = int(docs.searchsorted(self.snapshot.base))
        yield self.parts[0], slice(0, middle)
        if len(self.parts) > 1:
            yield self.parts[1], slice(middle, len(docs))

    def part_of(self, doc: int) -> tuple[RunningTexts, int]:
        """The running texts that have a document, and its number there."""
        part = self.parts[1] if doc >= self.snapshot.base else self.parts[0]
        return part.texts, doc - part.first

    def afford(self, cost: int) -> None:
        if not work.current().reading.affords(cost):
            raise TooMuchToCount


def _units(text: str, length: int) -> int:
    """Of a text of so many characters, in UTF-16."""
    return length if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(found: Occurrences) -> int:
    return sum(column.nbytes for column in found)


def _context(texts: RunningTexts, begins: Places, *, left: bool) -> npt.NDArray[np.uint16]:
    """The next units on one side, 0 from the first line end on; -1 among `begins` has none."""
    steps = -1 - np.arange(_KEY) if left else np.arange(_KEY)
    at = begins[:, None] + steps
    outside = (at < 0) | (at >= len(texts.units)) | (begins < 0)[:, None]
    found = texts.units[np.where(outside, 0, at)]
    found[np.logical_or.accumulate((found == LINE_END) | outside, axis=1)] = 0
    return found


def _line_edges(texts: RunningTexts, spans: Spans, *, left: bool) -> Places:
    """Where the lines begin, or end, that these are in."""
    found = []
    for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True):
        if left:
            before = texts.units[max(0, start - _LONGEST_LINE) : start]
            at = np.flatnonzero(before == LINE_END)
            found.append(start - len(before) + (int(at[-1]) + 1 if len(at) else 0))
        else:
            at = np.flatnonzero(texts.units[end : end + _LONGEST_LINE] == LINE_END)
            found.append(end + (int(at[0]) if len(at) else 0))
    return np.asarray(found, np.int64)


def _stretches(begins: Places, ends: Places) -> Iterator[tuple[int, int]]:
    """Those that touch as one."""
    if not len(begins):
        return
    apart = np.flatnonzero(begins[1:] != ends[:-1]) + 1
    firsts, lasts = begins[np.concatenate(([0], apart))], ends[np.concatenate((apart - 1, [len(ends) - 1]))]
    yield from zip(firsts.tolist(), lasts.tolist(), strict=True)
