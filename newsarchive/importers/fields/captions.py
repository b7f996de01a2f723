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
    r"[截擷撷][圖图]$|[製制繪绘][圖图]$|提供(?:[圖图照相]片|照片)?$|來源|来源|供[圖图]$|"
    r"(?:[圖图照相]片|照片)(?:由|来自|來自)|^(?:[圖图]|网|網)[源文]|"
    r"(?:網絡|网络|網路|網上|网上|資料|资料|作者)插[圖图]$",
)
# Where a picture was taken from, whatever follows: 照片取自陳大文Facebook.
_TAKEN_FROM = re.compile(
    r"(?:(?:[圖图照相影截][片圖图]|照片|畫面|画面|視頻|视频)\s?)?(?:取自|截取自|截自|擷取自|撷取自|擷自|翻攝自|翻摄自|摘自|轉自|转自|轉載自|转载自|"
    r"節錄自|节录自|下載自|下载自)\s?\S.{0,40}$"
)
_PAPER = r"《[^《》]{1,12}》"
# A newspaper as the whole credit, with or without 圖片: 《明報》, 《時代論壇》圖片.
_OF_PAPER = re.compile(
    rf"(?:[（(]?{_PAPER}(?:[、／/]{_PAPER})*(?:提供|供)?(?:[圖图照相]片|照片|[截擷撷][圖图]|資料[圖图]片|档案[圖图]片|檔案[圖图]片|[圖图])[)）]?"
    r"|《(?:[^《》]{0,8}(?:報|报|週刊|周刊|雜誌|杂志|月刊|新聞|新闻|新聞網|電視|论坛|論壇)|am730|壹週刊|HK01|香港01)》)"
)
# AP Photo, Getty Images, Reuters Pool / Jane Doe: with nothing before them but a blank.
_LATIN_AGENCY = re.compile(
    r"(?:(?:^|(?<=[\s。．.!！?？）)」』”　]))(?P<credit>(?:[A-Z][\w&-]*\s){1,3}(?:Photos?|Images|"
    r"Pictures|Pool|Handout)"
    r"|(?:Photo|Image|Picture|Illustration|Screenshot|Graphic)s?\s(?:by|courtesy of|from|via)\s.{2,50}"
    r"|(?:Courtesy (?:of )?|Via )[A-Z].{1,40}))(?P<who>\s?[/／]\s?[A-Z][\w .'’-]{2,30})?[\s。.)）]*$"
)
_COPYRIGHT = re.compile(
    r"(?:^|[\s。．.!！?？;；（(）)」』”|｜])(?:©|Ⓒ|\([cC]\)|[Cc]opyright)\s*(?:\d{4}\s*)?(?P<name>[^\s。，,；;][^。，；;\n]{0,40}?)[\s。.)）]*$"
)
_BY_LABEL = re.compile(
    r"^(?:Photo|Image|Picture|Illustration|Graphic)s?\s(?:by|courtesy of)\s|^Courtesy (?:of )?"
)
_PARTS = re.compile(r"\s*[，,、；;|｜]\s*|\s+[／/]\s+")
_LABEL = (
    r"(?:(?:[圖图照相影截插數数資资視视]\w)?[來来]源|[圖图]源|"
    r"[攝摄]影[師师]?|[圖图]片提供|[圖图][／/][攝摄]影|[圖图相照]片|[圖图]|[攝摄]|製圖|制图|繪圖|"
    r"(?:Photo|Image|Picture)s?(?:\s(?:[Cc]redits?|by|[Cc]ourtesy(?:\sof)?))?|[Cc]redits?|[Ss]ource|"
    r"PHOTO|CREDIT|SOURCE)"
)
_LABELLED = re.compile(
    rf"(?:^|(?<=[。！？!?.；;）)」』”\s　|｜丨]))[▲△（(【\[]?{_LABEL}\s?[︰：:／/]\s*(\S[^。！？\n]*)$"
)
_STARTS_WITH_LABEL = re.compile(rf"[▲△]?\s*{_LABEL}\s?[︰：:／/]\s*(\S.*)$", re.DOTALL)
_PICTURE_LABEL = re.compile(r"[▲△]?\s*[圖图]\s?[︰：:]")
_PARENTHESIS = re.compile(r"[（(【\[]([^（）()【】\[\]]{1,60})[）)】\]][\s。.]*$")
_POSITION = re.compile(
    r"[左右中前後后上下圖图排起至二三四五六兩两及一,，、:：\s\d\-–~～/／.]+(?:[圖图])?$|.*(?:箭嘴|[紅红黃黄藍蓝]圈|[紅红]框)"
)
_TAIL = re.compile(r"(?:[。！？!?…；;][」』”）)]*[\s　]*|(?<=[a-z\d])\.\s+)([^。！？!?；;\n]{1,28})[\s。.]*$")
_BAR = re.compile(r"\S\s*[|｜丨]\s*([^|｜丨]+)$")
_LAST_SENTENCE = re.compile(r".*(?:[。！？!?…][」』”）)]*|(?<=[a-z\d])\.\s)[\s　]*", re.DOTALL)
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
    for find in _FINDERS:
        credit = find(line, agencies)
        if credit:
            return credit.strip(" 　。.▲△")
    return ""


def is_credit(line: str, agencies: Agencies) -> bool:
    """Whether a line beside a picture consists of a credit only."""
    line = line.strip()
    if len(line) <= _MAX_WHOLE and (_COPYRIGHT.match(line) or _LATIN_AGENCY.match(line)):
        return bool(_copyright(line, agencies) or _latin_agency(line, agencies))
    found = (_whole_label(line, agencies) or _whole(line, agencies)) if len(line) <= _MAX_WHOLE else ""
    return bool(found) or _is_several(line.strip("（）()【】[]　 。.▲△"), agencies)


def _copyright(line: str, agencies: Agencies) -> str:
    match = _COPYRIGHT.search(line, max(0, len(line) - 60)) if "©" in line or "c" in line.lower() else None
    return match["name"].rstrip("　 ") if match else ""


def _latin_agency(line: str, agencies: Agencies) -> str:
    match = _LATIN_AGENCY.search(line, max(0, len(line) - 80))
    if match is None:
        return ""
    found = match["credit"] + (match["who"] or "")
    if (
        not _BY_LABEL.match(found)
        and not agencies.are_in(found)
        and not found.startswith(("Via ", "Screenshot"))
    ):
        return ""
    return _BY_LABEL.sub("", found)


def _several(line: str, agencies: Agencies) -> str:
    """Credits side by side: 《時代論壇》圖片，劉貳龍攝; alone, or after the end of a sentence."""
    end = _LAST_SENTENCE.search(line.rstrip("。. 　"))
    tail = line[end.end() if end else 0 :].strip(" 　。.▲△")
    return tail if not _LABELLED.search(tail) and _is_several(tail, agencies) else ""


def _after_bar(line: str, agencies: Agencies) -> str:
    """甲圖 | 攝影：趙六."""
    match = _BAR.search(line, max(0, len(line) - 60))
    if match is None or ((labelled := _LABELLED.search(line)) and labelled.start() < match.start(1) - 3):
        return ""
    return _whole_label(match[1], agencies) or _whole(match[1], agencies)


def _is_several(text: str, agencies: Agencies) -> bool:
    parts = _PARTS.split(text)
    return 2 <= len(parts) <= 3 and len(text) <= _MAX_WHOLE and all(_whole(part, agencies) for part in parts)


def _whole_label(line: str, agencies: Agencies) -> str:
    if _PICTURE_LABEL.match(line) and (credit := _in_parenthesis(line, agencies)):
        return credit  # 圖：碼頭（網絡圖片）
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
    if _OF_PAPER.fullmatch(bare) or (_TAKEN_FROM.match(bare) and len(bare) <= _MAX_WHOLE):
        return bare + "）" * (bare.count("（") - bare.count("）"))
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
    if not tail or "，" in tail:
        return ""
    if _OF_PAPER.fullmatch(tail) or _TAKEN_FROM.fullmatch(tail):
        return tail
    if len(tail) > _MAX_TAIL:
        return ""
    if tail.endswith(("拍攝", "拍摄")):  # 筆者拍攝 is a credit, 於二零一六年在中環拍攝 is a sentence
        return tail if len(tail) <= 8 and tail[0] not in "於于在攝摄這这" else ""
    return tail if _is_credit_like(tail, agencies) else ""


def _after_blank(line: str, agencies: Agencies) -> str:
    match = _AFTER_BLANK.search(line, max(0, len(line) - 40))
    if match is None:
        return ""
    tail = match[1].strip("（）()")
    if _OF_PAPER.fullmatch(tail):
        return tail
    named = agencies.are_all_of(tail) or (
        len(tail) > 2 and _STRONG_WORD.search(tail) and not tail.endswith(("拍攝", "拍摄"))
    )
    return tail if named else ""


# In this order: what is surer first.
_FINDERS = (
    _copyright, _latin_agency, _whole_label, _in_parenthesis, _several, _after_bar, _whole,
    _labelled, _in_tail, _after_blank,
)  # fmt: skip
