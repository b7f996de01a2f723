"""How many stories a search finds, without making a page of it: for every link that says its count."""

from __future__ import annotations

from dataclasses import dataclass, field

from search.engines import get_engine
from search.engines.base import Engine, Filters
from search.query.parser import Query
from search.query.synonyms import NO_SYNONYMS, Synonyms

from . import pending
from .pending import NOTHING, Pending
from .reading import read, searched, synonyms_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The engine with everything that a search is made with beside its words. A count is that of the address
    with the same parameters."""

    engine: Engine
    filters: Filters = field(default_factory=Filters)
    synonyms: Synonyms = NO_SYNONYMS  # those that the search uses; none when the reader switched them off
    pending: Pending = NOTHING
    loose: bool = True
    exact: bool = False

    def count(self, tree: Query | None, *, filters: Filters | None = None) -> int:
        """Stories that match as a whole, never in parts."""
        return self.engine.count(
            searched(tree, self.synonyms, loose=self.loose).tree,
            filters=self.filters if filters is None else filters,
            hidden=self.pending.hidden,
            fresh=self.pending.fresh,
        )

    def count_text(self, text: str, *, filters: Filters | None = None) -> int:
        """Of the search for `text` as it is typed, with all that reading it brings."""
        return self.count(read(text, exact=self.exact).tree, filters=filters)

    def corrections(self, text: str, *, limit: int) -> list[str]:
        return self.engine.corrections(
            text, limit=limit, hidden=self.pending.hidden, fresh=self.pending.fresh
        )


def asked(
    filters: Filters,
    *,
    also: bool = True,
    loose: bool = True,
    exact: bool = False,
    waiting: Pending | None = None,
) -> Asked:
    """`waiting` is what the caller knows of it already."""
    return Asked(
        get_engine(),
        filters,
        synonyms=synonyms_of(also=also, exact=exact),
        pending=pending.stories() if waiting is None else waiting,
        loose=loose,
        exact=exact,
    )
