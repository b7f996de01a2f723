"""One story as an index is given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search.language.tokens import search_text
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
    # What of it is told by the copy that readers are shown, which is what gets counted: so many characters of
    # `body`, and its captions, also those that it prints twice. None: all.
    body_shown: int | None = None
    captions_shown: tuple[str, ...] | None = None

    def running_text(self) -> tuple[str, str, str]:
        """Title, body and captions as printed by the copy that is shown; a line for each caption."""
        captions = self.captions if self.captions_shown is None else self.captions_shown
        return self.title, self.body[: self.body_shown], "\n".join(captions)

    def printed_parts(self) -> dict[Field, str]:
        """What `search.query.semantics` looks in for what is wanted as typed."""
        return {
            Field.TITLE: self.title,
            Field.BODY: self.body,
            Field.CAPTION: "\n".join(self.captions),
            Field.CREDIT: "\n".join(self.credits),
            Field.AUTHOR: "\n".join(self.authors),
            Field.OUTLET: self.outlet,
            Field.CATEGORY: "\n".join(self.categories),
            Field.TAG: "\n".join(self.tags),
            Field.OTHER: "\n".join(self.other),
        }

    def folded_parts(self) -> dict[Field, str]:
        """What it looks in for everything else."""
        return {field: search_text(text) for field, text in self.printed_parts().items()}
