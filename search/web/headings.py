"""Headings of an article's body in order, however the outlet chose their levels: what a screen reader lists
is an outline without gaps (h1 h3 h3 h4 -> h1 h2 h2 h3)."""

from __future__ import annotations

import re
from typing import Final

_HEADING: Final = re.compile(r"<(/?)h([2-6])>")
_TITLE: Final = 1  # the page's h1 is the article's title
_DEEPEST: Final = 4  # of the safe subset


def in_order(body: str) -> str:
    """`body` in the safe subset. A heading is one level below the nearest one before it that the source has
    at a higher level."""
    above: list[int] = []  # levels as the source has them, of the headings that this one stands under

    def level(tag: re.Match[str]) -> str:
        if not tag[1]:
            source = int(tag[2])
            while above and above[-1] >= source:
                above.pop()
            above.append(source)
        return f"<{tag[1]}h{min(_TITLE + len(above), _DEEPEST) if above else tag[2]}>"

    return _HEADING.sub(level, body)
