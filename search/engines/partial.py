"""A question that as a whole stands nowhere, taken apart: what is looked for instead, and what it counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from search.language.folding import Aligned
from search.language.tokens import Token, has_word_edges
from search.query.fields import WITHOUT_NAME
from search.query.parser import And, Query, Term

from .ranking import CHARACTER, PAIR


def parted(query: Query) -> tuple[list[str], list[Query]]:
    """What may be matched in part (words and phrases that are ANDed), and what must hold all the same
    (fields, dates, alternatives, exclusions)."""
    free: list[str] = []
    rest: list[Query] = []
    for part in query.parts if isinstance(query, And) else (query,):
        if isinstance(part, Term) and part.field in WITHOUT_NAME and not part.prefix:
            free.append(part.text)
        else:
            rest.append(part)
    return free, rest


def grams(folded: str) -> dict[str, float]:
    """The characters and pairs worth asking for, with what each counts. Latin and digits have words."""
    shares: dict[str, float] = {}
    for run in "".join(
        " " if has_word_edges(char) or not char.isalnum() else char for char in folded
    ).split():
        shares.update(dict.fromkeys(run, CHARACTER))
        shares.update(dict.fromkeys(map("".join, itertools.pairwise(run)), PAIR))
    return shares


def shown(text: str, written: Aligned, tokens: Iterable[Token]) -> tuple[str, ...]:
    """The words that are looked for, as typed; a lone character says little, unless there is nothing else. Of
    a script that has no words here (Hangul, kana, Arabic): the characters. `written` is `text`, aligned."""

    def typed(start: int, end: int) -> str:
        first, last = written.printed(start, end)
        return text[first:last]

    words = dict.fromkeys(typed(token.start, token.end) for token in tokens)
    asked = grams(written.text)
    letters = dict.fromkeys(typed(at, at + 1) for at, one in enumerate(written.text) if one in asked)
    return tuple(word for word in words if len(word) > 1 or word.isascii()) or tuple(words or letters)
