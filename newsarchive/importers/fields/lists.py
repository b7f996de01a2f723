"""Lists of names as people type them: tags and categories in one string, several authors on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsarchive.importers.types import ParsedAuthor

from . import authors
from .encoding import squeeze

_WIKI = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_MAIL = re.compile(r"\s*<[^<>\s]*@[^<>\s]*>|\s*\(?\S+@\S+\.\w+\)?")
_TAG_SEPARATORS = (
    re.compile(r"\s*[,，、;；|｜\n]\s*"),
    re.compile(r"\s*(?:[／•·‧>＞]|(?<=\s)[/+](?=\s))\s*"),
)
_HASHES = re.compile(r"\s*[#＃]")
_HAN = re.compile("[\u3400-\u9fff]")
_SLASH = re.compile(r"(?<=[\u3400-\u9fff])/(?=[\u3400-\u9fff])")

_AUTHOR_LABEL = re.compile(
    r"^(?:作者|撰文|文字?|采写|採寫|采访|採訪|记者|記者|by|written by|author|text)\s*(?:[︰：:／/]|"
    r"(?<=[yY])\s)\s*",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\s*[;；|｜／\n]\s*|\s+(?:and|AND|&|＆)\s+|\s+/\s+")
_COMMA = re.compile(r"\s*[,，、]\s*")
_HAN_NAME = re.compile("[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,5}[·・‧][\u3400-\u9fff]{1,6}")
_LATIN_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,4}")
_BETWEEN_HAN = re.compile(
    r"(?<=[\u3400-\u9fff])\s*(?:/|&|\s和|與|与|及)\s*(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
)


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """The tags of a list, or of a string with any separator: 選舉, 議會 | 香港; #選舉 #議會; 選舉 議會."""
    found: dict[str, None] = {}
    items = list(values)
    for item in items:
        for tag in _tags(plain(item), alone=len(items) == 1):
            if bare := squeeze(tag).strip("#＃\"' "):
                found.setdefault(bare)
    return tuple(found)


def _tags(text: str, *, alone: bool) -> list[str]:
    """Blanks and slashes separate only in a string that has nothing else to separate with."""
    if not alone:
        return [text]
    if text.startswith(("[", "［")) and text.endswith(("]", "］")):
        text = text[1:-1]
    for separator in _TAG_SEPARATORS:
        if separator.search(text):
            return separator.split(text)
    if text.startswith(("#", "＃")):
        return _HASHES.split(text)
    if _SLASH.search(text):
        return _SLASH.split(text)
    words = text.split()
    return words if len(words) > 1 and all(_HAN.search(word) for word in words) else [text]


def plain(value: str) -> str:
    """A value without the brackets of a wiki link or the address of a Markdown link."""
    return _LINK.sub(r"\1", _WIKI.sub(r"\1", value)).strip()


def persons(values: Iterable[str], *not_persons: str) -> tuple[tuple[ParsedAuthor, ...], str]:
    """(authors, column) of a front matter's authors: a list, or a line with several names.

    `not_persons` are names of the outlet. Names are told apart at a comma only where each side is a name by
    itself: Smith, John is one person.
    """
    found: dict[str, ParsedAuthor] = {}
    column = ""
    for value in values:
        for name in _names(_AUTHOR_LABEL.sub("", _MAIL.sub("", plain(value)))):
            some, named_column = authors.of_byline(name, *not_persons)
            column = column or named_column
            for author in some:
                found.setdefault(author.name, author)
    return tuple(found.values()), column


def _names(text: str) -> list[str]:
    names: list[str] = []
    for part in _STRONG.split(text.strip("\"'[] ")):
        parts = _COMMA.split(part)
        if len(parts) > 1 and all(_is_name(authors.without_role(name)) for name in parts):
            names += parts
        else:
            halves = _BETWEEN_HAN.split(part)
            names += halves if len(halves) > 1 and all(map(_HAN_NAME.fullmatch, halves)) else [part]
    return [name for name in names if name.strip()]


def _is_name(text: str) -> bool:
    return bool(_HAN_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text))
