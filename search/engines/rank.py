"""The order of hits: sums of BM25F over what a query asks for, as arrays over all documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..query import And, Field, Near, Not, Or, Query, Term, Without
from ..tokens import Needle, fold, has_word_edges, needle, segmenter
from . import grams
from .snapshot import K1, Floats, Snapshot

# What the parts of a question weigh that as a whole stands nowhere (measured: docs/performance.md).
_PAIR, _CHARACTER, _WORD = 1.0, 0.35, 0.6
# To be shown, a partial match must have this share of the best one's score, and this share of what a
# document with all the parts could have.
_OF_BEST, _OF_ALL = 0.35, 0.1


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
    tokens = list(segmenter().tokens(folded))
    total = np.zeros(snapshot.size, np.float32)
    possible = 0.0
    for code, share in _grams(folded).items():
        docs, weights = snapshot.gram_weights(code)
        rarity = share * snapshot.rarity(len(docs))
        possible += rarity
        total[docs] += rarity * weights / (K1 + weights)
    for word in dict.fromkeys(token.text for token in tokens):
        by_word = snapshot.word_weights(word)
        rarity = _WORD * snapshot.rarity(int(np.count_nonzero(by_word)))
        possible += rarity
        if np.any(by_word):
            total += rarity * by_word / (K1 + by_word)
        sought = needle(word)
        if snapshot.tail and sought is not None:  # the tail has no grams: whole words do for so few
            found = snapshot.score(sought, Field.TEXT)
            total[snapshot.base :] += (_PAIR + _WORD) * found[snapshot.base :]
    total[~snapshot.alive] = 0.0
    close = total >= max(_OF_BEST * float(total.max(initial=0.0)), _OF_ALL * possible, 1e-6)
    parts = (text[token.start : token.end] for token in tokens)  # folding keeps offsets
    return total, close, tuple(dict.fromkeys(part for part in parts if len(part) > 1 or part.isascii()))


def _grams(folded: str) -> dict[int, float]:
    """The characters and pairs worth asking for, with what each counts. Latin and digits have words."""
    shares: dict[int, float] = {}
    for run in "".join(
        " " if has_word_edges(char) or not char.isalnum() else char for char in folded
    ).split():
        shares.update(dict.fromkeys(map(ord, run), _CHARACTER))
        if len(run) > 1:
            shares.update(dict.fromkeys(grams.codes(run), _PAIR))
    return shares
