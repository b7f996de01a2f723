"""What inputs are made of. Everything is drawn from a `random.Random`: from a number in the long run, so
that the number brings the input back, and from hypothesis in the suite, which makes a failure small."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

from tests.newsarchive.importers import samples

ROOT: Final = Path(__file__).resolve().parents[2]

# Characters that are two, none, upside down, from the right, or not allowed anywhere.
ODD: Final = (
    *("\x00", "\x01", "\x0b", "\x1b", "\x7f", "\x85", "\u00a0", "\u00ad", "\u200b", "\u200d", "\u2028"),
    *("\u202e", "\u3000", "\ufe0f", "\ufeff", "\uffff", "\ud800", "\udfff", "\U0010ffff", "𠝹", "é", "ß"),
    *("İ", "ﬁ", "ｆ", "Ａ", "３", "ـ", "👨\u200d👩\u200d👧", "\r", "\r\n", "\t", "�"),
)
HAN: Final = (
    "中國",
    "中国",
    "習近平",
    "中國銀行",
    "香港",
    "台灣",
    "臺灣",
    "裡",
    "了解",
    "瞭解",
    "的",
    "，",
    "。",
    "哈哈哈",
)
LATIN: Final = ("Biden", "covid", "COVID-19", "W-2", "a", "O'Neil", "don't", "3421", "14億", "5G網絡", "<b>")
MARKUP: Final = (
    *(
        "<",
        ">",
        "&",
        "&lt;",
        "&#60;",
        "&#x3c",
        "&amp;lt;",
        "&#0;",
        "&notit;",
        '"',
        "'",
        "`",
        "</",
        "/>",
        "<!--",
    ),
    *(
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "<!DOCTYPE x>",
        "<script>",
        "</script>",
        "<script src=//e.example>",
    ),
    *("<style>", "</style>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)>", "<math><mtext>"),
    *("<iframe srcdoc='&lt;script&gt;'>", "<a href='javascript:alert(1)'>", "<a href=JaVa\tScRiPt:x>"),
    *('<a href="https://a.example/">', '<a href="data:text/html,x">', "</a>", "<base href=//e.example>"),
    *("<noscript>", "</noscript>", "<template>", "<textarea>", "<title>", "<plaintext>", "<xmp>", "<table>"),
    *("<tr>", "<td>", "</table>", "<ul>", "<li>", "<p>", "</p>", "<div>", "</div>", "<b>", "</i>", "<br>"),
    *("<h1>", "</h2>", "<blockquote>", "<figure>", "</figure>", "<figcaption>", '<figure data-image="0">'),
    *('<figure data-image="99999999">', "<img srcset='//a.example/x 2x, javascript:y 3x'>", "<p style=x:y>"),
    *(
        '<mark id="hit-1">',
        "<mark>",
        "</mark>",
        "<strong>",
        "</strong>",
        "<em>",
        "{{ 7*7 }}",
        "{% now 'Y' %}",
    ),
)
MARKDOWN: Final = (
    *(
        "**",
        "*",
        "_",
        "[",
        "](",
        ")",
        "![",
        "\\",
        "`",
        "```",
        "> ",
        "| ",
        "---",
        "***",
        "# ",
        "1. ",
        "- ",
        "~~",
    ),
    *(
        "{{< video src=",
        ">}}",
        "[a](https://a.example)",
        "![x](javascript:y)",
        "[x]: https://a.example",
        "\n\n",
    ),
    *(
        "{% asset_img ",
        "{% blockquote ",
        "{% end",
        " %}",
        "{{< figure ",
        "{{%",
        "}}",
        "caption=",
        'title="',
        "[caption]",
    ),
    *(
        "[/caption]",
        "[embed]",
        "![[",
        "]]",
        "[[",
        "==",
        "%%",
        "[^1]",
        "[^1]: ",
        "{:",
        "\n===\n",
        "\n    ",
        "- [x] ",
        "> [!",
    ),
    *(
        "![a](https://a.example/1.jpg",
        ' "圖。甲攝")',
        "\n*圖說*\n",
        "圖：",
        "© ",
        " | ",
        "AP Photo",
        "請訂閱我們的頻道\n",
    ),
)
FRONT: Final = (
    *("---\n", "title: ", "date: ", "author: ", "tags:\n  - ", "url: ", "original_url: ", "layout: post\n"),
    *(
        "from: https://a.example/1\n",
        "categories: [",
        "]",
        ": ",
        "&a [*a]",
        "!!python/object:os.system",
        "2021-02-30",
    ),
    *(
        "Sat, 20 Mar 2021 00:00:00 GMT",
        "99999999999999999999",
        "<!--1637030584000-->\n",
        "\n------\n",
        "null",
        "~",
    ),
    *(
        "<<: *a",
        "? ",
        "|\n",
        ">-\n",
        "'",
        '"',
        "\\u0000",
        "\\ud800",
        "9999-12-31T23:59:59+23:59",
        "0001-01-01",
    ),
    *(
        "+++\n",
        "title = ",
        "date = ",
        "[params]\n",
        "{\n",
        '"title": "',
        '",\n',
        "\n}\n",
        ";;;",
        "作者：",
        "來源: ",
        "日期：",
    ),
    *(
        "民國",
        "110年",
        "11月",
        "17日",
        "下午",
        "3:05",
        "03/04/2021",
        "Nov ",
        "17th ",
        "2021",
        " +08",
        "GMT+0800",
        "(三)",
        "[[甲|乙]]",
    ),
    *(
        "https://archive.ph/2021.11.17-101010/https://a.example/1",
        "source: ",
        "created: ",
        "authors:\n  - name: ",
    ),
)
_HEADS: Final = (
    samples.HKCNEWS_HEAD.format(title="題", author="記者甲、乙", number=1),
    "---\nlayout: post\ntitle: 題\nfrom: https://a.example/1\ndate: 2020-01-01\n---\n",
    "\n---\ntitle: 題\nauthor: 甲 - 乙\ndate: Sat, 20 Mar 2021 00:00:00 GMT\n---\n\n<div>",
    "<!--1637030584000-->\n[題](https://www.bbc.com/zhongwen/simp/1)\n------\n",
    '<!--1-->\n[題](https://www.dw.com/1)\n------\n<main role="main"><div><time>1 天前</time></div><div>',
    "---\ntitle: 題\nsource: https://a.example/2\nauthor: [甲, 乙]\n---\n\n",
    '+++\ntitle = "題"\ndate = 2021-11-17\n[params]\nauthor = "甲"\n+++\n\n',
    '{"title": "題", "date": "2021-11-17"}\n\n',
    "title: 題\ndate: 民國110年\n---\n\n",
    "# 題\n\n> 原文地址 [a.example](https://a.example/3)\n作者：甲\n\n",
    '{"id": 1, "title": "題", "published_at": "2021-11-17", "source_url": "https://a.example/1", "text": "',
    samples.PAGE[: samples.PAGE.index("{body}")],
    "<!DOCTYPE html><html><!--\n Page saved with SingleFile\n url: https://a.example/1\n--><body><h1>題</h1><p>",
    samples.MHTML.format(charset="", page="<html><body><h1>題</h1><p>"),
    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\nContent-Length: 9999\r\n\r\n"
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>",
    '{"headlines": {"basic": "題"}, "content_elements": [{"type": "text", "content": "',
    '{"uri": "https://a.example/1", "headline": "題", "body_html": "',
    '{"newsarchive_record":1,"map":{},"row":{"title":"題","content":"',
)


def text(random: Random, *kinds: tuple[str, ...], most: int) -> str:
    """Up to `most` pieces of these kinds, with odd and any characters between them."""
    pieces = []
    for _ in range(random.randint(0, most)):
        draw = random.randint(0, 19)
        if draw == 0:
            pieces.append(chr(random.randint(0, 0x10FFFF)))
        elif draw == 1:
            pieces.append(random.choice(ODD))
        elif draw == 2 and pieces:
            pieces.append(random.choice(pieces) * random.randint(1, 4))
        else:
            pieces.append(random.choice(random.choice(kinds)))
    return "".join(pieces)


def document(random: Random) -> bytes:
    """A file of one of the formats, made piece by piece."""
    head = text(random, FRONT, LATIN, HAN, most=12) if random.random() < 0.3 else random.choice(_HEADS)
    body = text(random, MARKUP, MARKDOWN, HAN, LATIN, most=random.choice((6, 12, 30)))
    encoding = random.choice(("utf-8", "utf-8", "utf-8", "utf-8", "gb18030", "utf-16"))
    return (head + body).encode(encoding, "surrogatepass" if encoding != "gb18030" else "replace")


_EXPECTED: Final = ROOT / "tests/newsarchive/importers/expected"


def _seeds() -> tuple[bytes, ...]:
    files = [*sorted((ROOT / "seeds").iterdir()), *sorted(_EXPECTED.iterdir())]
    made = [f"{head}{HAN[0]}\n\n{''.join(MARKUP[:20])}\n" for head in _HEADS]
    return (*(file.read_bytes() for file in files), *(text.encode() for text in made))


SEEDS: Final = _seeds()
_TOKENS: Final = tuple(
    piece.encode("utf-8", "surrogatepass") for piece in (*MARKUP, *MARKDOWN, *FRONT, *ODD, *HAN, *LATIN)
)


def mutated(random: Random) -> bytes:
    """A real file, damaged: bytes changed, stretches lost, doubled, or taken from another file."""
    data = bytearray(random.choice(SEEDS))
    if random.random() < 0.8:  # small ones are quick, and their damage is a larger part of them
        start = random.randint(0, len(data))
        del data[start + 600 :]
    for _ in range(random.randint(1, 8)):
        at = random.randint(0, len(data))
        end = min(len(data), at + random.randint(0, 80))
        match random.randint(0, 6):
            case 0:
                data[at:end] = b""
            case 1:
                data[at:at] = data[at:end]
            case 2:
                data[at:at] = random.choice(_TOKENS)
            case 3:
                data[at:end] = random.choice(_TOKENS)
            case 4:
                other = random.choice(SEEDS)
                start = random.randint(0, len(other))
                data[at:end] = other[start : start + random.randint(0, 200)]
            case 5:
                for _ in range(random.randint(1, 4)):
                    if data:
                        data[random.randrange(len(data))] = random.randint(0, 255)
            case 6:
                data[at:at] = random.choice(_TOKENS) * random.randint(2, 50)
    return bytes(data)
