"""Names that readers may go on to type, as one keyword each: folded spelling, facet, printed spelling."""

from __future__ import annotations

from typing import Final, NamedTuple

from search.language.tokens import search_text
from search.query.fields import Facet

_PARTED: Final = "\t"
_LONGEST: Final = 300  # a keyword may have 32,766 bytes


class Name(NamedTuple):
    folded: str
    facet: Facet
    printed: str


def packed(facet: Facet, printed: str) -> str:
    printed = printed[:_LONGEST]
    return _PARTED.join((search_text(printed), facet, printed))


def unpacked(keyword: str) -> Name:
    folded, facet, printed = keyword.split(_PARTED, 2)  # folding leaves no tab
    return Name(folded, Facet(facet), printed)
