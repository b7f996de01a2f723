"""Saved web pages of any outlet: the article of the page, and what the page says about it."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from newsarchive.importers.types import ParsedArticle, Standing
from newsarchive.importers.webpage import pieces
from newsarchive.messages import Message

from .samples import PAGE, PARAGRAPHS, lines, mhtml_bytes, page, read, single_file

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x78\x00\x00\x00\x50\x08\x02\x00\x00\x00" + b"\x00" * 200
)
PICTURE = '<img src="https://img.harbour.example/ferry.jpg" alt="">'
LONG = "船公司表示會在各碼頭張貼告示，並派員向乘客解釋，亦會在網上公布最新的安排。"


def captions(article: ParsedArticle) -> list[tuple[str, str]]:
    return [(image.caption, image.credit) for image in article.images]


def test_title_date_writer_outlet_and_address_are_read_from_the_page() -> None:
    article = page()

    assert article.title == "渡輪停航一周"
    assert [author.name for author in article.authors] == ["陳大文"]
    assert article.outlet == "海港日報"
    assert article.source_url == "https://www.harbour.example/news/20211117/ferry"
    assert article.published is not None
    assert article.published.at == datetime(2021, 11, 17, 7, 5, tzinfo=UTC)
    assert article.identity == "url:harbour.example/news/20211117/ferry"


def test_only_the_article_is_text() -> None:
    text = lines(page())

    assert len(text) == 2
    assert text[0].startswith("渡輪公司昨日宣布")
    assert text[1].endswith("其後恢復服務。")


@pytest.mark.parametrize(
    "line",
    [
        "<p>責任編輯：李四</p>",
        "<p>（編輯：李四）</p>",
        "<p>來源：海港社</p>",
        "<p>原标题：渡轮要停了</p>",
        "<p>請繼續往下閱讀...</p>",
        "<p>不用抽獎，現在用APP看新聞，保證天天中獎</p>",
        "<p>本網站之文字未經書面授權不得轉載</p>",
        '<p>延伸閱讀</p><p><a href="/news/2">碼頭翻新</a></p><p><a href="/news/3">船票加價</a></p>',
        '<p><a href="https://shop.example/">一元買船票，限時搶購</a></p>',
        '<div class="share-bar">分享到臉書和其他網站</div>',
        '<div class="tuijian"><p>另一篇文章的提要，很長很長，長得像正文一樣，也有標點。</p></div>',
        '<p style="display: none">看不見的字句，讀者從來沒有見過的字句。</p>',
    ],
)
def test_what_pages_add_to_their_articles_is_no_text(line: str) -> None:
    assert lines(page(PARAGRAPHS + line)) == lines(page())


@pytest.mark.parametrize(
    "line",
    [
        "<p>《海港日報》付費訂閱人數去年增加一成，是十年以來最多的一年。</p>",
        "<p>評論認為，停航會令離島居民十分不便，當局應及早安排替代的交通。</p>",
        "<h3>評論：離島怎麼辦</h3>",
        "<p>公司補充，<a href='/a'>臉書</a>上流傳的<a href='/b'>消息</a>並不準確，乘客應以官方公布為準。</p>",
        "<blockquote>「我們等了很久，終於等到船來。」一名乘客說。</blockquote>",
    ],
)
def test_what_only_resembles_such_lines_stays(line: str) -> None:
    assert len(lines(page(PARAGRAPHS + line))) == 3


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        (
            f"<figure>{PICTURE}<figcaption>渡輪泊岸。（李四攝）</figcaption></figure>",
            ("渡輪泊岸。（李四攝）", "李四攝"),
        ),
        (f'<p align="center">{PICTURE}</p><p align="center">渡輪泊岸的情形</p>', ("渡輪泊岸的情形", "")),
        (
            f"<p>{PICTURE}</p><p><strong>▲渡輪泊岸。（圖／翻攝自臉書）</strong></p>",
            ("▲渡輪泊岸。（圖／翻攝自臉書）", "翻攝自臉書"),
        ),
        (
            f"<p>{PICTURE}</p><p><font style='font-size: 9pt'>渡輪泊岸的情形。</font></p>",
            ("渡輪泊岸的情形。", ""),
        ),
        (
            f'<div class="img_wrapper">{PICTURE}<span class="img_descr">渡輪泊岸</span></div>',
            ("渡輪泊岸", ""),
        ),
        (
            f"<p>{PICTURE}<br>图为渡轮泊岸。新华社记者 李四 摄</p>",
            ("图为渡轮泊岸。新华社记者 李四 摄", "新华社记者 李四 摄"),
        ),
        (f"<p>{PICTURE}</p><p>{LONG}</p>", ("", "")),
        (f"<p>{PICTURE}</p><h3>渡輪歷史</h3>", ("", "")),
    ],
)
def test_a_caption_is_found_however_the_page_writes_it(markup: str, found: tuple[str, str]) -> None:
    article = page(f"<p>{LONG}</p>{markup}{PARAGRAPHS}")

    assert captions(article) == [found]
    assert not found[0] or found[0] not in "\n".join(lines(article))


def test_one_line_can_be_the_caption_of_two_pictures() -> None:
    other = PICTURE.replace("ferry", "pier")
    article = page(f"<p>{PICTURE}</p><p>▼▲渡輪泊岸。（圖／海港社）</p><p>{other}</p>{PARAGRAPHS}")

    assert [caption for caption, _ in captions(article)] == ["▼▲渡輪泊岸。（圖／海港社）"] * 2


def test_a_lead_picture_and_a_lead_paragraph_before_the_text_belong_to_it() -> None:
    lead = f'<p class="lead">{LONG}</p><figure>{PICTURE}<figcaption>渡輪</figcaption></figure>'

    article = read(
        PAGE.format(body=PARAGRAPHS).replace('<div class="content">', lead + '<div class="content">')
    )

    assert lines(article)[0] == LONG
    assert captions(article) == [("渡輪", "")]


def test_lazy_pictures_and_resizing_services_give_the_original_address() -> None:
    lazy = '<img src="/placeholder.png" data-original="https://img.harbour.example/a.jpg">'
    small = '<img src="https://pgw.harbour.example/photo.php?u=https://img.harbour.example/b.jpg&amp;w=930">'

    article = page(f"{PARAGRAPHS}<p>{lazy}</p><p>{small}</p>")

    assert [image.src for image in article.images] == [
        "https://img.harbour.example/a.jpg",
        "https://img.harbour.example/b.jpg",
    ]


@pytest.mark.parametrize(
    ("info", "names"),
    [
        ("記者李四／綜合報導", ["李四"]),
        ("〔記者李四、王小明／台北報導〕", ["李四", "王小明"]),
        ("（中央社記者王小明台北23日電）", ["王小明"]),
        ("聯合報／ 編譯張三、記者王小明／綜合報導", ["張三", "王小明"]),
        ("生活中心／賴小佑報導", ["賴小佑"]),
        ("文／林雨", ["林雨"]),
        ("来源：海港网 作者：李在山", ["李在山"]),
        ("執筆／叨叨姐、胡一刀&amp;李小飛刀", ["叨叨姐", "胡一刀", "李小飛刀"]),
        ("责任编辑：李四", []),
        ("來源：海港社", []),
    ],
)
def test_writers_are_read_as_bylines_print_them(info: str, names: list[str]) -> None:
    text = PAGE.format(body=PARAGRAPHS).replace("記者：陳大文", info)

    assert [author.name for author in read(text).authors] == names


def test_writers_in_brackets_at_the_ends_of_the_text_are_found() -> None:
    bare = PAGE.replace("　記者：陳大文", "")
    opening = read(bare.format(body=f"<p>新华社巴黎12月9日电（记者唐小霁）{LONG}</p>{PARAGRAPHS}"))
    closing = read(bare.format(body=f"{PARAGRAPHS}<p>{LONG}（张巨峰）</p>"))

    assert [author.name for author in opening.authors] == ["唐小霁"]
    assert [author.name for author in closing.authors] == ["张巨峰"]


@pytest.mark.parametrize(
    "said",
    [
        "2021-11-18 09:00",
        "2021年11月18日",
        "2021/11/18",
        "18/11/2021 - 09:00",
        "民國110年11月18日",
        "2021. 11. 18",
    ],
)
def test_a_printed_date_is_read_where_the_page_has_no_other(said: str) -> None:
    text = PAGE.format(body=PARAGRAPHS).replace("2021年11月17日 15:05", said)
    text = text.replace('<meta property="article:published_time" content="2021-11-17T15:05:00+08:00">', "")

    published = read(text).published

    assert published is not None
    assert published.day == date(2021, 11, 18)


def test_a_day_that_is_printed_by_the_title_counts_more_than_metadata_in_utc() -> None:
    text = PAGE.format(body=PARAGRAPHS).replace("2021-11-17T15:05:00+08:00", "2021-11-16T23:30:00+00:00")
    text = text.replace("2021年11月17日 15:05", "2021年11月17日")

    published = read(text).published

    assert published is not None
    assert published.day == date(2021, 11, 17)


def test_json_ld_names_writers_but_an_organisation_is_none() -> None:
    writers = '[{"@type":"Person","name":"李小明"},{"@type":"Organization","name":"海港社"}]'
    ld = f'<script type="application/ld+json">{{"@type":"NewsArticle","author":{writers}}}</script>'
    text = PAGE.format(body=PARAGRAPHS).replace("　記者：陳大文", "").replace("</head>", ld + "</head>")

    assert [author.name for author in read(text).authors] == ["李小明"]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("gb2312", "gb18030"), ("big5", "big5hkscs"), ("gb2312", "utf-8"), ("utf-8", "gb18030")],
)
def test_the_encoding_is_that_of_the_bytes_and_then_the_declared_one(declared: str, codec: str) -> None:
    text = PAGE.format(body=PARAGRAPHS).replace('charset="utf-8"', f'charset="{declared}"')

    assert lines(read(text.encode(codec))) == lines(page())


def test_a_page_with_a_few_broken_bytes_is_read_and_says_so() -> None:
    text = PAGE.format(body=PARAGRAPHS * 30).replace('charset="utf-8"', 'charset="big5"').encode("big5hkscs")
    at = text.index("檢查船隻".encode("big5hkscs"))

    article = read(text[:at] + b"\xff" + text[at:])

    assert article.encoding == "big5 (damaged)"
    assert Message("characters_lost", n=1) in article.problems


def test_a_page_without_a_text_is_a_failed_capture() -> None:
    article = read(
        "<!DOCTYPE html><html><head><title>海港日報</title></head><body><div id=root></div></body></html>"
    )

    assert article.standing is Standing.STUB


def test_a_page_behind_a_paywall_is_truncated() -> None:
    article = page(PARAGRAPHS + "<p>訂閱會員以繼續閱讀全文</p>")

    assert article.standing is Standing.TRUNCATED


def test_a_wayback_copy_keeps_the_original_address_and_the_time_of_capture() -> None:
    wombat = '<script>__wm.wombat("http://www.harbour.example/news/9","20220117044434","https://web.archive.org/","web","/_static/");</script>'
    text = PAGE.format(body=PARAGRAPHS).replace(
        '<meta property="og:url" content="https://www.harbour.example/news/20211117/ferry">', wombat
    )

    article = read(text)

    assert article.source_url == "http://www.harbour.example/news/9"
    assert (
        article.archived_url == "https://web.archive.org/web/20220117044434/http://www.harbour.example/news/9"
    )
    assert article.captured_at == datetime(2022, 1, 17, 4, 44, 34, tzinfo=UTC)


def test_a_front_page_is_no_identity() -> None:
    text = PAGE.format(body=PARAGRAPHS).replace("/news/20211117/ferry", "/")

    assert read(text).identity.startswith("feed:")


# -- SingleFile and MHTML
# ---------------------------------------------------------------------------------------


def test_single_file_gives_address_and_time_of_capture_and_its_pictures() -> None:
    data = base64.b64encode(PNG).decode()
    article = single_file(
        f'{PARAGRAPHS}<figure><img src="data:image/png;base64,{data}"><figcaption>渡輪</figcaption></figure>'
    )

    assert article.format == "single_file"
    assert article.source_url == "https://www.harbour.example/news/20211117/ferry"
    assert article.captured_at == datetime(2021, 11, 18, 1, 30, tzinfo=UTC)
    assert captions(article) == [("渡輪", "")]
    assert [picture.data for picture in article.pictures] == [PNG]
    assert article.pictures[0].key == article.images[0].found_src
    assert len(article.images[0].found_src) < 100


@pytest.mark.parametrize("end", ["------part--", ""])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "big5"])
def test_mhtml_is_read_in_the_encoding_of_its_part_even_without_a_last_boundary(
    charset: str, end: str
) -> None:
    article = read(mhtml_bytes(charset=charset, end=end) if charset != "gb2312" else simplified(end))

    assert article.format == "mhtml"
    assert len(lines(article)) == 2
    assert article.captured_at == datetime(2021, 11, 18, 1, 30, tzinfo=UTC)


def simplified(end: str) -> bytes:
    return mhtml_bytes(
        "<p>渡轮公司昨日宣布，由下星期一起停航，市民要及早安排。</p><p>公司表示停航一星期，其后恢复航行，市民可以安心。</p>",
        charset="gb18030",
        end=end,
    )


def test_pictures_of_mhtml_belong_to_the_images_that_name_them() -> None:
    data = base64.encodebytes(PNG).decode()
    part = "------part\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n{place}\n\n{data}\n"
    parts = part.format(place="Content-ID: <ferry@mhtml.blink>", data=data)
    parts += part.format(place="Content-Location: https://img.harbour.example/pier.png", data=data)
    body = f'{PARAGRAPHS}<p><img src="cid:ferry@mhtml.blink"></p><p>{LONG}</p><p><img src="https://img.harbour.example/pier.png"></p>'

    article = read(mhtml_bytes(body, parts=parts))

    assert [image.src for image in article.images] == ["", "https://img.harbour.example/pier.png"]
    assert [picture.data for picture in article.pictures] == [PNG, PNG]


def test_a_small_picture_that_has_a_caption_is_a_picture_and_a_placeholder_is_none() -> None:
    dot = "data:image/png;base64,iVBORw0KGgo="
    shown = f"<figure><img src={dot} alt=x><figcaption>圖說。法新社</figcaption></figure>"
    lazy = (
        f'<figure><img src="{dot}" data-src="https://www.harbour.example/a.jpg">'
        "<figcaption>渡輪靠岸</figcaption></figure>"
    )

    article = single_file(PARAGRAPHS + shown + lazy)

    assert [(image.caption, image.credit) for image in article.images] == [
        ("圖說。法新社", "法新社"),
        ("渡輪靠岸", ""),
    ]
    assert article.images[1].src == "https://www.harbour.example/a.jpg"


def test_an_article_that_is_read_in_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = "".join(
        f"<p>第{n}段：渡輪公司昨日宣布。</p><figure><img src='https://i.example/{n}.jpg'><figcaption>圖{n}。法新社"
        f"</figcaption></figure><ul><li>甲{n}</li></ul>"
        for n in range(40)
    )
    text = f"<!DOCTYPE html><html><body><article><h1>渡輪停航</h1><div>{inside}</div></article></body></html>"

    whole = read(text)
    monkeypatch.setattr(pieces, "LARGE", 1_000)

    assert len(whole.images) == 40
    assert read(text) == whole
