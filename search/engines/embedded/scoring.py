"""The order of hits: sums of BM25F over what a query asks for, as arrays over all documents."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.engines import partial, ranking
from search.language import folding
from search.language.tokens import Needle, needle, segmenter
from search.query.parser import (
    And,
    Field,
    Near,
    Or,
    Query,
    Same,
    Term,
    Without,
    however_written,
    of_one_picture,
)
from search.query.semantics import needle_of

from . import passages
from .doc_values import Docs
from .impacts import KINDS, PARTED, Floats, Impacts
from .matches import Match, aligned
from .reader import Snapshot

_MANY = 4_096  # documents that are sooner counted by impact than compared
Places = npt.NDArray[np.int64]
# Taken off the score of a document for every string that stands there only with punctuation in it: more than
# all strings of a query are worth, so that such documents come after all others.
AFTERWARDS = np.float32(10_000)


def score(snapshot: Snapshot, query: Query) -> Floats:
    """By document; what a query forbids or only filters adds nothing."""
    total = np.zeros(snapshot.size, np.float32)
    for node in _asked(query):
        for needles in _alternatives(node):
            match = snapshot.any_of(needles, _field_of(node))
            total[match.docs] += snapshot.worth(match)[match.impacts]
    return total


def has_parted(snapshot: Snapshot, query: Query) -> bool:
    """Does any string of the query stand anywhere only with punctuation in it?"""
    return any(
        sought.letters and snapshot.find(sought, _field_of(node)).parted
        for node in _asked(query)
        for needles in _alternatives(node)
        for sought in needles
    )


def together(query: Query) -> list[Needle]:
    """The strings that a query asks for together, in its order."""
    nodes = query.parts if isinstance(query, And) else ()
    return [sought for node in nodes if isinstance(node, Term) for sought in _needles(node)]


def in_order(
    snapshot: Snapshot, docs: Docs, scores: Floats, asked: Sequence[Needle], *, has_parted: bool
) -> tuple[Places, Floats]:
    """Where in `docs` the best is, the second and so on, and their scores. Ties: newest first, then the
    latest story. The best few are told apart by how near to each other they have what was asked for together.
    `scores` have AFTERWARDS taken off for what stands only parted (none does unless `has_parted`); those
    returned have it again.
    """
    order = np.lexsort((-snapshot.story_ids[docs], -snapshot.columns.days[docs], -scores))
    scores = scores[order]
    parted = None
    if has_parted:
        parted = _times_parted(scores)
        scores = _shown(scores, parted)
    if len(asked) > 1 and len(docs) > 1:
        few = slice(ranking.NEAR_AMONG)
        best = order[few]
        scores[few] *= 1 + _nearness(snapshot, asked, docs[best])
        again = np.argsort(-scores[few], kind="stable")
        if parted is not None:
            again = np.lexsort((-scores[few], parted[few]))
        order[few], scores[few] = best[again], scores[few][again]
    return order, scores


def _times_parted(scores: Floats) -> Floats:
    return np.asarray(np.maximum(np.ceil(-scores / AFTERWARDS), 0), np.float32)


def shown(scores: Floats) -> Floats:
    """Scores as readers see them: with what was taken off to put documents behind others."""
    return _shown(scores, _times_parted(scores))


def _shown(scores: Floats, times_parted: Floats) -> Floats:
    return np.asarray(scores + AFTERWARDS * times_parted, np.float32)


def _nearness(snapshot: Snapshot, asked: Sequence[Needle], docs: Docs) -> Floats:
    """By document, most where the strings meet (the whole phrase), less with every character between them."""
    strings = [sought.text.encode("utf-8", "surrogatepass") for sought in asked]
    near = np.zeros(len(docs), np.float32)
    for at, text in enumerate(snapshot.raw(Field.TEXT, docs, most=ranking.NEAR_BYTES)):
        for one, two in itertools.pairwise(strings):
            near[at] += 1 / (1 + _gap(text, one, two) / ranking.NEAR_HALF)
    return near * np.float32(ranking.NEAR / (len(strings) - 1))


def _gap(text: bytes, one: bytes, two: bytes) -> float:
    """Fewest characters between two strings of UTF-8, in either order; infinite when one is missing."""
    find, size_of_one, size_of_two = text.find, len(one), len(two)
    least = none = len(text) + 1
    begin = 0
    first, second = find(one), find(two)
    while first >= 0 and second >= 0:
        if first < second:
            after = first + size_of_one
            between = second - after
            first = find(one, first + 1)
        else:
            after = second + size_of_two
            between = first - after
            second = find(two, second + 1)
        if between < least:
            if between <= 0:  # they meet, or one is in the other
                return 0.0
            least, begin = between, after
    return (
        float("inf") if least == none else len(text[begin : begin + least].decode("utf-8", "surrogatepass"))
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a string is worth, by impact, and its impacts in documents that have all that is asked."""

    worth: Floats
    impacts: Impacts


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents (ascending) that have all strings that a query asks for."""

    docs: Docs
    asked: list[_Asked]
    together: list[Needle]
    has_parted: bool  # may any document have one of the strings only with punctuation in it?

    @property
    def parted(self) -> npt.NDArray[np.bool_] | None:
        """Which documents have one of the strings only with punctuation in it; None: none has."""
        if not self.has_parted:
            return None
        return np.asarray(np.logical_or.reduce([one.impacts == PARTED for one in self.asked]))

    def kept(self, at: Places) -> Ranked:
        asked = [_Asked(one.worth, one.impacts[at]) for one in self.asked]
        return Ranked(self.docs[at], asked, self.together, self.has_parted)

    def scores(self, at: Places | slice) -> Floats:
        first, *more = (one.worth.take(one.impacts[at]) for one in self.asked)
        return sum(more, start=first)

    def best(self, count: int) -> tuple[Places, Floats]:
        """Where in `docs` the best `count` are, ties included, in no order, and their scores."""
        if len(self.docs) <= count:
            return np.arange(len(self.docs)), self.scores(slice(None))
        if len(self.asked) == 1 and len(self.docs) > _MANY:  # there are fewer impacts than documents
            [one] = self.asked
            best_first = np.argsort(-one.worth)
            so_many = np.bincount(one.impacts, minlength=KINDS)[best_first].cumsum()
            least = one.worth[best_first[so_many.searchsorted(count)]]
            at = np.flatnonzero((one.worth >= least).take(one.impacts))
            return at, self.scores(at)
        scores = self.scores(slice(None))
        at = np.flatnonzero(scores >= np.partition(scores, -count)[-count])
        return at, scores[at]


def only(snapshot: Snapshot, query: Query) -> Ranked | None:
    """What a query finds that asks for strings which must all stand. None for any other query."""
    nodes = query.parts if isinstance(query, And) else (query,)
    if isinstance(query, And) and of_one_picture(query):
        return None
    found: list[tuple[Match, Floats]] = []
    together: list[Needle] = []
    for node in nodes:
        if not isinstance(node, Term | Same) or len(needles := _alternatives(node)) != 1:
            return None
        if isinstance(node, Term) and node.as_typed:
            return None
        if isinstance(node, Term):
            together += needles[0]
        match = snapshot.any_of(needles[0], _field_of(node))
        worth = snapshot.worth(match)
        worth[PARTED] -= AFTERWARDS
        found.append((match, worth))
    found.sort(key=lambda one: len(one[0].docs))
    docs, impacts = found[0][0].docs, [found[0][0].impacts]
    for match, _ in found[1:]:
        there = aligned(docs, match.docs, match.impacts, snapshot.size)
        both = np.flatnonzero(there)
        docs, impacts = docs[both], [of_one[both] for of_one in (*impacts, there)]
    asked = [_Asked(worth, of_one) for (_, worth), of_one in zip(found, impacts, strict=True)]
    return Ranked(docs, asked, together, any(match.parted for match, _ in found))


def _field_of(node: Term | Near | Without | Same) -> Field:
    if isinstance(node, Same):
        return next(part.field for part in node.parts if isinstance(part, Term))
    return node.field


def _alternatives(node: Term | Near | Without | Same) -> list[list[Needle]]:
    """The strings that a node asks for; those that are one to the reader together."""
    if isinstance(node, Same):
        terms = [part for part in node.parts if isinstance(part, Term)]
        return [[sought for term in terms for sought in _needles(term)]]
    return [[sought] for sought in _needles(node)]


def _asked(query: Query) -> list[Term | Near | Without | Same]:
    if isinstance(query, Same):
        return [query]
    if isinstance(query, And | Or):
        return [node for part in query.parts for node in _asked(part)]
    return [query] if isinstance(query, Term | Near | Without) else []


def _needles(node: Term | Near | Without) -> list[Needle]:
    node = however_written(node) if node.as_typed else node
    if isinstance(node, Term):
        found = [needle_of(node)]
    elif isinstance(node, Near):
        found = [needle(node.left), needle(node.right)]
    else:
        found = [needle(node.text)]
    return [sought for sought in found if sought is not None]


@dataclass(frozen=True, slots=True)
class Partial:
    """The best partial matches of a text that as a whole stands nowhere."""

    scores: Floats  # by document
    close: npt.NDArray[np.bool_]  # which documents are close enough to the best
    shown: tuple[str, ...]  # the words that were looked for
    worth: Mapping[str, float]  # what each part can count at most


def best_partial(snapshot: Snapshot, text: str) -> Partial:
    written = folding.aligned(text)
    tokens = list(segmenter().tokens(written.text))
    total = np.zeros(snapshot.size, np.float32)
    worth: dict[str, float] = {}
    for gram, share in partial.grams(written.text).items():
        worth[gram] = _add(total, snapshot, snapshot.gram_weights(gram), share)
    for word in dict.fromkeys(token.text for token in tokens):
        most = _add(total, snapshot, snapshot.word_weights(word), ranking.WORD)
        worth[word] = worth.get(word, 0.0) + most
    possible = sum(worth.values())
    total[~snapshot.alive] = 0.0
    close = total >= max(ranking.OF_BEST * float(total.max(initial=0.0)), ranking.OF_ALL * possible, 1e-6)
    return Partial(total, close, partial.shown(text, written, tokens), worth)


def by_passages(
    snapshot: Snapshot, docs: Docs, scores: Floats, worth: Mapping[str, float]
) -> tuple[Places, Floats]:
    """As `in_order`, of partial matches: the best few are told apart by their best passages."""
    order = np.lexsort((-snapshot.story_ids[docs], -snapshot.columns.days[docs], -scores))
    scores = scores[order]
    few = slice(ranking.PASSAGE_AMONG)
    texts = snapshot.raw(Field.TEXT, docs[order[few]], most=ranking.PASSAGE_BYTES)
    read = [text.decode("utf-8", "ignore") for text in texts]  # cut within a character
    scores[few] += np.float32(ranking.PASSAGE_SHARE) * passages.covered(read, worth)
    again = np.argsort(-scores[few], kind="stable")
    order[few], scores[few] = order[few][again], scores[few][again]
    return order, scores


def _add(total: Floats, snapshot: Snapshot, weights: Floats, share: float) -> float:
    """Add the share of one part to the total. Returns what it can be at most."""
    most = share * snapshot.rarity(int(np.count_nonzero(weights)))
    total += most * weights / (ranking.K1 + weights)
    return most
