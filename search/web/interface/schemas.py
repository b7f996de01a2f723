"""The answers in the words of JSON Schema. Keys may be added to an answer, so none is closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
PAIR: Final[Schema] = {  # ["2021-11", 12]
    "type": "array",
    "items": {"type": ["string", "integer"]},
    "minItems": 2,
    "maxItems": 2,
}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def optional(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def record(**properties: Schema) -> Schema:
    """An object that has all of these; `from_` is `from`."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {"type": "object", "properties": named, "required": list(named)}


def with_more(schema: Schema, more: Mapping[str, Schema]) -> Schema:
    return schema | {"properties": schema["properties"] | more, "required": [*schema["required"], *more]}


PICTURE: Final = record(src=TEXT, archived_src=TEXT, caption=TEXT, credit=TEXT)
WARNINGS: Final = listed(record(code=TEXT, parameter=TEXT, message=TEXT))
ERROR: Final = record(error=record(code=TEXT, message=TEXT))

RESULT: Final = record(
    id=NUMBER,
    story=NUMBER,
    url=TEXT,
    identity=TEXT,
    permalink=TEXT,
    title=TEXT,
    title_html=TEXT,
    snippets=listed(TEXT),
    outlet=TEXT,
    authors=listed(TEXT),
    published_at=optional(TEXT),
    source_url=TEXT,
    archived_url=TEXT,
    versions=NUMBER,
    score={"type": "number"},
    image=optional(with_more(PICTURE, {"caption_html": TEXT, "credit_html": TEXT, "url": TEXT})),
    found_in=optional(record(id=NUMBER, url=TEXT, title=TEXT, title_html=TEXT, published_at=optional(TEXT))),
)
CAPTURE: Final = record(
    identity=TEXT,
    permalink=TEXT,
    title_in_address=TEXT,
    outlet=TEXT,
    reason=TEXT,
    captured_at=optional(TEXT),
    source_url=TEXT,
    archived_url=TEXT,
    web_archive=TEXT,
    instead=optional(TEXT),
)
LOOKUP: Final = record(
    kind=TEXT,
    outcome=TEXT,
    address=TEXT,
    id=optional(NUMBER),
    permalink=optional(TEXT),
    url=optional(TEXT),
    articles=listed(record(id=NUMBER, permalink=TEXT, url=TEXT, title=TEXT, published_at=optional(TEXT))),
    capture_failed=optional(CAPTURE),
    web_archive=TEXT,
    searches=listed(record(text=TEXT, count=NUMBER, url=TEXT)),
)
SEARCH: Final = record(
    count=NUMBER,
    page=NUMBER,
    pages=NUMBER,
    next=optional(TEXT),
    previous=optional(TEXT),
    took_ms={"type": "number"},
    query=record(
        text=TEXT,
        parsed=TEXT,
        literal=FLAG,
        problem=TEXT,
        problem_code=TEXT,
        partial=listed(TEXT),
        also=listed(TEXT),
        regional=listed(TEXT),
        loosened=NUMBER,
        exact=FLAG,
        date=optional(record(text=TEXT, from_=TEXT, to=TEXT, rest=TEXT, count=NUMBER, url=TEXT)),
        widened=listed(TEXT),
        unmarked=FLAG,
    ),
    lookup=optional(LOOKUP),
    did_you_mean=optional(record(text=TEXT, count=NUMBER)),
    misses=optional({"type": "object"}),
    facets={"type": "object", "additionalProperties": listed(PAIR)},
    timeline=listed(PAIR),
    results=listed(RESULT),
    warnings=WARNINGS,
)
ARTICLE: Final = record(
    id=NUMBER,
    title=TEXT,
    authors=listed(TEXT),
    outlet=TEXT,
    published_at=optional(TEXT),
    categories=listed(TEXT),
    tags=listed(TEXT),
    language=TEXT,
    source_url=TEXT,
    archived_url=TEXT,
    text=TEXT,
    images=listed(with_more(PICTURE, {"alt": TEXT})),
    embeds=listed({"type": "object"}),
    related_links=listed({"type": "object"}),
    story=NUMBER,
    status=TEXT,
    identity=TEXT,
    permalink=TEXT,
    body_html=TEXT,
    warnings=WARNINGS,
)
BATCH: Final = record(
    by=TEXT,
    rows=listed(
        record(
            query=TEXT,
            count=NUMBER,
            literal=FLAG,
            partial=listed(TEXT),
            widened=listed(TEXT),
            by=listed(PAIR),
            without=NUMBER,
        )
    ),
    warnings=WARNINGS,
)
