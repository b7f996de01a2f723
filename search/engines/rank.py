"""The order of hits: sums of BM25F over what a query asks for, as arrays over all documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..query import And, Field, Near, Not, Or, Query, Term, Without
from ..tokens import Needle, fold, has_word_edges, needle, segmenter
from . import grams
from .snapshot import Floats, Snapshot

_K1 = 1.2
# What the parts of a question weigh that as a whole stands nowhere (measured: docs/performance.md).
_PAIR, _CHARACTER, _WORD = 1.0, 0.35, 0.6
# A partial match must have this share of the best one's score to be shown at all.
_SHARE = 0.35


def score(snapshot: Snapshot, query: Query) -> Floats:
    """By document; what a query forbids or only filters adds nothing."""
    total = np.zeros(snapshot.size, np.float32)
    for node in _asked(query):
        if isinstance(node, Term):
            sought = needle(node.text, exact=node.exact, prefix=node.prefix)
            if sought:
                total += snapshot.score(sought, node.field)
        elif isinstance(node, Near):
            for text in (node.left, node.right):
                total += snapshot.score(Needle(fold(text)), node.field)
        elif isinstance(node, Without):
            total += snapshot.score(Needle(fold(node.text)), node.field)
    return total


def _asked(query: Query) -> list[Query]:
    if isinstance(query, And | Or):
        return [node for part in query.parts for node in _asked(part)]
    return [] if isinstance(query, Not) else [query]


def partial(snapshot: Snapshot, text: str) -> tuple[Floats, npt.NDArray[np.bool_], tuple[str, ...]]:
    """The best partial matches of a text that as a whole stands nowhere.

    Returns scores, which documents are close enough to the best, and the words that were looked for.
    """
    folded = fold(text)
    words = list(dict.fromkeys(token.text for token in segmenter().tokens(folded)))
    total = np.zeros(snapshot.size, np.float32)
    for code in set(grams.codes(folded)) | {ord(char) for char in folded if _worth_asking(char)}:
        docs, weights = snapshot.gram_weights(code)
        if len(docs):
            share = _CHARACTER if code < 1 << 21 else _PAIR
            total[docs] += share * _rarity(snapshot, len(docs)) * weights / (_K1 + weights)
    for word in words:
        by_word = snapshot.word_weights(word)
        if by_word is not None:
            total += _WORD * _rarity(snapshot, int(np.count_nonzero(by_word))) * by_word / (_K1 + by_word)
    for word in words:  # the tail is few: whole words are enough there
        sought = needle(word)
        if sought is not None and snapshot.tail:
            found = snapshot.score(sought, Field.TEXT)
            total[snapshot.base :] += (_PAIR + _WORD) * found[snapshot.base :]
    total[~snapshot.alive] = 0.0
    best = float(total.max(initial=0.0))
    close = total >= max(_SHARE * best, 1e-6)
    return total, close, tuple(word for word in words if len(word) > 1 or has_word_edges(word))


def _worth_asking(char: str) -> bool:
    return char.isalnum() and not has_word_edges(char)


def _rarity(snapshot: Snapshot, documents: int) -> float:
    return float(np.log(1 + (snapshot.documents - documents + 0.5) / (documents + 0.5)))
