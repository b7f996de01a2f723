"""Authors, tags and outlets in the cluster's index: how what was typed may go on, and what it may have meant.

Each is one keyword, folded spelling first (`search/engines/names.py`), so that a regular expression over the
dictionary of keywords finds them and an aggregation counts the stories of each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from search.engines.document import IndexDocument
from search.engines.names import Name, packed, unpacked
from search.engines.spelling import looks_like
from search.language.tokens import WORD_CHARACTERS, has_word_edges, search_text
from search.query.fields import SUGGESTED, Facet

Json = dict[str, Any]
Ask = Callable[..., Json]

_LOOKED_AT: Final = 300  # the most frequent that fit
_LONGEST: Final = 60  # characters of what was typed that are looked at; few names are longer
_SIGNS = re.compile(r"[^\w\s]|_")


def complete(
    ask: Ask,
    index: str,
    text: str,
    hidden: Json,
    *,
    limit: int,
    fresh: Iterable[IndexDocument] = (),
) -> tuple[tuple[Facet, str, int], ...]:
    """Those that begin with the text, then those that hold it; of each, the frequent first. `fresh` are
    stories that count and are not in the index."""
    wanted = " ".join(search_text(text).split())[:_LONGEST]
    if not wanted:
        return ()
    escaped = _escaped(wanted)
    inside = f"[^\t{WORD_CHARACTERS}]" if has_word_edges(wanted[0]) else "[^\t]"
    late = Counter(name for document in fresh for name in _names_of(document))
    beginning = {name: count for name, count in late.items() if name.folded.startswith(wanted)}
    holding = {
        name: count
        for name, count in late.items()
        if name not in beginning and re.match(f"[^\t]*{inside}{re.escape(wanted)}", name.folded)
    }
    found = _ordered(_with(ask, index, hidden, _frequent(ask, index, f"{escaped}.*", hidden), beginning))
    if len(found) < limit:
        further = _frequent(ask, index, f"[^\t]*{inside}{escaped}.*", hidden)
        further = [(name, stories) for name, stories in further if not name.folded.startswith(wanted)]
        found += _ordered(_with(ask, index, hidden, further, holding))
    once: dict[str, tuple[Facet, str, int]] = {}
    for name, stories in found:  # one name in both scripts is shown once
        once.setdefault(name.folded, (name.facet, name.printed, stories))
    return tuple(list(once.values())[:limit])


def _names_of(document: IndexDocument) -> set[Name]:
    return {
        unpacked(packed(facet, printed))
        for facet in SUGGESTED
        for printed in document.values(facet)
        if printed
    }


def _with(
    ask: Ask, index: str, hidden: Json, found: list[tuple[Name, int]], late: Mapping[Name, int]
) -> list[tuple[Name, int]]:
    """With what `late` adds. A name that is not among those found may be in the index all the same."""
    counts = dict(found)
    unknown = [name for name in late if name not in counts]
    if unknown:
        terms = {"field": "names", "include": [packed(name.facet, name.printed) for name in unknown]}
        body = {"size": 0, "query": hidden, "aggs": {"names": {"terms": {**terms, "size": len(unknown)}}}}
        buckets = ask("POST", f"/{index}/_search", body)["aggregations"]["names"]["buckets"]
        counts |= {unpacked(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    return [(name, counts.get(name, 0) + late.get(name, 0)) for name in {**counts, **late}]


def near(ask: Ask, index: str, folded: str, hidden: Json) -> list[str]:
    """Names that differ only in characters that are easily taken for the typed ones."""
    found = _frequent(ask, index, f"{_resembling(folded)}\t.*", hidden)
    names = dict.fromkeys(name.folded for name, _ in found)
    return [name for name in names if len(name) == len(folded) and looks_like(name, folded)]


def _resembling(text: str) -> str:
    """A pattern of texts as long as this one that keep a character of its head, as all do that `looks_like`
    passes: they keep half of all characters. No two branches are open at the same time; of plain alternatives
    the cluster would have to make an automaton of 2^n states, which it refuses to."""
    head = text[: len(text) - len(text) // 2 + 1]
    pattern = ""
    for at, char in reversed(list(enumerate(head))):
        kept = _escaped(char) + "." * (len(text) - at - 1)
        pattern = f"({kept}|[^{_escaped(char)}]{pattern})" if pattern else kept
    return pattern


def _frequent(ask: Ask, index: str, pattern: str, hidden: Json) -> list[tuple[Name, int]]:
    terms = {"field": "names", "include": pattern, "size": _LOOKED_AT}
    answer = ask(
        "POST", f"/{index}/_search", {"size": 0, "query": hidden, "aggs": {"names": {"terms": terms}}}
    )
    buckets = answer["aggregations"]["names"]["buckets"]
    return _ordered([(unpacked(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets])


def _ordered(found: list[tuple[Name, int]]) -> list[tuple[Name, int]]:
    return sorted(found, key=lambda one: (-one[1], len(one[0].folded), one[0].folded))


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda sign: "\\" + sign.group(), text)
