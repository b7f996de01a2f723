"""Words that other regions say: 計程車 for 的士. They are rows of search/data/regional.tsv with their source,
not curators' groups, which stay what they make of them; one that a curator switches off silences its words
here too."""

from __future__ import annotations

import functools

from search.language.data_files import rows
from search.query.synonyms import Group

from .seed_data import parted


@functools.cache
def groups() -> tuple[Group, ...]:
    return tuple(
        Group(tuple(parted(words)), tuple(parted(typed)), regional=True)
        for words, typed, _source in rows("regional.tsv", columns=3)
    )
