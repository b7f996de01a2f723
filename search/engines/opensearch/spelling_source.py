"""What stands in an index of the cluster, for mending slips of the keys: asked of its dictionary."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from search.engines import spelling
from search.query.fields import IN_TEXT

from . import analysis, completion, rarity
from .client import Cluster
from .mapping import WORDS

Json = dict[str, Any]

_NEIGHBOURS: Final = 400  # of one character, the commonest
_WORDS_NEAR: Final = 40  # Latin words that the cluster proposes for one that was typed, the commonest


class InCluster:
    """A spelling.Source about one text that was typed."""

    def __init__(
        self, cluster: Cluster, index: str, folded: str, *, hidden: Json, stories: Callable[[str], int]
    ) -> None:
        self._ask = cluster.ask
        self._index = index
        self._hidden = hidden
        self.stories = stories
        once = dict.fromkeys(folded)
        together = ["".join(pair) for pair in itertools.product(once, repeat=2)]
        # As symbols: between letters of different scripts there is an edge, which no slip crosses.
        known = rarity.look(cluster, index, {IN_TEXT: together})
        self.documents = known.stories
        self._pairs = {pair: known.found.get((IN_TEXT, pair), 0) for pair in together}
        self._suggested = self._suggestions(once, folded)

    def _suggestions(self, chars: Iterable[str], folded: str) -> Mapping[str, Mapping[str, int]]:
        """Tokens one character off, with the stories that have them. NOWHERE stands in no token: to
        exchange it is to name all neighbours."""
        pairs = [pair for char in chars for pair in (char + analysis.NOWHERE, analysis.NOWHERE + char)]
        words = [run.group() for run in spelling.LATIN.finditer(folded)]
        term = {"suggest_mode": "always", "max_edits": 1, "prefix_length": 0, "sort": "frequency"}
        term |= {"max_inspections": 20, "accuracy": 0.1}
        few: Json = {"field": IN_TEXT, "min_word_length": 1, "size": _NEIGHBOURS, "shard_size": _NEIGHBOURS}
        suggest: Json = {"pairs": {"text": " ".join(pairs), "term": {**term, **few}}}
        if words:
            near = {"field": WORDS, "min_word_length": 1, "size": _WORDS_NEAR, "shard_size": 4 * _WORDS_NEAR}
            slips = {"max_edits": max(map(spelling.slips, words))}
            suggest["words"] = {"text": " ".join(words), "term": {**term, **near, **slips}}
        answer = self._ask("POST", f"/{self._index}/_search", {"size": 0, "suggest": suggest})
        return {
            entry["text"]: {option["text"]: option["freq"] for option in entry["options"]}
            for entries in answer["suggest"].values()
            for entry in entries
        }

    def after(self, char: str) -> Mapping[str, int]:
        found = self._suggested.get(char + analysis.NOWHERE, {})
        return {token[1]: stories for token, stories in found.items() if len(token) == 2 and token[0] == char}

    def before(self, char: str) -> Mapping[str, int]:
        found = self._suggested.get(analysis.NOWHERE + char, {})
        return {token[0]: stories for token, stories in found.items() if len(token) == 2 and token[1] == char}

    def pairs(self, text: str) -> int:
        return min((self._pairs.get(a + b, 0) for a, b in itertools.pairwise(text)), default=0)

    def words_near(self, word: str) -> Iterable[str]:
        found = self._suggested.get(word, {})
        return [other for other in found if spelling.is_within(other, word, spelling.slips(word))]

    def has_word(self, word: str) -> bool:
        return self.stories(word) > 0

    def names_near(self, text: str) -> Iterable[str]:
        return completion.near(self._ask, self._index, text, self._hidden)
