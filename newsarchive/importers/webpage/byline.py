"""Dates and writers as pages print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsarchive.data.date_facts import MONTHS, REPUBLIC
from newsarchive.importers.fields import authors as known
from newsarchive.importers.fields.encoding import squeeze

# -- dates
# -----------------------------------------------------------------------------------------------------

_TIME = (
    r"(?:[\sT,，|]*(?:[（(]?(?:星期.|週.|周.)[）)]?)?[\sT]*(?:HKT\s*)?(?P<half>上午|下午|晚上|中午|凌晨|[AaPp][Mm])?\s*"
    r"(?P<h>\d{1,2})\s*[:：時时点點]\s*(?P<i>\d{2})(?:\s*[:：分]\s*(?P<s>\d{2}))?(?:[.,]\d+)?"
    r"\s*(?P<half2>[AaPp][Mm])?\s*(?P<zone>Z\b|UTC|GMT|[+-]\d{2}:?\d{2}(?!\d))?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>(?:19|20)\d{2})\s*(?:[-/.．年－]\s*"
    r"|\s(?=\d{1,2}\s*[-/]))(?P<m>\d{1,2})\s*[-/.．月－]\s*(?P<d>\d{1,2})(?!\d)\s*日?" + _TIME
)
_YEAR_LAST = re.compile(
    r"(?<![\d/-])(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>20\d{2})(?:\s*[-–])?" + _TIME
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)" + _TIME)
_MONTH = r"(?P<n>(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6})\.?"
_ENGLISH = tuple(
    re.compile(pattern + r"(?!\d)" + _TIME)
    for pattern in (
        rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d{{2}})",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<y>(?:19|20)\d{{2}})",
    )
)
_ROC = re.compile(
    r"(?:民國|中華民國)\s*(?P<y>\d{2,3})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日" + _TIME
)
_UPDATED = re.compile(r"更新|最後修改|修改于|修改於|[Uu]pdated|[Mm]odified")


def date_in(line: str) -> str:
    """The first date of a line as YYYY-MM-DD[ HH:MM[:SS][zone]]; "" when there is none. Of a day and a
    month only an unambiguous order is taken, or day/month/year, which French and British pages in Chinese
    have."""
    for pattern in (_YEAR_FIRST, _ROC, _YEAR_LAST, *_ENGLISH, _COMPACT):
        if match := pattern.search(line):
            return _written(match, years=REPUBLIC if pattern is _ROC else 0)
    return ""


def _written(match: re.Match[str], *, years: int) -> str:
    parts = match.groupdict()
    month = int(parts.get("m") or MONTHS[parts["n"][:3].lower()])
    day = f"{int(match['y']) + years:04}-{month:02}-{int(match['d']):02}"
    if match["h"] is None:
        return day
    hour = int(match["h"])
    half = match["half"] or match["half2"] or ""
    if half.lower() in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    elif half.lower() in ("凌晨", "上午", "am") and hour == 12:
        hour = 0
    second = f":{match['s']}" if match["s"] else ""
    return f"{day} {hour:02}:{match['i']}{second}{(match['zone'] or '').strip()}"


def dates_in(lines: Iterable[str], *, longest: int = 120) -> tuple[list[str], list[str]]:
    """(dates, dates that a page calls updates) of short lines, in order."""
    published: list[str] = []
    updated: list[str] = []
    for line in lines:
        if len(line) <= longest and (found := date_in(line)):
            before = re.split(r"\d", line, maxsplit=1)[0]
            (updated if _UPDATED.search(before) else published).append(found)
    return published, updated


# -- writers
# ---------------------------------------------------------------------------------------------------

_HAN = "\u3400-\u9fff"
_NAME = rf"[{_HAN}]{{2,4}}(?:[·•‧][{_HAN}]{{1,8}})*|[A-Z][A-Za-z.'’-]+(?:\s[A-Z][A-Za-z.'’-]+){{1,3}}"
_MORE = rf"(?:\s*[、，,&＆／/]\s*|\s+(?=[{_HAN}]{{2,4}}(?:[\s、）)〕】]|$)))"
_NAMES = rf"(?:{_NAME})(?:{_MORE}(?:{_NAME}))*"
_ROLE = (
    r"(?:特約|特约|實習|实习|見習|本報|本报|本刊|駐\S{1,4}|驻\S{1,4}|地方中心|文字|首席)?(?:通訊員"
    r"|通讯员|記者|记者|特派員|特派员)"
)
_LABEL = (
    r"(?:本文作者|作者|撰文(?:記者)?|撰稿(?:人)?|執筆|执笔|採訪撰文|采写|採寫|文字|圖文|图文"
    r"|文[／/][圖图]|文|記者|记者|採訪|采访|撰|編譯|编译|編撰|[Bb][Yy]|Author)"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # （中央社記者楊昇儒台北23日電）: the place follows the name without a blank
        rf"[（(〔\[【](?:\S{{1,8}}社)?(?:編譯"
        rf"|{_ROLE})(?P<run>[{_HAN}、]{{4,16}}?)\d{{1,2}}日[^）)〕\]】]{{0,10}}[）)〕\]】]",
        # 〔記者張三、李四／台北報導〕, 記者陳弋／綜合報導, 編譯茅毅、記者謝守真／綜合報導
        rf"(?:{_ROLE}|編譯|编译)\s*(?P<names>{_NAMES}(?:、(?:{_ROLE}|編譯"
        rf"|编译)\s*{_NAMES})*)\s*[／/｜|]\s*\S{{0,10}}?(?:報導|报道|報道|专电|專電|編譯|编译|攝影)",
        # 生活中心／賴俊佑報導
        rf"[{_HAN}]{{2,6}}(?:中心|組|组|新聞網|新聞)\s*[／/]\s*(?P<maybe>{_NAMES})\s*(?:綜合)?(?:報導|报道"
        rf"|報道)",
        # 王威雄／雲林報導, 王威雄 陳立峰／雲林報導
        rf"^[〔（(【\[]?(?P<maybe>{_NAMES})\s*[／/]\s*[{_HAN}]{{2,6}}(?:報導|报道|報道)",
        # 電（记者唐霁）, （记者 陈畅 华迪）, 讯（记者陈智 整合）, （全媒体记者张三 通讯员李四）
        rf"[（(](?:\S{{0,10}}?)(?:{_ROLE}|參與採寫記者|参与采写记者"
        rf"|執筆記者)\s*[:：]?\s*(?P<names>{_NAMES})(?:\s+(?:通讯员|通訊員)\s*(?:{_NAME})|\s*(?:整合|综合"
        rf"|綜合|报道|報道|報導|文并?摄|文／圖|编译|編譯))?\s*[）)]",
        # 【記者張三綜合報導】, 記者楊清緣／攝 is a photographer and no match
        rf"[【〔（(]{_ROLE}\s*(?P<names>{_NAMES}?)\s*(?:[{_HAN}]{{2,3}})?(?:綜合)?(?:報導|报道"
        rf"|報道)[】〕）)]",
        # 編輯 樓冠陞 報導
        rf"(?:編輯|编辑|責任編輯)\s+(?P<names>{_NAMES})\s+(?:報導|报道|報道)",
        # 作者：李在山, 文／林雨, By Jane Doe, 执笔/叨叨姐、胡一刀&李小飞刀
        rf"(?:^|[\s　（(【〔\[|｜•·，,。])(?:新华社|本报)?{_LABEL}\s*(?:[:：︰／/|｜]"
        rf"|(?<=[Bb][Yy])\s)\s*(?P<label>[^\s（）()【】〔〕\[\]|｜：:。；;<>《》]{{2,40}}(?:[、&＆]\s*[^\s（）()【】|｜：:。]{{2,12}})*(?:(?<=[a-z.])\s[A-Z][A-Za-z.'-]+){{0,3}})",
        # 半月谈记者 史卫燕, 记者：张三, 记者 张三 李四 (a line of its own)
        rf"^(?:\S{{1,10}}?(?:[网網报報社刊谈台]))?\s*{_ROLE}\s*[:：／/|]?\s*(?P<names>{_NAMES})(?:\s+(?:通讯员|通訊員)\s*(?:{_NAME}))?(?:\s*(?:报道|報道|報導|编译|整理|文|摄影报道))?$",
        # 《棱镜》作者 周纯, 作者 林海
        rf"^(?:《[^》]{{1,12}}》)?(?:特约)?作者\s+(?P<names>{_NAMES})$",
    )
)
# At the very end of the text: （张巨峰）, (文/图 刘玺东 易赛楠), （编译/林靖东）, 记者王敬照
_CLOSING = re.compile(
    rf"[（(](?:(?:\S{{0,8}}?(?:记者|記者)|文[／/]?[图圖]?|编译|編譯|作者|撰文|图文"
    rf"|来源)\s*[:：／/]?\s*)?(?P<names>{_NAMES})\s*[）)]\s*$"
)
_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭肖程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧"
    "蒋蔣蔡贾賈丁魏薛叶葉阎閻闫余潘杜戴夏钟鐘鍾汪田任姜范范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯"
    "尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦蘆季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛叢焦向柳邢路岳齐齊梅莫庄莊"
    "辛管祝左涂塗谷祁时時舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔"
    "解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚丘古米池滕晋晉苑邬鄔臧畅暢宫宮来來嵺苟全褚廉简簡娄婁盖蓋符奚木穆党黨燕郎邸冀谈談姬屠连連郜晏栾欒郁"
    "商蒙计計喻揭窦竇迟遲宇敖糜鄢冷卓花仇艾蓝藍都巩鞏稽井练練仲乐樂虞卞封竺冼原官衣楚佟栗匡宗应應台巫鞠僧桑荆荊谌諶银銀扬揚明沙薄伏岑习習胥保和蔺藺"
    "茅楼樓辛麦麥幸洛勾利尚历歷区區佘佴邝鄺容甯伊荣榮但鈕钮逄雍欧车欒相鹿初尉慕上官"
)
_NOT_A_PERSON = re.compile(
    r"[报報社网網台臺刊]$|日報|日报|時報|时报|晚报|晚報|早报|早報|新聞|新闻|電視|电视|中心$|編輯|编辑"
    r"|客户端|客戶端|工作室|頻道|频道|集团|集團|"
    r"大学|大學|公司|[综綜]合|整理|小編|小编|團隊|团队|[記记]者|[組组部局署院会會厅廳处處室系校]$|公众号"
    r"|微博|[来來]源|媒体|媒體|官方|本站|原创|原創|"
    r"[摄攝版組]$|快[訊讯]$|資訊$|资讯$|(?:報|报)導$|"
    r"http|www\.|\.com|\d{2}|[，。！？]|責任|责任|[图圖]片|視頻|视频|admin|Admin|Facebook|Staff|[Ee]ditor"
    r"|News|Times|Agency|[发發]布|[发發]佈|時間|时间|作者|评论員|評論員|"
    r"^(?:中国|中國|香港|台湾|台灣|美国|美國|未知|佚名|匿名|网络|網絡|網路|转载|轉載|本报|本報|环球|環球"
    r"|参考|路透|法新|美联|美聯|彭博|資料|资料|實習|实习|央视|央視|"
    r"左|右|中|上|下|图|圖|完|待续|續|节选|節選|节目|未完|译文|譯文|原文|全文|摘自|题图|題圖|如图|下同|化名"
    r"|台北|臺北|新北|桃園|新竹|苗栗|台中|臺中|彰化|南投|雲林|嘉義|台南|臺南|高雄|屏東|宜蘭|花蓮|台東|臺東|基隆"
    r"|澎湖|金門|北京|上海|广州|深圳|華盛頓|华盛顿|東京|东京|倫敦|伦敦|首爾|首尔|巴黎|紐約|纽约"
    r"|注|註|左一|右一|整合|[综綜]合)$"
)
_ROLE_WORDS = re.compile(
    rf"^(?:{_ROLE}|編譯|编译|作者|撰文|文|By|BY|by|特約撰稿|特约撰稿|主筆|主笔|主编)[\s:：／/]+|^{_ROLE}"
    rf"|[\s／/]+(?:{_ROLE}|撰|著|文|攝|摄)$|[\s／/]*(?:報導|报道|報道|編譯|编译|整理|攝影|摄影)$"
)


def writers_in(lines: Iterable[str]) -> list[str]:
    """Names in the first of the lines that tells any, by one of the usual forms."""
    for line in lines:
        for pattern in _PATTERNS:
            match = pattern.search(line)
            if match and (names := list(_named(match))) and not _is_speech(match, names):
                return names
    return []


def _is_speech(match: re.Match[str], names: list[str]) -> bool:
    """Whether 记者：春运初始，南方… is a question in an interview and names nobody."""
    said = match.groupdict().get("label") or ""
    goes_on = "，" in said or match.string[match.end() :].lstrip()[:1] in ("。", "？", "！", "，", "?")
    return bool(said) and goes_on and not all(map(_is_usual_name, names))


def writers_at_end(paragraph: str) -> list[str]:
    """Names in the bracket that closes the text."""
    match = _CLOSING.search(paragraph)
    names = list(_split(match["names"])) if match else []
    return names if names and all(_is_usual_name(name) for name in names) else []


def persons(claim: str, *outlets: str) -> list[str]:
    """The persons of a field that ought to name writers: 記者 陳柏廷, 王威雄／雲林報導, 中時 陳柏廷."""
    claim = squeeze(claim)
    if names := writers_in([claim]):
        return [name for name in names if not known.is_outlet(name, *outlets)]
    claim = re.sub(r"[／/]\s*\S{0,8}(?:報導|报道|報道)$", "", claim)
    parts = claim.split(" ")
    if len(parts) == 2 and any(parts[0] and parts[0] in outlet for outlet in outlets):
        claim = parts[1]
    return [
        name
        for name in _split(claim)
        if _is_usual_name(name)
        and not known.is_outlet(name, *outlets)
        and not any(name in outlet for outlet in outlets)
    ]


def _named(match: re.Match[str]) -> Iterator[str]:
    groups = match.groupdict()
    if groups.get("run"):
        yield from _before_place(groups["run"])
    elif groups.get("label"):
        yield from _split(groups["label"])
    else:
        yield from _split(groups.get("names") or "")
        yield from (name for name in _split(groups.get("maybe") or "") if _is_usual_name(name))


def _before_place(run: str) -> Iterator[str]:
    """The names in 楊昇儒台北 or 張三、李四台北: of the last part, the place has two characters or three."""
    *first, last = run.split("、")
    yield from first
    yield last[:-2] if len(last) <= 5 else last[:3]


def _split(text: str) -> Iterator[str]:
    for part in re.split(r"\s*[、，,&＆／/;；|｜]\s*|\s+(?:and|AND|和|与|與)\s+", text.strip()):
        han = re.fullmatch(rf"[{_HAN}]{{2,4}}(?:\s+[{_HAN}]{{2,4}})+", part)
        for name in part.split() if han else (part,):
            before = ""
            while name != before:
                before, name = name, _ROLE_WORDS.sub("", name).strip(" 　.:：")
            if 2 <= len(name) <= 30 and not _NOT_A_PERSON.search(name):
                yield name


def _is_usual_name(name: str) -> bool:
    """A surname and one to three characters, a foreign name with a dot, or a Latin name of several words."""
    if not re.match(rf"[{_HAN}]", name):
        return bool(re.fullmatch(r"[A-Z][\w.'’-]+(?:\s[\w.'’-]+){1,4}", name))
    return "·" in name or (name[0] in _SURNAMES and len(name) <= 4)
