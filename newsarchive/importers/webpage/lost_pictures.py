"""Captions whose picture a saved page lacks, because a script would have loaded it: the picture's address is
looked up in the page's own data, and without one the caption keeps its place as that of a picture.

    <div class="lazyload-placeholder"></div><span class="img-caption">渡輪停航。（資料圖片）</span>
    <script>… {"caption":"渡輪停航。（資料圖片）","cdnUrl":"https://…/ferry.jpg"} …</script>
"""

from __future__ import annotations

import json
import re

from newsarchive.importers.fields.encoding import folded

from . import tree
from .tree import Element

_SHORTEST, _LONGEST = 4, 300  # characters of a caption
_SHOWN = ("img", "iframe", "video", "audio", "picture", "object", "embed", "noscript")
_PLACEHOLDER = re.compile(r"lazy|placeholder|skeleton|image|img|photo|picture", re.IGNORECASE)
_OBJECT = re.compile(r"\{[^{}]*\"caption\"[^{}]*\}")
_CAPTION = re.compile(r"\"caption\"\s*:\s*(\"(?:[^\"\\]|\\.)*\")")
_ADDRESS = re.compile(
    r"\"(?:cdnUrl|contentUrl|imageUrl|image_url|originalUrl|url|src)\"\s*:\s*(\"https?:(?:[^\"\\]|\\.)*\")"
)


def restore(article: Element, root: Element) -> None:
    """Changes the tree of the article. `root` is the page."""
    captions = [element for element in tree.elements(article) if _is_lonely(element)]
    if not captions:
        return
    addresses = _addresses(root)
    for caption in captions:
        words = folded(tree.text(caption))
        if words not in addresses and not _has_placeholder(caption):
            continue
        figure, image = tree.new("figure"), tree.new("img")
        if words in addresses:
            image.set("src", addresses[words])
        caption.addprevious(figure)
        figure.tail, caption.tail = caption.tail, None
        caption.tag = "figcaption"
        figure.extend((image, caption))


def _is_lonely(element: Element) -> bool:
    if "caption" not in tree.words(element) or not _SHORTEST <= len(tree.text(element)) <= _LONGEST:
        return False
    box = element.getparent()
    if box is None or any(holder.tag == "figure" for holder in element.iterancestors()):
        return False
    boxes = [element, box]
    outer = box.getparent()
    if outer is not None and tree.text(outer) == tree.text(element):
        boxes.append(outer)
    return not any(holder.find(f".//{tag}") is not None for holder in boxes for tag in _SHOWN)


def _has_placeholder(caption: Element) -> bool:
    box = tree.parent_of(caption)
    beside = (part for part in tree.elements(box) if part is not box and not tree.text(part))
    return any(_PLACEHOLDER.search(part.get("class") or "") for part in beside)


def _addresses(root: Element) -> dict[str, str]:
    """The addresses of pictures in the page's scripts, by their folded captions."""
    found: dict[str, str] = {}
    for script in root.iter("script"):
        if not script.text or '"caption"' not in script.text:
            continue
        for said in _OBJECT.findall(script.text):
            caption, address = _CAPTION.search(said), _ADDRESS.search(said)
            if caption and address:
                found.setdefault(folded(_string(caption[1])), _string(address[1]))
    return found


def _string(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return ""
