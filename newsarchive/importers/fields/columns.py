"""Names of series and columns: 【…】 at the beginning of a title, and of what an author box says.

【武漢肺炎大爆發】港大料疫情四五月達高峰         a title
【一悠・到此一遊】喜歡談古論今，也常談股論金。     an author box: a writer's name and the column's
"""

from __future__ import annotations

import re

_HEAD = re.compile(r"\s*【\s*([^【】\n]{1,40}?)\s*】")
_LABEL = re.compile(r"(?:撰文|文|作者|攝影|圖|图|譯|译|口述|採訪)\s*[︰：:／/]")  # who made it


def at_beginning(text: str) -> tuple[str, ...]:
    """Each name in brackets that the text begins with, as printed: 【圖輯】【國安法】 are two. At most 40
    characters: what is longer is a sentence."""
    found: list[str] = []
    at = 0
    while head := _HEAD.match(text, at):
        if not _LABEL.match(head[1]):
            found.append(head[1])
        at = head.end()
    return tuple(dict.fromkeys(found))
