"""Where the credit is in a printed caption, and where none is."""

import pytest

from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import NONE, Agencies

from .samples import AGENCIES


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("渡輪抵達長洲。美聯社", "美聯社"),
        ("月台上的乘客。 何大健攝", "何大健攝"),
        ("收費站增至五公里。資料圖片", "資料圖片"),
        ("司長出席會議。港台直播截圖", "港台直播截圖"),
        ("照片由筆者提供", "照片由筆者提供"),
        ("眾新聞製圖", "眾新聞製圖"),
        ("林一攝", "林一攝"),
        ("美聯社", "美聯社"),
        ("碼頭一角。照片來源：蘋果日報", "蘋果日報"),
        ("資料來源：stockcharts.com", "stockcharts.com"),
        ("The ferry. Photo: Ban Ho", "Ban Ho"),
        ("Students met on Aug. 31, 2019. AP Photo", "AP Photo"),
        ("Police fire tear gas in Wan Chai. AP Photo/Kin Cheung", "AP Photo/Kin Cheung"),
        ("示威者遊行。AP Photo/Vincent Yu", "AP Photo/Vincent Yu"),
        ("示威者遊行。 Photo: Kin Cheung", "Kin Cheung"),
        ("相片來源︰船務處", "船務處"),
        ("乘客排隊（美聯社圖片）", "美聯社圖片"),
        ("乘客排隊。(何大健攝)", "何大健攝"),
        ("乘客排隊（受訪者提供）。", "受訪者提供"),
        ("渡轮靠岸 （照片来自路透社 REUTERS/Phil Noble）", "照片来自路透社 REUTERS/Phil Noble"),
        ("▲图源：渡轮公司", "渡轮公司"),
        ("新华社记者 岳小月 摄", "新华社记者 岳小月 摄"),
        ("主席講話。鳯凰網", "鳯凰網"),
        ("展覽題為「港」美聯社", "美聯社"),
        ("回程。筆者拍攝", "筆者拍攝"),
        ("示威者在街頭 AP Photo", "AP Photo"),
        ("碼頭。© 陳大文", "陳大文"),
        ("碼頭 © Getty Images", "Getty Images"),
        ("A man walks. Photo by Jane Doe on Unsplash", "Jane Doe on Unsplash"),
        ("碼頭。Illustration by Jane", "Jane"),
        ("網絡插圖", "網絡插圖"),
        ("碼頭。照片取自陳大文Facebook", "照片取自陳大文Facebook"),
        ("碼頭。《明報》", "《明報》"),
        ("《am730》", "《am730》"),
        ("碼頭。《時代論壇》圖片，劉小龍攝", "《時代論壇》圖片，劉小龍攝"),
        ("網絡圖片，作者製圖", "網絡圖片，作者製圖"),
        ("甲圖 | 攝影：趙六", "趙六"),
        ("甲圖｜趙六攝", "趙六攝"),
        ("圖：碼頭（網絡圖片）", "網絡圖片"),
        ("碼頭。受訪者供圖", "受訪者供圖"),
    ],
)
def test_credit_is_split_out(caption: str, credit: str) -> None:
    assert captions.credit_of(caption, AGENCIES) == credit


@pytest.mark.parametrize(
    "caption",
    [
        "",
        "外交部副部長謝小鋒",
        "渡輪起跑。",
        "船長（右）與乘客（左）",
        "司機（紅圈為本報後加）",
        "創辦人（1929~1968）",
        "出席的有陳一（左起）、林二、張三（中）",
        "他在照片前停下，說起往事。那是他最後一次出海",
        "2021年6月22日的《蘋果日報》",
        "有關討論的互動量逾半來自「連登」及「乳滑」兩個討論區",
        "記者在碼頭拍攝",
        "他在看《明報》",
        "A scene from Apple Images",
        "圖為李明，正在讀書",
        "甲、乙，丙",
    ],
)
def test_what_is_no_credit_stays_in_the_caption(caption: str) -> None:
    assert captions.credit_of(caption, AGENCIES) == ""


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("美聯社", "美聯社"),
        ("AP", "美聯社"),
        ("Associated Press", "美聯社"),
        ("美聯社圖片", "美聯社"),
        ("Reuters", "路透社"),
        ("照片来自路透社 REUTERS/Phil Noble", "路透社"),
        ("新华社记者 岳小月 摄", "新華社"),
        ("資料照片", "資料圖片"),
        ("港台直播截圖", "港台"),
        ("何大健攝", ""),
        ("MAPPING", ""),
        ("", ""),
    ],
)
def test_agencies_are_counted_under_one_name(credit: str, agency: str) -> None:
    assert AGENCIES.name_in(credit) == agency


def test_a_name_that_a_curator_added_is_split_off_like_the_others() -> None:
    caption = "渡輪抵達長洲。海港通訊"

    assert captions.credit_of(caption, NONE) == ""
    assert captions.credit_of(caption, Agencies([("海港社", ["海港通訊"])])) == "海港通訊"


def test_without_a_table_credits_are_told_by_general_words() -> None:
    assert captions.credit_of("月台上的乘客。 何大健攝", NONE) == "何大健攝"
    assert NONE.name_in("美聯社") == ""


def test_letters_that_only_look_alike_in_another_case_are_no_agency_and_no_error() -> None:
    assert AGENCIES.name_in("ſCMP") == "南華早報"
    assert AGENCIES.name_in("ıG") == ""
