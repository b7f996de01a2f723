"""Which element of a page holds the article's text.

Every paragraph gives its length to the elements around it, to the nearest most; an element loses what of
its text is links. The element with most is the article, unless the page itself marks one by schema.org's
`articleBody`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from . import tree
from .boilerplate import Judge
from .tree import Element

_UNREAD = frozenset({
    "script", "style", "noscript", "template", "svg", "select", "option", "textarea", "button",
    "nav", "footer", "head", "iframe", "object", "label",
})  # fmt: skip
_SENTENCE = re.compile(r"[，。！？；：、“”「」,.!?;]")
_SHORTEST_PARAGRAPH = 12  # characters; a shorter block gives its surroundings nothing
# What a paragraph gives to itself (loose text in a <div>), its parent, grandparent and so on.
_SHARES = (1.0, 1.0, 0.65, 0.4, 0.25, 0.15)
_LIKELY = frozenset({
    "article", "articlebody", "content", "story", "body", "text", "post", "entry", "main", "detail",
    "news", "paragraph", "editor", "zw", "cnt", "con", "para",
})  # fmt: skip
_LONGEST_LINK = 200  # characters of a link; one with more is around the text, or has lost its end tag
_BEFORE_TITLE = 0.3  # worth of text that stands before the page's own title: menus, notices, summaries
_MARKED_ENOUGH = (
    60  # characters of text; a marked article body with less is a mistake of the page, or its teaser
)


@dataclass(slots=True)
class _Block:
    """The text that stands directly in a block element, with that of its inline elements."""

    text: int = 0  # characters outside of links
    linked: int = 0
    sentences: int = 0
    before_title: bool = False


def article_of(root: Element, judge: Judge) -> Element | None:
    """None for a page without text."""
    marked = _marked(root)
    if marked is not None:
        return marked
    best = _best(_blocks(root, judge))
    return best if best is not None else _gallery(root)


def _gallery(root: Element) -> Element | None:
    """The article of a page with pictures and hardly a word."""
    found = [element for element in root.iter("article", "main") if element.find(".//img") is not None]
    return max(found, key=lambda element: len(element.findall(".//img")), default=None)


def _marked(root: Element) -> Element | None:
    marked = tree.select(root, "//*[contains(@itemprop, 'articleBody')]")
    fitting = [element for element in marked if len(tree.text(element)) >= _MARKED_ENOUGH]
    return max(fitting, key=lambda element: len(tree.text(element)), default=None)


def _blocks(root: Element, judge: Judge) -> dict[Element, _Block]:
    blocks: dict[Element, _Block] = defaultdict(_Block)
    # Of each element that is read: the block in which its text stands, and whether it is (in) a link.
    places: dict[Element, tuple[Element, bool]] = {}
    title = judge.title
    before_title = title is not None
    for element in tree.elements(root):
        before_title = before_title and element is not title
        parent = element.getparent()
        if parent is not None and parent not in places:
            continue
        block, linked = places[parent] if parent is not None else (element, False)
        if element is not root and element.tail:
            _add(blocks[block], element.tail, linked=linked)
        if element.tag in _UNREAD or (parent is not None and judge.is_boilerplate(element)):
            continue
        place = (element if tree.is_block(element) else block, linked or _is_link(element))
        places[element] = place
        if place[0] is element:
            blocks[element].before_title = before_title
        if element.text:
            _add(blocks[place[0]], element.text, linked=place[1])
    return blocks


def _is_link(element: Element) -> bool:
    return (
        element.tag == "a"
        and element.get("href") is not None
        and sum(map(len, tree.texts(element))) <= _LONGEST_LINK
    )


def _add(block: _Block, text: str, *, linked: bool) -> None:
    length = len("".join(text.split()))
    if linked:
        block.linked += length
    else:
        block.text += length
        block.sentences += len(_SENTENCE.findall(text))


def _best(blocks: dict[Element, _Block]) -> Element | None:
    scores: dict[Element, float] = defaultdict(float)
    totals: dict[Element, list[int]] = defaultdict(lambda: [0, 0])
    for element, block in blocks.items():
        for holder in (element, *element.iterancestors()):
            totals[holder][0] += block.text
            totals[holder][1] += block.linked
        if block.text < _SHORTEST_PARAGRAPH or not block.sentences or block.linked > block.text:
            continue
        worth = (block.text + 6 * min(block.sentences, 10)) * (_BEFORE_TITLE if block.before_title else 1)
        for holder, share in zip((element, *element.iterancestors()), _SHARES, strict=False):
            scores[holder] += worth * share
    for element in scores:
        text, linked = totals[element]
        scores[element] *= (1 - linked / (text + linked or 1)) * _likelihood(element)
    best = max(scores, key=scores.__getitem__, default=None)
    return None if best is None else _widened(best, scores)


def _likelihood(element: Element) -> float:
    if element.tag == "p":
        return 0.8
    return 1.2 if element.tag == "article" or not _LIKELY.isdisjoint(tree.words(element)) else 1.0


def _widened(best: Element, scores: dict[Element, float]) -> Element:
    """The parent, when further parts of the article stand beside `best`: sections, pages, columns."""
    parent = best.getparent()
    if parent is None or parent.tag in ("body", "html"):
        return best
    beside = sum(
        score for element, score in scores.items() if element.getparent() is parent and element is not best
    )
    return parent if beside > 0.3 * scores[best] else best
