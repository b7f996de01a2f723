"""Who took a picture, by its credit; of which series or column an article is, by its title or author box."""

from __future__ import annotations

import pytest

from newsarchive.importers.fields import columns, photographers

from .samples import AGENCIES


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("何君健攝", ["何君健"]),
        ("周滿鏗　攝", ["周滿鏗"]),
        ("新华社记者 岳月伟 摄", ["岳月伟"]),
        ("新华社记者鞠鹏、谢环驰摄", ["鞠鹏", "谢环驰"]),
        ("實習記者 謝鎧文攝", ["謝鎧文"]),
        ("陳暋柟、林勵攝", ["陳暋柟", "林勵"]),
        ("鄭智仁/攝", ["鄭智仁"]),
        ("眾新聞資料圖片/ 何君健攝", ["何君健"]),
        ("何君健攝／資料圖片", ["何君健"]),
        ("劉士輝攝／美國之音", ["劉士輝"]),
        ("中大校園電台歐嘉鴻攝", ["歐嘉鴻"]),
        ("「牧影記」專欄作者楊軍攝", ["楊軍"]),
        ("一悠攝於11月9號", ["一悠"]),
        ("林勵拍攝", ["林勵"]),
        ("照片由 Ringo Tang 攝", ["Ringo Tang"]),
        ("攝影｜林軒朗", ["林軒朗"]),
        ("攝影：趙六", ["趙六"]),
        ("攝影師羅庚沢提供", ["羅庚沢"]),
        ("AP Photo/Kin Cheung", ["Kin Cheung"]),
        ("Nicolas Asfouri／AFP", ["Nicolas Asfouri"]),
        ("Photo by Isaac Wong", ["Isaac Wong"]),
        ("美聯社", []),
        ("AP Photo", []),
        ("眾新聞記者攝", []),
        ("筆者攝於香港", []),
        ("照片由筆者所攝", []),
        ("受訪者提供", []),
        ("翻攝自《歷史下的鏡頭》", []),
        ("香港攝影記者協會照片", []),
        ("世界新聞攝影展Facebook", []),
        ("相片攝於2012年", []),
        ("蘋果日報攝", []),
        ("", []),
    ],
)
def test_the_persons_of_a_credit(credit: str, names: list[str]) -> None:
    assert list(photographers.named_in(credit, "", AGENCIES)) == names


def test_a_credit_whose_label_stands_in_the_caption_alone() -> None:
    assert photographers.named_in("趙六", "山頂的霧。攝影：趙六") == ("趙六",)
    assert photographers.named_in("趙六", "山頂的霧。趙六") == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("【武漢肺炎大爆發】港大料疫情四五月達高峰", ["武漢肺炎大爆發"]),
        ("【圖輯】【國安法】七一", ["圖輯", "國安法"]),
        ("【一悠・到此一遊】喜歡談古論今", ["一悠・到此一遊"]),
        ("七一【圖輯】", []),
        ("【撰文：北濤】雨", []),
        ("【】無", []),
        ("資深新聞工作者", []),
    ],
)
def test_the_names_at_the_beginning(text: str, names: list[str]) -> None:
    assert list(columns.at_beginning(text)) == names
