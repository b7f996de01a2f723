"""The language of a text, from its characters."""

from __future__ import annotations

import re

# Frequent characters that occur in one script only; the two strings correspond character by character.
_TRADITIONAL = (
    "這個來們時會說國對過發後當從現應開關經實學長門問間無與為點動機會對務業產車東見觀親體電頭題類願顯風飛馬黨員圖場"
    "報導變議論證護讀誰請調談話語記認計訴詞試該詳誤讓條極標樣權歷歲殺決沒況準減測滿漢潔灣爭獨環現畫療發監確禮種"
    "積稱穩競筆節範簡約級紀純紙細終組結給統經綠維網線練總績織繼續義習聖聯聲職腦臨與興舉舊華萬葉藝處號衛製複補規視"
    "覺覽觸設許評貝負財責貨質費資賣賽贊軍軟輕輪轉辦農連進運達遠適選還邊郵鄉醫針鋼錄鐵長閉隊階際隨險難雙雲電靜響頁預頓領頻額"
)
_SIMPLIFIED = (
    "这个来们时会说国对过发后当从现应开关经实学长门问间无与为点动机会对务业产车东见观亲体电头题类愿显风飞马党员图场"
    "报导变议论证护读谁请调谈话语记认计诉词试该详误让条极标样权历岁杀决没况准减测满汉洁湾争独环现画疗发监确礼种"
    "积称稳竞笔节范简约级纪纯纸细终组结给统经绿维网线练总绩织继续义习圣联声职脑临与兴举旧华万叶艺处号卫制复补规视"
    "觉览触设许评贝负财责货质费资卖赛赞军软轻轮转办农连进运达远适选还边邮乡医针钢录铁长闭队阶际随险难双云电静响页预顿领频额"
)
_IS_HANT = re.compile(f"[{''.join(sorted(set(_TRADITIONAL) - set(_SIMPLIFIED)))}]")
_IS_HANS = re.compile(f"[{''.join(sorted(set(_SIMPLIFIED) - set(_TRADITIONAL)))}]")
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3041-\u30fa\u30fc]")
_WORD = re.compile("[A-Za-z]{2,}")


def of(text: str, default: str) -> str:
    """A BCP 47 tag. `default` is the outlet's language and decides the region, and the script when the text
    doesn't."""
    sample = text[:1500]
    han, kana, words = (len(pattern.findall(sample)) for pattern in (_HAN, _KANA, _WORD))
    if not han and not kana and not words:
        return ""
    if kana > 10 and kana > han:
        return "ja"
    if words > 3 * han:
        return "en"
    hant, hans = len(_IS_HANT.findall(sample)), len(_IS_HANS.findall(sample))
    if hant == hans:
        return default or "zh"
    script = "zh-Hant" if hant > hans else "zh-Hans"
    return default if default.startswith(script) else script
