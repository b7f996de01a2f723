"""The reader's words -> a query tree. Pure: no Django, no index, no dictionary.

    query  = and (("OR" | "或" | "|") and)*
    and    = unary (["AND"] unary)*
    unary  = ("NOT" | "-") unary | field unary | "(" query ")" | term
    term   = word ["*"] | phrase ["~" number] | (word | phrase) "without" (word | phrase)

`parse` never fails: what has no tree is searched as literal strings, with the reason for the reader.
docs/query-language.md has the language for readers and the decisions behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from newsarchive.errors import BadQuery
from newsarchive.importers.fields.encoding import clean
from search.language.tokens import fold, has_word_edges, needle, search_text

from .dates import date_range
from .describe import describe
from .fields import Field
from .lexer import (
    QUOTE_MARKS,
    SCOPES,
    Kind,
    Lexeme,
    Scope,
    bare,
    is_punctuation,
    is_sign_only,
    is_without,
    lexemes,
    pieces,
    reads_as_word,
    shape,
)
from .tree import (
    And,
    DateRange,
    Near,
    Not,
    Or,
    ParsedQuery,
    Query,
    Same,
    Term,
    Without,
    however_written,
    in_typed_characters,
    of_one_picture,
    positive_terms,
    unbroken,
)

__all__ = [
    "And",
    "DateRange",
    "Field",
    "Near",
    "Not",
    "Or",
    "ParsedQuery",
    "Query",
    "Same",
    "Term",
    "Without",
    "describe",
    "however_written",
    "in_typed_characters",
    "of_one_picture",
    "parse",
    "parse_strict",
    "positive_terms",
    "unbroken",
]

MAX_CHARACTERS = 500
MAX_CLAUSES = 50
MAX_IN_TEXT = 5  # ~ and without: what no list answers and texts are read for
MAX_NESTING = 20
MAX_DISTANCE = 500

# Most searches: words of common ideographs and the blanks between them, without a sign or an operator. They
# are what the parser would make of them (tests/search/query/test_parser.py), in a fraction of its time.
_PLAIN = re.compile("[\u4e00-\u9fff]+(?:[ \u3000]+[\u4e00-\u9fff]+){0,9}")
_STARTS = (Kind.WORD, Kind.PHRASE, Kind.FIELD, Kind.OPEN, Kind.NOT)


def parse(text: str, *, today: date | None = None) -> ParsedQuery:
    """Never raises. `today` is what `date:P7D` ends with; the day of the machine unless given. What nobody
    sees (zero-width blanks that come along when text is copied) is in no article, and not looked for."""
    text = clean(text)
    try:
        return ParsedQuery(text, _read(text, today))
    except BadQuery as error:
        return ParsedQuery(text, _literal(text), True, error.message, error.position)


def parse_strict(text: str, *, today: date | None = None) -> Query:
    """Raises BadQuery for anything that has no tree, a blank query too."""
    tree = _read(clean(text), today)
    if tree is None:
        raise BadQuery("query_empty", position=0)
    return tree


def _read(text: str, today: date | None) -> Query | None:
    if len(text) > MAX_CHARACTERS:
        raise BadQuery("query_too_long", position=MAX_CHARACTERS, most=MAX_CHARACTERS)
    if _PLAIN.fullmatch(text) and "或" not in (words := text.split()):
        return _joined(And, [Term(word) for word in words])
    day = today or date.today()
    tree = _Parser(text, day).query() or _Parser(text, day, signs=True).query()
    return And((tree,)) if isinstance(tree, Not) else tree


class _Parser:
    """`signs`: punctuation that stands by itself is looked for, since nothing else was typed."""

    def __init__(self, text: str, today: date, *, signs: bool = False) -> None:
        self.signs = signs
        self.end = len(text)
        self.today = today
        self.lexemes = list(lexemes(text))
        self.at = 0
        self.clauses = 0
        self.in_text = 0
        self.nesting = 0

    def peek(self, ahead: int = 0) -> Lexeme | None:
        return self.lexemes[self.at + ahead] if self.at + ahead < len(self.lexemes) else None

    def accept(self, *kinds: Kind) -> Lexeme | None:
        lexeme = self.peek()
        if lexeme is None or lexeme.kind not in kinds:
            return None
        self.at += 1
        return lexeme

    def query(self) -> Query | None:
        if not self.lexemes:
            return None
        tree = self.either(None)
        if surplus := self.peek():
            raise BadQuery("query_close_without_open", position=surplus.start)
        return tree

    def either(self, scope: Scope | None) -> Query | None:
        parts = [self.every(scope)]
        while self.accept(Kind.OR):
            parts.append(self.every(scope))
        return _joined(Or, parts)

    def every(self, scope: Scope | None) -> Query | None:
        parts = [self.unary(scope)]
        while self.accept(Kind.AND) or ((following := self.peek()) and following.kind in _STARTS):
            parts.append(self.unary(scope))
        return _joined(And, parts)

    def unary(self, scope: Scope | None) -> Query | None:
        lexeme = self.accept(*_STARTS)
        if lexeme is None:
            raise self.missing()
        if lexeme.kind is Kind.NOT:
            part = self.unary(scope)
            return part.part if isinstance(part, Not) else part and Not(part)
        if lexeme.kind is Kind.FIELD:
            return self.unary(lexeme.scope)
        if lexeme.kind is Kind.OPEN:
            return self.group(lexeme, scope)
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise BadQuery("query_too_many_terms", position=lexeme.start, most=MAX_CLAUSES)
        if scope is None or isinstance(scope, Field):
            return self.term(lexeme, scope)
        return date_range(fold(lexeme.text), position=lexeme.start, today=self.today)

    def missing(self) -> BadQuery:
        lexeme = self.peek()
        if lexeme is None:
            return BadQuery("query_ends_early", position=self.end)
        if lexeme.kind is Kind.CLOSE:
            return BadQuery("query_nothing_before_close", position=lexeme.start)
        return BadQuery("query_nothing_before", position=lexeme.start, sign=lexeme.text)

    def group(self, opening: Lexeme, scope: Scope | None) -> Query | None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise BadQuery("query_too_deep", position=opening.start, most=MAX_NESTING)
        tree = self.either(scope)
        if not self.accept(Kind.CLOSE):
            raise BadQuery("query_open_without_close", position=opening.start)
        self.nesting -= 1
        return tree

    def term(self, lexeme: Lexeme, scope: Field | None) -> Query | None:
        following, outside = self.peek(), self.peek(1)
        if (
            following
            and following.kind is Kind.WORD
            and is_without(following.text)
            and outside
            and outside.kind in (Kind.WORD, Kind.PHRASE)
        ):
            self.at += 2
            self.count_in_text(lexeme)
            return self.without(lexeme, outside, scope or Field.TEXT)
        if lexeme.distance is not None:
            self.count_in_text(lexeme)
            return _near(lexeme, scope or Field.TEXT)
        if lexeme.kind is Kind.PHRASE:
            seen = search_text(lexeme.text).strip()  # not accents without a letter, nor invisible signs
            return Term(lexeme.text, scope or Field.TEXT, exact=True) if seen else None
        return self.word(lexeme, scope or Field.ANY)

    def word(self, lexeme: Lexeme, field: Field) -> Query | None:
        """Punctuation parts a word of ideographs as blanks would: 國安法、影響 is two terms."""
        visible = [part for part in pieces(lexeme.text) if search_text(part).strip()]
        parts = [part for part in visible if self.signs or not is_sign_only(part)]
        self.clauses += max(0, len(parts) - 1)
        if self.clauses > MAX_CLAUSES:
            raise BadQuery("query_too_many_terms", position=lexeme.start, most=MAX_CLAUSES)
        return _joined(And, [_word(part, lexeme, field) for part in parts])

    def count_in_text(self, lexeme: Lexeme) -> None:
        self.in_text += 1
        if self.in_text > MAX_IN_TEXT:
            raise BadQuery("query_too_many_distances", position=lexeme.start, most=MAX_IN_TEXT)

    def without(self, inner: Lexeme, outer: Lexeme, scope: Field) -> Without:
        texts = []
        for lexeme in (inner, outer):
            text = lexeme.text if lexeme.kind is Kind.PHRASE else bare(lexeme.text)
            if not text or lexeme.distance is not None or (lexeme.kind is Kind.WORD and "*" in fold(text)):
                raise BadQuery("query_without_needs_two", position=lexeme.start)
            texts.append(text)
        found, outside = needle(texts[0]), needle(texts[1])
        if not (found and outside and found.text != outside.text and found.text in outside.text):
            raise BadQuery("query_without_needs_longer", position=outer.start, text=texts[0])
        following = self.peek()
        if following and following.kind is Kind.WORD and is_without(following.text):
            raise BadQuery("query_without_twice", position=following.start)
        return Without(texts[0], texts[1], scope)


def _joined(kind: type[And] | type[Or], parts: Iterable[Query | None]) -> Query | None:
    """Nested alternatives and conjunctions of the same kind are one; empty phrases vanish."""
    flat: list[Query] = []
    for part in parts:
        if isinstance(part, kind):
            flat.extend(part.parts)
        elif part is not None:
            flat.append(part)
    if len(flat) > 1:
        return kind(tuple(flat))
    return flat[0] if flat else None


def _near(lexeme: Lexeme, field: Field) -> Near:
    strings = lexeme.text.split()
    if len(strings) != 2:
        raise BadQuery("query_distance_needs_two", position=lexeme.start)
    assert lexeme.distance is not None
    if lexeme.distance > MAX_DISTANCE:
        raise BadQuery("query_distance_too_large", position=lexeme.start, most=MAX_DISTANCE)
    return Near(strings[0], strings[1], lexeme.distance, field)


def _word(text: str, lexeme: Lexeme, field: Field) -> Term:
    folded = fold(text)
    star = folded.find("*")
    if star < 0:
        # 」-NOT behind a phrase is no negation, and alone it would be one: it is looked for as it stands.
        return Term(text, field, exact=folded.startswith("-") and not reads_as_word(text))
    stem = folded[:star]
    latin = all(has_word_edges(char) or not char.isalpha() for char in stem)
    if star < len(folded) - 1 or not stem or not has_word_edges(stem[-1]) or not latin:
        raise BadQuery("query_star_misplaced", position=lexeme.start + lexeme.text.index(text) + star)
    return Term(text[:star], field, prefix=True)


# --- what cannot be parsed


def _literal(text: str) -> Query | None:
    """The pieces between blanks and quotation marks, without the signs at their ends, all of them wanted."""
    text = text[:MAX_CHARACTERS]
    parted = "".join(
        " " if sign in QUOTE_MARKS else char for char, sign in zip(text, shape(text), strict=True)
    )
    pieces = [_stripped(piece) for piece in parted.split()]
    wanted = [piece for piece in pieces if piece] or parted.split() or text.split()
    seen = [piece for piece in dict.fromkeys(wanted) if search_text(piece).strip()]
    terms = [Term(piece, Field.ANY, exact=True) for piece in seen]
    return _joined(And, terms[:MAX_CLAUSES])


def _stripped(piece: str) -> str:
    """Empty for an operator, a field's name and mere signs: no strings that the reader looks for."""
    name, colon, _ = fold(piece).partition(":")
    if colon and name.strip("(-") in SCOPES:
        piece = piece[len(name) + 1 :]
    piece = bare(piece.strip("()（）|｜-－*＊"))
    is_sign = piece in ("AND", "OR", "NOT") or all(map(is_punctuation, fold(piece)))
    return "" if is_sign else piece
