"""What an engine is asked and what it answers: text and numbers, no models, HTML or requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from search.query.fields import Facet as Facet
from search.query.parser import Query

from .document import IndexDocument

if TYPE_CHECKING:
    from .upkeep import Upkeep


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
    undated: bool = False  # only those without a date


@dataclass(frozen=True, slots=True)
class Request:
    query: Query | None  # None: every story
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    counts: bool = True  # facets and timeline wanted
    facets: tuple[Facet, ...] = tuple(Facet)  # of all facets, those that are counted
    facet_size: int = 20  # values per facet, most frequent first
    hidden: frozenset[int] = (
        frozenset()
    )  # stories that changed since they were indexed: they are left out of the index's answers
    fresh: tuple[IndexDocument, ...] = ()  # the visible ones of them as they are now, which are put in
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
    damage: str = ""  # what was found damaged and set aside, until a rebuild has put it right
    has_checksums: bool = True  # False: made before files had any, so that only sizes can be compared
    checked_at: datetime | None = None  # when every byte was last compared with its checksum
    set_aside: tuple[str, ...] = ()  # names of what was damaged, which is kept for people to look at

    def takes(self, changes: int) -> bool:
        """Are so many changes better taken in one by one than by a rebuild?"""
        return self.tail_limit is None or changes <= self.tail_limit


_NO_FILTERS = Filters()


Places = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Asked:
    """A query within filters, of which something is counted; `key` stands for both."""

    tree: Query | None = field(compare=False)
    filters: Filters = field(compare=False)
    key: str


class Occurrences(NamedTuple):
    """In the order of documents, those of one from its title to its captions. Columns of one length."""

    docs: Places
    fields: Places  # 0 title, 1 body, 2 captions
    starts: Places  # where the engine has them: for its own use
    ends: Places

    def taken(self, at: Places) -> Occurrences:
        return Occurrences(*(column[at] for column in self))

    @property
    def stories(self) -> int:
        """How many have any."""
        return int(np.count_nonzero(np.diff(self.docs, prepend=-1)))


class Neighbours(Protocol):
    """Each word or character within reach of an occurrence, once, even if it is in reach of two."""

    def counts(self) -> Counts:
        """By number."""
        ...

    def pairs(self, chosen: Places) -> tuple[Places, Places]:
        """Different pairs of one of the chosen numbers, by its place among them, and a document that has it
        within reach."""
        ...


class EventSigns(NamedTuple):
    """How much one story shares with each of several others. All but `days` are from 0 to 1."""

    words: npt.NDArray[np.float64]  # cosine of the first words of both
    leads: npt.NDArray[np.float64]  # cosine of the words of both titles and first paragraphs
    title_here: npt.NDArray[np.float64]  # share of this story's title that the other one has in its text
    title_there: npt.NDArray[np.float64]  # share of the other's title that this one has in its text
    days: npt.NDArray[np.float64]  # between the two


class Shared(NamedTuple):
    """Passages that two stories have, each from the side of the first: in the order of documents and of their
    texts. Columns of one length."""

    docs: Places
    starts: Places  # where the engine has them, in the body: for its own use, and `spans`
    ends: Places
    others: Places
    other_starts: Places
    other_ends: Places
    whole: bool  # False: what changed since the index was built was not all compared within the work allowed

    def taken(self, at: Places | npt.NDArray[np.bool_]) -> Shared:
        """Those at these places."""
        places = (self.docs[at], self.starts[at], self.ends[at])
        return Shared(*places, self.others[at], self.other_starts[at], self.other_ends[at], self.whole)


class CountedTexts(Protocol):
    """The running texts of all stories at one moment: title, body and captions of the copy that is shown.

    Documents and words are numbers that hold for this object. `by` is "word" or "char". Raises
    TooMuchToCount where an answer would cost more than the request may.
    """

    def documents(self, asked: Asked) -> Places:
        """Those that match, ascending."""
        ...

    def document_of(self, story_id: int) -> int | None: ...

    def stories(self, docs: Places) -> Places: ...

    def days(self, docs: Places) -> npt.NDArray[np.int32]:
        """Ordinals of `datetime.date`; 0 where there is none."""
        ...

    def outlets(self, docs: Places) -> tuple[Places, list[str]]:
        """For each document a place in the list of names, which begins with "" for none."""
        ...

    def characters(self, docs: Places) -> Counts:
        """Printed characters of title, body and captions of each; ends of lines are none."""
        ...

    def occurrences(self, asked: Asked) -> Occurrences:
        """Of every string that the query wants, wherever it looks in title, body and captions."""
        ...

    def spans(self, found: Occurrences) -> list[tuple[int, int]]:
        """Where each stands in the search text of its field, in characters."""
        ...

    def reach(self, found: Occurrences, words: int) -> list[tuple[int, int]]:
        """Where so many words before and behind each begin and end, as `spans`: within the line."""
        ...

    def keys(
        self, found: Occurrences, *, left: bool, skipped: int, by: str, depth: int = 12
    ) -> npt.NDArray[np.uint64]:
        """To sort by, the first column first: the next `depth` (a multiple of four) characters on one side
        within the line, to the left backwards, without the first `skipped` words or characters."""
        ...

    def neighbours(
        self, found: Occurrences, window: int, by: str, *, left: bool = True, right: bool = True
    ) -> Neighbours:
        """Words or characters within reach of any occurrence, none beyond a line end."""
        ...

    def frequencies(self, asked: Asked, by: str) -> Counts:
        """How often each word or character stands in the stories asked for, by number."""
        ...

    def lengths(self, docs: Places, by: str) -> Counts:
        """How many words or characters each of these documents (ascending) has."""
        ...

    def spread(self, docs: Places, chosen: Places, by: str) -> Iterator[tuple[Places, Places, Counts]]:
        """How often chosen words (numbers) stand in these documents (ascending), run by run: columns of
        places in `chosen`, places in `docs` and counts, for what stands there at all."""
        ...

    def kinds(self, by: str) -> npt.NDArray[np.uint8]:
        """By number: 1 a word or character, 2 a name; all else is not counted."""
        ...

    def word(self, number: int, by: str) -> str:
        """As it is printed most often."""
        ...

    def folded(self, number: int, by: str) -> str: ...

    def shared_words(self, doc: int, other: int, most: int) -> list[tuple[str, str]]:
        """(folded, as printed most often) of the rarest words and names that both documents have, the rarest
        first."""
        ...

    def event_signs(self, doc: int, among: Places) -> EventSigns:
        """What speaks for each of these dated documents telling of the event that `doc`, another dated one,
        tells of (`ranking.same_event`)."""
        ...

    def shared(self, docs: Places) -> Shared:
        """The passages of sixteen and more characters that these documents (ascending) share with any other
        story: whatever the script and punctuation, with single characters changed. Without strings that so
        many stories have that they are boilerplate."""
        ...


class Engine(Protocol):
    """A write is visible to searches that begin after it returns. One that raises may be repeated: then it
    is done, whatever was done of it before.

    `hidden` and `fresh` overlay the index for one question: the stories in `hidden` are taken out, the
    documents in `fresh` are put in (each of a story in `hidden`), and totals, facets, timeline, names and
    titles are those of the archive with both.

    Raises IndexBusy when another process is writing, IndexUnavailable when there is no usable index,
    SearchServerAway when it can't be asked. No other error leaves an engine.
    """

    @property
    def upkeep(self) -> Upkeep | None:
        """None: the index looks after itself."""
        ...

    def upsert(self, documents: Iterable[IndexDocument]) -> None: ...

    def delete(self, story_ids: Iterable[int]) -> None: ...

    def search(self, request: Request) -> Hits: ...

    def count(
        self,
        query: Query | None,
        *,
        filters: Filters = _NO_FILTERS,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> int:
        """How many stories match as asked, nothing in parts. Makes no list, so it is cheap."""
        ...

    def complete(
        self,
        text: str,
        *,
        names: int = 6,
        titles: int = 6,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> Completions:
        """Authors, tags and outlets that begin with the text, then those that hold it, the frequent
        first; and the newest stories whose title holds it. At most so many of each."""
        ...

    def corrections(
        self,
        text: str,
        *,
        limit: int = 5,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> list[str]:
        """Strings near the text that do stand in stories, the likeliest first, in folded spelling."""
        ...

    def counting(
        self, *, hidden: frozenset[int] = frozenset(), fresh: tuple[IndexDocument, ...] = ()
    ) -> AbstractContextManager[CountedTexts]:
        """The running texts of all stories, for counting. Raises CountingUnavailable where there are none."""
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
