"""A box of keys and values about the text beside it, which archives of other people's texts put on their
pages:

CDT 档案卡 / 标题：反思一宗事故 / 作者：某财经报道 / 发表日期：2024.4.28 / 主题归类：汽车 / 版权说明：…
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsarchive.importers.fields.encoding import clean, squeeze

from . import dom
from .dom import Element

_PAIR = re.compile(r"([\u4e00-\u9fffA-Za-z ]{2,8})[：:]\s*(\S.*)$")
_NAMED = re.compile(r"[档檔]案卡|资料卡|資料卡|文章信息|文章資訊|存档信息|存檔資訊")
_LABELS = frozenset({
    "标题", "標題", "作者", "发表日期", "發表日期", "发布日期", "發佈日期", "来源", "來源",
    "主题归类", "主題歸類", "版权说明", "版權說明",
    "CDS收藏", "原文", "原文链接", "原文鏈接", "编辑", "編輯", "备份", "備份", "分类", "分類",
})  # fmt: skip
_FEWEST_PAIRS = 3
_LONGEST = 1_500  # characters of a whole card
_DATE, _AUTHOR, _TAGS = (
    ("发表日期", "發表日期", "发布日期", "發佈日期"),
    ("作者",),
    ("主题归类", "主題歸類", "分类", "分類"),
)
_BLOCKS = ("p", "div", "li", "tr", "table", "section", "dl", "dd", "dt", "ul", "h2", "h3", "h4")


@dataclass(slots=True)
class Card:
    values: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)  # as printed

    @property
    def date(self) -> str:
        return self._first(_DATE)

    @property
    def author(self) -> str:
        return self._first(_AUTHOR)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(tag for tag in re.split(r"\s*[,，、;；/／|｜]\s*", self._first(_TAGS)) if tag)

    def _first(self, labels: tuple[str, ...]) -> str:
        return next((self.values[label] for label in labels if label in self.values), "")


def take_out(root: Element) -> Card:
    """Removes the card from the page; an empty one when the page has none."""
    if not _NAMED.search(root.get_text()):
        return Card()
    named = [
        box
        for box in root.find_all(("div", "section", "aside", "table", "details", "blockquote"))
        if _NAMED.search(dom.text(box)[:40])
    ]
    for box in named:  # from the outermost on
        if len(dom.text(box)) > _LONGEST:
            continue
        card = _read(box)
        if len(card.values) >= _FEWEST_PAIRS:
            dom.drop(box)
            return card
    return Card()


def _read(box: Element) -> Card:
    card = Card()
    for line in _lines(box):
        match = _PAIR.match(line)
        if match and match[1].replace(" ", "") in _LABELS:
            card.values.setdefault(match[1].replace(" ", ""), match[2].strip())
        card.lines.append(line)
    return card


def _lines(box: Element) -> list[str]:
    parts: list[str] = []
    for node in box.descendants:
        if not isinstance(node, Element):
            parts.append(str(node).replace("\n", " "))
        elif node.name == "br" or node.name in _BLOCKS:
            parts.append("\n")
    return [line for part in "".join(parts).split("\n") if (line := squeeze(clean(part)))]
