"""The order of hits: sums of BM25F over what a query asks for, as arrays over all documents."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..query import And, Field, Near, Or, Query, Same, Term, Without
from ..tokens import Needle, fold, needle, segmenter
from . import grams, parts
from .columns import Docs, Mask
from .snapshot import K1, Floats, Match, Snapshot, aligned

# Strings that meet raise a score by so much, among so many of the best documents.
_TOGETHER, _WINDOW = 0.4, 10
_FEW = 400  # documents that are sooner all scored than told apart
Places = npt.NDArray[np.int64]


def score(snapshot: Snapshot, query: Query) -> Floats:
    """By document; what a query forbids or only filters adds nothing."""
    total = np.zeros(snapshot.size, np.float32)
    for node in _asked(query):
        for needles in _alternatives(node):
            match = snapshot.any_of(needles, _field_of(node))
            total[match.docs] += snapshot.worth(
                needles, _field_of(node), len(match.docs), match.docs, match.impacts
            )
    return total


def closer(snapshot: Snapshot, query: Query, docs: Docs, scores: Floats) -> Floats:
    """Scores with the best documents' raised where strings that were asked for together stand together:
    most where they meet (the whole phrase), less with every character between them."""
    nodes = query.parts if isinstance(query, And) else ()
    strings = [
        sought.text.encode("utf-8", "surrogatepass")
        for node in nodes
        if isinstance(node, Term)
        for sought in _needles(node)
    ]
    if len(strings) < 2 or len(docs) < 2:
        return scores
    best = np.argpartition(scores, -_WINDOW)[-_WINDOW:] if len(docs) > _WINDOW else np.arange(len(docs))
    raised = scores.copy()
    for at, text in zip(best.tolist(), snapshot.raw(Field.TEXT, docs[best]), strict=True):
        gaps = [_gap(text, one, two) for one, two in itertools.pairwise(strings)]
        raised[at] += _TOGETHER * scores[at] * sum(1 / (1 + gap / 10) for gap in gaps) / len(gaps)
    return raised


def _gap(text: bytes, one: bytes, two: bytes) -> float:
    """Fewest characters between two strings of UTF-8, in either order; infinite when one is missing."""
    least, between = len(text) + 1, slice(0)
    first, second = text.find(one), text.find(two)
    while first >= 0 and second >= 0:
        if first < second:
            begin, end = first + len(one), second
            first = text.find(one, first + 1)
        else:
            begin, end = second + len(two), first
            second = text.find(two, second + 1)
        if end - begin < least:
            least, between = end - begin, slice(begin, end)
            if least <= 0:  # they meet, or one is in the other
                return 0.0
    return len(text[between].decode("utf-8", "surrogatepass")) if least <= len(text) else float("inf")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Strings that are one to the reader, and their impacts in documents that have all that is asked."""

    needles: list[Needle]
    field: Field
    documents: int  # that have one of them, whatever else they have
    impacts: grams.Impacts


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents (ascending) that have all strings that a query asks for. Scores are worked out only of
    those that may come first: of a frequent word's ten thousand documents, some hundred."""

    snapshot: Snapshot
    query: Query
    docs: Docs
    asked: list[_Asked]

    def kept(self, those: Mask) -> Ranked:
        asked = [_Asked(one.needles, one.field, one.documents, one.impacts[those]) for one in self.asked]
        return Ranked(self.snapshot, self.query, self.docs[those], asked)

    def best(self, count: int) -> tuple[Places, Floats]:
        """Where in `docs` all are that the best `count` may be of, ties with the last included, and the
        scores of these."""
        count = max(count, _WINDOW)
        few = len(self.docs) <= _FEW + count
        at = np.arange(len(self.docs)) if few else self._candidates(count)
        return at, closer(self.snapshot, self.query, self.docs[at], self.scores(at))

    def scores(self, at: Places) -> Floats:
        docs = self.docs[at]
        scores = np.zeros(len(at), np.float32)
        for one in self.asked:
            scores += self.snapshot.worth(one.needles, one.field, one.documents, docs, one.impacts[at])
        return scores

    def _candidates(self, count: int) -> Places:
        """All whose scores can reach that of the last among the best, which is looked for among those
        that have most without being words."""
        bounds = [self.snapshot.bounds(one.needles, one.field, one.documents) for one in self.asked]
        if len(self.asked) == 1:  # a greater impact is never worth less, so impacts can be compared
            [one], [(_, most)] = self.asked, bounds
            counts = np.bincount(one.impacts, minlength=len(most))
            from_top = np.cumsum(counts[::-1])
            enough = len(most) - 1 - int(from_top.searchsorted(count))
            last = self._last(np.flatnonzero(one.impacts >= enough), count)
            return np.flatnonzero(one.impacts >= int(most.searchsorted(last)))
        sure, most = (
            np.add.reduce([of[one.impacts] for one, of in zip(self.asked, side, strict=True)])
            for side in zip(*bounds, strict=True)
        )
        enough = np.partition(sure, -count)[-count]
        return np.flatnonzero(most >= self._last(np.flatnonzero(sure >= enough), count))

    def _last(self, at: Places, count: int) -> float:
        """The score of the last of the best `count` among these, a little less for rounding."""
        scores = self.scores(at)
        return float(np.partition(scores, -count)[-count]) * (1 - 1e-5)


def only(snapshot: Snapshot, query: Query) -> Ranked | None:
    """What a query finds that asks for strings which must all stand. None for any other query."""
    nodes = query.parts if isinstance(query, And) else (query,)
    wanted: list[tuple[list[Needle], Field, Match]] = []
    for node in nodes:
        if not isinstance(node, Term | Same) or len(strings := _alternatives(node)) != 1:
            return None
        field = _field_of(node)
        wanted.append((strings[0], field, snapshot.any_of(strings[0], field)))
    wanted.sort(key=lambda part: len(part[2].docs))
    docs, impacts = wanted[0][2].docs, [wanted[0][2].impacts]
    for _, _, match in wanted[1:]:
        there = aligned(docs, match.docs, match.impacts, snapshot.size)
        both = there > 0
        docs, impacts = docs[both], [of_one[both] for of_one in (*impacts, there)]
    asked = [
        _Asked(needles, field, len(match.docs), of_one)
        for (needles, field, match), of_one in zip(wanted, impacts, strict=True)
    ]
    return Ranked(snapshot, query, docs, asked)


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
    if isinstance(node, Term):
        found = [needle(node.text, exact=node.exact, prefix=node.prefix)]
    elif isinstance(node, Near):
        found = [needle(node.left), needle(node.right)]
    else:
        found = [needle(node.text)]
    return [sought for sought in found if sought is not None]


def partial(snapshot: Snapshot, text: str) -> tuple[Floats, npt.NDArray[np.bool_], tuple[str, ...]]:
    """The best partial matches of a text that as a whole stands nowhere.

    Returns scores, which documents are close enough to the best, and the words that were looked for.
    """
    folded = fold(text)
    tokens = list(segmenter().tokens(folded))
    total = np.zeros(snapshot.size, np.float32)
    possible = 0.0
    for gram, share in parts.grams(folded).items():
        possible += _add(total, snapshot, snapshot.gram_weights(gram), share)
    for word in dict.fromkeys(token.text for token in tokens):
        possible += _add(total, snapshot, snapshot.word_weights(word), parts.WORD)
    total[~snapshot.alive] = 0.0
    close = total >= max(parts.OF_BEST * float(total.max(initial=0.0)), parts.OF_ALL * possible, 1e-6)
    return total, close, parts.shown(text, folded, tokens)


def _add(total: Floats, snapshot: Snapshot, weights: Floats, share: float) -> float:
    """Add the share of one part to the total. Returns what it can be at most."""
    most = share * snapshot.rarity(int(np.count_nonzero(weights)))
    total += most * weights / (K1 + weights)
    return most
