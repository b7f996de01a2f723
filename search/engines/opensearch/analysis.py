"""Folded text as the tokens of an OpenSearch index, so that a phrase of tokens is exactly a string.

A text is a row of symbols: its characters, with runs of blanks as one BLANK, line ends as BREAK, and an
EDGE between a Latin word and whatever stands beside it. Two fields hold it:

    grams   every pair of neighbouring symbols, one token a place. A string stands in the text exactly where
            its pairs follow each other; an edge that a bare word must have is one symbol more to be found.
    chars   every character by itself, one token a place, no blank left out, so that places are distances.
            Edges are part of the letter's token: they take no place.

The cluster parts tokens at blanks and knows nothing else: what is a character and a word stays with us.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from search.language.tokens import Needle, has_word_edges, latin_words

# Noncharacters: no text has them, since `_cleaned` takes them out.
BLANK, BREAK, EDGE, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
NOWHERE = "\ufdd4"  # a symbol that no index has
_OURS = re.compile("[\ufdd0-\ufdd4\ud800-\udfff]")  # halves of characters can't be sent either
_BLANKS = re.compile("[ \v]+")
_LINE_ENDS = re.compile("[\n\r]")
LONGEST_WORD = 100  # the cluster cuts tokens of more than 255 characters


def _cleaned(folded: str) -> str:
    return _OURS.sub("\ufffd", folded)


def _symbols(line: str) -> str:
    edged = latin_words.sub(rf"{EDGE}\g<0>{EDGE}", _cleaned(line))
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
    letters = list(line.replace(" ", BLANK).replace("\v", BLANK))
    for word in latin_words.finditer(line):
        letters[word.start()] = EDGE + letters[word.start()]
        letters[word.end() - 1] += EDGE
    return letters


def grams_of(needle: Needle) -> list[str]:
    """The pairs that must follow each other; none of a single symbol, which only `chars_of` can ask for."""
    symbols = _symbols(needle.text)
    if has_word_edges(needle.text[0]) and not needle.left_edge:
        symbols = symbols[1:]
    if has_word_edges(needle.text[-1]) and not needle.right_edge:
        symbols = symbols[:-1]
    return list(_pairs(symbols))


def chars_of(needle: Needle) -> list[str]:
    """The letters of a needle that has all its edges, or no Latin letter at an end."""
    return _letters(needle.text)


def spellings(letter: str) -> tuple[str, ...]:
    """Every token that a character may be: a letter may begin a word, end it, or both."""
    if not has_word_edges(letter):
        return (_letters(letter)[0],)
    return letter, EDGE + letter, letter + EDGE, EDGE + letter + EDGE
