"""How a reader came to an article and wants to read it, as it stands in the article's address: the search,
the place of the article among its hits, the script, pictures from elsewhere, marks on paper."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.http import QueryDict

from search.language.conversion import Script
from search.results.service import Parameters

from . import links
from .forms import SearchForm

_LAST_PLACE = 100_000_000  # more stories than there are


@dataclass(frozen=True, slots=True)
class Way:
    parameters: Parameters = field(default_factory=Parameters)
    place: int = 0  # among the hits of that search, from 1; 0: the reader came from elsewhere
    script: Script | None = None  # None: as printed
    images: bool = False  # the original pictures too, from other hosts
    print_marks: bool = False

    @property
    def results(self) -> str:
        """The page of results that has this hit."""
        page = (max(self.place, 1) - 1) // self.parameters.per_page + 1
        return links.address(replace(self.parameters, page=page))

    @property
    def query(self) -> str:
        """With "?"; "" for an article by itself."""
        return self.to()

    def to(
        self,
        *,
        place: int | None = None,
        script: str | None = None,
        images: bool | None = None,
        print_marks: bool | None = None,
    ) -> str:
        """The same way with something changed, as the query of an address; `script` "" is as printed."""
        pairs = links.query_pairs(self.parameters)
        if at := self.place if place is None else place:
            pairs.append(("at", str(at)))
        if view := (self.script or "") if script is None else script:
            pairs.append(("view", view))
        if self.print_marks if print_marks is None else print_marks:
            pairs.append(("print", "marks"))
        if self.images if images is None else images:
            pairs.append(("images", "1"))
        return links.as_query(pairs)


def way_of(asked: QueryDict) -> Way:
    """Whatever can't be read is left out: an article is shown all the same."""
    form = SearchForm(asked)
    script = asked.get("view", "")
    at = asked.get("at", "")
    return Way(
        replace(form.parameters(), page=1) if form.is_valid() else _words_alone(asked),
        place=min(int(at), _LAST_PLACE) if at.isascii() and at.isdigit() and len(at) < 20 else 0,
        script=Script(script) if script in set(Script) else None,
        images=asked.get("images") == "1",
        print_marks=asked.get("print") == "marks",
    )


def _words_alone(asked: QueryDict) -> Parameters:
    return Parameters(
        text=asked.get("q", ""),
        also=asked.get("also") != "off",
        loose=asked.get("loose") != "off",
        exact=asked.get("exact") == "on",
    )
