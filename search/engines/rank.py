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


def only(snapshot: Snapshot, query: Query) -> tuple[Docs, Floats] | None:
    """Documents and scores of a query for strings that must all stand, found and ranked in one go: what
    does not have them all is not weighed. None for any other query."""
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
    scores = np.zeros(len(docs), np.float32)
    for (strings_of_one, field, match), of_one in zip(wanted, impacts, strict=True):
        scores += snapshot.worth(strings_of_one, field, len(match.docs), docs, of_one)
    return docs, closer(snapshot, query, docs, scores)


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
