"""Persons' names from a printed byline."""

from __future__ import annotations

import re

from newsarchive.importers.types import ParsedAuthor

from .encoding import folded, squeeze

COLUMNS = frozenset(  # sections that appear in place of a person
    {"讀者來論", "特約轉載", "特約分享", "系統管理員", "CitizenNews Op-ed", "CitizenNews Reader", "讀者投稿"}
)
_DESKS = frozenset(  # the newspaper itself
    folded(name)
    for name in (
        "眾新聞", "眾新聞記者", "眾新聞中國組", "眾新聞特約記者", "眾新聞工會", "CitizenNews",
        "Citizen News", "公民記者有限公司", "綜合報道", "综合报道", "Anonymous", "admin", "编辑部", "編輯部",
        "德国之声", "美国之音", "法广", "自由亚洲电台", "美联社", "法新社", "路透社", "德新社", "新华社",
        "DW", "VOA", "RFA", "RFI", "BBC",
    )
)  # fmt: skip
_ROLE = re.compile(
    r"((?:[\u4e00-\u9fff]{2}(?:組|组)|[\u4e00-\u9fff]{0,2}(?:特約|特约|實習|实习)|本報|本报|見習)?(?:記者|记者)"
    r"|(?:台灣|台湾|澳門|駐\w{1,4})?(?:特派員|特派员))[：:\s]*(?=\S)"
)
_NOT_A_NAME = re.compile(r"[・·的與与]|^[的們们會会證证手]")
_BETWEEN_NAMES = re.compile(r"[、‧，,／/&]\s*")
_IN_BRACKETS = re.compile(r"\s*[（(【\[]([^（）()]*)[）)】\]]\s*$")
_LABEL = (
    r"(?:[圖图]?(?:撰文|文字?)|[創创]?作者|採訪(?:及撰文)?|采访|[編编][譯译]|翻?[譯译]者?|口述|整理|By|BY)"
)
_SIGNED = re.compile(
    rf"[\s　*│|]*[【\[（(]?\s*(?P<label>{_LABEL})\s*(?:[︰：:／/]|(?<=[yY])(?=\s+[A-Z]))\s*"
    r"(?P<name>[^】\]\n]{1,60}?)\s*[】\]）)]?[\s　*。]*$"
)
_ASIDE = re.compile(r"\s*[、，,／/]\s*(?=[^／/：:]{1,12}[：:])|\s+[／/]\s*|\s*[／/]\s+|,\s|，|\s*@")
_OUTSIDE_BRACKETS = re.compile(r"[、&＆](?![^（(]*[)）])")
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[A-Za-z][A-Za-z .'-]{1,40}")
_LONGEST_NAME = 30
_SIGNED_FIRST = re.compile(r"[\s　*]*【\s*(?:撰文|文|作者)\s*[︰：:／/]\s*([^】\n]{1,40}?)\s*】(?=\s*\S)")


def of_byline(byline: str, *not_persons: str) -> tuple[tuple[ParsedAuthor, ...], str]:
    """(authors, column) from a byline in the style of 眾新聞. `not_persons` are names of the outlet itself.

    A byline is split into several names only after a reporter's title: 記者邢穎琦、周滿鏗 are two persons,
    帝國之間、民國之外 is one.
    """
    name = squeeze(byline)
    if not name or is_outlet(name, *not_persons):
        return (), ""
    if name in COLUMNS:
        return (), name
    role = _ROLE.match(name)
    if role is None or _NOT_A_NAME.search(name[role.end() :]):
        return (ParsedAuthor(name),), ""
    authors = []
    title = ""
    for part in _BETWEEN_NAMES.split(name):
        prefix = _ROLE.match(part)
        if prefix:
            title, part = prefix[1], part[prefix.end() :]
        if part:
            authors.append(ParsedAuthor(part, role=title))
    return tuple(authors), ""


def of_list(byline: str, *not_persons: str) -> tuple[ParsedAuthor, ...]:
    """Authors from a byline that is a list: 叶宣/达扬（法新社、路透社）, KONEY BAI,KONEY BAI."""
    byline = squeeze(byline)
    brackets = _IN_BRACKETS.search(byline)
    if brackets:
        byline = byline[: brackets.start()]
    byline = re.sub(r"^(?:作者|文|By|by|撰文|记者|記者)\s*[︰：:／/\s]\s*", "", byline)
    names: dict[str, None] = {}
    for part in re.split(r"\s*[／/、,，;；]\s*|\s+(?:and|AND)\s+", byline):
        name = part.strip(" 　.。")
        if name and not is_outlet(name, *not_persons):
            names.setdefault(name)
    return tuple(ParsedAuthor(name) for name in names)


def is_outlet(name: str, *outlets: str) -> bool:
    key = folded(name)
    return key in _DESKS or any(key == folded(outlet) for outlet in outlets if outlet)


def signed(line: str) -> tuple[str, str]:
    """(label, name) from a line that says only who wrote the text: 【撰文：北濤】, By: CK, 文／林雨."""
    match = _SIGNED.match(line)
    if match is None:
        return "", ""
    name = match["name"].strip(" 　*")
    if name.count("（") > name.count("）"):
        name += "）"
    return match["label"], name


def signed_first(line: str) -> tuple[str, int]:
    """(name, index where the text begins) from a paragraph that begins with its writer:
    【撰文：飄楊】雨，疏疏…"""
    match = _SIGNED_FIRST.match(line)
    return (match[1].strip(), match.end()) if match else ("", 0)


def names_in(signature: str) -> tuple[tuple[str, ...], bool]:
    """(names, whether nothing else is there) from what follows 撰文：, such as 潘達培 /前《鏗鏘集》編導."""
    aside = _ASIDE.search(signature)
    bare = signature[: aside.start()] if aside else signature
    parts = [_IN_BRACKETS.sub("", part).strip() for part in _OUTSIDE_BRACKETS.split(bare)]
    plain = not aside and all(not _IN_BRACKETS.search(part) for part in _OUTSIDE_BRACKETS.split(bare))
    if len(parts) > 1 and all(_SHORT_NAME.fullmatch(part) for part in parts):
        return tuple(parts), plain
    name = _IN_BRACKETS.sub("", bare).strip()
    if len(name) > _LONGEST_NAME:  # longer than any name: a sentence about the writers
        return (), False
    return ((name,) if name else ()), plain


def is_writer_label(label: str) -> bool:
    """Whether the label is one of writers. Translators and interviewers are not authors; their line stays in
    the text."""
    return label in (
        "撰文",
        "文",
        "文字",
        "作者",
        "創作者",
        "创作者",
        "圖文",
        "图文",
        "By",
        "BY",
        "採訪及撰文",
    )


def without_role(name: str) -> str:
    """記者陳大文 without 記者."""
    match = _ROLE.match(name)
    return name[match.end() :] if match else name
