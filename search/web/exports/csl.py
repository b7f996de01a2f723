"""CSL-JSON, for citation processors (citeproc) and their ten thousand styles; one array of items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from search.results.exports.references import Reference

from .provenance import Provenance

name: Final = "csl"
suffix: Final = "json"
media_type: Final = "application/vnd.citationstyles.csl+json; charset=utf-8"

_WAYBACK: Final = ("https://web.archive.org/", "http://web.archive.org/")


def write(references: Iterable[Reference], source: Provenance) -> Iterator[str]:
    between = "[\n"
    for reference in references:
        yield between + json.dumps(_item(reference, source), ensure_ascii=False)
        between = ",\n"
    yield "\n]\n" if between != "[\n" else "[]\n"


def _item(reference: Reference, source: Provenance) -> dict[str, Any]:
    item = {
        "id": reference.identity,
        "type": "article-newspaper",
        "title": reference.title,
        "author": [{"literal": author} for author in reference.authors],
        "container-title": reference.outlet,
        "section": reference.column,
        "issued": reference.date and _date(reference.date),
        "accessed": _date(source.day.timetuple()[:3]),
        "abstract": reference.abstract,
        "language": reference.language,
        "keyword": ", ".join(reference.tags),
        "URL": source.permalink(reference.identity),
        "archive": "Internet Archive" if reference.archived_url.startswith(_WAYBACK) else "",
        "archive_location": reference.archived_url,
        "source": source.archive,
        "custom": _custom(reference, source),
    }
    return {key: value for key, value in item.items() if value}


def _custom(reference: Reference, source: Provenance) -> dict[str, Any]:
    """What CSL has no variable for: the original address, and the search that found it."""
    custom: dict[str, Any] = {"source_url": reference.source_url} if reference.source_url else {}
    return custom | ({"search": source.as_json()} if source.query is not None else {})


def _date(parts: Sequence[int]) -> dict[str, list[list[int]]]:
    return {"date-parts": [list(parts)]}
