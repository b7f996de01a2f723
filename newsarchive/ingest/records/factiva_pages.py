"""Exports of Factiva as RTF, Word and HTML, as the lines of the document, in two layouts. With codes ("Full
Article/Report plus Indexing"):

    HD  渡輪停航            BY  By Chan Tai Man      WC  295 字       PD  2021 年 11 月 17 日
    ET  15:32              SN  Harbour Daily        LP  first paragraphs      TD  the others
    NS  gtran : Transport | gcat : General News      AN  文件 HARB000020211117ehbh00001

and without, where the order says what a line is:

    港聞 / 渡輪停航 / By Chan Tai Man / 295 字 / 2021 年 11 月 17 日 / Harbour Daily / HARB / 中文 /
    © 2021 … / paragraphs / 文件 HARB000020211117ehbh00001

Labels and dates follow the language of the interface. The number at the end is the article's identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

from newsarchive.importers.fields.encoding import squeeze
from newsarchive.messages import Message

_CODES: Final = (
    "HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|AN|SE|CLM|NGC|GC|ART"
)
_CODE: Final = re.compile(rf"^\s*({_CODES})\s*(?:\t\s*|\s{{2,}}|$)(.*)$", re.DOTALL)
# HARB0000 20211117 ehbh00001: code of the source, day, number of the day.
_END: Final = re.compile(r"^\s*(?:AN\s+)?(?:\S{2,12}\s+)?([A-Z][A-Z0-9]{2,14}\d{8}[a-z][a-z0-9]{5,12})\s*$")
_WORDS: Final = re.compile(
    r"^\s*\d[\d,.\s]{0,9}\s?(?:words?|字|字詞|字词|個字|个字|mots|Wörter|palabras|parole|palavras|слов[а]?|語|단어)\s*$",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"(?:19|20)\d\d")
_TIME: Final = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?\b")
_SOURCE_CODE: Final = re.compile(r"^[A-Z][A-Z0-9]{1,9}$")
_RIGHTS: Final = re.compile(r"^\s*(?:©|\(c\)|Copyright\b|[版著][权權])", re.IGNORECASE)
_PAGE: Final = re.compile(r"^(?:Page\s+|第\s*)?[A-Z]{0,3}\d{1,3}(?:\s*[頁页版])?$")
_WRITER: Final = re.compile(r"^\s*(?:By|Par|Von|Por|Di|作者|撰文|文)\s*(?:[:：]\s*|\s+)", re.IGNORECASE)
_NAME: Final = re.compile(r"^(?:記者|记者|[^\W\d_]{2,4}$)")  # of a writer, without any sign that it is one
_CHINESE_DAY: Final = re.compile(r"\s*([年月日])\s*")
_HEAD_LINES: Final = 12  # lines between the count of words and the text


def matches(lines: Sequence[str]) -> bool:
    """At least one article with its number, and a count of words or a headline before it."""
    ends = any(map(_END.match, lines))
    return ends and any(_WORDS.match(line) or _value(line, "HD") or _value(line, "WC") for line in lines)


def rows(lines: Sequence[str]) -> Iterator[dict[str, Any] | Message]:
    part: list[str] = []
    for line in lines:
        end = _END.match(line)
        if end is None:
            part.append(line)
            continue
        coded = any(_value(said, "HD") for said in part)
        row = _coded(part) if coded else _plain(part)
        if row is not None:
            yield row | {"identity": f"factiva:{end[1]}"}
        part = []
    if any(_WORDS.match(line) or _value(line, "HD") for line in part):
        yield Message("export_without_number")


def _value(line: str, code: str) -> str:
    match = _CODE.match(line)
    return squeeze(match[2]) if match and match[1] == code else ""


def _coded(part: list[str]) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    here: list[str] = []  # lines before the first code are none of the article
    for line in part:
        if match := _CODE.match(line):
            here = fields.setdefault(match[1], [])
            line = match[2]
        if said := squeeze(line):
            here.append(said)

    def one(code: str) -> str:
        return " ".join(fields.get(code, ()))

    subjects = [item for code in ("NS", "IN", "RE", "CO") for item in one(code).split("|")]
    body = _paragraphs([*fields.get("LP", ()), *fields.get("TD", ())])
    captions = "".join(
        f'<figure><img src=""><figcaption>{escape(said)}</figcaption></figure>'
        for said in fields.get("ART", ())
    )
    return {
        "title": one("HD"),
        "author": _WRITER.sub("", one("BY")),
        "credit_line": one("CR"),
        "outlet": one("SN"),
        "date": _date(one("PD"), one("ET")),
        "category": one("SE"),
        "column": one("CLM"),
        "page": one("PG"),
        "words": one("WC"),
        "rights": one("CY"),
        "tags": [name for item in subjects if (name := squeeze(item.rpartition(" : ")[2]))],
        "body": body + captions,
    }


def _plain(part: list[str]) -> dict[str, Any] | None:
    """None without a count of words: then nothing says where the text begins."""
    at = next((n for n, line in enumerate(part) if _WORDS.match(line)), None)
    if at is None:
        return None
    section, title, writer = _headline(part[:at])
    head: dict[str, str] = {}
    begin = at + 1
    for n, line in enumerate(map(squeeze, part[at + 1 : at + 1 + _HEAD_LINES]), at + 1):
        if not line:
            if head.get("outlet"):
                break
            continue
        key = _kind(line, head)
        if not key:
            break
        head[key] = line
        begin = n + 1
        if key == "rights":
            break
    return {
        "title": title,
        "author": _WRITER.sub("", writer),
        "outlet": head.get("outlet", ""),
        "date": _date(head.get("day", ""), head.get("time", "")),
        "category": section,
        "page": head.get("page", ""),
        "words": squeeze(part[at]),
        "rights": head.get("rights", ""),
        "body": _paragraphs(part[begin:]),
    }


def _headline(before: list[str]) -> tuple[str, str, str]:
    """(section, title, byline) from the lines that end at the count of words: each stands on a line of its
    own, and only the title is always there."""
    lines: list[str] = []
    for line in reversed([squeeze(line) for line in before]):
        if line:
            lines.insert(0, line)
        elif any(not _WRITER.match(said) for said in lines):
            break
    writer = lines.pop() if len(lines) > 1 and _WRITER.match(lines[-1]) else ""
    if not writer and len(lines) > 1 and _NAME.match(lines[-1]) and len(lines[-2]) > len(lines[-1]):
        writer = lines.pop()
    title = lines[-1] if lines else ""
    return lines[-2] if len(lines) > 1 else "", title, writer


def _kind(line: str, head: dict[str, str]) -> str:
    """What a line between the count of words and the text is, by its form and what was seen before; "" for
    one that is text."""
    if _RIGHTS.match(line):
        return "rights"
    if "day" not in head and _DAY.search(line) and len(line) < 40:
        return "day"
    if _TIME.match(line):
        return "time"
    if "outlet" not in head:
        return "outlet" if len(line) < 80 else ""
    if _SOURCE_CODE.match(line):
        return "code"
    if _PAGE.match(line):
        return "page"
    return "language" if "language" not in head and len(line) < 25 else ""


def _date(day: str, time: str) -> str:
    found = _TIME.match(time)
    return " ".join(filter(None, (_CHINESE_DAY.sub(r"\1", day).strip(), found[0] if found else "")))


def _paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape(said)}</p>" for line in lines if (said := squeeze(line)))
