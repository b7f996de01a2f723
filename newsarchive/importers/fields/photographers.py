"""Persons whom a picture's credit names, without the words for what they are: 實習記者何家達攝 is 何家達.

A credit that only may name a person names none. What is certain: the name before 攝, behind 攝影：,
behind Photo by, and beside an agency (AP Photo/Kin Cheung). The forms were counted in the credits of the
眾新聞 backup (5,508 different ones) and of mainland sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .agencies import NONE, Agencies

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_LATIN_NAME = r"[A-Z][\w.'’-]*(?:[ -][A-Z][\w.'’-]*){0,3}"
_NAME = rf"[{_HAN}]{{2,4}}(?:[·‧・][{_HAN}]{{1,6}})?|{_LATIN_NAME}"
# What a person is, and whose: it stands before the name.
_ROLE = (
    r"(?:[^\s、]{0,8}?(?:攝影記者|摄影记者|攝影師|摄影师|特派員|特派员|攝記|记者|記者|作者|实习生|實習生|通訊員|通讯员)"
    rf"|[{_HAN}]{{2,10}}(?:電台|电台|電視台|电视台|日報|日报|時報|时报|新聞|新闻|通訊社|通讯社|新華社|新华社|中新社))"
)
_TOOK = r"(?:[攝摄](?!影)(?![氏取入製制師师記记])|[攝摄]影(?![師师記记展協协會会比節节家學学隊队集社]))"
_TAKEN = re.compile(  # 何君健攝, 新华社记者 岳月伟 摄, 照片由 Ringo Tang 攝, 鄭智仁/攝, 林勵拍攝
    rf"(?:(?:照片|相片|圖片|图片)?由\s*)?(?:{_ROLE}\s*)?"
    rf"(?:(?P<filming>[{_HAN}]{{2,3}})拍[攝摄]|(?P<name>{_NAME})\s*{_TOOK})"
)
_LABELLED = re.compile(  # 攝影：趙六, 攝影｜林軒朗, Photo by Isaac Wong, 拍攝者：林立
    rf"(?<![\w])(?:(?:攝影師?|摄影师?|攝|摄|拍攝者?|拍摄者?)\s*[︰：:｜|／/]|(?:[Pp]hotos?|PHOTO)\s+by:?)\s*"
    rf"(?:{_ROLE}\s*)?(?P<name>{_NAME})(?=$|[\s／/、，,;；（()）。.]|提供)"
)
_PROVIDED = re.compile(rf"(?:照片|相片|圖片|图片)?由?(?:攝影師|摄影师)\s*(?P<name>{_NAME})(?:提供)?")
_LISTED = re.compile(rf"(?:{_ROLE}\s*)?(?P<name>{_NAME})")
_WIRE = (
    r"(?:AP|AFP|EPA|EPA-EFE|Reuters|REUTERS|Getty(?: Images)?|Xinhua|Bloomberg|Kyodo|DPA|EYEPRESS|EyePress|"
    r"美聯社|美联社|路透社|法新社|新華社|新华社)(?: ?(?:Photo|photo|PHOTO|照片|圖片|图片))?"
)
_WIRE_FIRST = re.compile(rf"{_WIRE}\s*[/／]\s*(?P<name>{_LATIN_NAME})")
_WIRE_LAST = re.compile(rf"(?P<name>{_LATIN_NAME})\s*[/／]\s*{_WIRE}")
_BETWEEN = re.compile(r"[／/、，,;；（）()【】「」『』《》]|\s{2,}|\.{2,}|…+")
# Who is no name, and what ends in 攝 and is none.
_NOBODY = re.compile(
    r"(?:筆者|笔者|作者|讀者|读者|受訪者|受访者|網民|网民|記者|记者|本報|本报|本刊|編輯|编辑|市民|學生|"
    r"学生|家人|友人|朋友|資料|资料|網上|网上|網絡|网络|相片|照片|圖片|图片|圖為|左圖|右圖|上圖|下圖|"
    r"中圖|攝影|摄影|同事|官方|現場|手機|手机|航拍|偷拍|自行|親自|亲自)"
)
_NO_NAME_END = re.compile(r"[拍翻合所時时後后前內内日月年於于在時由自]$|(?:記者|记者|圖片|图片|居民)$")
_NO_NAME_START = re.compile(r"[由與与和及在於于攝摄]")
_LABEL_BEFORE = r"(?:攝影[師师記记者]*|摄影[师记者]*|攝|摄|拍攝者?|Photos? by)\s*[︰：:｜|／/]?\s*"


def named_in(credit: str, caption: str = "", agencies: Agencies = NONE) -> tuple[str, ...]:
    """The persons, as printed, in their order. `caption` is what the credit was split off from: a label is no
    part of the credit (攝影：趙六 has the credit 趙六)."""
    found = dict.fromkeys(_names(credit.strip(), caption))
    return tuple(name for name in found if _is_person(name, agencies))


def _names(credit: str, caption: str) -> Iterator[str]:
    if not credit:
        return
    for wire in (_WIRE_FIRST, _WIRE_LAST):
        if match := wire.fullmatch(credit):
            yield match["name"]
            return
    if re.fullmatch(_NAME, credit) and re.search(_LABEL_BEFORE + re.escape(credit), caption):
        yield credit
        return
    if match := _LABELLED.search(credit):
        yield match["name"]
        return
    pieces = [piece.strip() for piece in _BETWEEN.split(credit)]
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else ""
        if match := _TAKEN.match(piece):
            yield match["name"] or match["filming"]
        elif (
            (match := _PROVIDED.fullmatch(piece))
            or (
                (match := _LISTED.fullmatch(piece))
                and (  # 鄭智仁/攝; 陳暋柟、林勵攝
                    following in ("攝", "摄", "攝影", "摄影")
                    or _goes_on(match["name"], pieces[at + 1 :], credit)
                )
            )
        ):
            yield match["name"]


def _goes_on(name: str, pieces: list[str], credit: str) -> bool:
    """Is it a name in a list whose last is followed by 攝?"""
    if f"{name}、" not in credit:
        return False
    for piece in pieces:
        if _TAKEN.fullmatch(piece):
            return True
        if not re.fullmatch(_NAME, piece):
            return False
    return False


def _is_person(name: str, agencies: Agencies) -> bool:
    if len(name) < 2 or _NOBODY.match(name) or _NO_NAME_END.search(name) or _NO_NAME_START.match(name):
        return False
    return not agencies.are_all_of(name)
