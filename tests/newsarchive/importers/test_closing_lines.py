"""What feeds and mirrors add at the end is no text, whatever its wording; what reports about such things
is."""

import pytest

from newsarchive.importers.html.closing_lines import is_closing

from .samples import hkcnews, lines, mirror, post


@pytest.mark.parametrize(
    "line",
    [
        "請訂閱我們的YouTube頻道", "关注我们的微信公众号", "下載本台 App，每日新聞不漏接",
        "點我訂閱本報Youtube頻道",
        "長按識別二維碼關注我們", "歡迎加入我們的 Telegram 群組：https://t.me/xx",
        "支持獨立媒體，請成為月費訂戶",
        "Follow us on Twitter @abc", "Sign up for our newsletter", "Download our app for iOS", "Read more",
        "The post 題 appeared first on 某報.", "閱讀原文", "更多內容請見 RSS feed",
        "本文由 RSSHub 自動抓取", "0 comments", "分享到：",
        "© 2021 某報 版權所有", "本網站之文字、圖片及影音，非經授權，不得轉載、公開播送或公開傳輸及利用。",
        "版权归原作者所有，转载请注明出处", "All rights reserved.", "延伸閱讀：", "— — —",
        "成為會員，支持我們繼續報道",
    ],
)  # fmt: skip
def test_an_added_line_is_known_by_what_it_asks(line: str) -> None:
    assert is_closing(line)
    assert lines(post(f"正文一段。\n\n{line}")) == ["正文一段。"]


@pytest.mark.parametrize(
    "line",
    [
        "政府呼籲市民下載安心出行App。", "警方請市民到Facebook專頁查詢。", "他呼籲支持者加入Telegram群組。",
        "（綜合報導）",
        "該公司推出訂閱制，讀者要成為會員才可閱讀。", "版權條例今日通過。", "本文原刊於《明報》",
        "作者為時事評論員", "責任編輯：陳大文",
        "她在Facebook表示，會繼續努力。", "如果你工作累了，不妨看看，或許你會立即成為粉絲！",
    ],
)  # fmt: skip
def test_a_sentence_that_tells_of_such_things_is_text(line: str) -> None:
    assert lines(post(f"正文一段。\n\n{line}")) == ["正文一段。", line]


def test_such_a_line_in_the_middle_is_text_and_a_text_is_never_emptied() -> None:
    middle = post("請訂閱我們的電子報\n\n正文一段。")
    alone = post("請訂閱我們的電子報")

    assert lines(middle) == ["請訂閱我們的電子報", "正文一段。"]
    assert lines(alone) == ["請訂閱我們的電子報"]


def test_several_lines_and_the_last_of_a_paragraph_are_left_out_and_named() -> None:
    article = mirror("<p>正文。<br>关注我们的微信公众号</p><p>请下载我们的App</p>")

    assert lines(article) == ["正文。"]
    assert article.dropped == ("关注我们的微信公众号", "请下载我们的App")


def test_the_backups_own_appeals_are_left_out_wherever_they_stand_and_its_columnists_words_stay() -> None:
    article = hkcnews(
        "[請支持《眾新聞》，成為訂戶](https://www.hkcnews.com/aboutus/#subscribe)\n\n正文。\n\n如果喜歡筆者文章，請讚好我的專頁"
    )

    assert lines(article) == ["正文。", "如果喜歡筆者文章，請讚好我的專頁"]


def test_the_backups_appeal_for_crowdfunding_is_left_out() -> None:
    appeal = (
        "---\n\n**眾新聞眾籌呼籲：**\n\n如果你想繼續看下去，請幫忙。\n\n"
        "1. 眾籌平台捐款： [http://hkcnews.com/supportus](http://hkcnews.com/supportus)\n\n註：多謝。"
    )

    assert lines(hkcnews(f"正文。\n\n{appeal}")) == ["正文。"]


@pytest.mark.parametrize(
    "line",
    [
        "[相關新聞：渡輪復航](https://www.hkcnews.com/article/1/x)",
        "相關文章： [渡輪復航](https://www.hkcnews.com/article/1/x)",
        "### 延伸閱讀：[渡輪復航](https://www.hkcnews.com/article/1/x)",
    ],
)
def test_a_labelled_link_is_a_related_one(line: str) -> None:
    article = hkcnews(f"正文。\n\n{line}\n\n末段。")

    assert lines(article) == ["正文。", "末段。"]
    assert [link.text for link in article.related] == ["渡輪復航"]


def test_a_labelled_link_at_the_end_of_any_text_is_a_related_one() -> None:
    article = post("正文。\n\n更多文章：[渡輪復航](https://a.example/2)、[停航](https://a.example/3)")

    assert lines(article) == ["正文。"]
    assert [link.text for link in article.related] == ["渡輪復航", "停航"]


def test_the_writer_after_a_related_link_is_kept_with_it() -> None:
    article = hkcnews("正文。\n\n相關文章：\n\n[渡輪復航](https://www.hkcnews.com/article/1/x) ｜陳大文")

    assert lines(article) == ["正文。"]
    assert [link.text for link in article.related] == ["渡輪復航 ｜陳大文"]


def test_a_reference_with_words_of_its_own_stays_text() -> None:
    line = "延伸閱讀：陳大文（2018），[渡輪](https://a.example/1)，第三章。"

    assert lines(hkcnews(f"正文。\n\n{line}")) == ["正文。", "延伸閱讀：陳大文（2018），渡輪，第三章。"]


def test_the_card_about_the_original_gives_its_fields_and_is_no_text() -> None:
    article = mirror(
        "<p>正文。</p><div><div><span></span>CDT 档案卡</div><d"
        "iv><strong>标题：</strong>题<br><strong>作者：</strong>"
        '<a href="https://a.example">某财经</a><br><strong>发表日期：</strong>2024.4.28<br><strong>主题归类：</strong>汽车<br>'
        "<strong>版权说明：</strong>归原作者所有。</div></div><p>末段。</p>",
        url="https://chinadigitaltimes.net/chinese/1.html",
    )

    assert lines(article) == ["正文。", "末段。"]
    assert [author.name for author in article.authors] == ["某财经"]
    assert article.published is not None
    assert article.published.day.isoformat() == "2024-04-28"
    assert article.tags == ("汽车",)
