"""Saved pages whose shape hides the article: no headings, forms, links and scripts around everything."""

from __future__ import annotations

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle, Standing

from .samples import read

TITLE = "北角渡輪停航一周"
TEXT = (
    "<p>渡輪公司昨日宣布，由下星期一起停航，市民可以改搭巴士，船票一律退款。</p>"
    "<p>運輸署表示，會密切留意，並在碼頭張貼告示，直至其後恢復服務。</p>"
)


def saved(body: str, head: str = "") -> ParsedArticle:
    return read(f"<html><head><title>{TITLE}_海港網</title>{head}</head><body>{body}</body></html>")


def test_a_form_around_the_whole_page_is_no_form() -> None:
    article = saved(f'<form action="/page.aspx"><h1>{TITLE}</h1><div>{TEXT}</div></form>')

    assert "直至其後恢復服務。" in article.body


def test_a_text_inside_a_link_is_read() -> None:
    article = saved(f'<h2>{TITLE}</h2><dl><a href="/news/1">{TEXT * 6}</a></dl>')

    assert "直至其後恢復服務。" in plain_text(article.body)


def test_a_notice_before_the_title_is_not_the_article() -> None:
    notice = "<p>本網站使用相關技術，提供更好的閱讀體驗，同時尊重使用者的隱私，關閉視窗即表示同意。</p>" * 3

    article = saved(f"<div><div>{notice}</div></div><div><h1>{TITLE}</h1><div>{TEXT}</div></div>")

    assert plain_text(article.body).startswith("渡輪公司")


def test_a_title_without_a_heading_and_its_date_are_found() -> None:
    table = f"<table><tr><td>{TITLE}</td></tr><tr><td>Jan 17, 2012 6:05 PM</td></tr></table>"

    article = saved(f"<div>{table}<div>{TEXT}</div></div>")

    assert article.title == TITLE
    assert article.published is not None
    assert f"{article.published.at:%Y-%m-%d %H:%M}" == "2012-01-17 18:05"


def test_a_script_above_the_page_hides_nothing() -> None:
    article = read(f"<script>count()</script><!DOCTYPE html><html><body><h1>{TITLE}</h1>{TEXT}</body></html>")

    assert article.format == "web_page"
    assert article.title == TITLE


def test_a_picture_that_a_script_would_have_loaded_is_found_by_its_caption() -> None:
    data = '{"caption":"碼頭人龍。（資料圖片）","cdnUrl":"https://img.example/queue"}'
    caption = '<span class="img-caption">碼頭人龍。（資料圖片）</span>'
    lost = f'<div><div class="lazyload-placeholder"></div>{caption}</div>'

    article = saved(
        f"<h1>{TITLE}</h1><article>{TEXT}{lost}{TEXT}</article><script>window.data=[{data}]</script>"
    )

    assert [(image.src, image.caption) for image in article.images] == [
        ("https://img.example/queue", "碼頭人龍。（資料圖片）")
    ]
    assert "人龍" not in plain_text(article.body)


def test_signs_and_thumbnails_are_no_pictures() -> None:
    signs = '<img src="/news/assets/images/s_fb.png"><img src="https://a.example/p_100x95.jpg">'
    sizes = '<a href="https://a.example/b1.jpg"><img src="https://a.example/b1.jpg"><img src="https://a.example/s1.jpg"></a>'

    article = saved(f"<h1>{TITLE}</h1><article>{TEXT}{signs}{sizes}{TEXT}</article>")

    assert [image.src for image in article.images] == ["https://a.example/b1.jpg"]


def test_a_picture_in_a_button_that_enlarges_it_is_a_picture() -> None:
    button = '<button type="button"><img src="https://a.example/big.jpg"></button>'

    article = saved(f"<h1>{TITLE}</h1><article>{TEXT}<div>{button}</div>{TEXT}</article>")

    assert [image.src for image in article.images] == ["https://a.example/big.jpg"]


def test_a_list_above_the_text_names_the_writer() -> None:
    names = '<ul role="list"><li>李澄欣</li><li>海港中文记者</li></ul>'

    article = saved(f"<main><div><h1>{TITLE}</h1></div><div>{names}</div>{TEXT}</main>")

    assert [author.name for author in article.authors] == ["李澄欣"]
    assert "李澄欣" not in article.body


def test_what_follows_a_drawn_line_at_the_end_and_asks_is_no_text() -> None:
    ask = "<p>---</p><p>《海港申訴王》隆重登場，為民請命！</p><p>立即報料: https://a.example/tip</p><p>你的獨家報料一旦被採用，將獲獎品。</p>"

    article = saved(f"<h1>{TITLE}</h1><article>{TEXT}{ask}</article>")

    assert plain_text(article.body).endswith("直至其後恢復服務。")


def test_json_ld_that_is_no_json_still_tells_date_and_writer() -> None:
    said = (
        '{"@type":"NewsArticle","headline":"他說"不"然","datePublished":"2021-11-17",'
        '"author":{"name":"陳大文"},}'
    )

    article = saved(
        f"<h1>{TITLE}</h1><article>{TEXT}</article>", f'<script type="application/ld+json">{said}</script>'
    )

    assert article.published is not None
    assert str(article.published.day) == "2021-11-17"
    assert [author.name for author in article.authors] == ["陳大文"]


def test_a_page_that_a_script_would_have_filled_has_the_teaser_of_its_metadata() -> None:
    teaser = (
        "渡輪公司昨日宣布，由下星期一起停航，市民可以改搭巴士，船票一律退款，直至另行通知為止，運輸署說。"
    )

    article = saved('<div id="app"></div>', f'<meta property="og:description" content="{teaser}">')

    assert plain_text(article.body) == teaser
    assert article.standing is Standing.TRUNCATED


def test_a_question_in_an_interview_names_no_writer() -> None:
    talk = "<p>記者：渡輪停航，市民怎麼辦？巴士夠不夠？</p><p>陳大文：我們會加班，直到恢復服務。</p>"

    assert saved(f"<h1>{TITLE}</h1><article>{talk}{TEXT}</article>").authors == ()
