"""How long searches take, by engine and kind, for `/metrics`. A few microseconds a search; none when off."""

from __future__ import annotations

import time

from django.conf import settings

from newsarchive.runtime import metrics
from search.engines import get_engine
from search.engines.base import Engine, Filters, Hits, Request
from search.query.fields import WITHOUT_NAME
from search.query.parser import And, Query, Term


def found(request: Request) -> Hits:
    """The engine's answer. Raises IndexUnavailable."""
    engine = get_engine()
    began = time.perf_counter()
    hits = engine.search(request)
    if settings.METRICS:
        metrics.count_answer(_name(engine), kind(request, hits), time.perf_counter() - began)
    return hits


def made(request: Request, hits: Hits, seconds: float) -> None:
    if settings.METRICS:
        metrics.count_search(_name(get_engine()), kind(request, hits), seconds)


def kind(request: Request, hits: Hits) -> str:
    """What work it was. The first that applies: nothing stands in the archive as asked (partial), facets or
    dates are ticked (filtered), no words (all); a bare word, bare words, a quoted string; else advanced."""
    asked = request.partly if request.partly is not None else request.query
    if hits.partial:
        return "partial"
    if request.filters != _NO_FILTERS:
        return "filtered"
    if asked is None:
        return "all"
    if isinstance(asked, Term):
        return _of_term(asked)
    if isinstance(asked, And) and all(_of_part(part) == "word" for part in asked.parts):
        return "words"
    return "advanced"


_NO_FILTERS = Filters()


def _of_part(part: Query) -> str:
    return _of_term(part) if isinstance(part, Term) else "advanced"


def _of_term(term: Term) -> str:
    if term.prefix or term.field not in WITHOUT_NAME:
        return "advanced"
    return "phrase" if term.exact else "word"


def _name(engine: Engine) -> str:
    """Of the package that it is written in: embedded, opensearch."""
    return type(engine).__module__.split(".")[-2]
