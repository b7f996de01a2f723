"""The fields of the Whoosh index, and jieba's words as Whoosh's analyzers and query parsers take them.

Whoosh keeps the schema as a pickle that names these classes, so `whoosh.index.open_dir` needs this module to
be where it is. The archive itself passes `schema()` when it opens an index, and so reads older indexes too,
whose pickles name modules that no longer exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import NUMERIC, FieldType, Schema
from whoosh.formats import Existence

from search.language.tokens import search_text, segmenter
from search.query.fields import WORD_LISTS


class JiebaTokenizer(Tokenizer):
    """The archive's words, folded, for Whoosh's query parsers and analyzers."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **options: Any,
    ) -> Iterator[Token]:
        token = Token(positions, chars, **options)
        for number, word in enumerate(segmenter().tokens(search_text(value))):
            token.text = word.text
            token.boost = 1.0
            if positions:
                token.pos = start_pos + number
            if chars:
                token.startchar, token.endchar = start_char + word.start, start_char + word.end
            yield token


class WordField(FieldType):
    """Words with a weight. Positions are not indexed: strings are looked for in the text itself."""

    indexed = True
    scorable = True

    def __init__(self) -> None:
        self.analyzer = JiebaTokenizer()
        self.format = Existence()
        self.stored = False
        self.unique = False
        self.vector = None
        self.spelling = False
        self.column_type = None


def schema() -> Schema:
    return Schema(story=NUMERIC(int, 64, stored=True), **{name: WordField() for name in WORD_LISTS})
