"""Generations of layouts 3 to 5, read for as long as it takes to build one of today's beside them.

None of them says which caption and credit belong to one picture. Layouts 3 and 4 have no printed texts, so
nothing can be looked for as typed there, and no list of what punctuation parts. In layout 3 the byte of a
posting knows nothing of words and its steps are others. This module goes when no release that wrote them is
to be upgraded from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from search.engines.embedded import ngrams
from search.engines.embedded.impacts import impact_of
from search.engines.embedded.ngrams import GramList, Postings
from search.engines.embedded.trigrams import NAME as TRIPLES
from search.query.fields import GRAM_LISTS

SCHEMAS: Final = frozenset({"3", "4"})
# Read as today's is, but for two things: its captions and credits are not in pairs, and it does not say which
# sections it has.
WITHOUT_PICTURES: Final = "5"
# Of indexes that do not say which sections a story's text has.
_SECTIONS: Final = "title body caption credit author outlet category tag other"
_WITHOUT_WORDS: Final = "3"
_FREQUENCY_OF = ((np.exp2(np.arange(256) / 16.0) - 1.0) / 4.0).astype(np.float32)
_IMPACT_OF = impact_of(_FREQUENCY_OF).astype(np.uint32)


class _Translated(GramList):
    def postings(self, code: int) -> Postings:
        postings = super().postings(code)
        impacts = np.uint32(ngrams.IMPACT)
        return np.asarray(postings & ~impacts | _IMPACT_OF[postings & impacts], np.uint32)


def lists(folder: Path, schema: str) -> tuple[dict[str, GramList], GramList]:
    """The lists of grams, and that of triples."""
    kind = _Translated if schema == _WITHOUT_WORDS else GramList
    return {name: kind(folder, name) for name in GRAM_LISTS}, kind(folder, TRIPLES)


def sections(said: str | None) -> tuple[str, ...]:
    """The sections of a story's text, by what an index says of itself."""
    return tuple((said or _SECTIONS).split())
