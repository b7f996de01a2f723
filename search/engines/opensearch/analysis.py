"""Folded text as the tokens of an OpenSearch index, so that a phrase of tokens is exactly a string.

A text is a row of symbols: its characters, with runs of blanks as one BLANK, line ends as BREAK, and an
EDGE between a Latin word and whatever stands beside it. Two fields hold it:

    grams   every pair of neighbouring symbols, one token a place. A string stands in the text exactly where
            its pairs follow each other; an edge that a bare word must have is one symbol more to be found.
    chars   every character by itself, one token a place, no blank left out, so that places are distances.
            Edges are part of the letter's token: they take no place.
    parted  letters only, a Latin word as one token; a letter that punctuation parts from the next says so
            with one symbol more, which kind of gap it is. A string that may be parted stands where its
            letters follow each other with gaps that are allowed there.

The cluster parts tokens at blanks and knows nothing else: what is a character and a word stays with us.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from search.language import loosening
from search.language.loosening import Gap
from search.language.tokens import WORD_CHARACTERS, Needle, may_part, printed_words

# Noncharacters: no text has them, since `_cleaned` takes them out.
BLANK, BREAK, EDGE, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
NOWHERE = "\ufdd4"  # a symbol that no index has
# Behind a letter in the field of parted strings: what stands between it and the next one.
_GAPS = {gap: chr(0xFDD5 + number) for number, gap in enumerate(Gap)}
_OURS = re.compile("[\ufdd0-\ufddf\ud800-\udfff]")  # halves of characters can't be sent either
_BLANKS = re.compile(r"[^\S\n\r]+")
_LINE_ENDS = re.compile("[\n\r]")
LONGEST_WORD = 100  # the cluster cuts tokens of more than 255 characters


def _cleaned(folded: str) -> str:
    return _OURS.sub("\ufffd", folded)


def _symbols(line: str) -> str:
    edged = printed_words.sub(rf"{EDGE}\g<0>{EDGE}", _cleaned(line))
    return _BLANKS.sub(BLANK, edged)


def _pairs(symbols: str) -> Iterator[str]:
    return map("".join, itertools.pairwise(symbols))


def grams(folded: str) -> str:
    """The grams of a text, ready to be sent."""
    return f" {BREAK} ".join(" ".join(_pairs(_symbols(line))) for line in _LINE_ENDS.split(folded))


def chars(folded: str) -> str:
    """The characters of a text, ready to be sent."""
    return f" {BREAK} ".join(" ".join(_letters(line)) for line in _LINE_ENDS.split(folded))


def _letters(line: str) -> list[str]:
    """Every character, the first and the last of a Latin word with its edge."""
    line = _cleaned(line)
    letters = [BLANK if char.isspace() else char for char in line]
    for word in printed_words.finditer(line):
        letters[word.start()] = EDGE + letters[word.start()]
        letters[word.end() - 1] += EDGE
    return letters


def grams_of(needle: Needle) -> list[str]:
    """The pairs that must follow each other; none of a single symbol, which only `chars_of` can ask for."""
    symbols = _symbols(needle.text)
    if _is_edged(needle.text[0]) and not needle.left_edge:
        symbols = symbols[1:]
    if _is_edged(needle.text[-1]) and not needle.right_edge:
        symbols = symbols[:-1]
    return list(_pairs(symbols))


def chars_of(needle: Needle) -> list[str]:
    """The letters of a needle that has all its edges, or no Latin letter at an end."""
    return _letters(needle.text)


def _is_edged(char: str) -> bool:
    return printed_words.match(char) is not None


def spelt(letters: list[str], needle: Needle) -> list[tuple[str, ...]]:
    """The tokens that each letter of a needle may be: its ends need the edges of a Latin word or not."""
    first = letters[0]
    found: list[tuple[str, ...]] = [(letter,) for letter in letters]
    if not needle.left_edge:
        found[0] = tuple(dict.fromkeys((first, first.removeprefix(EDGE))))
    if not needle.right_edge:
        shorter = (token.removesuffix(EDGE) for token in found[-1])
        found[-1] = tuple(dict.fromkeys((*found[-1], *shorter)))
    return found


def spellings(letter: str) -> tuple[str, ...]:
    """Every token that a character may be: a letter may begin a word, end it, or both."""
    if not _is_edged(letter):
        return (_letters(letter)[0],)
    return letter, EDGE + letter, letter + EDGE, EDGE + letter + EDGE


_UNITS = re.compile(rf"([{WORD_CHARACTERS}]+)|([{loosening.EVERY}]+)|(\n|\r)|(.)", re.DOTALL)


def parted(folded: str) -> str:
    """The letters of a text with the gaps between them, ready to be sent."""
    units = [(unit.lastindex, unit.group()) for unit in _UNITS.finditer(_cleaned(folded))]
    tokens: list[str] = []
    for at, (kind, unit) in enumerate(units):
        if kind == 2:
            gap = loosening.of_run(unit)
            between = 0 < at < len(units) - 1 and gap and _joins(units[at - 1][1], units[at + 1][1])
            if between and gap and tokens:
                tokens[-1] += _GAPS[gap]
            else:
                tokens.append(BREAK)
        else:
            tokens.append(BREAK if kind == 3 else unit[:LONGEST_WORD])
    return " ".join(tokens)


def _joins(before: str, behind: str) -> bool:
    return may_part(before[-1] + behind[0], 1)


def parted_of(letters: str) -> list[tuple[str, ...]]:
    """The spellings of each letter or Latin word of a string that may be parted, in their order."""
    units = [(unit.end(), unit.group()[:LONGEST_WORD]) for unit in _UNITS.finditer(_cleaned(letters))]
    found: list[tuple[str, ...]] = []
    for end, unit in units:
        if end == len(letters):
            gaps = list(Gap)  # whatever follows the string
        elif may_part(letters, end):
            gaps = [gap for gap in Gap if gap in loosening.allowed(end, len(letters) - end)]
        else:
            gaps = []
        found.append((unit, *(unit + _GAPS[gap] for gap in gaps)))
    return found
