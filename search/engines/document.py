"""One story as an index is given it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from search.language.tokens import fold
from search.query.parser import Field


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One story as the index sees it: text as printed (engines fold), facets as shown."""

    story_id: int
    title: str = ""
    body: str = ""  # plain text, paragraphs separated by "\n"; what only older copies say follows
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()  # those that stand apart from their caption too
    authors: tuple[str, ...] = ()
    outlet: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    other: tuple[str, ...] = ()  # byline, alt texts, related links: found by bare words only
    day: date | None = None
    language: str = ""
    has_image: bool = False
    agencies: tuple[str, ...] = ()

    def folded_parts(self) -> dict[Field, str]:
        """What `search.query.semantics` looks in."""
        return {
            Field.TITLE: fold(self.title),
            Field.BODY: fold(self.body),
            Field.CAPTION: _lines(self.captions),
            Field.CREDIT: _lines(self.credits),
            Field.AUTHOR: _lines(self.authors),
            Field.OUTLET: fold(self.outlet),
            Field.CATEGORY: _lines(self.categories),
            Field.TAG: _lines(self.tags),
            Field.OTHER: _lines(self.other),
        }


def _lines(values: Iterable[str]) -> str:
    return fold("\n".join(values))
