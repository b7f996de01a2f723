"""The kinds of questions, and every system's times for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol

from search.engines.document import IndexDocument

from . import measure, ours
from .corpus import Corpus
from .queries import Queries, Query, Set

_EDITS = 10
_TAIL = 1_000  # edited articles that wait to be folded into the next generation


class System(Protocol):
    """Every question is answered with the exact total, after the top 20 were found."""

    def words(self, query: Query) -> int: ...

    def phrase(self, query: Query) -> int: ...

    def years(self, query: Query) -> int:
        """Between two days, with counts by year."""
        ...

    def facets(self, query: Query) -> int:
        """Between two days, with counts by outlet, category, tag, author, year and month."""
        ...

    def deep(self, query: Query) -> int: ...

    def hits(self, query: Query) -> object:
        """The top 20, as `snippets` wants them."""
        ...

    def snippets(self, query: Query, hits: Any) -> int: ...

    def edit(self, document: IndexDocument, mark: str) -> int:
        """Replaces an article and searches for the mark that is in it now."""
        ...

    def copy(self) -> System: ...

    def remove(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    label: str
    queries: Callable[[Queries], Set]
    ready: Callable[[Any, Query], Callable[[], int]]  # what is off the clock; returns what is on it
    wanted: int = 0  # how many times faster than the recipe at the 95th percentile; 0: nothing is promised


def _snippets(system: System, query: Query) -> Callable[[], int]:
    hits = system.hits(query)
    return lambda: system.snippets(query, hits)


KINDS: tuple[Kind, ...] = (
    Kind("words", "one word", lambda q: q.words, lambda s, q: lambda: s.words(q), 100),
    Kind("pairs", "two words", lambda q: q.pairs, lambda s, q: lambda: s.words(q), 100),
    Kind("phrase", "exact phrase", lambda q: q.phrases, lambda s, q: lambda: s.phrase(q), 70),
    Kind("years", "date filter + counts by year", lambda q: q.ranges, lambda s, q: lambda: s.years(q)),
    Kind(
        "facets",
        "date filter + facets + timeline",
        lambda q: q.ranges,
        lambda s, q: lambda: s.facets(q),
        300,
    ),
    Kind("snippets", "twenty marked snippets", lambda q: q.words, _snippets, 45),
    Kind("deep", "a page deep down", lambda q: q.deep, lambda s, q: lambda: s.deep(q)),
)


def ask(
    openers: Mapping[str, Callable[[], System]], queries: Queries, kinds: Iterable[Kind] = KINDS
) -> dict[str, Any]:
    """Kind -> "first" and "again" (the same queries once more) -> system -> times.

    Systems are opened anew for each kind, so that no cache has seen its queries; what warms them up
    are others of the kind.
    """
    asked = {}
    for kind in kinds:
        print(f"asking: {kind.label} …", flush=True)
        systems = {name: opener() for name, opener in openers.items()}
        ready = {name: _ready(kind, system) for name, system in systems.items()}
        chosen = kind.queries(queries)
        measure.in_turn(ready, chosen.warm)
        with measure.settled():
            passes = {"first": measure.in_turn(ready, chosen.measured)}
            passes["again"] = measure.in_turn(ready, chosen.measured)
        for system in systems.values():
            system.close()
        asked[kind.key] = {
            number: {name: times.as_json() for name, times in by_name.items()}
            for number, by_name in passes.items()
        }
    return asked


def _ready(kind: Kind, system: System) -> Callable[[Query], Callable[[], int]]:
    return lambda query: kind.ready(system, query)


def edit(openers: Mapping[str, Callable[[], System]], corpus: Corpus) -> dict[str, Any]:
    """From an edit to a search that finds it, on copies. Raises AssertionError when it does not."""
    copies: dict[str, System] = {}
    for name, opener in openers.items():
        system = opener()
        copies[name] = system.copy()
        system.close()

    def edited(system: System) -> Callable[[tuple[int, IndexDocument]], Callable[[], int]]:
        def ready(change: tuple[int, IndexDocument]) -> Callable[[], int]:
            number, document = change
            mark = f"qzmark{number}"
            return lambda: system.edit(replace(document, body=f"{document.body}\n{mark}"), mark)

        return ready

    changes = list(enumerate(islice(corpus.documents(), _EDITS)))
    times = measure.in_turn({name: edited(system) for name, system in copies.items()}, changes)
    for system in copies.values():
        system.remove()
    assert all(answer == 1 for by_name in times.values() for answer in by_name.answers)
    return {name: by_name.as_json() for name, by_name in times.items()}


def with_changes(opener: Callable[[], ours.Ours], corpus: Corpus, queries: Queries) -> dict[str, Any]:
    """One word in our engine, as it was built and with edited articles beside."""
    fresh = opener()
    changed = fresh.copy()
    changed.change(islice(corpus.documents(), min(_TAIL, corpus.count // 3)))
    systems = {"built": fresh, "changed": changed}
    ready = {name: _ready(KINDS[0], system) for name, system in systems.items()}
    measure.in_turn(ready, queries.words.warm)
    with measure.settled():
        times = measure.in_turn(ready, queries.words.measured)
    fresh.close()
    changed.remove()
    return {"changes": min(_TAIL, corpus.count // 3)} | {
        name: by_name.as_json() for name, by_name in times.items()
    }
