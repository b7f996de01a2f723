"""The counting answers in the words of JSON Schema."""

from __future__ import annotations

from typing import Final

from search.web.interface.schemas import FLAG, NUMBER, TEXT, WARNINGS, Schema, listed, optional, record

_SCORE: Final[Schema] = {"type": "number"}
# How a record names a story (`stories.named`).
_STORY: Final[dict[str, Schema]] = {
    "id": NUMBER,
    "story": NUMBER,
    "permalink": TEXT,
    "outlet": TEXT,
    "title": TEXT,
    "published_at": optional(TEXT),
}
_OF_LINE: Final = record(
    **_STORY,
    field=TEXT,
    left=TEXT,
    keyword=TEXT,
    right=TEXT,
)
CONCORDANCE: Final = record(
    occurrences=NUMBER,
    stories=NUMBER,
    found=NUMBER,
    page=NUMBER,
    pages=NUMBER,
    sort=TEXT,
    window=NUMBER,
    by=TEXT,
    lines=listed(_OF_LINE),
    warnings=WARNINGS,
)
TRENDS: Final = record(
    by=TEXT,
    buckets=listed(TEXT),
    articles=listed(NUMBER),
    characters=listed(NUMBER),
    days=listed(NUMBER),
    series=listed(record(q=TEXT, outlet=optional(TEXT), articles=listed(NUMBER), occurrences=listed(NUMBER))),
    warnings=WARNINGS,
)
COLLOCATES: Final = record(
    occurrences=NUMBER,
    stories=NUMBER,
    window=NUMBER,
    side=TEXT,
    by=TEXT,
    reach=NUMBER,
    words=NUMBER,
    found=NUMBER,
    collocates=listed(
        record(
            word=TEXT,
            observed=NUMBER,
            frequency=NUMBER,
            expected=_SCORE,
            log_likelihood=_SCORE,
            log_dice=_SCORE,
            mi=_SCORE,
            stories=NUMBER,
            outlets=NUMBER,
        )
    ),
    warnings=WARNINGS,
)
_SIDE: Final = record(stories=NUMBER, words=NUMBER)
KEYNESS: Final = record(
    a=_SIDE,
    b=_SIDE,
    common=NUMBER,
    by=TEXT,
    words=listed(
        record(
            word=TEXT,
            is_name=FLAG,
            a=NUMBER,
            b=NUMBER,
            log_likelihood=_SCORE,
            log_ratio=_SCORE,
            stories_a=NUMBER,
            stories_b=NUMBER,
            dispersion_a=_SCORE,
            dispersion_b=_SCORE,
        )
    ),
    warnings=WARNINGS,
)
_PASSAGES: Final = listed(
    record(
        text=TEXT,
        prints=listed(
            record(
                **_STORY,
                text=TEXT,
            )
        ),
    )
)
PASSAGES: Final = record(
    found=NUMBER,
    stories=NUMBER,
    page=NUMBER,
    more=FLAG,
    whole=FLAG,
    sort=TEXT,
    passages=_PASSAGES,
    warnings=WARNINGS,
)
ARTICLE_PASSAGES: Final = record(passages=_PASSAGES, warnings=WARNINGS)
COVERAGE: Final = record(
    results=listed(
        record(
            **_STORY,
            score=_SCORE,
            words=listed(TEXT),
            passages=listed({"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}),
        )
    ),
    warnings=WARNINGS,
)
