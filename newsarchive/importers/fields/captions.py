"""Finds the credit in a picture's caption.

The caption itself stays as printed, credit included. When in doubt no credit is found; its words can still be
searched as part of the caption.
"""

from __future__ import annotations

import re

from .agencies import Agencies

# Words by which a short end of a caption is a credit. 攝 only outside of 拍攝, 攝氏, 攝影師.
_CREDIT_WORD = re.compile(
    r"(?<![拍錄录])[攝摄](?![氏取入製制])|影$|[圖图照相]片|照片|[截擷撷][圖图]|圖$|图$|提供|[製制繪绘][圖图]|"
    r"網頁|网页|網站|网站|官網|官网|網圖|网图|直播|畫面|画面|影片|視頻|视频|專頁|专页|片段|來源|来源|來自|来自|"
    r"翻攝|翻摄|授權|授权|劇照|剧照|[Pp]hoto|[Cc]ourtesy|[Ss]creenshot|[Cc]redit|取自|"
    r"(?:[網网台臺社報报]|電視|电视|新聞|新闻|[週周]刊|雜誌|杂志|廣播公司)$",
    re.IGNORECASE,
)
_STRONG_WORD = re.compile(  # a whole caption is a credit only if it has one of these words
    r"(?<![拍錄录])[攝摄](?:影)?$|[攝摄]影?[︰：:／/]|(?:資料|资料|網上|网上|網絡|网络|網路|互聯網|檔案)(?:[圖图照相]片|照片|圖|图)$|"
    r"[截擷撷][圖图]$|[製制繪绘][圖图]$|提供(?:[圖图照相]片|照片)?$|來源|来源|"
    r"(?:[圖图照相]片|照片)(?:由|来自|來自)|^(?:[圖图]|网|網)[源文]",
)
_LABEL = (
    r"(?:(?:[圖图照相影截插數数資资視视]\w)?[來来]源|[圖图]源|"
    r"[攝摄]影[師师]?|[圖图]片提供|[圖图][／/][攝摄]影|[圖图相照]片|[圖图]|[攝摄]|製圖|制图|繪圖|"
    r"(?:Photo|Image|Picture)s?(?:\s(?:[Cc]redits?|by|[Cc]ourtesy(?:\sof)?))?|[Cc]redits?|[Ss]ource|"
    r"PHOTO|CREDIT|SOURCE)"
)
_LABELLED = re.compile(
    rf"(?:^|(?<=[。！？!?.；;）)」』”\s　]))[▲△（(【\[]?{_LABEL}\s?[︰：:／/]\s*(\S[^。！？\n]*)$"
)
_STARTS_WITH_LABEL = re.compile(rf"[▲△]?\s*{_LABEL}\s?[︰：:／/]\s*(\S.*)$", re.DOTALL)
_PARENTHESIS = re.compile(r"[（(【\[]([^（）()【】\[\]]{1,60})[）)】\]][\s。.]*$")
_POSITION = re.compile(
    r"[左右中前後后上下圖图排起至二三四五六兩两及一,，、:：\s\d\-–~～/／.]+(?:[圖图])?$|.*(?:箭嘴|[紅红黃黄藍蓝]圈|[紅红]框)"
)
_TAIL = re.compile(r"(?:[。！？!?…；;][」』”）)]*[\s　]*|(?<=[a-z\d])\.\s+)([^。！？!?；;\n]{1,28})[\s。.]*$")
_AFTER_BLANK = re.compile(r"[\s　／/|｜」』”》]+([^\s　。！？!?；;，,、：:]{1,14}(?:\s[攝摄])?)[\s。.]*$")
_SENTENCE = re.compile(r"[，,。！？!?；;]")
_SENTENCE_BEFORE = re.compile(r"[。！？!?；;.）)」』”]")
_PERSON = re.compile(
    r"(?:(?:新华社|新華社|中新社|本報|本报|本刊|美联社|美聯社|特約)?(?:记者|記者)?[\s　]*)?"
    r"\S{1,14}(?:[、\s]\S{1,6})?[\s　]*[攝摄]影?"
)

_MAX_WHOLE = 40
_MAX_TAIL = 24


def credit_of(caption: str, agencies: Agencies) -> str:
    """The credit in a caption, without its label or parentheses; "" when none is certain."""
    line = caption.strip().rstrip("　 ")
    if not line:
        return ""
    for find in (_whole_label, _in_parenthesis, _whole, _labelled, _in_tail, _after_blank):
        credit = find(line, agencies)
        if credit:
            return credit.strip(" 　。.▲△")
    return ""


def is_credit(line: str, agencies: Agencies) -> bool:
    """Whether a line beside a picture consists of a credit only."""
    line = line.strip()
    return len(line) <= _MAX_WHOLE and bool(_whole_label(line, agencies) or _whole(line, agencies))


def _whole_label(line: str, agencies: Agencies) -> str:
    bare = _bare(line)
    labelled = _STARTS_WITH_LABEL.match(bare) if bare and not _is_numbered(bare) else None
    return labelled[1] if labelled else ""


def _bare(line: str) -> str:
    """The line without enclosing brackets; "" when it is a sentence or too long for a credit."""
    bare = line.strip("（）()【】[]　 。.▲△")
    return "" if len(bare) > _MAX_WHOLE or _SENTENCE.search(bare) else bare


def _whole(line: str, agencies: Agencies) -> str:
    bare = _bare(line)
    if not bare:
        return ""
    if agencies.are_all_of(bare) or _PERSON.fullmatch(bare):
        return "" if bare.endswith(("拍攝", "拍摄")) else bare
    if len(bare) <= 16 and _STRONG_WORD.search(bare) and not bare.endswith(("拍攝", "拍摄")):
        return bare
    return ""


def _is_credit_like(text: str, agencies: Agencies) -> bool:
    return bool(_CREDIT_WORD.search(text)) or agencies.are_in(text)


def _is_numbered(text: str) -> bool:
    """Whether the label has a number: 圖1：… numbers the picture, while 圖：王小明 gives a credit."""
    return bool(re.match(r"[圖图]\s?[\d一二三四五六七八九十]", text))


def _labelled(line: str, agencies: Agencies) -> str:
    match = _LABELLED.search(line, max(0, len(line) - 120))
    if match is None or len(match[1]) > 60:
        return ""
    credit, before = match[1], line[: match.start()]
    whose = _SENTENCE_BEFORE.split(before)[-1].strip(" 　（([【")
    if whose and agencies.are_all_of(whose):  # AP Photo/Kin Cheung: the label belongs to the agency's name
        credit = line[before.rindex(whose) :]
    return credit.rstrip("）)】]。. 　")


def _in_parenthesis(line: str, agencies: Agencies) -> str:
    match = _PARENTHESIS.search(line, max(0, len(line) - 80))
    if match is None or _POSITION.fullmatch(match[1]) or not _is_credit_like(match[1], agencies):
        return ""
    labelled = _STARTS_WITH_LABEL.match(match[1])
    return labelled[1] if labelled else match[1]


def _in_tail(line: str, agencies: Agencies) -> str:
    match = _TAIL.search(line, max(0, len(line) - 60))
    if match is None:
        return ""
    tail = match[1].rpartition(". ")[2].strip(" 　（）()")
    if not tail or len(tail) > _MAX_TAIL or "，" in tail:
        return ""
    if tail.endswith(("拍攝", "拍摄")):  # 筆者拍攝 is a credit, 於二零一六年在中環拍攝 is a sentence
        return tail if len(tail) <= 8 and tail[0] not in "於于在攝摄這这" else ""
    return tail if _is_credit_like(tail, agencies) else ""


def _after_blank(line: str, agencies: Agencies) -> str:
    match = _AFTER_BLANK.search(line, max(0, len(line) - 40))
    if match is None:
        return ""
    tail = match[1].strip("（）()")
    named = agencies.are_all_of(tail) or (
        len(tail) > 2 and _STRONG_WORD.search(tail) and not tail.endswith(("拍攝", "拍摄"))
    )
    return tail if named else ""
