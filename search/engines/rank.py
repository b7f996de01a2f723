"""The order of hits: sums of BM25F over what a query asks for, as arrays over all documents."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from ..query import And, Field, Near, Or, Query, Same, Term, Without
from ..tokens import Needle, fold, needle, segmenter
from . import parts
from .columns import Docs
from .snapshot import K1, Floats, Match, Snapshot, aligned

# Strings that meet raise a score by so much, among so many of the best documents.
_TOGETHER, _WINDOW = 0.4, 10


def score(snapshot: Snapshot, query: Query) -> Floats:
    """By document; what a query forbids or only filters adds nothing."""
    total = np.zeros(snapshot.size, np.float32)
    for node in _asked(query):
        for match in _scored(snapshot, node):
            total[match.docs] += match.weights
    return total


def closer(snapshot: Snapshot, query: Query, docs: Docs, scores: Floats) -> Floats:
    """Scores with the best documents' raised where strings that were asked for together stand together:
    most where they meet (the whole phrase), less with every character between them."""
    nodes = query.parts if isinstance(query, And) else ()
    strings = [sought.text for node in nodes if isinstance(node, Term) for sought in _needles(node)]
    if len(strings) < 2 or len(docs) < 2:
        return scores
    best = np.argpartition(scores, -_WINDOW)[-_WINDOW:] if len(docs) > _WINDOW else np.arange(len(docs))
    raised = scores.copy()
    for at, text in zip(best.tolist(), snapshot.read(Field.TEXT, docs[best]), strict=True):
        gaps = [_gap(text, one, two) for one, two in itertools.pairwise(strings)]
        raised[at] += _TOGETHER * scores[at] * sum(1 / (1 + gap / 10) for gap in gaps) / len(gaps)
    return raised


def _gap(text: str, one: str, two: str) -> float:
    """Fewest characters between two strings, in either order; infinite when one is missing."""
    least = float("inf")
    first, second = text.find(one), text.find(two)
    while first >= 0 and second >= 0:
        if first < second:
            least = min(least, max(0, second - first - len(one)))
            first = text.find(one, first + 1)
        else:
            least = min(least, max(0, first - second - len(two)))
            second = text.find(two, second + 1)
    return least


def only(snapshot: Snapshot, query: Query) -> Match | None:
    """Documents and scores of a query for strings that must all stand, found and ranked in one go; None
    for any other query."""
    nodes = query.parts if isinstance(query, And) else (query,)
    matches: list[Match] = []
    for node in nodes:
        scored = _scored(snapshot, node) if isinstance(node, Term | Same) else []
        if len(scored) != 1:
            return None
        matches += scored
    matches.sort(key=lambda match: len(match.docs))
    docs, scores = matches[0].docs, matches[0].weights
    for match in matches[1:]:
        there = aligned(docs, match.docs, match.weights, snapshot.size)
        both = there > 0
        docs, scores = docs[both], (scores + there)[both]
    return Match(docs, closer(snapshot, query, docs, scores), snapshot.size)


def _scored(snapshot: Snapshot, node: Term | Near | Without | Same) -> list[Match]:
    if isinstance(node, Same):
        terms = [part for part in node.parts if isinstance(part, Term)]
        needles = [sought for term in terms for sought in _needles(term)]
        return [snapshot.score(needles, terms[0].field)]
    return [snapshot.score([sought], node.field) for sought in _needles(node)]


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
    return total, close, parts.shown(text, tokens)


def _add(total: Floats, snapshot: Snapshot, weights: Floats, share: float) -> float:
    """Add the share of one part to the total. Returns what it can be at most."""
    most = share * snapshot.rarity(int(np.count_nonzero(weights)))
    total += most * weights / (K1 + weights)
    return most
