"""The short lines around an article, in which pages print its date, source and writer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsarchive.importers.fields.encoding import squeeze

from . import tree
from .tree import Element

_UNREAD = frozenset(
    {"script", "style", "noscript", "template", "select", "option", "textarea", "head", "title"}
)
_BYLINE = re.compile(r"author|byline|reporter|writer|journalist|zuozhe|jizhe", re.IGNORECASE)
_NOT_BYLINE = re.compile(r"comment|related|recommend|list|avatar|hot", re.IGNORECASE)
_LEVELS = 4  # above the element that holds title and text
_BEFORE = 400  # characters before the title, in which a page may print the date above it
_AFTER = 400  # characters after the text


@dataclass(slots=True)
class Surroundings:
    """Lines in document order; each is the text of one block element."""

    above: list[str]  # the last ones before the title
    head: list[str]  # between the title and the text
    below: list[str]  # the first ones after the text
    bylines: list[str]  # of elements that are named as the writer's
    times: list[str]  # of <time datetime> and schema.org's datePublished that belong to the article


def read(heading: Element | None, article: Element) -> Surroundings:
    above: list[str] = []
    head: list[str] = []
    below: list[str] = []
    lines = above
    scope = _scope(heading, article)
    for element, line in _lines(_around(scope), {heading, article}):
        if element is None:
            lines += [line] if line else []
        elif element is heading:
            lines = head if lines is above else lines
        else:
            if lines is above:  # no heading before the text: what stands above it is all there is
                head, above = above, head
            lines = below
    return Surroundings(
        _last(above, _BEFORE), head[-40:], _first(below, _AFTER), _bylines(scope, article), _times(scope)
    )


def _lines(root: Element, marks: set[Element | None]) -> Iterator[tuple[Element | None, str]]:
    """(None, line) for the text of every block; (element, "") where one of `marks` stands, whose own text
    is left out unless the other mark is in it."""
    pieces: list[str] = []
    inside = {holder for mark in marks if mark is not None for holder in mark.iterancestors()}
    node, down = root, True
    while True:
        is_element = isinstance(node.tag, str)  # and no comment
        is_break = tree.is_block(node) or (down and (node.tag == "br" or node in marks))
        if is_element and is_break and pieces:
            if line := squeeze("".join(pieces)):
                yield None, line
            pieces.clear()
        if down:
            if node in marks:
                yield node, ""
            down = _is_read(node) and (node not in marks or node in inside)
            if down:
                if node.text:
                    pieces.append(node.text)
                if len(node):
                    node = node[0]
                    continue
                down = False
                continue  # the end of an element without children
        elif node.tag == "span":
            pieces.append(" ")
        if node is root:
            break
        if node.tail:
            pieces.append(node.tail)
        following = node.getnext()
        node, down = (following, True) if following is not None else (tree.parent_of(node), False)
    if pieces:
        yield None, squeeze("".join(pieces))


def _is_read(node: Element) -> bool:
    return isinstance(node.tag, str) and node.tag not in _UNREAD


def _last(lines: list[str], most: int) -> list[str]:
    return list(reversed(_first(list(reversed(lines)), most)))


def _first(lines: list[str], most: int) -> list[str]:
    taken: list[str] = []
    for line in lines:
        most -= len(line)
        if most < 0:
            break
        taken.append(line)
    return taken


def _scope(heading: Element | None, article: Element) -> Element:
    """The smallest element that holds the text and, when there is one, the title."""
    if heading is None:
        return article
    around = {heading, *heading.iterancestors()}
    return next((holder for holder in (article, *article.iterancestors()) if holder in around), article)


def _around(scope: Element) -> Element:
    """The element whose lines are read: a few levels above the scope, where date and source may stand
    beside it."""
    for _ in range(_LEVELS):
        parent = scope.getparent()
        if parent is None or parent.tag == "html":
            break
        scope = parent
    return scope


def _bylines(scope: Element, article: Element) -> list[str]:
    found = []
    for element in tree.elements(scope):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('rel') or ''}"
        if not _BYLINE.search(names) or _NOT_BYLINE.search(names):
            continue
        line = tree.text(element)
        if 2 <= len(line) <= 60:
            found.append(line)
    return found[:8]


def _times(scope: Element) -> list[str]:
    found = []
    for element in tree.elements(scope):
        if element.tag == "time" or "datePublished" in (element.get("itemprop") or ""):
            found += [
                value
                for value in (element.get("datetime"), element.get("content"), tree.text(element))
                if value
            ]
    return found[:6]
