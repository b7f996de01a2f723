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
from search.engines.base import Asked, Counts, EventSigns, Facet, Occurrences, Shared
from search.engines.embedded import evaluate
from search.engines.embedded.reader import Snapshot
from search.engines.embedded.reuse.shared import SharedPassages
from search.query import semantics
from search.query.fields import LOOKS_IN
from search.query.parser import Near, Term, Without, however_written, positive_terms
from search.query.semantics import needle_of

from . import contexts, cutting, finding, frequencies, likeness, reach
from .as_typed import PRINTED_COST, printed_as_typed
from .finding import Spans
from .kept import Kept, afford
from .reach import Neighbours
from .rows import CharacterRow, Row, WordRow
from .running_texts import FIELDS, Places, RunningTexts, text_of
from .units import Table, table_of

_KEPT: Final = 8_000_000  # bytes of occurrences, and as many of frequencies, in each process
# Units of work (newsarchive.runtime.work), measured on the whole corpus: so many code units are compared, so
# many words counted, so many steps done beside occurrences, in the time of one; of texts in which patterns
# decide: of each, and for its characters.
_UNITS_A_UNIT, _WORDS_A_UNIT, _STEPS_A_UNIT = 900, 300, 40
_OCCURRENCES_A_UNIT: Final = 30  # that are put down once they were found
_WORDS_SPREAD_A_UNIT: Final = 150  # of which it is looked up in which stories they are; half with characters
_FEW: Final = 1_000  # words whose spread is counted in tables; that of more is sorted, at four times the cost
_OPENING_COST: Final = 60  # of comparing the first words of one story with those of another
_STEPS_TO_A_WORD: Final = 10  # to look up where it begins
# Beside occurrences: for so many of them it is found out what is within reach, so many words or characters
# are looked up one by one, or so many words looked through in a row.
_REACHES_A_UNIT, _WORDS_NEAR_A_UNIT, _CHARACTERS_NEAR_A_UNIT, _WORDS_IN_A_ROW_A_UNIT = 7, 12, 4, 80
_TEXT_COST, _CHARACTERS_A_UNIT = 12, 50
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
        self._characters: dict[int, CharacterRow] = {}
        self._occurrences = Kept(self._find, _KEPT, _bytes)
        self._frequencies = Kept(self._count, _KEPT, lambda counts: int(counts.nbytes))

    # -- which stories ------------------------------------------------------------------------------

    def documents(self, asked: Asked) -> Places:
        """Those that match, ascending. Raises TooMuchToCount where that can't be told within the budget of a
        search."""
        with work.current().reading.at_most(work.READING):
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
        return self._occurrences(asked)

    def _find(self, asked: Asked) -> Occurrences:
        docs = self.documents(asked)
        nodes = [node for node in positive_terms(asked.tree) if node.field in _COUNTED]
        found = [self._find_in(part, own, nodes) for part, own in self._split(docs)]
        afford(sum(len(one.docs) for one in found) // _OCCURRENCES_A_UNIT)
        return Occurrences(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def _find_in(self, part: _Part, docs: Places, nodes: Sequence[Term | Near | Without]) -> Occurrences:
        every = [self._spans(part, docs, node) for node in nodes]
        spans = finding.joined(every) if every else Spans(docs[:0], docs[:0])
        of = finding.documents_of(part.texts, spans.starts)
        return Occurrences(of + part.first, finding.fields_of(part.texts, spans.starts), *spans)

    def _spans(self, part: _Part, docs: Places, node: Term | Near | Without) -> Spans:
        spans = (self._spans_as_typed if node.as_typed else self._spans_however_written)(part, docs, node)
        wanted = _COUNTED[node.field]
        if len(wanted) == len(FIELDS):
            return spans
        kept = finding.fields_of(part.texts, spans.starts) == FIELDS.index(wanted[0])
        return Spans(spans.starts[kept], spans.ends[kept])

    def _spans_however_written(self, part: _Part, docs: Places, node: Term | Near | Without) -> Spans:
        if not isinstance(node, Term):
            return self._spans_in_texts(part, docs, node)
        needle = needle_of(node)
        units = int((part.texts.unit_bounds[docs, -1] - part.texts.unit_bounds[docs, 0]).sum())
        afford(1 + units // _UNITS_A_UNIT)
        return finding.spans_of(needle, part.texts, docs) if needle else Spans(docs[:0], docs[:0])

    def _spans_in_texts(self, part: _Part, docs: Places, node: Near | Without) -> Spans:
        """Where order or surroundings decide, text by text."""
        texts = part.texts
        bounds = texts.unit_bounds[docs]
        afford(_TEXT_COST * len(docs) + int((bounds[:, -1] - bounds[:, 0]).sum()) // _CHARACTERS_A_UNIT)
        found = []
        for begin, end in zip(bounds[:, 0].tolist(), bounds[:, -1].tolist(), strict=True):
            text = texts.units[begin:end].tobytes().decode("utf-16-le", "surrogatepass")
            for start, stop in semantics.spans(node, text):
                at = begin + (start if text.isascii() else _units(text[:start], start))
                found.append((at, at + _units(text[start:stop], stop - start)))
        columns = np.asarray(found, np.int64).reshape(-1, 2)
        return Spans(columns[:, 0], columns[:, 1])

    def _spans_as_typed(self, part: _Part, docs: Places, node: Term | Near | Without) -> Spans:
        """What is printed is unpacked for each document: this is paid for before anything is found."""
        afford(PRINTED_COST * len(docs))
        spans = self._spans_however_written(part, docs, however_written(node))
        return printed_as_typed(self.snapshot, part.texts, part.first, spans, node)

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
                into[at] = np.where(edge < 0, contexts.line_edges(part.texts, spans, left=left), edge)
        return self.spans(Occurrences(found.docs, found.fields, begins, ends))

    def keys(
        self, found: Occurrences, *, left: bool, skipped: int, by: str, depth: int = contexts.DEPTH
    ) -> npt.NDArray[np.uint64]:
        keys = np.zeros((len(found.docs), depth), ">u2")
        for part, at in self._split_places(found.docs):
            spans = Spans(found.starts[at], found.ends[at])
            begins = spans.starts if left else spans.ends
            if skipped and by == "word":
                begins = self._edges(part, spans, skipped + 1, left=left)
            elif skipped:
                begins = begins - skipped if left else begins + skipped
            afford(1 + len(begins) * depth // _STEPS_A_UNIT)
            keys[at] = contexts.beside(part.texts, begins, left=left, depth=depth)
        return keys.view(">u8").astype(np.uint64)

    def _edges(self, part: _Part, spans: Spans, number: int, *, left: bool, outer: bool = False) -> Places:
        afford(1 + len(spans.starts) * _STEPS_TO_A_WORD // _STEPS_A_UNIT)
        return reach.edges(part.texts, WordRow(part.texts), spans, number, left=left, outer=outer)

    def neighbours(
        self, found: Occurrences, window: int, by: str, *, left: bool = True, right: bool = True
    ) -> Neighbours:
        sides = [True] * left + [False] * right
        parts = []
        for part, at in self._split_places(found.docs):
            spans = Spans(found.starts[at], found.ends[at])
            afford(_cost_of_neighbours(part.texts, len(spans.starts), window * len(sides), by))
            row = self._row(part, by)
            lines = reach.lines_of(part.texts, spans)
            every = [reach.ranges(row, spans, window, left=side, lines=lines) for side in sides]
            within = reach.united(every)
            parts.append((part.first, reach.Near(part.texts, row, within, are_words=by == "word")))
        return Neighbours(parts, len(self.kinds(by)))

    def _row(self, part: _Part, by: str) -> Row:
        if by == "word":
            return WordRow(part.texts)
        known = self._characters.get(part.first)
        if known is None:
            self._characters[part.first] = known = CharacterRow(part.texts, self.table)
        return known

    # -- words --------------------------------------------------------------------------------------

    @functools.cached_property
    def table(self) -> Table:
        return table_of(self.vocabulary)

    def kinds(self, by: str) -> npt.NDArray[np.uint8]:
        return self.table.kinds if by == "char" else self.vocabulary.kinds

    def word(self, number: int, by: str) -> str:
        """As it is printed most often."""
        return self.table.printed(number) if by == "char" else self.vocabulary.printed(number)

    def folded(self, number: int, by: str) -> str:
        return self.table.folded(number) if by == "char" else self.vocabulary.folded(number)

    def frequencies(self, asked: Asked, by: str) -> Counts:
        return self._frequencies(asked, by)

    def _count(self, asked: Asked, by: str) -> Counts:
        docs = self.documents(asked)
        counts = np.zeros(len(self.vocabulary.kinds), np.int64)
        for part, own in self._split(docs):
            looked_at = frequencies.words_looked_at(part.texts, own)
            afford(1 + looked_at // _WORDS_A_UNIT)
            counts += frequencies.of_words(part.texts, own, len(counts))
        return counts if by == "word" else self._of_characters(counts)

    def _of_characters(self, counts: Counts) -> Counts:
        table = self.table
        each = np.diff(table.starts)
        weights = np.repeat(counts, each)
        return np.bincount(table.numbers, weights=weights, minlength=len(table.kinds)).astype(np.int64)

    def lengths(self, docs: Places, by: str) -> Counts:
        return self._sizes(2 if by == "char" else 1)[docs]

    def spread(self, docs: Places, chosen: Places, by: str) -> Iterator[tuple[Places, Places, Counts]]:
        table = self.table if by == "char" else None
        place = np.full(len(self.kinds(by)), -1, np.int32)
        place[chosen] = np.arange(len(chosen))
        for part, at in self._split_places(docs):
            own = docs[at] - part.first
            bounds = part.texts.word_bounds[own]
            each = _WORDS_SPREAD_A_UNIT // (1 if table is None else 2) // (1 if len(chosen) <= _FEW else 4)
            afford(1 + int((bounds[:, -1] - bounds[:, 0]).sum()) // each)
            for places, of, counts in frequencies.pairs(part.texts, own, place, table):
                yield places, of + at.start, counts

    def _vector(self, doc: int) -> npt.NDArray[np.float32]:
        """The weights of the words that a document has, 0 for all others."""
        texts, own = self.part_of(doc)
        bounds = texts.word_bounds[own]
        of_doc = np.zeros_like(self.vocabulary.weights)
        own_words = texts.words[bounds[0] : bounds[-1]]
        of_doc[own_words] = self.vocabulary.weights[own_words]
        return of_doc

    def shared_words(self, doc: int, other: int, most: int) -> list[tuple[str, str]]:
        both = np.minimum(self._vector(doc), self._vector(other))
        found = np.flatnonzero(both)
        best = found[np.lexsort((found, -both[found]))][:most].tolist()
        return [(self.vocabulary.folded(number), self.vocabulary.printed(number)) for number in best]

    def event_signs(self, doc: int, among: Places) -> EventSigns:
        texts, own = self.part_of(doc)
        every = [likeness.openings(texts, np.asarray([own], np.int64), 0)]
        for part, at in self._split_places(among):
            afford(1 + (at.stop - at.start) * _OPENING_COST)
            every.append(likeness.openings(part.texts, among[at] - part.first, 1 + at.start))
        days = np.abs(self.days(among).astype(np.float64) - float(self.days(np.asarray([doc]))[0]))
        return likeness.signs(likeness.joined(every), days, self.vocabulary)

    # -- passages that stories share ----------------------------------------------------------------

    @functools.cached_property
    def _shared(self) -> SharedPassages:
        changed = self.parts[1].texts if len(self.parts) > 1 else None
        return SharedPassages(self.snapshot, self.parts[0].texts, changed)

    def shared(self, docs: Places) -> Shared:
        return self._shared.of(docs)

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


def _units(text: str, length: int) -> int:
    """Of a text of so many characters, in UTF-16."""
    return length if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(found: Occurrences) -> int:
    return sum(column.nbytes for column in found)


def _cost_of_neighbours(texts: RunningTexts, occurrences: int, reached: int, by: str) -> int:
    """`reached`: words or characters beside each."""
    found = 1 + occurrences // _REACHES_A_UNIT
    if by == "char":
        return found + occurrences * reached // _CHARACTERS_NEAR_A_UNIT
    return found + min(
        occurrences * reached // _WORDS_NEAR_A_UNIT, len(texts.words) // _WORDS_IN_A_ROW_A_UNIT
    )
