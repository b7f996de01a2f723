"""Where Markdown has no way to caption a picture, people use its title, a line in italics or small type
below it, or a line that begins with 圖：. All of them become <figcaption> here; `html.page` reads those.
"""

from __future__ import annotations

import re

from newsarchive.importers.fields.encoding import folded
from newsarchive.importers.html import dom
from newsarchive.importers.html.dom import Element, Node

_LONGEST = 300  # characters of a caption; a longer paragraph in italics is text
_CAPTION_LABEL = re.compile(
    r"[▲△↑◎※▼\s（(【\[]*(?:[上下左右][圖图]|(?:附|插)?[圖图相照]片?|照片)\s?(?:[\d一二三四五六七八九十]{1,2})?\s?"
    r"(?:(?:說明?|说明?|註|注|解|為|为|來源|来源|源)\s?[：:︰／/]|[：:︰]|[／/|｜](?=\S))|[上下左右][圖图][為为]|[圖图][為为]"
    r"|(?:Photo|Image|Picture|Caption|Figure \d+)\b[^.]{0,30}:|[▲△↑]"
)
_NO_CAPTION = re.compile(
    r"[\s*（(【\[]*(?:編者?按|编者?按|編註|本文|原文|原刊|作者|撰文|文[／/：:]|記者|记者|譯|译|延伸|相關|相关|未完|全文|註[：:]|注[：:]"
    r"|Editor|By\b|Originally|This article|The author)",
    re.IGNORECASE,
)
_SMALL = ("em", "i", "small", "sup", "sub", "font", "figcaption", "center", "cite")
_SMALL_STYLE = re.compile(
    r"font-size:\s*(?:(?:[89]|1[0-3])px|0?\.\d+r?em|[5-8]\d%|x?-?small|smaller)|color:\s*(?:gr[ae]y|#[6-9a]{3,6}\b)",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"[\w.%-]*\.\w{3,4}|(?:img|dsc|image|screenshot|photo)?[\s_-]?[\d_-]*", re.IGNORECASE)


def mark(root: Element, *, title: str) -> None:
    """`title` is the article's: repeated as a picture's title it is no caption."""
    for picture in root.find_all("img"):
        figure = picture.find_parent("figure")
        if figure is not None and figure.find("figcaption") is not None:
            continue
        holder = _holder(picture)
        if not _legend_below(holder):
            _legend_of_title(picture, holder, title)


def _holder(picture: Element) -> Element:
    """The picture with the link around it."""
    parent = picture.parent
    return parent if parent is not None and parent.name == "a" and not dom.text(parent) else picture


def _legend_of_title(picture: Element, holder: Element, title: str) -> None:
    said = dom.get(picture, "title").strip()
    if not said or _FILE_NAME.fullmatch(said) or folded(said) == folded(title):
        return
    legend = dom.new("figcaption")
    legend.string = said
    holder.insert_after(legend)


def _legend_below(holder: Element) -> bool:
    """Whether what follows the picture, in its paragraph or the next, is its caption; it is then marked."""
    beside = _after(holder)
    if beside:
        return _mark_run(beside)
    block = _block_of(holder)
    following = block.find_next_sibling(True)
    if following is None or block.name not in ("p", "div", "figure", "center", "img", "a"):
        return False
    if dom.text_after(block).strip():
        return False
    if following.name == "figcaption":
        return True
    if following.name in ("p", "div", "center", "small", "sup", "sub", "em", "font") and _is_caption(
        following
    ):
        following.name = "figcaption"
        return True
    return False


def _block_of(holder: Element) -> Element:
    """The paragraph in which nothing follows the picture; the picture itself when it stands in none."""
    parent = holder.parent
    return parent if parent is not None and parent.name in ("p", "center", "div") else holder


def _after(holder: Element) -> list[Node]:
    """What stands in the same paragraph after the picture, up to the next picture, without line breaks at its
    ends."""
    found: list[Node] = []
    if holder.parent is None or holder.parent.name not in ("p", "center", "li", "td"):
        return found
    for node in holder.next_siblings:
        if isinstance(node, Element) and (node.name == "img" or node.find("img") is not None):
            break
        if found or not _is_blank(node):
            found.append(node)
    while found and _is_blank(found[-1]):
        found.pop()
    return found


def _is_blank(node: Node) -> bool:
    return node.name == "br" if isinstance(node, Element) else not dom.words_of(node).strip()


def _mark_run(nodes: list[Node]) -> bool:
    first = nodes[0]
    if len(nodes) == 1 and isinstance(first, Element):
        if first.name == "figcaption":
            return True
        if first.name in _SMALL and _fits(dom.text(first)):
            first.name = "figcaption"
            return True
    words = "".join(map(dom.words_of, nodes))
    if not _CAPTION_LABEL.match(words.strip()) or not _fits(words):
        return False
    if any(isinstance(node, Element) and node.name == "br" for node in nodes):
        return False
    legend = dom.new("figcaption")
    first.insert_before(legend)
    for node in nodes:
        legend.append(node.extract())
    return True


def _is_caption(block: Element) -> bool:
    """Whether all words of a block are in italics or small type, or it begins with 圖：."""
    words = dom.text(block)
    if not _fits(words) or block.find(["img", "iframe", "video"]) is not None:
        return False
    if _CAPTION_LABEL.match(words) or block.name in _SMALL or _looks_small(block):
        return True
    parts = [node for node in dom.nodes(block) if not isinstance(node, str) or node.strip()]
    return bool(parts) and all(not isinstance(part, str) and part.name in (*_SMALL, "br") for part in parts)


def _looks_small(block: Element) -> bool:
    return bool(_SMALL_STYLE.search(dom.get(block, "style")) or "caption" in dom.get(block, "class").lower())


def _fits(words: str) -> bool:
    return 0 < len(words.strip()) <= _LONGEST and not _NO_CAPTION.match(words)
