"""The list in which some pages name their writers above the text:

<ul role="list"><li>李澄欣</li><li>BBC中文记者</li></ul>
"""

from __future__ import annotations

import re

from . import tree
from .tree import Element

_MOST_ITEMS = 6
_LONGEST = 24  # characters of an item
_ROLE = re.compile(
    r"记者|記者|特派|撰稿|通讯员|通訊員|编辑|編輯|主编|專欄|专栏|评论员|評論員|中文|[Rr]eporter|[Cc]orrespondent|[Ee]ditor"
)


def take_out(article: Element) -> list[str]:
    """The names in such a list, which is removed from the tree; [] when the text begins otherwise."""
    for element in article.iter("ul", "ol", "p"):
        if element.tag == "p":
            if len(tree.text(element)) > _LONGEST:
                return []
            continue
        items = [tree.text(item) for item in element.findall("li")]
        if not 2 <= len(items) <= _MOST_ITEMS or any(not 2 <= len(item) <= _LONGEST for item in items):
            return []
        names = [item for item in items if not _ROLE.search(item)]
        if names and len(names) < len(items) and not _ROLE.search(items[0]):
            tree.drop(element)
            return names
        return []
    return []
