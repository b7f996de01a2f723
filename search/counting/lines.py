"""Occurrences -> lines as they are printed, read from the articles that are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from search.engines.base import CountedTexts, Occurrences
from search.language.folding import Aligned, aligned
from search.language.loosening import LINE
from search.results.rows import Row

from .shown import rows_of

FIELDS: Final = ("title", "body", "caption")  # as the engine numbers them


@dataclass(frozen=True, slots=True)
class Line:
    """One occurrence. Line ends within the text are kept."""

    article: Article
    outlet: str
    field: str  # title, body or caption
    left: str
    keyword: str
    right: str

    @property
    def day(self) -> date | None:
        return self.article.published_on


def running_text(article: Article, captions: list[str]) -> tuple[str, str, str]:
    """Title, body and captions as the index counts them (`IndexDocument.running_text`)."""
    every = [*captions, *(embed["caption"] for embed in article.embeds)]
    shown = "\n".join(caption for caption in every if caption.strip())
    return article.title, plain_text(article.body, line_break=LINE), shown


def read(texts: CountedTexts, found: Occurrences, window: int, by: str) -> Iterator[Line]:
    """Lines in the order of `found`; without those whose story was withdrawn meanwhile. Four queries."""
    stories = texts.stories(found.docs).tolist()
    printed = _printed(stories)
    spans = texts.spans(found)
    reach = _reach(texts, found, window) if by == "word" else [None] * len(spans)
    for story, field, span, around in zip(stories, found.fields.tolist(), spans, reach, strict=True):
        if story in printed:
            row, fields = printed[story]
            yield _line(row, FIELDS[field], fields[field], span, around, window)


def _reach(texts: CountedTexts, found: Occurrences, window: int) -> list[tuple[int, int] | None]:
    """The engine wants documents in order."""
    order = found.docs.argsort(kind="stable")
    reach: list[tuple[int, int] | None] = [None] * len(order)
    for at, edges in zip(order.tolist(), texts.reach(found.taken(order), window), strict=True):
        reach[at] = edges
    return reach


def _printed(stories: list[int]) -> dict[int, tuple[Row, list[tuple[str, Aligned]]]]:
    found = {}
    for story, row in rows_of(stories).items():
        fields = running_text(row.article, [picture.caption for picture in row.pictures])
        found[story] = row, [(text, aligned(text)) for text in fields]
    return found


def _line(
    row: Row,
    field: str,
    printed: tuple[str, Aligned],
    span: tuple[int, int],
    around: tuple[int, int] | None,
    window: int,
) -> Line:
    text, written = printed
    start, end = written.printed(*span)
    begin, stop = max(0, start - window), end + window
    if around is not None:
        begin = written.printed(around[0], around[0] + 1)[0]
        stop = max(end, written.printed(max(around[0], around[1] - 1), around[1])[1])
    left, right = text[begin:start], text[end:stop]
    if field == "caption":  # each is a text of its own
        left, right = left.rpartition("\n")[2], right.partition("\n")[0]
    shown = (part.replace(LINE, "\n") for part in (left, text[start:end], right))
    return Line(row.article, row.outlet, field, *shown)
