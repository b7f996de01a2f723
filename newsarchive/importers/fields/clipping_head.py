"""The lines with which clippers and note takers begin or end a text without front matter.

    # 純 Markdown 剪報                                                  a title
    > 本文由 [简悦 SimpRead](http://ksria.com/simpread/) 转码， 原文地址 [www.a.org](https://www.a.org/1)
    作者：陳大文                                                        a key and its value
    [原文](https://www.a.org/1)                                         a link line

They are read like front matter, and are no part of the text. A line is taken only when its value is what its
key promises: 時間：明日下午三時 stays in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsarchive.importers.markdown.inline import plain

from . import front_matter_keys as keys
from . import urls, written_dates
from .front_matter import FrontMatter, same_key
from .yaml_head import Value

_MARKS = re.compile(r"^[ \t\u3000]*(?:>[ \t]?)*(?:[-*+•][ \t]+)?")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->$")  # <!-- TITLE: 渡輪停航 -->
_HEADING = re.compile(r"#[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r"={3,}[ \t]*$")
_RULE = re.compile(r"(?:[-*_=][ \t]*){3,}$")
_PAIR = re.compile(
    r"(?:\*\*|__|【|\[)?([^\W\d][\w .]{0,19}?)(?:\*\*|__|】|\])?[ \t]*(?:[:：]|[｜|"
    r"](?=[ \t]?\S))(?:\*\*|__)?(?!//)[ \t]*(\S.*)$"
)
_LINK = re.compile(
    r"\[([^\[\]\n]*)\]\(\s*<?(https?:[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)|<?(https?://[^\s<>()\[\]]+)>?"
)
_ABOUT_SOURCE = re.compile(
    r"原文|來源|来源|出處|出处|鏈接|链接|連結|連接|網址|网址|地址|轉載自|转载自|轉自|转自|全文|簡悅|简悦|SimpRead|剪藏|存檔|存档"
    r"|\b(?:source|original(?:ly)?|via|from|link|url|clipped|published (?:on|at)|canonical|permalink)\b",
    re.IGNORECASE,
)
_DATE_AFTER = re.compile(r"[\s\u3000|｜·,，/]+(?=發|发|刊|日期|時間|时间|\d{4}|[Pp]ublished|[Pp]osted)")
_MOST_LINES = 25
_LONGEST_VALUE = 200
_MOST_WORDS = 40  # characters beside the link of a link line


@dataclass(slots=True)
class ClippingHead:
    values: dict[str, Value] = field(default_factory=dict)
    title: str = ""
    body: str = ""
    taken: list[str] = field(default_factory=list)  # the lines, as in the file

    @property
    def is_any(self) -> bool:
        return bool(self.title or self.values)


def read(text: str) -> ClippingHead:
    """The head of `text`; `body` is what follows it."""
    head = ClippingHead()
    lines = text.split("\n")
    at = taken_to = _title_block(lines, head)
    seen = 0
    while at < len(lines) and seen < _MOST_LINES:
        line = lines[at].strip()
        if not line or (_RULE.fullmatch(line) and (head.is_any or not line.startswith("-"))):
            at += 1
            continue
        if not head.title and at + 1 < len(lines) and _SETEXT.fullmatch(lines[at + 1].strip()):
            head.title, taken_to, at = plain(line), at + 2, at + 2
        elif not head.title and (heading := _HEADING.match(line)):
            head.title, taken_to, at = plain(heading[1]), at + 1, at + 1
        elif _take(lines[at], head):
            at += 1
            taken_to = at
        else:
            break
        seen += 1
    head.body = "\n".join(lines[taken_to:]) if head.is_any else text
    return head


def _title_block(lines: list[str], head: ClippingHead) -> int:
    """Pandoc's: up to three lines, % title, % authors, % date. Returns how many there are."""
    taken = 0
    for line, key in zip(lines, ("", "author", "date"), strict=False):
        if not line.startswith("% ") or not line[2:].strip():
            break
        if key:
            head.values[key] = line[2:].strip()
        else:
            head.title = plain(line[2:].strip())
        head.taken.append(line.strip())
        taken += 1
    return taken


def read_end(text: str) -> tuple[str, str, str]:
    """(the text without a last line that only says where it is from, the address, the line)."""
    stripped = text.rstrip()
    before, _, line = stripped.rpartition("\n")
    bare = _MARKS.sub("", line)
    found = _link_line(bare)
    if found and _ABOUT_SOURCE.search(_LINK.sub(" ", bare) + found[0]) and before.strip():
        return before, found[1], line.strip()
    return text, "", ""


def _take(line: str, head: ClippingHead) -> bool:
    bare = _COMMENT.sub(r"\1", _MARKS.sub("", line).strip())
    found = _link_line(bare)
    pair = _PAIR.match(bare)
    if pair and keys.is_known(same_key(pair[1])) and _is_value(same_key(pair[1]), pair[2]):
        key, value = pair[1].strip(), pair[2].strip().strip("*_ ")
        if key in head.values:
            return False
        head.values[key] = value
        _split_byline(head, key)
    elif found:
        words, address = found
        says_so = _ABOUT_SOURCE.search(_LINK.sub(" ", bare) + " " + words)
        if "link" in head.values or not (says_so or not _LINK.sub("", bare).strip(" >*_，,。")):
            return False
        head.values["link"] = address
        if not head.title and not says_so and not words.startswith(("http", "www.")):
            head.title = plain(words)
    else:
        return False
    head.taken.append(line.strip())
    return True


def _split_byline(head: ClippingHead, key: str) -> None:
    """作者：陳大文　發佈於 2021年11月17日 has the date after the author."""
    value = head.values[key]
    parting = _DATE_AFTER.search(value) if same_key(key) in _AUTHORS and isinstance(value, str) else None
    if parting is None or not isinstance(value, str):
        return
    rest = value[parting.end() :]
    try:
        is_date = written_dates.read(rest) is not None
    except ValueError:
        return
    if is_date:
        head.values[key] = value[: parting.start()]
        head.values.setdefault("date", rest)


def _link_line(bare: str) -> tuple[str, str] | None:
    """(words of the link, address) when a line is a link, with few words beside it. Of several the last, as a
    clipper names itself first."""
    links = list(_LINK.finditer(bare))
    if not links or len(_LINK.sub("", bare)) > _MOST_WORDS:
        return None
    match = links[-1]
    address = match[2] or match[3] or ""
    return ((match[1] or "").strip(), address) if urls.absolute(address) else None


def _is_value(key: str, value: str) -> bool:
    if len(value) > _LONGEST_VALUE:
        return False
    if key in _DATES:
        try:
            return written_dates.read(value) is not None
        except written_dates.Ambiguous:
            return True
        except ValueError:
            return False
    if key in _ADDRESSES:
        return (
            bool(_LINK.search(value))
            or urls.is_bare_address(value)
            or (len(value) <= 20 and "。" not in value)
        )
    if key in _AUTHORS:
        return len(value) <= 60 and "。" not in value
    return "。" not in value


def front_matter(head: ClippingHead) -> FrontMatter:
    return FrontMatter(dict(head.values), head.body)


def _same(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(same_key, names))


_DATES = _same((*keys.DATE, *keys.CREATED, *keys.UPDATED, *keys.CAPTURED))
_ADDRESSES = _same((*keys.ADDRESS, *keys.ARCHIVED))
_AUTHORS = _same(keys.AUTHOR)
