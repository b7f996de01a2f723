"""A query tree -> the words one would type for it: what the page and the API say was searched."""

from __future__ import annotations

from search.language.tokens import fold

from .fields import Field
from .lexer import bare, is_without, quoted, reads_as_word
from .tree import And, DateRange, Near, Not, Or, Query, Term, Without


def describe(tree: Query | None) -> str:
    """The canonical words of a tree: `parse(describe(tree)).tree == tree` for all that `parse` makes."""
    match tree:
        case None:
            return ""
        case Term(text, field, exact, prefix):
            if exact:
                return _scoped(field, Field.TEXT) + quoted(text)
            word = f"({text})" if is_without(text) else text
            return _scoped(field, Field.ANY) + word + ("*" if prefix else "")
        case Near(left, right, distance, field):
            return _scoped(field, Field.TEXT) + quoted(f"{left} {right}") + f"~{distance}"
        case Without(text, outside, field):
            return f"{_scoped(field, Field.TEXT)}{_operand(text)} without {_operand(outside)}"
        case DateRange(first, last):
            days = f"{first or ''}/{last or ''}"
            return f"date:{first}" if first and first == last else f"date:{days}"
        case Not(part):
            words = _grouped(part, And, Or)
            return f"NOT {words}" if fold(words).startswith("-") else f"-{words}"
        case And(parts):
            return " ".join(_grouped(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(_grouped(part, And) for part in parts)


def _grouped(part: Query, *kinds: type[And] | type[Or]) -> str:
    return f"({describe(part)})" if isinstance(part, kinds) else describe(part)


def _scoped(field: Field, default: Field) -> str:
    return "" if field == default else f"{field.value}:"


def _operand(text: str) -> str:
    is_word = reads_as_word(text) and bare(text) == text and "*" not in fold(text)
    return text if is_word else quoted(text)
