"""Queries and filters over a snapshot: which documents, in which order, with which counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from newsarchive.runtime import work
from search.engines import ranking
from search.engines.base import Facet, Filters, Hit, Hits, Request, Sort
from search.engines.partial import parted
from search.language.tokens import Needle, needle, search_text
from search.query import semantics
from search.query.fields import Field
from search.query.parser import (
    And,
    DateRange,
    Near,
    Not,
    Or,
    Query,
    Term,
    Without,
    describe,
    however_written,
    of_one_picture,
    positive_terms,
    unbroken,
)

from . import scoring
from .doc_values import Docs, Mask
from .impacts import Floats
from .reader import Snapshot
from .scoring import Places

_AT_A_TIME = 500  # texts in memory
# Units of work (newsarchive.runtime.work) of reading a text, measured on the whole corpus: two for each text,
# and one for every 700 bytes of it, or for every 250 of them where it has to be decoded first.
_TEXT_COST, _BYTES_A_UNIT, _CHARACTERS_A_UNIT = 2, 700, 250
_PICTURES_COST = 10  # of reading what is printed with the pictures of a story
_PRINTED_COST = 60  # of unpacking and reading a text as printed
_FORMS_COST = 200  # of looking up which characters documents print, for one string
_NO_SCORES = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Found:
    """Matching documents (ascending), each one's score, what was asked for together, and the parts searched
    instead of the whole."""

    docs: Docs
    scores: Floats | None = None  # None: all alike, or `ranked` knows
    ranked: scoring.Ranked | None = None
    together: Sequence[Needle] = ()
    parts: tuple[str, ...] = ()
    worth: Mapping[str, float] | None = None  # of partial matches: what each part can count
    parted: Mask | None = None  # which match only since punctuation may part a string; None: `ranked` knows

    @property
    def may_be_parted(self) -> bool:
        return self.ranked.has_parted if self.ranked else self.parted is not None

    def loosened(self) -> int:
        parted = self.ranked.parted if self.ranked else self.parted
        return 0 if parted is None else int(np.count_nonzero(parted))

    def kept(self, at: Places) -> _Found:
        """Those that are there in `docs`, which are ascending too."""
        scores = None if self.scores is None else self.scores[at]
        ranked = self.ranked and self.ranked.kept(at)
        docs = ranked.docs if ranked else self.docs[at]
        parted = None if self.parted is None else self.parted[at]
        return _Found(docs, scores, ranked, self.together, self.parts, self.worth, parted)


def search(snapshot: Snapshot, request: Request) -> Hits:
    found = _matching(snapshot, request.query, request.partly)
    passed = _passed(snapshot, request.filters, found.docs)
    shown = found.kept(np.flatnonzero(_all(list(passed.values())))) if passed else found
    at, scores = _ordered(snapshot, shown, request)
    stories = snapshot.story_ids[shown.docs[at]].tolist()
    hits = tuple(map(Hit, stories, scores.tolist()))
    if not request.counts:
        return Hits(len(shown.docs), hits, partial=found.parts, loosened=shown.loosened())
    return Hits(
        len(shown.docs),
        hits,
        facets=_facets(snapshot, found.docs, shown.docs, passed, request),
        timeline=snapshot.columns.timeline(shown.docs),
        archive=snapshot.timeline,
        partial=found.parts,
        loosened=shown.loosened(),
    )


def count(snapshot: Snapshot, query: Query | None, filters: Filters) -> int:
    return len(matching(snapshot, query, filters))


def matching(snapshot: Snapshot, query: Query | None, filters: Filters) -> Docs:
    """The documents that match as asked, nothing in parts; ascending."""
    mask = snapshot.alive.copy()
    if query is not None:
        mask &= _evaluate(snapshot, query)
    docs = np.flatnonzero(mask)
    passed = _passed(snapshot, filters, docs)
    return docs[_all(list(passed.values()))] if passed else docs


def _matching(snapshot: Snapshot, query: Query | None, partly: Query | None) -> _Found:
    if query is None:
        return _Found(np.flatnonzero(snapshot.alive))
    if (ranked := scoring.only(snapshot, query)) is not None:
        if len(ranked.docs):
            return _Found(ranked.docs, ranked=ranked, together=ranked.together)
    else:
        docs = np.flatnonzero(_evaluate(snapshot, query) & snapshot.alive)
        if len(docs):
            return _scored(snapshot, query, docs)
    if any(node.as_typed for node in positive_terms(query)):
        return _Found(np.empty(0, np.int64))  # parts are looked for however they are written
    free, rest = parted(partly or query)
    if not free:
        return _Found(np.empty(0, np.int64))
    found = scoring.best_partial(snapshot, " ".join(free))
    close = found.close
    for part in rest:
        close &= _evaluate(snapshot, part)
    docs = np.flatnonzero(close)
    return _Found(docs, found.scores[docs], parts=found.shown if len(docs) else (), worth=found.worth)


def _scored(snapshot: Snapshot, query: Query, docs: Docs) -> _Found:
    """What matches only since a string may be parted comes after the rest."""
    scores, together = scoring.score(snapshot, query)[docs], scoring.together(query)
    if not scoring.has_parted(snapshot, query):
        return _Found(docs, scores, together=together)
    parted = ~_evaluate(snapshot, _strict(query))[docs]
    scores = np.asarray(scores - scoring.AFTERWARDS * parted, np.float32)
    return _Found(docs, scores, together=together, parted=parted)


def _strict(query: Query) -> Query:
    """Of the documents that match, it tells those that do without punctuation in a string. What texts were
    read for, nothing can part: they are not read again."""
    if isinstance(query, And):
        return And(tuple(unbroken(part) for part in query.parts if not _needs_texts(part)))
    return unbroken(query)


def _evaluate(snapshot: Snapshot, query: Query) -> Mask:
    if isinstance(query, And):
        mask = np.ones(snapshot.size, np.bool_)
        for part in query.parts:
            if not _needs_texts(part):
                mask &= _evaluate(snapshot, part)
        for part in query.parts:
            if _needs_texts(part):  # only the texts that everything else has left
                mask = _evaluate_in_text(snapshot, part, mask)
        if together := of_one_picture(query):
            mask = _evaluate_with_a_picture(snapshot, together, mask & snapshot.alive)
        return mask
    if isinstance(query, Or):
        mask = np.zeros(snapshot.size, np.bool_)
        for part in query.parts:
            mask |= _evaluate(snapshot, part)
        return mask
    if isinstance(query, Not):
        return ~_evaluate(snapshot, query.part)
    if isinstance(query, DateRange):
        return snapshot.columns.between(query.first, query.last)
    if isinstance(query, Term) and not query.as_typed:
        sought = semantics.needle_of(query)
        if sought is None:
            return np.ones(snapshot.size, np.bool_)
        return snapshot.find(sought, query.field).mask(snapshot.size)
    return _evaluate_in_text(snapshot, query, snapshot.alive)


def _needs_texts(query: Query) -> TypeGuard[Term | Near | Without]:
    return isinstance(query, Near | Without) or (isinstance(query, Term) and query.as_typed)


def _evaluate_in_text(snapshot: Snapshot, query: Term | Near | Without, among: Mask) -> Mask:
    if query.as_typed:
        return _evaluate_as_typed(snapshot, query, among)
    assert not isinstance(query, Term)
    return _evaluate_together(snapshot, query, among)


def _evaluate_as_typed(snapshot: Snapshot, query: Term | Near | Without, among: Mask) -> Mask:
    """Of the documents that have the string however it is written, the lists of printed characters settle
    most. The printed texts of the rest are read; where that would cost more than the request may, they count
    as found, and the work says so."""
    folded = however_written(query)
    if isinstance(folded, Term):
        mask = among & _evaluate(snapshot, folded)
    else:
        mask = _evaluate_together(snapshot, folded, among)
    candidates = np.flatnonzero(mask)
    sure, possible = snapshot.settled_as_typed(query, candidates)
    mask[candidates] = possible
    unsure = candidates[possible & ~sure]
    allowed = work.current()
    if not allowed.reading.affords(_FORMS_COST + _PRINTED_COST * len(unsure)):
        allowed.widened[describe(query)] = None
        return mask
    mask[unsure] = snapshot.as_typed(query, unsure)
    return mask


def _evaluate_together(snapshot: Snapshot, query: Near | Without, among: Mask) -> Mask:
    """Where the order or the surroundings of strings matter, the text of each candidate decides. Neither
    stands across a line end, and these part the fields: they are read in one piece. What is sure without
    reading is not read; where the rest would cost more than the request may, it counts as found, and the work
    says so."""
    mask = among.copy()
    for text in (query.left, query.right) if isinstance(query, Near) else (query.text,):
        if sought := needle(text):
            mask &= snapshot.find(sought, query.field).mask(snapshot.size)
    open_still = mask & ~_surely(snapshot, query)
    if isinstance(query, Near) and not query.distance and _is_plain(query.left, query.right):
        return mask & ~open_still
    candidates = np.flatnonzero(open_still)
    bytes_a_unit = _BYTES_A_UNIT if semantics.is_read_as_bytes(query) else _CHARACTERS_A_UNIT
    cost = _TEXT_COST * len(candidates) + snapshot.bytes_of(query.field, candidates) // bytes_a_unit
    allowed = work.current()
    if not allowed.reading.affords(cost):
        allowed.widened[describe(query)] = None
        return mask
    for at in range(0, len(candidates), _AT_A_TIME):
        some = candidates[at : at + _AT_A_TIME]
        mask[some] = [semantics.stands_in_bytes(query, text) for text in snapshot.raw(query.field, some)]
    return mask


def _evaluate_with_a_picture(snapshot: Snapshot, nodes: Sequence[Query], among: Mask) -> Mask:
    """The captions and credits of each candidate, which has all that is asked for, say whether it has it with
    one picture. Where that would cost more than the request may, it counts as found, and the work says so."""
    mask = among.copy()
    candidates = np.flatnonzero(mask)
    cost = _PICTURES_COST * len(candidates)
    cost += snapshot.bytes_of(Field.CAPTION, candidates) // _CHARACTERS_A_UNIT
    allowed = work.current()
    if not allowed.reading.affords(cost):
        allowed.widened[describe(And(tuple(nodes)))] = None
        return mask
    mask[candidates] = snapshot.with_a_picture(nodes, candidates)
    return mask


def _surely(snapshot: Snapshot, query: Near | Without) -> Mask:
    """Documents in which the query stands, if its strings do at all: those in which the two strings meet, or
    in which there is nothing that the string could be in."""
    sure = np.zeros(snapshot.size, np.bool_)
    if isinstance(query, Without):
        outer = needle(query.outside)
        return ~snapshot.find(outer, query.field).mask(snapshot.size) if outer else ~sure
    if _is_plain(query.left, query.right):
        left, right = search_text(query.left).strip(), search_text(query.right).strip()
        for text in {left + right, right + left}:
            sure |= snapshot.find(Needle(text), query.field).mask(snapshot.size)
    return sure


def _is_plain(*texts: str) -> bool:
    return all(sought is not None and sought.plain for sought in map(needle, texts))


def _passed(snapshot: Snapshot, filters: Filters, docs: Docs) -> dict[Facet | None, Mask]:
    """Which of `docs` pass, for each facet that is filtered; under None the dates and what is excluded."""
    values = snapshot.columns.values
    masks: dict[Facet | None, Mask] = {
        facet: values.mask(facet, wanted)[docs] for facet, wanted in filters.include.items() if wanted
    }
    rest = [~values.mask(facet, unwanted)[docs] for facet, unwanted in filters.exclude.items()]
    if filters.first or filters.last:
        rest.append(snapshot.columns.between(filters.first, filters.last, docs))
    if filters.undated:
        rest.append(snapshot.columns.undated(docs))
    if rest:
        masks[None] = _all(rest)
    return masks


def _all(masks: Sequence[Mask]) -> Mask:
    return masks[0] if len(masks) == 1 else np.logical_and.reduce(masks)


def _facets(
    snapshot: Snapshot, found: Docs, shown: Docs, passed: dict[Facet | None, Mask], request: Request
) -> dict[Facet, list[tuple[str, int]]]:
    """A facet that is filtered is counted among what the other filters let pass."""
    size = request.facet_size
    if not request.facets:
        return {}
    counts = snapshot.columns.values.counts(shown, size=size, facets=request.facets)
    for facet in passed:
        if facet is not None and facet in request.facets:
            others = [mask for other, mask in passed.items() if other is not facet]
            docs = found[_all(others)] if others else found
            counts |= snapshot.columns.values.counts(docs, size=size, facets=(facet,))
    return counts


def _ordered(snapshot: Snapshot, found: _Found, request: Request) -> tuple[Places, Floats]:
    """Where in `found` the documents of one page are, and their scores. Ties: newest first, then the
    latest story."""
    docs = found.docs
    page = slice(request.offset, request.offset + request.limit)
    if not request.limit:
        return np.empty(0, np.int64), _NO_SCORES
    if request.sort is Sort.RELEVANCE:
        if found.worth is not None:
            near, scores = _best(found, max(page.stop, ranking.PASSAGE_AMONG))
            order, scores = scoring.by_passages(snapshot, docs[near], scores, found.worth)
            return near[order[page]], scores[page]
        near, scores = _best(found, max(page.stop, ranking.NEAR_AMONG))
        order, scores = scoring.in_order(
            snapshot, docs[near], scores, found.together, has_parted=found.may_be_parted
        )
        return near[order[page]], scores[page]
    days, ids = snapshot.columns.days[docs].astype(np.int64), snapshot.story_ids[docs]
    if request.sort is Sort.OLDEST:
        at = np.lexsort((ids, np.where(days > 0, days, np.iinfo(np.int64).max)))[page]
    else:
        at = np.lexsort((-ids, -days))[page]
    if found.ranked:
        return at, scoring.shown(found.ranked.scores(at))
    return at, np.zeros(len(at), np.float32) if found.scores is None else scoring.shown(found.scores[at])


def _best(found: _Found, count: int) -> tuple[Places, Floats]:
    """Where the best `count` are, ties with the last included, in no order; and their scores."""
    if found.ranked:
        return found.ranked.best(count)
    scores = np.zeros(len(found.docs), np.float32) if found.scores is None else found.scores
    near = np.arange(len(found.docs))
    if found.scores is not None and count < len(near) // 2:
        least = np.partition(scores, len(near) - count)[len(near) - count]
        near = np.flatnonzero(scores >= least)
    return near, scores[near]
