"""Rewrites the many ways in which pages caption a picture into one form: <figure>, <figcaption>, <figcredit>.

After `normalise` a caption is a <figcaption> after its picture, a credit in an element of its own is a
<figcredit>, and an embedded post or video is an <iframe>.
"""

from __future__ import annotations

import re

from newsarchive.importers.fields.encoding import clean

from . import dom
from .dom import Element

_CAPTION_WORDS = frozenset({
    "wp-caption-text", "wp-caption-dd", "image-caption", "image_caption", "img-caption", "imgcaption",
    "caption-text", "picinfo", "photo-caption", "pic-caption", "media-caption", "figure-caption",
    "entry-caption", "caption_text", "dls-image-capture", "field-name-field-image-source",
})  # fmt: skip
_EMBED = re.compile(r"(?:youtube|twitter|facebook|instagram|tiktok|vk|x)-embed-(https?://\S+)$")
_CREDIT_LABEL = re.compile(
    r"(?:图像来源|圖像來源|图片来源|圖片來源|图片版权|圖片版權|Image (?:source|copyright))\s*[，,：:]?\s*",
    re.IGNORECASE,
)
IMAGE_CAPTION_LABEL = re.compile(
    r"^(?:图像加注文字|圖像加註文字|图片说明|圖片說明|Image caption)\s*[，,：:]\s*"
)
_PLAYER_MESSAGE = re.compile(r"你的器材不支持播放多媒体材料|你的器材不支援播放多媒體材料|您的设备不支持")


def normalise(root: Element) -> None:
    for element in root.find_all(True):
        tag = element.name
        if tag in ("div", "section") and (found := _EMBED.match(dom.get(element, "data-e2e"))):
            dom.replace(element, "iframe", src=found[1])
        elif tag == "p" and dom.get(element, "role") == "text" and _CREDIT_LABEL.match(dom.text(element)):
            _as_credit(element)
        elif tag == "small" and _stands_alone(element):
            _as_caption_after_picture(element)
        elif tag == "table":
            _unwrap_picture_table(element)
        elif dom.get(element, "data-testid") == "caption-paragraph" or (
            dom.get(element, "class") and not _CAPTION_WORDS.isdisjoint(dom.tokens(element))
        ):
            element.name = "figcaption"
    main = root.find("main")
    for item in dom.children(main) if main is not None else ():
        _caption_grid_item(item)


def _as_credit(paragraph: Element) -> None:
    credit = _CREDIT_LABEL.sub("", dom.text(paragraph), count=1)
    dom.replace(paragraph, "figcredit")
    paragraph.string = credit


def _stands_alone(small: Element) -> bool:
    """Whether it is the only content of its box: <div><small>…</small></div>."""
    box = small.parent
    return (
        box is not None
        and box.name == "div"
        and len(dom.children(box)) == 1
        and not dom.text_before(box).strip()
        and not dom.text_after(small).strip()
    )


def _as_caption_after_picture(small: Element) -> None:
    box = small.parent
    before = box.find_previous_sibling(True) if box is not None else None
    if box is None or before is None or dom.text_after(before).strip():
        return
    if dom.has(before, "img"):
        box.name = "figcaption"


def _unwrap_picture_table(table: Element) -> None:
    """A one-column table whose first row is a picture is layout; the rows below are the caption."""
    rows = table.find_all("tr")
    cells = [row.find_all(("td", "th")) for row in rows]
    if not rows or len(rows) > 3 or any(len(row) != 1 for row in cells):
        return
    if not dom.has(cells[0][0], "img") or dom.text(cells[0][0]):
        return
    for element in table.find_all(("thead", "tbody", "tfoot", "tr")):
        element.name = "div"
    table.name = "figure"
    cells[0][0].name = "div"
    for row in cells[1:]:
        row[0].name = "figcaption"


def _caption_grid_item(item: Element) -> None:
    """BBC: each child of <main> is one block; the paragraph beside a picture or player is its caption."""
    players = [frame for frame in dom.elements(item, "iframe") if not _is_social(frame)]
    if not players and not dom.has(item, "img"):
        return
    for noscript in dom.elements(item, "noscript"):
        if players:
            _keep_poster(noscript, players[0])
    paragraphs = [
        paragraph
        for paragraph in dom.elements(item, "p")
        if dom.text(paragraph) and not dom.has(paragraph, "img", "iframe")
    ]
    if paragraphs and not dom.has(item, "figcaption") and len(paragraphs) <= 2:
        paragraphs[0].name = "figcaption"
    for caption in dom.elements(item, "figcaption"):
        label = dom.text_before(caption)
        if label:
            caption.contents[0].replace_with(IMAGE_CAPTION_LABEL.sub("", clean(label)))


def _is_social(frame: Element) -> bool:
    return "av-embeds" not in dom.get(frame, "src") and not dom.get(frame, "title")


def _keep_poster(noscript: Element, player: Element) -> None:
    """Keeps the picture next to the message that the device can't play the video: it is the video's still
    image."""
    if not _PLAYER_MESSAGE.search(dom.text(noscript)):
        return
    for picture in noscript.find_all("img"):
        player["data-poster"] = dom.get(picture, "src")
    dom.drop(noscript)
