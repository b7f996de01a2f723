"""Splits the credit out of what is printed under a picture.

The caption itself stays as printed, its credit included: in doubt there is no credit, and the words
can be found all the same.
"""

from __future__ import annotations

import re

_AGENCIES = (  # (how it is shown and counted, how it may be spelt)
    ("美聯社", ("美聯社", "美联社", "AP", "AP Photo", "Associated Press", "The Associated Press")),
    ("路透社", ("路透社", "路透", "Reuters")),
    ("法新社", ("法新社", "AFP", "AFP Photo", "Agence France-Presse")),
    ("新華社", ("新華社", "新华社", "Xinhua", "新華網", "新华网")),
    ("中新社", ("中新社", "中新網", "中新网", "中國新聞社", "中国新闻社")),
    ("中央社", ("中央社", "CNA")),
    ("歐新社", ("歐新社", "欧新社", "歐洲新聞圖片社", "EPA", "EPA-EFE")),
    ("德新社", ("德新社", "DPA", "Picture Alliance")),
    ("共同社", ("共同社", "Kyodo")),
    ("Getty Images", ("Getty Images", "Getty", "AFP/Getty Images")),
    ("Bloomberg", ("Bloomberg", "彭博", "彭博社")),
    ("EyePress", ("EyePress",)),
    ("BBC", ("BBC", "BBC中文")),
    ("CNN", ("CNN",)),
    ("蘋果日報", ("蘋果日報", "蘋果", "苹果日报")),
    ("立場新聞", ("立場新聞",)),
    ("香港01", ("香港01", "HK01")),
    ("南華早報", ("南華早報", "南华早报", "SCMP", "South China Morning Post")),
    ("中央電視台", ("央視", "央视", "CCTV", "中央電視台", "中央电视台")),
    ("港台", ("港台", "香港電台", "香港电台", "RTHK")),
    ("無綫", ("無綫", "無線", "TVB", "無綫新聞", "無綫電視")),
    ("有線", ("有線", "有線新聞", "有線電視", "i-Cable")),
    ("NOW", ("NOW", "NOW新聞", "now新聞")),
    ("政府新聞處", ("政府新聞處", "政府新闻处", "新聞處", "GIS")),
    ("眾新聞", ("眾新聞", "眾新聞圖片", "眾新聞製圖", "眾新聞資料圖片", "Citizen News", "CitizenNews")),
    ("Facebook", ("Facebook", "facebook", "fb", "臉書", "脸书", "面書")),
    ("Twitter", ("Twitter", "推特")),
    ("Instagram", ("Instagram", "IG")),
    ("YouTube", ("YouTube", "Youtube")),
    ("微博", ("微博", "新浪微博")),
    ("Unsplash", ("Unsplash",)),
    ("Pixabay", ("Pixabay",)),
    ("Pexels", ("Pexels",)),
    ("維基百科", ("維基百科", "维基百科", "Wikipedia", "Wikimedia", "Wikimedia Commons", "維基媒體")),
    (
        "資料圖片",
        ("資料圖片", "资料图片", "資料圖", "资料图", "資料照片", "资料照片", "檔案照片", "File Photo"),
    ),
    (
        "網上圖片",
        ("網上圖片", "网上图片", "網絡圖片", "网络图片", "網絡照片", "網上照片", "網路圖片", "互聯網圖片"),
    ),
)
_SPELLINGS = {spelling.casefold(): name for name, spellings in _AGENCIES for spelling in spellings}
_LONGEST_FIRST = sorted(_SPELLINGS, key=len, reverse=True)
_AGENCY = "|".join(
    rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word)
    for word in _LONGEST_FIRST
)

# Words that make a short tail a credit. 攝 not as in 拍攝, 攝氏, 攝影師.
_CREDIT_WORD = re.compile(
    r"(?<![拍錄录])[攝摄](?![氏取入製制])|影$|[圖图照相]片|照片|[截擷撷][圖图]|圖$|图$|提供|[製制繪绘][圖图]|"
    r"網頁|网页|網站|网站|官網|官网|網圖|网图|直播|畫面|画面|影片|視頻|视频|專頁|专页|片段|來源|来源|來自|来自|"
    r"翻攝|翻摄|授權|授权|劇照|剧照|[Pp]hoto|[Cc]ourtesy|[Ss]creenshot|[Cc]redit|取自|"
    r"(?:[網网台臺社報报]|電視|电视|新聞|新闻|[週周]刊|雜誌|杂志|廣播公司)$|" + _AGENCY,
    re.IGNORECASE,
)
_STRONG_WORD = re.compile(  # a whole caption may be a credit only with one of these
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
_BARE_AGENCY = re.compile(
    rf"(?:{_AGENCY})(?:[／/、](?:{_AGENCY}))*(?:[圖图照相]片|照片|[截製制][圖图]|資料圖片|网站|網站|網頁)*",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:(?:新华社|新華社|中新社|本報|本报|本刊|美联社|美聯社|特約)?(?:记者|記者)?[\s　]*)?"
    r"\S{1,14}(?:[、\s]\S{1,6})?[\s　]*[攝摄]影?"
)

_MAX_WHOLE = 40
_MAX_TAIL = 24


def credit_of(caption: str) -> str:
    """The credit in a printed caption, without its label or parentheses; "" when none is certain."""
    line = caption.strip().rstrip("　 ")
    if not line:
        return ""
    for find in (_whole_label, _in_parenthesis, _whole, _labelled, _in_tail, _after_blank):
        credit = find(line)
        if credit:
            return credit.strip(" 　。.▲△")
    return ""


def is_credit(line: str) -> bool:
    """Whether a line that stands beside a picture is nothing but a credit."""
    line = line.strip()
    return len(line) <= _MAX_WHOLE and bool(_whole_label(line) or _whole(line))


def _whole_label(line: str) -> str:
    bare = _bare(line)
    labelled = _STARTS_WITH_LABEL.match(bare) if bare and not _is_numbered(bare) else None
    return labelled[1] if labelled else ""


def _bare(line: str) -> str:
    """The line without brackets around it; "" when it is too long for a credit, or a sentence."""
    bare = line.strip("（）()【】[]　 。.▲△")
    return "" if len(bare) > _MAX_WHOLE or _SENTENCE.search(bare) else bare


def _whole(line: str) -> str:
    bare = _bare(line)
    if not bare:
        return ""
    if bare.casefold() in _SPELLINGS or _BARE_AGENCY.fullmatch(bare) or _PERSON.fullmatch(bare):
        return "" if bare.endswith(("拍攝", "拍摄")) else bare
    if len(bare) <= 16 and _STRONG_WORD.search(bare) and not bare.endswith(("拍攝", "拍摄")):
        return bare
    return ""


def _is_numbered(text: str) -> bool:
    """圖1：…, 圖：王小明 is a label only of the second kind."""
    return bool(re.match(r"[圖图]\s?[\d一二三四五六七八九十]", text))


def _labelled(line: str) -> str:
    match = _LABELLED.search(line, max(0, len(line) - 120))
    if match is None or len(match[1]) > 60:
        return ""
    return match[1].rstrip("）)】]。. 　")


def _in_parenthesis(line: str) -> str:
    match = _PARENTHESIS.search(line, max(0, len(line) - 80))
    if match is None or _POSITION.fullmatch(match[1]) or not _CREDIT_WORD.search(match[1]):
        return ""
    labelled = _STARTS_WITH_LABEL.match(match[1])
    return labelled[1] if labelled else match[1]


def _in_tail(line: str) -> str:
    match = _TAIL.search(line, max(0, len(line) - 60))
    if match is None:
        return ""
    tail = match[1].rpartition(". ")[2].strip(" 　（）()")
    if not tail or len(tail) > _MAX_TAIL or "，" in tail:
        return ""
    if tail.endswith(("拍攝", "拍摄")):  # 筆者拍攝 is a credit, 於二零一六年在中環拍攝 is a sentence
        return tail if len(tail) <= 8 and tail[0] not in "於于在攝摄這这" else ""
    return tail if _CREDIT_WORD.search(tail) else ""


def _after_blank(line: str) -> str:
    match = _AFTER_BLANK.search(line, max(0, len(line) - 40))
    if match is None:
        return ""
    tail = match[1].strip("（）()")
    named = _BARE_AGENCY.fullmatch(tail) or (
        len(tail) > 2 and _STRONG_WORD.search(tail) and not tail.endswith(("拍攝", "拍摄"))
    )
    return tail if named else ""


def agency(credit: str) -> str:
    """The agency or kind of picture a credit names, in one spelling for counting; "" when unknown."""
    bare = credit.strip(" 　（）()。.").casefold()
    known = _SPELLINGS.get(bare)
    if known:
        return known
    match = _FIRST_AGENCY.search(bare)
    return _SPELLINGS[match[0]] if match else ""


_FIRST_AGENCY = re.compile(_AGENCY)
