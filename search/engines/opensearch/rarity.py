"""How rare tokens are in the cluster's index: what BM25 knows and a query sometimes must."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.engines import ranking
from search.language.tokens import Needle
from search.query.fields import IN_TEXT

from . import analysis
from .client import Cluster

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rarities:
    """As one shard sees it; shards are alike."""

    stories: int
    found: Mapping[tuple[str, str], int]  # (field, token) -> stories that have it

    def of(self, stories: int) -> float:
        """BM25's inverse document frequency."""
        return ranking.rarity(stories, self.stories)

    def of_token(self, field: str, token: str) -> float:
        return self.of(self.found.get((field, token), 0))


def look(cluster: Cluster, index: str, tokens: Mapping[str, Iterable[str]]) -> Rarities:
    """`tokens` are those of each field. One request: the statistics of a document that is nowhere."""
    body = {
        "doc": {field: " ".join(of_field) for field, of_field in tokens.items()},
        "fields": list(tokens),
        "term_statistics": True,
        "field_statistics": True,
        "positions": False,
        "offsets": False,
        "payloads": False,
    }
    vectors: Json = cluster.ask("POST", f"/{index}/_termvectors", body).get("term_vectors", {})
    found = {
        (field, token): facts.get("doc_freq", 0)
        for field, vector in vectors.items()
        for token, facts in vector["terms"].items()
    }
    sizes = [
        vector["field_statistics"]["doc_count"] for vector in vectors.values() if "field_statistics" in vector
    ]
    return Rarities(max(sizes, default=0), found)


def boosts_of_synonyms(cluster: Cluster, index: str, needles: Sequence[Needle]) -> list[float]:
    """What to multiply each string with, so that all score as if they were one word, as rare as all of
    them together. The rarest pair of a string says how rare it is."""
    pairs = [analysis.grams_of(needle) for needle in needles]
    if not any(pairs):
        return [1.0] * len(needles)
    known = look(cluster, index, {IN_TEXT: {token for tokens in pairs for token in tokens}})
    fewest = [min((known.found.get((IN_TEXT, token), 0) for token in tokens), default=0) for tokens in pairs]
    together = known.of(min(sum(fewest), known.stories))
    # `query_compiler` scores a string by the mean rarity of its pairs
    means = [
        sum(known.of_token(IN_TEXT, token) for token in tokens) / max(1, len(tokens)) for tokens in pairs
    ]
    return [together / mean if mean else 1.0 for mean in means]
