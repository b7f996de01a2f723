"""Takes out of the article's element what is not the article: boxes by class and role, boxes and lines of
links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import tree, wording
from .boilerplate import Judge
from .tree import Element

_LINK_BOXES = frozenset(
    {"div", "section", "ul", "ol", "dl", "table", "p", "center", "h2", "h3", "h4", "h5", "h6"}
)
_MOSTLY_LINKS = 0.7  # part of a box's text that is links
_LINE_OF_LINKS = 0.9  # the same of a paragraph, which may name its sources with links
_LONGEST_LINK = 200  # characters; a link with more is around the text, or has lost its end tag
_PLAYER = frozenset({"video", "player", "videobox", "videoplayer", "playbox"})
_EMBEDS = frozenset({"iframe", "video", "audio", "embed", "object"})
_LONGEST_PLAYER = 120  # characters of text in a box around a video
_NOT_PICTURES = frozenset({
    "icon", "icons", "avatar", "logo", "emoji", "emoticon", "ico", "qrcode", "ewm", "qr", "badge", "flag",
    "arrow", "btn", "button", "loading", "head", "headimg", "thumbup",
})  # fmt: skip
# Elements of an article after which only blocks are looked at: taking out tens of thousands of inline
# elements one by one would copy the text between them as often.
_MOST_ELEMENTS = 20_000
_MOST_LINKS = 200  # that are kept as related ones; a page has at most some dozens
# Drawn signs in the site's own folders, buttons, and thumbnails that name their size.
_SIGN_FILE = re.compile(
    r"/(?:assets|static|skins?|themes?|templates?|icons?|btns?|buttons?|homepics|images/(?:icon|btn|share))/(?:[^?#]*/)?[^/?#]*\.(?:gif|png|svg)\b"
    r"|(?:^|/)(?:[^/?#]*[_-])?(?:icon|btn|bt|logo|share|print|forward|weibo|wechat|weixin|facebook|twitter|qqwb|arrow|bigger|smaller"
    r"|thumbnailBtn|qrcode)[^/?#]*\.(?:gif|png|svg)\b|[_-](?:\d{2}|1[0-5]\d)x(?:\d{2}|1[0-5]\d)\.(?:jpe?g|png|gif|webp)\b",
    re.IGNORECASE,
)
_SMALL = 60  # pixels; a picture that is no wider or no higher is a sign


@dataclass(slots=True)
class Removed:
    links: list[tuple[str, str]] = field(default_factory=list)  # (address as found, text)
    lines: list[str] = field(default_factory=list)  # of small boxes, which may name date and writer


def trim(article: Element, judge: Judge) -> Removed:
    """Changes the tree."""
    removed = Removed()
    _drop_comments(article)
    _open_picture_buttons(article)
    _drop_thumbnails(article)
    half = len(tree.text(article)) / 2  # an element with more is the article, whatever its class says
    for number, element in enumerate(list(tree.elements(article))):
        if element is article or not _is_in(element, article):
            continue
        if number > _MOST_ELEMENTS and not tree.is_block(element):
            continue
        if tree.is_hidden(element) and len(tree.text(element)) <= half:
            tree.drop(element)
        elif tree.is_block(element) and judge.is_boilerplate(element) and len(tree.text(element)) <= half:
            _take(element, removed)
        elif _is_player(element):
            _only_embeds(element)
        elif (element.tag == "img" and _is_sign(element)) or (
            element.tag in ("a", "span", "em", "i") and wording.is_button(tree.text(element))
        ):
            tree.drop(element)
    for element in list(tree.elements(article)):
        if (
            element is not article
            and element.tag in _LINK_BOXES
            and _is_in(element, article)
            and _is_of_links(element)
        ):
            _take(element, removed)
    return removed


def _drop_comments(article: Element) -> None:
    for node in list(article.iter()):
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "template", "link", "meta"):
            tree.drop(node)


def _open_picture_buttons(article: Element) -> None:
    """A button that shows nothing but a picture enlarges it: the picture stays."""
    for button in article.iter("button"):
        if button.find(".//img") is not None and not tree.text(button):
            button.tag = "div"
            button.attrib.clear()


def _drop_thumbnails(article: Element) -> None:
    """Of a link to a picture that shows this picture in several sizes only the linked one stays."""
    for link in list(article.iter("a")):
        pictures = list(link.iter("img"))
        href = link.get("href")
        if len(pictures) > 1 and any(image.get("src") == href for image in pictures):
            for image in pictures:
                if image.get("src") != href:
                    tree.drop(image)


def _is_in(element: Element, article: Element) -> bool:
    """Whether it is still part of the article: not in something that was taken out."""
    return any(holder is article for holder in element.iterancestors())


def _take(element: Element, removed: Removed) -> None:
    for link in element.iter("a"):
        if (words := tree.text(link)) and len(removed.links) < _MOST_LINKS:
            removed.links.append((link.get("href") or "", words))
    line = tree.text(element)
    if 0 < len(line) <= 80:
        removed.lines.append(line)
    tree.drop(element)


def _is_of_links(element: Element) -> bool:
    """Whether a box or line consists of links: related articles, tags, pages, promotions."""
    if element.find(".//img") is not None and element.tag not in ("ul", "ol", "dl"):
        return False
    whole = _length(wording.after_label(tree.text(element)))
    if not whole:
        return False
    linked = sum(
        length
        for link in element.iter("a")
        if link.find(".//a") is None and (length := _length(tree.text(link))) <= _LONGEST_LINK
    )
    return linked >= whole * (_LINE_OF_LINKS if element.tag == "p" else _MOSTLY_LINKS)


_SIGNS = re.compile(r"[\W_]+")


def _length(text: str) -> int:
    return len(_SIGNS.sub("", text))


def _is_player(element: Element) -> bool:
    if not tree.is_block(element) or element.tag in _EMBEDS or _PLAYER.isdisjoint(tree.words(element)):
        return False
    if all(element.find(f".//{tag}") is None for tag in _EMBEDS) and _has_caption(element):
        return False  # a picture in a box for videos
    return len(tree.text(element)) <= _LONGEST_PLAYER


def _has_caption(box: Element) -> bool:
    return box.find(".//img") is not None and any(
        "caption" in tree.words(element) and tree.text(element) for element in tree.elements(box)
    )


def _only_embeds(box: Element) -> None:
    """Of a player's box only the frame or video stays; its still picture and its buttons go."""
    embeds = [element for element in tree.elements(box) if element.tag in _EMBEDS]
    tail = box.tail
    for child in list(box):
        box.remove(child)
    box.text = None
    for embed in embeds[:1]:
        embed.tail = None
        box.append(embed)
    box.tail = tree.allowed(tail)


def _is_sign(image: Element) -> bool:
    if any(map(_SIGN_FILE.search, filter(None, (image.get("src"), image.get("data-src"))))):
        return True
    parent = image.getparent()
    names = tree.words(image) | (tree.words(parent) if parent is not None else set())
    if not _NOT_PICTURES.isdisjoint(names):
        return True
    sizes = [image.get(name) or "" for name in ("width", "height")]
    return any(size.removesuffix("px").isdigit() and int(size.removesuffix("px")) <= _SMALL for size in sizes)
