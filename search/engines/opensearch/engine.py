"""The engine for archives that outgrow one machine: an OpenSearch cluster (docs/scaling.md)."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from newsarchive.conf.search_url import SearchAddress
from newsarchive.errors import CountingNeedsEmbedded, IndexUnavailable
from search.engines import spelling
from search.engines.base import Completions, CountedTexts, Filters, Hit, Hits, IndexState, Request, Sort
from search.engines.document import IndexDocument
from search.engines.overlay import Overlay, merged, row_of
from search.language.tokens import has_word_edges, needle, search_text
from search.query.fields import CLUSTER_FIELDS, Field
from search.query.parser import Query, Term, positive_terms, unbroken

from . import aggregations, bulk, completion, deep_paging, mapping, partial, query_compiler, rarity
from .aliases import Generations
from .client import Cluster
from .spelling_source import InCluster

Json = dict[str, Any]

_NO_FILTERS: Final = Filters()
_NO_OVERLAY: Final = Overlay((), None)
_BEFORE: Final = 10_000.0  # added to the score of what stands unbroken: more than anything else scores
_LISTED: Final = deep_paging.WINDOW  # stories of one request, where all are listed


class OpenSearchEngine:
    """A base.Engine. Any number of processes on any number of machines may search. A write that ends
    with an error may have been done in part; done again, it is done."""

    upkeep = None  # a cluster keeps checksums and copies of its own

    def __init__(self, address: SearchAddress, *, shards: int = 1, replicas: int = 1) -> None:
        self._cluster = Cluster(address)
        self._generations = Generations(self._cluster, shards=shards, replicas=replicas)
        self._index = self._generations.alias
        self._boosts_of: query_compiler.BoostsOf = functools.partial(
            rarity.boosts_of_synonyms, self._cluster, self._index
        )

    def counting(
        self, *, hidden: frozenset[int] = frozenset(), fresh: tuple[IndexDocument, ...] = ()
    ) -> contextlib.AbstractContextManager[CountedTexts]:
        raise CountingNeedsEmbedded

    # -- searching ---------------------------------------------------------------------------------

    def search(self, request: Request) -> Hits:
        overlay = Overlay(request.fresh, request.query)
        if request.query is None:
            return self._answer(query_compiler.EVERYTHING, request, overlay)
        whole = query_compiler.clause(request.query, self._boosts_of)
        if query_compiler.may_be_parted(request.query):
            strict = query_compiler.clause(unbroken(request.query), self._boosts_of)
            hits = self._unbroken_first(whole, strict, request, overlay)
        else:
            hits = self._answer(whole, request, overlay)
        if hits.total or overlay.matching or self._is_narrowed_away(whole, request):
            return hits
        if any(node.as_typed for node in positive_terms(request.query)):
            return hits  # parts are looked for however they are written
        return self._partly(request) or hits

    def _unbroken_first(self, whole: Json, strict: Json, request: Request, overlay: Overlay) -> Hits:
        """What matches only since punctuation may part a string comes last, and is counted."""
        first = {"constant_score": {"filter": strict, "boost": _BEFORE}}
        hits = self._answer({"bool": {"must": [whole], "should": [first]}}, request, overlay, before=_BEFORE)
        only_parted = {"bool": {"must": [whole], "must_not": [strict]}}
        loosened = self._count(only_parted, request.filters, request.hidden) if hits.total else 0
        loosened += sum(map(overlay.is_loosened, overlay.passing(request.filters)))
        shown = tuple(Hit(hit.story_id, hit.score % _BEFORE) for hit in hits.hits)
        return replace(hits, hits=shown, loosened=loosened)

    def _is_narrowed_away(self, matching: Json, request: Request, least: float = 0.0) -> bool:
        """Is it for the filters that nothing is left?"""
        if request.filters == _NO_FILTERS:
            return False
        _, forbidden = query_compiler.narrowed(_NO_FILTERS, request.hidden)
        body = {
            "query": {"bool": {"must": [matching], "must_not": forbidden}},
            "size": 0,
            "track_total_hits": True,
        }
        if least:
            body["min_score"] = least
        return bool(_total(self._ask(body, about=matching)))

    def _partly(self, request: Request) -> Hits | None:
        """The best partial matches; None when there is nothing to take apart, or none is good."""
        asked = request.partly or request.query
        assert asked is not None
        pieces = partial.pieces(asked)
        if pieces is None:
            return None
        matching = pieces.clause()
        best = self._ask({"query": matching, "size": 1, "track_total_hits": False}, about=matching)["hits"][
            "hits"
        ]
        if not best:
            return None
        least = pieces.least(float(best[0]["_score"]), self._cluster, self._index)
        must = [query_compiler.clause(part, self._boosts_of) for part in pieces.rest]
        query = {"bool": {"must": [matching], "filter": must}}
        hits = self._answer(query, request, _NO_OVERLAY, least=least, parts=pieces.shown)
        if hits.total or self._is_narrowed_away(query, request, least):
            return hits
        return None

    def _answer(
        self,
        matching: Json,
        request: Request,
        overlay: Overlay,
        *,
        least: float = 0.0,
        before: float = 0.0,
        parts: tuple[str, ...] = (),
    ) -> Hits:
        """The page, the counts and the total of what matches. What scores less than `least` does not.
        `before` is in the score of what stands unbroken."""
        filtered, forbidden = query_compiler.narrowed(request.filters, request.hidden)
        body: Json = {
            "query": {"bool": {"must": [matching], "filter": filtered, "must_not": forbidden}},
            "post_filter": {"bool": {"filter": query_compiler.ticked(request.filters)}},
            "track_total_hits": True,
            "track_scores": True,
            "stored_fields": "_none_",  # the sort values say which story it is
        }
        if least:
            body["min_score"] = least
        late = overlay.passing(request.filters)
        start = max(0, request.offset - len(late))
        limit = request.offset + request.limit - start if request.limit else 0
        deep = deep_paging.is_deep(start, limit)
        first = deep_paging.page(body, request.sort, 0 if deep else start, 0 if deep else limit)
        asked = [first]
        if request.counts:
            first["aggs"] = aggregations.timeline(request.filters) | aggregations.facets(
                request.filters, request.facet_size, request.facets
            )
            first["aggs"] |= overlay.aggregations(request.filters)
            everything = _visible(request.hidden)
            asked.append({"size": 0, "query": everything, "aggs": aggregations.timeline(_NO_FILTERS)})
        answer, *archive = self._ask_all(asked, about=matching)
        total = _total(answer)
        scored = request.sort is Sort.RELEVANCE
        if deep:
            ask = functools.partial(self._ask, about=matching)
            rows = deep_paging.rows(ask, body, request.sort, offset=start, limit=limit, total=total)
            scores = {row[-1]: float(row[0]) if scored else 0.0 for row in rows}
        else:
            rows = [hit["sort"] for hit in answer["hits"]["hits"]]
            scores = {hit["sort"][-1]: float(hit["_score"] or 0.0) for hit in answer["hits"]["hits"]}
        if late and request.limit:
            known = self._known_scores(matching, late)
            if before:  # what the cluster has from before may be parted where this is not
                ahead = {one.story_id: 0.0 if overlay.is_loosened(one) else before for one in late}
                known = {story: known.get(story, 0.0) % before + first for story, first in ahead.items()}
            of_late = [row_of(one, request.sort, known.get(one.story_id, 0.0)) for one in late]
            rows = merged(
                rows, of_late, request.sort, start=start, offset=request.offset, limit=request.limit
            )
            scores = known | scores
        hits = tuple(Hit(int(row[-1]), scores.get(row[-1], 0.0)) for row in rows)
        if not request.counts:
            return Hits(total + len(late), hits, partial=parts)
        of_archive = Overlay(request.fresh, None)
        of_cluster = self._facets(answer, body, request)
        counted = overlay.facets(of_cluster, answer, request.filters, request.facet_size)
        return Hits(
            total + len(late),
            hits,
            facets={of: counts for of, counts in counted.items() if of in request.facets},
            timeline=overlay.timeline(aggregations.read_timeline(answer), request.filters),
            archive=of_archive.timeline(aggregations.read_timeline(archive[0]), _NO_FILTERS),
            partial=parts,
        )

    def _known_scores(self, matching: Json, late: Sequence[IndexDocument]) -> dict[int, float]:
        """How well what the cluster has of these stories from before matches."""
        stories = [document.story_id for document in late]
        query = {"bool": {"must": [matching], "filter": [{"terms": {"story": stories}}]}}
        body = {"query": query, "stored_fields": "_none_", "track_total_hits": False}
        answer = self._ask(deep_paging.page(body, Sort.RELEVANCE, 0, len(stories)), about=matching)
        return {hit["sort"][-1]: float(hit["_score"] or 0.0) for hit in answer["hits"]["hits"]}

    def _facets(self, answer: Json, body: Json, request: Request) -> dict[Any, list[tuple[str, int]]]:
        facets = aggregations.read_facets(answer)
        if unsure := aggregations.unsure(answer):
            aggs = aggregations.all_values(request.filters, request.facet_size, unsure)
            surely = self._ask({**body, "size": 0, "aggs": aggs}, about=body["query"])
            facets |= aggregations.read_facets(surely, unsure)
        return facets

    def count(
        self,
        query: Query | None,
        *,
        filters: Filters = _NO_FILTERS,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> int:
        matching = (
            query_compiler.EVERYTHING if query is None else query_compiler.clause(query, self._boosts_of)
        )
        return self._count(matching, filters, hidden) + len(Overlay(fresh, query).passing(filters))

    def _count(self, matching: Json, filters: Filters, hidden: frozenset[int]) -> int:
        filtered, forbidden = query_compiler.narrowed(filters, hidden)
        must = [matching, *filtered, *query_compiler.ticked(filters)]
        query = {"bool": {"filter": must, "must_not": forbidden}}
        return _total(self._ask({"query": query, "size": 0, "track_total_hits": True}, about=query))

    def complete(
        self,
        text: str,
        *,
        names: int = 6,
        titles: int = 6,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> Completions:
        found = completion.complete(
            self._cluster.ask, self._index, text, _visible(hidden), limit=names, fresh=fresh
        )
        return Completions(found, self._titles(text, hidden, fresh, titles))

    def _titles(
        self, text: str, hidden: frozenset[int], fresh: tuple[IndexDocument, ...], limit: int
    ) -> tuple[int, ...]:
        """The newest stories whose title has every piece of the text, the last piece perhaps unfinished."""
        pieces = text.split()
        if not pieces or (len(pieces[-1]) == 1 and has_word_edges(search_text(pieces[-1]))):
            return ()  # a lone letter stands in every other title
        needles = [needle(piece, prefix=piece is pieces[-1]) for piece in pieces]
        stands = [
            query_compiler.stands(sought, str(Field.TITLE), Field.TITLE) for sought in needles if sought
        ]
        query = {"bool": {"filter": [*stands, _visible(hidden)]}}
        body = {"query": query, "stored_fields": "_none_", "track_total_hits": False}
        answer = self._ask(deep_paging.page(body, Sort.NEWEST, 0, limit), about=query)
        rows = [hit["sort"] for hit in answer["hits"]["hits"]]
        wanted = [sought for sought in needles if sought]
        late = [
            row_of(document, Sort.NEWEST, 0.0)
            for document in fresh
            if all(sought.stands_in(search_text(document.title)) for sought in wanted)
        ]
        page = merged(rows, late, Sort.NEWEST, start=0, offset=0, limit=limit)
        return tuple(int(row[-1]) for row in page)

    def corrections(
        self,
        text: str,
        *,
        limit: int = 5,
        hidden: frozenset[int] = frozenset(),
        fresh: tuple[IndexDocument, ...] = (),
    ) -> list[str]:
        """Those that the cluster can tell of; what stands in `fresh` alone is offered once it is indexed."""
        folded = spelling.searched(text)
        if not folded:
            return []

        def stories(text: str) -> int:
            sought = needle(text)
            if sought is None:
                return 0
            stands = [query_compiler.stands(sought, name, Field.ANY) for name in CLUSTER_FIELDS[Field.ANY]]
            late = Overlay(fresh, Term(text, unbroken=True)).matching
            return self._count(query_compiler.any_of(stands), _NO_FILTERS, hidden) + len(late)

        standing = InCluster(self._cluster, self._index, folded, hidden=_visible(hidden), stories=stories)
        return spelling.near(standing, folded, limit=limit)

    def _ask(self, body: Json, *, about: Json) -> Json:
        return self._ask_all([body], about=about)[0]

    def _ask_all(self, bodies: Sequence[Json], *, about: Json) -> list[Json]:
        """All searches about one thing are answered by the same copies of the shards, whose scores may
        differ from those of other copies: pages fit together."""
        packed = json.dumps(about, sort_keys=True).encode("utf-8")
        preference = hashlib.sha256(packed).hexdigest()[:16]
        return self._cluster.search_all(self._index, bodies, preference=preference)

    # -- writing -----------------------------------------------------------------------------------

    def upsert(self, documents: Iterable[IndexDocument]) -> None:
        bulk.upsert(self._cluster, self._generations, documents)

    def delete(self, story_ids: Iterable[int]) -> None:
        bulk.delete(self._cluster, self._generations, story_ids)

    def rebuild(
        self,
        documents: Callable[[], Iterable[IndexDocument]],
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        building = self._generations.begin()
        try:
            with building.alive():
                read = bulk.fill(self._cluster, building, documents(), on_progress)
                building.complete()
            building.go_live()
        except BaseException:
            with contextlib.suppress(IndexUnavailable):  # else the next builder clears it away
                building.abandon()
            raise
        return read

    # -- saying how it is --------------------------------------------------------------------------

    def state(self) -> IndexState:
        live = self._generations.live()
        now = mapping.stamps()
        return IndexState(
            documents=self._count(query_compiler.EVERYTHING, _NO_FILTERS, frozenset()),
            generation=live.name,
            built_at=live.built_at,
            stale=", ".join(key for key in now if live.stamps.get(key) != now[key]),
            stamps=live.stamps,
            tail_limit=None,
        )

    def story_ids(self) -> frozenset[int]:
        return frozenset(self._fingerprints())

    def fingerprints(self) -> Mapping[int, str]:
        return self._fingerprints()

    def _fingerprints(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for hit in self._every(["fingerprint"]):
            found[hit["sort"][0]] = hit["fields"]["fingerprint"][0]
        return found

    def _every(self, fields: Sequence[str]) -> Iterator[Json]:
        """A hit for each story, by number."""
        body: Json = {
            "query": query_compiler.EVERYTHING,
            "stored_fields": "_none_",
            "sort": ["story"],
            "size": _LISTED,
        }
        body |= {"docvalue_fields": list(fields), "track_total_hits": False}
        while True:
            hits = self._ask(body, about=query_compiler.EVERYTHING)["hits"]["hits"]
            yield from hits
            if len(hits) < _LISTED:
                return
            body["search_after"] = hits[-1]["sort"]

    def remove(self) -> None:
        """Take everything of this archive out of the cluster."""
        self._generations.remove()

    def close(self) -> None:
        self._cluster.close()


def _visible(hidden: frozenset[int]) -> Json:
    _, forbidden = query_compiler.narrowed(_NO_FILTERS, hidden)
    return {"bool": {"must_not": forbidden, "filter": [{"match_all": {}}]}}


def _total(answer: Json) -> int:
    total: int = answer["hits"]["total"]["value"]
    return total
