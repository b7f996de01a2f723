"""How an article begins, as the abstract of its reference and the description of its page."""

from __future__ import annotations

import re
from typing import Final

from newsarchive.importers.html.safe_subset import plain_text

_LONGEST: Final = 300  # characters: what a screen of a reference manager shows; beyond them it is cut
_SHORTEST: Final = 60  # characters: a first sentence that ends before is no abstract by itself
_SENTENCE_END: Final = re.compile(r"[。！？!?…][」』”’）)]*|\.(?=\s)")


def abstract_of(body: str) -> str:
    """Whole sentences from the beginning of a body, on one line; where the first is longer, its beginning
    with "…". "" for a body without text."""
    text = " ".join(plain_text(body).split())
    if len(text) <= _LONGEST:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, _LONGEST)]
    if ends and ends[-1] >= _SHORTEST:
        return text[: ends[-1]]
    return text[: _LONGEST - 1] + "…"
