"""The article's markup in pieces, for a page so large that its tree would fill the memory.

A tree of BeautifulSoup takes about forty times the bytes of its markup. A large article is therefore read as
one run of whole elements after another; no border falls inside a paragraph, a list, a table or a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from . import tree
from .tree import Element

# Characters of markup that are read at once; ordinary articles have some ten thousand.
LARGE: Final = 1_000_000
_CONTAINERS: Final = frozenset(
    {"html", "body", "main", "article", "section", "div", "form", "center", "span"}
)
_DEEPEST: Final = 12  # containers inside each other that are taken apart; deeper ones are read whole


def of(element: Element, depth: int = 0) -> Iterator[str]:
    """Together they are the markup of the element's content. Most articles are one piece."""
    markup = tree.html(element)
    if len(markup) <= LARGE or depth == _DEEPEST or element.tag not in _CONTAINERS:
        yield markup
        return
    del markup
    run, size = [escape(element.text or "")], 0
    for child in element:
        part = tree.html(child)
        if len(part) > LARGE:
            yield "".join(run)
            yield from of(child, depth + 1)
            run, size = [], 0
        else:
            run.append(part)
            size += len(part)
        run.append(escape(child.tail or ""))
        if size > LARGE:
            yield "".join(run)
            run, size = [], 0
    yield "".join(run)
