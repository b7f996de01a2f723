"""Generations of layouts 3 to 5, read for as long as it takes to build one of today's beside them.

- 5: the words' posting lists are not arrays.
- 4: as 5, and there are no printed texts, so that nothing can be looked for as typed, and no list of what
  punctuation parts.
- 3: as 4, and the byte of a posting does not say how much of it is the word, and its steps are others.

This module goes when no release that wrote them is to be upgraded from.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from search.engines.embedded import ngrams
from search.engines.embedded.impacts import impact_of
from search.engines.embedded.ngrams import GramList, Postings
from search.engines.embedded.trigrams import NAME as TRIPLES
from search.query.fields import GRAM_LISTS

SCHEMAS: Final = frozenset({"3", "4"})
# Read as today's is; the words' posting lists are those of Whoosh's own codec (`words/index_reader.py`).
WITHOUT_ARRAYS: Final = "5"
# Of indexes that do not say which sections a story's text has.
_SECTIONS: Final = "title body caption credit author outlet category tag other"
_WITHOUT_WORDS: Final = "3"
_FREQUENCY_OF = ((np.exp2(np.arange(256) / 16.0) - 1.0) / 4.0).astype(np.float32)
_IMPACT_OF = impact_of(_FREQUENCY_OF).astype(np.uint32)


def forget_epoch(folder: Path) -> None:
    """Call before each write. Processes of the release before, where any are still searching, believe that
    nothing was written as long as this file stays and says the same; where it is gone they look."""
    with suppress(OSError):
        (folder / "EPOCH").unlink(missing_ok=True)


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
