"""The reader's words -> lexemes: words, phrases, fields, operators, each with its place.

All syntax is read from the folded text, so that full-width and vertical forms of a sign are the sign
itself; the words are taken from the text as typed.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from newsarchive.errors import BadQuery
from search.language.tokens import fold, has_word_edges

from .fields import DATE_NAMES, FIELDS, Field

Scope = Field | Literal["date"]  # what a field prefix says about the words behind it

# Folded name before a colon -> what it says.
SCOPES: dict[str, Scope] = {
    **{fold(name): row.field for row in FIELDS.values() for name in row.names.split()},
    **dict.fromkeys(map(fold, DATE_NAMES.split()), "date"),
}

# Opening mark -> the marks that close it. Curly marks fold to straight ones and are kept apart here.
QUOTES = {'"': '"', "「": "」", "『": "』", "«": "»", "〝": "〞〟", "“": "”", "”": "“”", "‘": "’"}
QUOTE_MARKS = frozenset("".join(QUOTES) + "".join(QUOTES.values())) - frozenset("‘’")
_CURLY = frozenset("“”‘’")
_FIELD = re.compile(r"(\w{1,12}):")
_DISTANCE = re.compile(r"~([0-9]{1,9})")
_PARTING = re.compile(r"[,:;!?/、。…]+")
_KEPT_AT_ENDS = frozenset("#@%&*()")  # C# @user 100% R&D; brackets inside a word are balanced


class Kind(Enum):
    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()


_SIGNS = {"(": Kind.OPEN, ")": Kind.CLOSE, "|": Kind.OR}
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT, "或": Kind.OR}


@dataclass(frozen=True, slots=True)
class Lexeme:
    kind: Kind
    text: str  # of a phrase: what is between the marks
    start: int
    scope: Scope | None = None  # of a field
    distance: int | None = None  # of a phrase with ~10 behind it


def shape(text: str) -> str:
    """The text in which the syntax is read: folded, but curly quotation marks still have sides."""
    return "".join(char if char in _CURLY else folded for char, folded in zip(text, fold(text), strict=True))


def lexemes(text: str) -> Iterator[Lexeme]:
    """Raises BadQuery for a quotation mark that is not closed and a field with nothing behind it."""
    signs = shape(text)
    at = 0
    while at < len(signs):
        char = signs[at]
        if char.isspace():
            at += 1
        elif char in _SIGNS:
            yield Lexeme(_SIGNS[char], text[at], at)
            at += 1
        elif _negates(signs, at):
            yield Lexeme(Kind.NOT, text[at], at)
            at += 1
        elif _opens(signs, at):
            lexeme, at = _phrase(text, signs, at)
            yield lexeme
        elif (name := _FIELD.match(signs, at)) and name[1] in SCOPES:
            at = name.end()
            if at == len(signs) or signs[at].isspace() or signs[at] in ")|":
                raise BadQuery("query_field_empty", position=name.start(), field=text[name.start() : at])
            yield Lexeme(Kind.FIELD, text[name.start() : at], name.start(), scope=SCOPES[name[1]])
        else:
            end = _word_end(signs, at)
            kind = _OPERATORS.get(_as_operator(text[at:end]), Kind.WORD)
            yield Lexeme(kind, text[at:end], at)
            at = end


def _negates(signs: str, at: int) -> bool:
    """Is this a hyphen at a term's start, with the term directly behind it?"""
    if signs[at] != "-" or at + 1 == len(signs):
        return False
    before, after = signs[at - 1] if at else " ", signs[at + 1]
    return (before.isspace() or before in "(|:") and not (after.isspace() or after in "-)|")


def _opens(signs: str, at: int) -> bool:
    """Does a phrase begin here? ‘ is an apostrophe unless it parts no Latin word and is closed."""
    if signs[at] == "‘":
        inside_word = at > 0 and has_word_edges(signs[at - 1])
        return not inside_word and _closing(signs, at) is not None
    return signs[at] in QUOTES


@functools.lru_cache(maxsize=1024)  # asked again for each bracket of a word
def _closing(signs: str, start: int) -> int | None:
    """Where the mark at `start` is closed; marks of the same kind nest."""
    opening, closings = signs[start], QUOTES[signs[start]]
    depth = 0
    for at in range(start + 1, len(signs)):
        if signs[at] in closings:
            if opening == "‘" and has_word_edges(signs[at + 1 : at + 2] or " "):
                continue  # Wall’s
            if depth == 0:
                return at
            depth -= 1
        elif signs[at] == opening:
            depth += 1
    return None


def _phrase(text: str, signs: str, start: int) -> tuple[Lexeme, int]:
    closing = _closing(signs, start)
    if closing is None:
        raise BadQuery("query_quote_open", position=start, mark=text[start])
    inside, end, distance = text[start + 1 : closing].strip(), closing + 1, None
    if signs.startswith("~", end):
        number = _DISTANCE.match(signs, end)
        if not number:
            raise BadQuery("query_distance_missing", position=end)
        distance, end = int(number[1]), number.end()
    return Lexeme(Kind.PHRASE, inside, start, distance=distance), end


def _word_end(signs: str, start: int) -> int:
    """A word goes on to a blank, a sign or a phrase; brackets that close within it belong to it: BN(O)."""
    at = start
    while at < len(signs) and not (signs[at].isspace() or signs[at] in ")|" or _opens(signs, at)):
        if signs[at] == "(":
            closed = _bracket_end(signs, at)
            # At a word's start there is no bracket, that is a group; nor behind NOT, AND and OR.
            if closed is None or not signs[at - 1].isalnum() or signs[start:at] in ("and", "or", "not", "或"):
                break
            at = closed
        at += 1
    return at


def _bracket_end(signs: str, start: int) -> int | None:
    """Where the bracket closes, if before any blank, sign or quotation mark."""
    depth = 0
    for at in range(start, len(signs)):
        if signs[at].isspace() or signs[at] == "|" or _opens(signs, at):
            return None
        depth += {"(": 1, ")": -1}.get(signs[at], 0)
        if depth == 0:
            return at
    return None


def _as_operator(word: str) -> str:
    """AND, OR and NOT are operators in capitals only, full-width capitals too."""
    return fold(word).upper() if word.isupper() or word == "或" else ""


def bare(word: str) -> str:
    """`word` without the punctuation at its ends; all of it when it is nothing else.

    What is left must read as a word again, so a word whose rest would be an operator stays whole.
    """
    folded = fold(word)
    start, end = 0, len(word)
    while start < end and (is_punctuation(folded[start]) or folded[start] == "+"):
        start += 1
    while start < end and is_punctuation(folded[end - 1]):
        end -= 1
    if start == end or (start == 0 and end == len(word)):
        return word
    return word[start:end] if reads_as_word(word[start:end]) else word


def pieces(word: str) -> list[str]:
    """A word as typed, parted where a comma, a full stop or the like stands beside an ideograph; each piece
    without the punctuation at its ends. Between Latin letters or digits it parts nothing: 3,421.5."""
    folded, found, start = fold(word), [], 0
    for sign in _PARTING.finditer(folded):
        before, behind = folded[: sign.start()][-1:], folded[sign.end() :][:1]
        if before and behind and not (has_word_edges(before) and has_word_edges(behind)):
            found.append(word[start : sign.start()])
            start = sign.end()
    whole = [bare(piece) for piece in (*found, word[start:]) if piece]
    parted = [piece for piece in whole if not is_sign_only(piece)]
    # Each piece must read as one word again; else all is looked for as it was typed.
    if len(parted) > 1 and all(map(reads_as_word, parted)):
        return parted
    return parted if len(parted) == 1 and reads_as_word(parted[0]) else [bare(word)]


def is_sign_only(word: str) -> bool:
    return all(map(is_punctuation, fold(word)))


def is_punctuation(char: str) -> bool:
    """Of a folded character: does it fall off at a word's ends?"""
    if char in _KEPT_AT_ENDS:
        return False
    return char in "~^`=<>|" or unicodedata.category(char) in _PUNCTUATION


# Punctuation of all kinds, and what is not printed (zero-width blanks, direction marks, controls).
_PUNCTUATION = frozenset({"Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Cc", "Cf"})


def is_without(word: str) -> bool:
    return fold(word) == "without"


def reads_as_word(text: str) -> bool:
    """Would exactly this be read as one plain word?"""
    try:
        found = list(lexemes(text))
    except BadQuery:
        return False
    return [(lexeme.kind, lexeme.text) for lexeme in found] == [(Kind.WORD, text)] and not is_without(text)


def quoted(text: str) -> str:
    """`text` in the first kind of quotation marks that it can stand in."""
    for opening, closings in QUOTES.items():
        candidate = f"{opening}{text}{closings[0]}"
        try:
            found = list(lexemes(candidate))
        except BadQuery:
            continue
        if found == [Lexeme(Kind.PHRASE, text, 0)]:
            return candidate
    raise ValueError(f"no quotation marks fit {text!r}")
