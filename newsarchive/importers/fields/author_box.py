"""The end of a 眾新聞 file: an appeal for subscriptions, and the box about the author.

    ---

    請加入成為眾新聞的月費訂戶 …

    月費訂戶 [網址：hkcnews.com/aboutus/#subscribe](/web/20210630223518/https://www.hkcnews.com/aboutus/#subscribe)

    ---

    ![博客 | 一悠](…/uploads/avatars/2c58e158.png?873536568)

    **博客 | 一悠**

    【一悠・到此一遊】喜歡談古論今 …

Both are recognised by their structure, not by their words: an article about subscriptions stays whole. In
2017 an appeal for crowdfunding stood in the same place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsarchive.importers.markdown.inline import plain

from . import urls

_RULE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_AVATAR = re.compile(r"\s*!\[([^\]\n]*)\]\(([^\s)]*/uploads/avatars/[^\s)]*)\)[ \t]*\n?")
_NAME_LINE = re.compile(r"\s*\*\*[^\n]*?[|｜][^\n]*\*\*[ \t]*(?:\n|$)")
_SUBSCRIBE = re.compile(r"\]\([^\s)]*/aboutus/?#subscribe\)\s*$")
_CROWDFUNDING = re.compile(
    r"^(?:---[ \t]*\n\s*)?(?:#+ )?\**[^\n*]{0,12}眾籌呼籲[：:]?\**[ \t]*$", re.MULTILINE
)
_ACCOUNTS = re.compile(r"\]\([^\s)]*(?:/supportus|paypal\.hkcnews\.com)")
_LABELLED = re.compile(r"[^|｜]*[|｜]\s*(.*)$")


@dataclass(frozen=True, slots=True)
class AuthorBox:
    name: str
    bio: str
    avatar: str


def cut(text: str) -> tuple[str, AuthorBox | None]:
    """The text without that end, and the author box if there was one."""
    box: AuthorBox | None = None
    rules = list(_RULE.finditer(text))
    end = len(text)
    while rules:
        rule = rules.pop()
        section = text[rule.end() : end]
        if not section.strip():
            end = rule.start()
        elif box is None and (found := _box(section)):
            box, end = found, rule.start()
        elif _is_appeal(section):
            end = rule.start()
        else:
            break
    return _without_crowdfunding(text[:end]), box


def _without_crowdfunding(text: str) -> str:
    """The text without its last section, if that asks for money and lists the newspaper's accounts."""
    found = list(_CROWDFUNDING.finditer(text))
    if not found:
        return text
    match = found[-1]
    section = text[match.end() :]
    is_list = len(section) < 2_500 and "hkcnews.com" in section and "<figure" not in section
    return text[: match.start()] if is_list and _ACCOUNTS.search(section) else text


def _box(section: str) -> AuthorBox | None:
    avatar = _AVATAR.match(section)
    if avatar is None:
        return None
    rest = section[avatar.end() :]
    name_line = _NAME_LINE.match(rest)
    label = _LABELLED.match(avatar[1])
    bio = plain(rest[name_line.end() :] if name_line else rest).strip()
    return AuthorBox((label[1] if label else avatar[1]).strip(), bio, urls.absolute(avatar[2]))


def _is_appeal(section: str) -> bool:
    """At most three short paragraphs, the last of which ends in the link to the subscription page."""
    paragraphs = [paragraph for paragraph in section.split("\n\n") if paragraph.strip()]
    return len(paragraphs) <= 3 and len(section) < 2_000 and bool(_SUBSCRIBE.search(paragraphs[-1]))
