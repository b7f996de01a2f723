"""The addresses of the counting pages, and of the searches that numbers lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Outlet
from search.engines.base import Facet, Sort
from search.results.service import Parameters
from search.web import links
from search.web.forms import PER_PAGE

_PAGES: Final = (
    ("concordance", _("逐處列出")),
    ("trends", _("趨勢")),
    ("collocates", _("搭配詞")),
    ("keyness", _("關鍵詞比較")),
    ("passages", _("相同段落")),
)
_CHARACTERS_A_WORD: Final = 2  # of Chinese on average, for distances that queries count in characters
_MOST_OUTLETS: Final = 300  # offered in a list; more can still be asked for by the address


@dataclass(frozen=True, slots=True)
class Around:
    """What every counting page offers beside its numbers."""

    tabs: tuple[links.Link, ...]
    kept: tuple[tuple[str, str], ...]  # hidden fields: filters that the form has no field for
    outlets: tuple[str, ...]
    outlet: str
    search: str  # the articles themselves


def plain(parameters: Parameters) -> Parameters:
    """Without what is only said of a page of results."""
    return replace(parameters, page=1, per_page=PER_PAGE, sort=Sort.RELEVANCE, share=False)


def href(view: str, parameters: Parameters, **own: object) -> str:
    """`own`: what is not the page's default."""
    address = links.address(plain(parameters), view=view)
    pairs = urlencode({name: value for name, value in own.items() if value})
    if not pairs:
        return address
    return f"{address}{'&' if '?' in address else '?'}{pairs}"


def around(page: str, parameters: Parameters) -> Around:
    chosen = parameters.filters.include.get(Facet.OUTLET, ())
    include: dict[Facet, tuple[str, ...]] = {}
    include |= {
        facet: values for facet, values in parameters.filters.include.items() if facet != Facet.OUTLET
    }
    rest = replace(parameters.filters, include=include, first=None, last=None)
    return Around(
        tabs=tuple(_tabs(page, parameters)),
        kept=tuple(links.pairs(replace(plain(parameters), text="", filters=rest))),
        outlets=tuple(_outlets(chosen)),
        outlet=chosen[0] if chosen else "",
        search=links.address(plain(parameters)),
    )


def keyness(parameters: Parameters) -> str:
    """The words of a search beside those of the whole archive."""
    asked = links.pairs(plain(parameters))
    return reverse("keyness") + ("?" + urlencode({"a": urlencode(asked)}) if asked else "")


def _tabs(page: str, parameters: Parameters) -> Iterator[links.Link]:
    for view, label in _PAGES:
        address = keyness(parameters) if view == "keyness" else href(view, parameters)
        yield links.Link(str(label), address, current=view == page)


def _outlets(chosen: tuple[str, ...]) -> list[str]:
    names = Outlet.objects.order_by("name").values_list("name", flat=True)[:_MOST_OUTLETS]
    return list(dict.fromkeys((*chosen, *names)))


def with_word(parameters: Parameters, word: str) -> Parameters:
    """The same search narrowed to articles that have a word, whose occurrences are listed too."""
    quoted = f'"{word}"' if '"' not in word else word
    words = f"{parameters.text} {quoted}".strip()
    return replace(parameters, text=words)


def pair(parameters: Parameters, word: str, window: int) -> str:
    """The concordance of a query and a word near it. A single word of the query can be asked for at a
    distance; of anything else the articles that have both are taken."""
    text = parameters.text.strip().strip('"')
    if text and not any(char in text for char in ' "()|:-*') and '"' not in word:
        near = f'"{text} {word}"~{window * _CHARACTERS_A_WORD}'
        return href("concordance", replace(parameters, text=near))
    return href("concordance", with_word(parameters, word))
