"""Which one is shown: of the files of one article, and of the copies of one story."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from newsarchive.importers.types import CONVERTED, LOST, ParsedArticle, Standing
from newsarchive.models import Article, RawFile

from . import visibility

# Completeness of a text: a higher number is shown before a lower one.
FULLNESS: Final[dict[str, int]] = {Standing.STUB: 0, Standing.TRUNCATED: 1, Standing.ARTICLE: 2}
# How much of a text is as it was printed, by the worst problem that it has; without any of these it is 2.
INTACT: Final = 2
INTACTNESS: Final[dict[str, int]] = {CONVERTED: 0, LOST: 1}
_DIGITS: Final = re.compile(r"(\d+)")


def best_copy(copies: Sequence[Article]) -> Article:
    """The copy that is shown: published before others, then whole texts before parts, then texts as printed
    before those with lost characters and those that an export converted, then the one that the source points
    to, then the latest capture, then the highest number in the identity."""
    pointed_to = {article.canonical_identity for article in copies} - {""}

    def worth(article: Article) -> tuple[object, ...]:
        return (
            visibility.is_visible(article),
            FULLNESS[article.standing],
            _intactness_of(article),
            article.identity in pointed_to,
            article.captured_at or datetime.min.replace(tzinfo=UTC),
            [int(part) if part.isdigit() else 0 for part in _DIGITS.split(article.identity)],
            article.identity,
        )

    return max(copies, key=worth)


def replaces(article: Article, raw: RawFile, parsed: ParsedArticle) -> bool:
    """Whether a further file of an article replaces the shown one. Compared in this order: completeness,
    whether the text is as printed, time of capture, import; for two files of one import, whose order is
    only that of their names, the source's time of change, then length. A record from another archive's
    export never replaces a source's own file."""
    shown = RawFile.objects.only("format", "run").get(pk=article.raw_id)
    if parsed.curated is not None and shown.format != parsed.format:
        return False
    text = article.source_values.get("body") or article.body
    known = _Rank(
        article.standing,
        _intactness_of(article),
        article.captured_at,
        shown.run_id,
        article.source_updated_at,
        article.published_on,
        text,
    )
    return _outranks(_rank(raw, parsed), known)


def best_file(files: Collection[tuple[RawFile, ParsedArticle]]) -> tuple[RawFile, ParsedArticle]:
    """The file that is shown, of an article's files in the order of arrival."""
    shown, *later = files
    for file in later:
        of_export = file[1].curated is not None and shown[1].curated is None
        if not of_export and _outranks(_rank(*file), _rank(*shown)):
            shown = file
    return shown


@dataclass(frozen=True, slots=True)
class _Rank:
    """The values by which two files of one article are compared."""

    standing: str
    intactness: int
    captured_at: datetime | None
    run: int
    updated_at: str
    day: date | None
    text: str


def _rank(raw: RawFile, parsed: ParsedArticle) -> _Rank:
    updated = parsed.updated_at.isoformat() if parsed.updated_at else ""
    day = parsed.published.day if parsed.published else None
    intactness = _intactness(problem.code for problem in parsed.problems)
    return _Rank(parsed.standing, intactness, parsed.captured_at, raw.run_id, updated, day, parsed.body)


def _outranks(new: _Rank, shown: _Rank) -> bool:
    """When all values are equal, the later file wins."""
    if FULLNESS[new.standing] != FULLNESS[shown.standing]:
        return FULLNESS[new.standing] > FULLNESS[shown.standing]
    if new.intactness != shown.intactness:
        return new.intactness > shown.intactness
    if new.captured_at is not None and shown.captured_at is not None and new.captured_at != shown.captured_at:
        return new.captured_at > shown.captured_at
    if new.run != shown.run:
        return new.run > shown.run
    return _worth(new) >= _worth(shown)


def _intactness_of(article: Article) -> int:
    return _intactness(problem["code"] for problem in article.problems)


def _intactness(problems: Iterable[str]) -> int:
    return min((INTACTNESS.get(code, INTACT) for code in problems), default=INTACT)


def _worth(rank: _Rank) -> tuple[str, date, int, str]:
    return (rank.updated_at, rank.day or date.min, len(rank.text), rank.text)
