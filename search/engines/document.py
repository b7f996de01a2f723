"""One story as an index is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from search.language.tokens import search_text
from search.query.fields import FIELDS, SECTIONS, Facet, Field

_FIELD_OF = {row.facet: row.field for row in FIELDS.values() if row.facet}


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
    # What of it is told by the copy that readers are shown, which is what gets counted: so many characters of
    # `body`, and its captions, also those that it prints twice. None: all.
    body_shown: int | None = None
    captions_shown: tuple[str, ...] | None = None

    # By Field: the values of those that have no attribute here.
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def values_of(self, section: Field) -> tuple[str, ...]:
        """The values of a field that has texts of its own."""
        found: str | tuple[str, ...] = self.further.get(section, ())
        if attribute := FIELDS[section].attribute:
            found = getattr(self, attribute)
        return ((found,) if found else ()) if isinstance(found, str) else found

    def values(self, facet: Facet) -> tuple[str, ...]:
        """What it is counted by."""
        match facet:
            case Facet.YEAR:
                return (str(self.day.year),) if self.day else ()
            case Facet.LANGUAGE:
                return (self.language,) if self.language else ()
            case Facet.IMAGE:
                return ("1",) if self.has_image else ()
            case Facet.AGENCY:
                return self.agencies
        return self.values_of(_FIELD_OF[facet])

    def running_text(self) -> tuple[str, str, str]:
        """Title, body and captions as printed by the copy that is shown; a line for each caption."""
        captions = self.captions if self.captions_shown is None else self.captions_shown
        return self.title, self.body[: self.body_shown], "\n".join(captions)

    def printed_parts(self) -> dict[Field, str]:
        """What `search.query.semantics` looks in for what is wanted as typed."""
        return {section: "\n".join(self.values_of(section)) for section in SECTIONS}

    def folded_parts(self) -> dict[Field, str]:
        """What it looks in for everything else."""
        return {field: search_text(text) for field, text in self.printed_parts().items()}
