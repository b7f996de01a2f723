"""What belongs to the article but stands before its text: the lead paragraph and the lead pictures."""

from __future__ import annotations

import copy
import re

from . import tree
from .boilerplate import Judge
from .tree import Element

_LEAD = re.compile(
    r"\b(?:lead|lede|chapo|standfirst|deck|intro|introduction|daodu|dao-?yu|excerpt|article-?summary"
    r"|sub-?headline)\b",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"photo|pic|image|img|cover|hero|media|gallery|figure|slide|swiper|album|thumb-?nail", re.IGNORECASE
)
_SIGN = re.compile(
    r"logo|icon|share|qzone|weibo|wei-?xin|wechat|facebook|twitter|linkedin|whatsapp|qr-?code|ewm|erweima"
    r"|avatar|banner|btn|button|arrow|/static/|/assets/|"
    r"blank|space|pixel|loading|default|\.svg|\.gif",
    re.IGNORECASE,
)
_SHORTEST_LEAD = 30
_UNREAD = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "nav", "aside", "footer", "button"}
)


def with_lead(root: Element, heading: Element | None, article: Element, judge: Judge) -> Element:
    """A new <div> with copies of the lead parts and of the article."""
    holder = tree.new("div")
    for part in _parts(root, heading, article, judge):
        duplicate = copy.deepcopy(part)
        duplicate.tail = None
        holder.append(duplicate)
    body = copy.deepcopy(article)
    body.tail = None
    if body.tag in ("td", "th", "tr", "tbody", "body", "html", "li"):
        body.tag = "div"
    holder.append(body)
    return holder


def _parts(root: Element, heading: Element | None, article: Element, judge: Judge) -> list[Element]:
    if heading is None or heading is article:
        return []
    around = {article, *article.iterancestors()}
    skipped: set[Element] = set()
    found: list[Element] = []
    after_heading = False
    for element in tree.elements(root):
        if element is article:
            return found if after_heading else []
        if element is heading:
            after_heading = True
            skipped.add(element)
            continue
        if element.getparent() in skipped or element.tag in _UNREAD:
            skipped.add(element)
            continue
        if not after_heading or element in around:
            continue
        if judge.is_boilerplate(element):
            skipped.add(element)
        elif _is_lead(element):
            found.append(element)
            skipped.add(element)
    return []


def _is_lead(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag in ("figure", "picture"):
        return any(map(_is_photograph, element.iter("img")))
    if not tree.is_block(element):
        return element.tag == "img" and _is_photograph(element) and not tree.text(tree.parent_of(element))
    text = tree.text(element)
    if element.find(".//img") is not None:
        photographs = any(map(_is_photograph, element.iter("img")))
        return (
            photographs
            and bool(_PICTURE.search(names))
            and len(text) <= 400
            and element.find(".//h1") is None
        )
    return bool(_LEAD.search(names.replace("_", "-"))) and len(text) >= _SHORTEST_LEAD


def _is_photograph(image: Element) -> bool:
    """Whether an image outside of the text is more than a sign of the site's; by its address and size."""
    addresses = [
        image.get(name) or "" for name in ("data-src", "data-original", "src", "srcset", "data-srcset")
    ]
    address = next(filter(None, addresses), "")
    lazy = any(addresses[:2]) or bool(addresses[3] or addresses[4])
    width = (image.get("width") or "").removesuffix("px")
    small = width.isdigit() and int(width) < 150
    return bool(address) and not small and (lazy or not _SIGN.search(address))
