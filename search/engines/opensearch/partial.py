"""The best partial matches of a text that as a whole stands nowhere, as a query for the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from search.engines import partial, ranking
from search.language.folding import aligned
from search.language.tokens import segmenter
from search.query.fields import IN_TEXT
from search.query.parser import Query

from . import rarity
from .client import Cluster
from .mapping import WORDS, chars

Json = dict[str, Any]

_MOST_CLAUSES: Final = 900  # of one query; the cluster takes 1,024


@dataclass(frozen=True, slots=True)
class Pieces:
    """`shares` says of each token in which field it is looked for and what it counts."""

    shares: dict[tuple[str, str], float]
    rest: list[Query]  # what must hold all the same
    shown: tuple[str, ...]  # for the reader

    def clause(self) -> Json:
        should = [
            {"term": {field: {"value": token, "boost": share}}}
            for (field, token), share in self.shares.items()
        ]
        return {"bool": {"should": should, "minimum_should_match": 1}}

    def least(self, best: float, cluster: Cluster, index: str) -> float:
        """The score of a partial match that is worth showing."""
        by_field: dict[str, list[str]] = {}
        for field, token in self.shares:
            by_field.setdefault(field, []).append(token)
        known = rarity.look(cluster, index, by_field)
        possible = sum(share * known.of_token(*token) for token, share in self.shares.items())
        return max(ranking.OF_BEST * best, ranking.OF_ALL * possible * cluster.scale)


def pieces(query: Query) -> Pieces | None:
    """None when there is nothing that could be matched in part."""
    free, rest = partial.parted(query)
    text = " ".join(free)
    written = aligned(text)
    tokens = list(segmenter().tokens(written.text))
    shares: dict[tuple[str, str], float] = {}
    for gram, share in partial.grams(written.text).items():
        shares[IN_TEXT if len(gram) > 1 else chars(IN_TEXT), gram] = share
    shares |= {(WORDS, token.text): ranking.WORD for token in tokens}
    if len(shares) > _MOST_CLAUSES:  # characters say least
        shares = {token: share for token, share in shares.items() if share != ranking.CHARACTER}
    shares = dict(list(shares.items())[:_MOST_CLAUSES])
    return Pieces(shares, rest, partial.shown(text, written, tokens)) if shares else None
