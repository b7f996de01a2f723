"""What a query is: the tree that engines evaluate, the highlighter marks and the page prints back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import overload

from newsarchive.messages import Message

from .fields import FIELDS, Field


@dataclass(frozen=True, slots=True)
class Term:
    """A string that must stand somewhere. `text` is as typed; engines fold it."""

    text: str
    field: Field = Field.ANY
    exact: bool = False  # quoted: this very string, inside longer Latin words too
    prefix: bool = False  # Latin only: the word begins with this
    as_typed: bool = False  # only where it is printed in these very characters: 係 is not 系
    unbroken: bool = False  # of a bare string: only where no punctuation stands between its characters


@dataclass(frozen=True, slots=True)
class Near:
    """Both strings within `distance` characters of each other, in either order, same field part."""

    left: str
    right: str
    distance: int
    field: Field = Field.TEXT
    as_typed: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """An occurrence of `text` that lies in no occurrence of `outside`: 中國 without 中國銀行."""

    text: str
    outside: str
    field: Field = Field.TEXT
    as_typed: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """Published from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Same(Or):
    """Terms of one field that mean the same: alternatives that are ranked as if they were one word."""


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


Query = Term | Near | Without | DateRange | And | Or | Not


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What came of the reader's words."""

    text: str  # as typed
    tree: Query | None  # None: nothing to look for (blank)
    literal: bool = False  # it could not be parsed and is searched as literal strings
    problem: Message | None = None  # what was wrong, for the reader
    position: int | None = None  # of the problem, characters from 0


def of_one_picture(node: And) -> tuple[Query, ...]:
    """The parts that have to hold for one and the same picture: all that look in captions and credits only,
    when there are several. Exclusions are not among them: they hold for the story."""
    found = tuple(part for part in node.parts if _is_of_picture(part))
    return found if len(found) > 1 else ()


def _is_of_picture(node: Query) -> bool:
    if isinstance(node, And | Or):
        return all(map(_is_of_picture, node.parts))
    return isinstance(node, Term | Near | Without) and FIELDS[node.field].of_picture


@overload
def in_typed_characters(tree: None) -> None: ...
@overload
def in_typed_characters(tree: Query) -> Query: ...
def in_typed_characters(tree: Query | None) -> Query | None:
    """The same query, whose strings are found only where they are printed as they were typed."""
    match tree:
        case None | DateRange():
            return tree
        case Not(part):
            return Not(in_typed_characters(part))
        case And(parts) | Or(parts):
            return type(tree)(tuple(in_typed_characters(part) for part in parts))
        case _:
            return replace(tree, as_typed=True)


def however_written(node: Term | Near | Without) -> Term | Near | Without:
    """What a string that is looked for as typed is looked for in the index: in any characters, and like it
    where nothing parts it."""
    if isinstance(node, Term):
        return replace(node, as_typed=False, unbroken=True)
    return replace(node, as_typed=False)


@overload
def unbroken(tree: None) -> None: ...
@overload
def unbroken(tree: Query) -> Query: ...
def unbroken(tree: Query | None) -> Query | None:
    """The same query, whose bare strings are found only where nothing stands between their characters."""
    match tree:
        case Term():
            return replace(tree, unbroken=True)
        case Not(part):
            return Not(unbroken(part))
        case And(parts) | Or(parts):
            return type(tree)(tuple(unbroken(part) for part in parts))
        case _:
            return tree


def positive_terms(tree: Query | None) -> list[Term | Near | Without]:
    """What a reader wants marked: every string node that is not negated, once, in the order typed."""
    return list(dict.fromkeys(_positive(tree))) if tree is not None else []


def _positive(node: Query) -> Iterator[Term | Near | Without]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _positive(part)
    elif isinstance(node, Term | Near | Without):
        yield node
