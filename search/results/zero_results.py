"""Why a search found nothing as asked, and what would: counts for each word, each exclusion and each
filter, and a spelling that does stand in the archive. A bounded number of counts, none of them long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from newsarchive.archive import visibility
from newsarchive.importers.html.safe_subset import plain_text
from search.engines.base import Engine, Facet, Filters, Request
from search.indexing import documents
from search.query.fields import WITHOUT_NAME
from search.query.parser import (
    And,
    DateRange,
    Field,
    Near,
    Not,
    Or,
    Query,
    Term,
    Without,
    describe,
    positive_terms,
)
from search.query.synonyms import Synonyms, expand

from .highlight import Marker
from .pending import NOTHING, Pending

_MOST = 12  # words, exclusions and filters that are counted
_MOST_CORRECTED = 3  # words of one query
_TRIED = 4  # spellings of a word


@dataclass(frozen=True, slots=True)
class Word:
    """A part of the query by itself, without the filters."""

    text: str
    stories: int
    anywhere: int  # of a word that was looked for in one field: stories that have it somewhere


@dataclass(frozen=True, slots=True)
class Meant:
    """The whole query in another spelling, under the same filters. It has stories."""

    text: str
    stories: int


@dataclass(frozen=True, slots=True)
class Restriction:
    """One value of the filters: that stories must have, must not have, or the day from or until which."""

    kind: Literal["include", "exclude", "first", "last"]
    value: str  # of a day: 2021-11-17
    facet: Facet | None  # None of a day
    removed: Filters  # what is left of the filters without this value


@dataclass(frozen=True, slots=True)
class RestrictionCount:
    restriction: Restriction
    stories: int  # found without it


@dataclass(frozen=True, slots=True)
class Misses:
    words: tuple[Word, ...]
    exclusions: tuple[tuple[str, int], ...]  # as typed, and the stories of the query without it
    without_filter: tuple[RestrictionCount, ...]
    without_filters: int  # stories without any filter
    meant: Meant | None = None


def explain(
    tree: Query | None,
    filters: Filters,
    engine: Engine,
    *,
    synonyms: Synonyms,
    pending: Pending = NOTHING,
) -> Misses:
    """`synonyms` are those that the search itself used; none when the reader switched them off."""
    asked = _Asked(engine, filters, synonyms, pending)
    return Misses(
        words=tuple(asked.word(node) for node in _words(tree)[:_MOST]),
        exclusions=tuple(
            (describe(part), asked.count(rest)) for part, rest in list(_without_exclusions(tree))[:_MOST]
        ),
        without_filter=tuple(
            RestrictionCount(restriction, asked.count(tree, filters=restriction.removed))
            for restriction in islice(restrictions(filters), _MOST)
        ),
        without_filters=asked.count(tree, filters=Filters()),
        meant=asked.meant(tree),
    )


def restrictions(filters: Filters) -> Iterator[Restriction]:
    """In the order in which pages list them."""
    for facet in Facet:
        for value in filters.include.get(facet, ()):
            rest = replace(filters, include=values_without(filters.include, facet, value))
            yield Restriction("include", value, facet, rest)
        for value in filters.exclude.get(facet, ()):
            rest = replace(filters, exclude=values_without(filters.exclude, facet, value))
            yield Restriction("exclude", value, facet, rest)
    if filters.first:
        yield Restriction("first", filters.first.isoformat(), None, replace(filters, first=None))
    if filters.last:
        yield Restriction("last", filters.last.isoformat(), None, replace(filters, last=None))


def values_without(
    values: Mapping[Facet, tuple[str, ...]], facet: Facet, value: str
) -> dict[Facet, tuple[str, ...]]:
    return {**values, facet: tuple(other for other in values[facet] if other != value)}


@dataclass(frozen=True, slots=True)
class _Asked:
    engine: Engine
    filters: Filters
    synonyms: Synonyms
    pending: Pending

    def count(self, tree: Query | None, *, filters: Filters | None = None) -> int:
        wanted = expand(tree, self.synonyms).tree
        narrowed = self.filters if filters is None else filters
        return self.engine.count(
            wanted, filters=narrowed, hidden=self.pending.hidden, fresh=self.pending.fresh
        )

    def word(self, node: Term | Near | Without | DateRange) -> Word:
        stories = self.count(node, filters=Filters())
        if isinstance(node, DateRange) or stories or node.field in WITHOUT_NAME:
            return Word(describe(node), stories, stories)
        return Word(describe(node), stories, self.count(replace(node, field=Field.ANY), filters=Filters()))

    def meant(self, tree: Query | None) -> Meant | None:
        """Each word that stands nowhere spelt otherwise, if then the whole query has stories."""
        nowhere = [
            term
            for term in positive_terms(tree)
            if isinstance(term, Term) and not term.prefix and not self.count(term, filters=Filters())
        ]
        if tree is None or not 0 < len(nowhere) <= _MOST_CORRECTED:
            return None
        for number, term in enumerate(nowhere, 1):
            for text in self.engine.corrections(
                term.text, limit=_TRIED, hidden=self.pending.hidden, fresh=self.pending.fresh
            ):
                spelt = _replaced(tree, term, replace(term, text=text))
                stories = self.count(spelt)
                if stories or (number < len(nowhere) and self.count(replace(term, text=text))):
                    tree = _replaced(tree, term, self._as_printed(replace(term, text=text)))
                    break
            else:
                return None
        return Meant(describe(tree), stories)

    def _as_printed(self, term: Term) -> Term:
        request = Request(term, limit=1, counts=False, hidden=self.pending.hidden, fresh=self.pending.fresh)
        hits = self.engine.search(request)
        printed = _as_printed(term, hits.hits[0].story_id) if hits.hits else ""
        return replace(term, text=printed or term.text)


def _words(tree: Query | None) -> list[Term | Near | Without | DateRange]:
    """What is asked for, negations left out, each once."""
    return list(dict.fromkeys(_leaves(tree))) if tree is not None else []


def _leaves(node: Query) -> Iterator[Term | Near | Without | DateRange]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    elif not isinstance(node, Not):
        yield node


def _without_exclusions(tree: Query | None) -> Iterator[tuple[Not, Query]]:
    """Each exclusion of the query with the query that does without it."""
    if isinstance(tree, And):
        for part in tree.parts:
            rest = tuple(other for other in tree.parts if other is not part)
            if isinstance(part, Not) and rest:
                yield part, And(rest)


def _replaced(node: Query, term: Term, spelling: Term) -> Query:
    if node == term:
        return spelling
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_replaced(part, term, spelling) for part in node.parts))
    return node


def _as_printed(term: Term, story_id: int) -> str:
    """The term in the characters of a visible story that has it; "" when it stands in none of its texts."""
    copies = list(
        visibility.visible().filter(story_id=story_id).select_related("outlet", "story").order_by("id")
    )
    if not copies:
        return ""
    article = documents.shown_copy(copies)
    marker = Marker(replace(term, field=Field.ANY))
    texts = [
        (Field.TITLE, article.title),
        (Field.BODY, plain_text(article.body)),
        *((Field.CAPTION, image.caption) for image in article.images.all()),
        *((Field.AUTHOR, author.name) for author in article.authors.all()),
        *((Field.TAG, tag.name) for tag in article.tags.all()),
        (Field.OUTLET, article.outlet.name if article.outlet else ""),
    ]
    for field, text in texts:
        for start, end in marker.spans(field, text):
            return text[start:end]
    return ""
