"""What an engine is asked and what it answers: text and numbers, no models, HTML or requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from search.query.parser import Query


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One story as the index sees it: text as printed (engines fold), facets as shown."""

    story_id: int
    title: str = ""
    body: str = ""  # plain text, paragraphs separated by "\n"; what only older copies say follows
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()  # those that stand apart from their caption too
    authors: tuple[str, ...] = ()
    outlet: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    other: tuple[str, ...] = ()  # byline, alt texts, related links: found by bare words only
    day: date | None = None
    language: str = ""
    has_image: bool = False
    agencies: tuple[str, ...] = ()


class Facet(StrEnum):
    OUTLET = "outlet"
    CATEGORY = "category"
    TAG = "tag"
    AUTHOR = "author"
    YEAR = "year"
    LANGUAGE = "language"
    IMAGE = "image"  # "1" where there is one
    AGENCY = "agency"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader ticked. Values of one facet are ORed, facets are ANDed, `exclude` takes away."""

    include: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Request:
    query: Query | None  # None: every story
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    counts: bool = True  # facets and timeline wanted
    facet_size: int = 20  # values per facet, most frequent first
    hidden: frozenset[int] = frozenset()  # stories to leave out: withdrawn since the index last saw them
    partly: Query | None = None  # searched in parts when the whole matches nothing; None: `query` itself


class Hit(NamedTuple):
    story_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """`total` is exact. A facet's counts leave out that facet's own filter, so that a reader sees
    what ticking one more value would add."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[Facet, list[tuple[str, int]]] = field(default_factory=dict)
    timeline: list[tuple[str, int]] = field(default_factory=list)  # ("2021-11", n), ascending
    archive: list[tuple[str, int]] = field(default_factory=list)  # the same of everything, for shares
    partial: tuple[str, ...] = ()  # the parts that were searched when the whole matched nothing
    loosened: int = 0  # of the total, those that match only since punctuation may part a bare string


@dataclass(frozen=True, slots=True)
class Completions:
    """How what was typed may go on. Names as printed, titles as story numbers."""

    names: tuple[tuple[Facet, str, int], ...]  # with the stories that have it
    titles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IndexState:
    documents: int
    generation: str  # "" when there is no index
    built_at: datetime | None = None
    tail: int = 0  # stories changed since the generation was built
    tail_limit: int | None = None  # with more a rebuild is due; None: any number is taken in as it comes
    stale: str = ""  # why a rebuild is due; "" when none is
    stamps: Mapping[str, str] = field(default_factory=dict)

    def takes(self, changes: int) -> bool:
        """Are so many changes better taken in one by one than by a rebuild?"""
        return self.tail_limit is None or changes <= self.tail_limit


_NO_FILTERS = Filters()


class Engine(Protocol):
    """A write is visible to searches that begin after it returns. One that raises may be repeated: then it
    is done, whatever was done of it before.

    Raises IndexBusy when another process is writing, IndexUnavailable when there is no usable index,
    SearchServerAway when it can't be asked.
    """

    def upsert(self, documents: Iterable[IndexDocument]) -> None: ...

    def delete(self, story_ids: Iterable[int]) -> None: ...

    def search(self, request: Request) -> Hits: ...

    def count(
        self, query: Query | None, *, filters: Filters = _NO_FILTERS, hidden: frozenset[int] = frozenset()
    ) -> int:
        """How many stories match as asked, nothing in parts. Makes no list, so it is cheap."""
        ...

    def complete(
        self, text: str, *, names: int = 6, titles: int = 6, hidden: frozenset[int] = frozenset()
    ) -> Completions:
        """Authors, tags and outlets that begin with the text, then those that hold it, the frequent
        first; and the newest stories whose title holds it. At most so many of each."""
        ...

    def corrections(self, text: str, *, limit: int = 5, hidden: frozenset[int] = frozenset()) -> list[str]:
        """Strings near the text that do stand in stories, the likeliest first, in folded spelling."""
        ...

    def rebuild(
        self,
        documents: Callable[[], Iterable[IndexDocument]],
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        """Fill a new generation beside the live one, then switch. Returns the documents in it."""
        ...

    def state(self) -> IndexState: ...

    def story_ids(self) -> frozenset[int]:
        """Everything indexed; for `check_index`."""
        ...

    def fingerprints(self) -> Mapping[int, str]:
        """Story -> `engines.fingerprint` of the text that was indexed: what two sides compare."""
        ...

    def close(self) -> None: ...
