"""Where the index looks for a field's strings: which gram list, which words, which sections of the text."""

from __future__ import annotations

from dataclasses import dataclass

from search.query.fields import EVERY_GRAM, FIELDS, GRAM_LISTS, LOOKS_IN, Field, Row, sections_of

from . import ngrams
from .stored_text import RANGE


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a field's strings are found: a gram list, what of it, and the sections of the text that settle
    doubts. `words` weigh more there than other strings. `wider`: both lists hold more than the field, so
    their documents are candidates only."""

    gram_list: str
    sections: tuple[int, int]
    words: str = ""  # the list of words of these sections, or of those printed among them
    where: int = ngrams.WHERE
    wider: bool = False


def _scope(row: Row) -> Scope:
    looked_in = LOOKS_IN[row.field]
    kinds = {kind for section in looked_in if (kind := FIELDS[section].kind)}
    where = ngrams.WHERE
    if row.grams == EVERY_GRAM:  # of printed and other texts
        where = sum({ngrams.PRINTED if kind.printed else ngrams.BESIDE for kind in kinds})
    known = {
        section
        for kind in GRAM_LISTS[row.grams]
        if (ngrams.PRINTED if kind.printed else ngrams.BESIDE) & where
        for section in sections_of(kind)
    }
    return Scope(row.grams, RANGE[row.field], row.words, where, wider=known != set(looked_in))


# Of the fields that are texts; the others are facets.
SCOPES: dict[Field, Scope] = {field: _scope(row) for field, row in FIELDS.items() if row.facet is None}
