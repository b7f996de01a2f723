"""Small exports in the formats of offices and word processors, of our own making."""

from __future__ import annotations

import io
import quopri
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import openpyxl

WISENEWS_WORD = (
    "Total number of document(s) : 2",
    "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ #1 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
    "| 2019-04-15 | Harbour Daily | B04 |產經 |海旁 |By 王小明 |",
    "General News | Newspaper | Word Count: 918words | Circulation / Reach: 300,000",
    "Image Size: 493.9cm-sq (25.2cm x 19.6cm) | Ad-Value: HKD97,302",
    "Keyword Matched: 渡輪",
    "渡輪停航 ",
    "渡輪公司昨日宣布停航，\ue05e豐銀行贊助。",
    "####",
    "渡輪泊岸。（李四攝）",
    "DOCUMENT ID: 201904150296340 ",
    "Source: Wisers electronic service. All rights reserved.",
    "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ #2 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
    "| 2019-04-16 | Harbour Daily | A01 |港聞 |",
    "碼頭翻新",
    "碼頭下月起翻新。",
    "文章編號: 201904160000001",
)
FACTIVA_CODED = (
    ("SE", ("港聞",)),
    ("HD", ("渡輪停航",)),
    ("BY", ("By Chan Tai Man",)),
    ("WC", ("295 字",)),
    ("PD", ("2021 年 11 月 17 日",)),
    ("ET", ("15:32",)),
    ("SN", ("Harbour Daily",)),
    ("SC", ("HARB",)),
    ("LA", ("繁體中文",)),
    ("CY", ("© 2021 Harbour Daily",)),
    ("LP", ("渡輪公司昨日宣布停航。", "下星期起停航。")),
    ("TD", ("乘客說：「唔方便」。",)),
    ("NS", ("gtran : Transport | gcat : General News",)),
    ("AN", ("文件 HARB000020211117ehbh00001",)),
)
FACTIVA_PLAIN = (
    "港聞",
    "渡輪停航",
    "By Chan Tai Man",
    "295 字",
    "2021 年 11 月 17 日",
    "15:32",
    "Harbour Daily",
    "HARB",
    "繁體中文",
    "© 2021 Harbour Daily",
    "",
    "渡輪公司昨日宣布停航。",
    "下星期起停航。",
    "乘客說：「唔方便」。",
    "文件 HARB000020211117ehbh00001",
    "搜索摘要",
)


def workbook(*rows: Sequence[Any], sheets: int = 1) -> bytes:
    """The rows stand on the last of the sheets; the ones before are empty."""
    book = openpyxl.Workbook()
    for _ in range(sheets - 1):
        book.create_sheet()
    for row in rows:
        book.worksheets[-1].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def package(**parts: str) -> bytes:
    """An Office document of these parts, with / written as __ and .xml left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for name, text in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


def _w(name: str, inside: str) -> str:
    return f"<w:{name}>{inside}</w:{name}>"


def _paragraph(line: str) -> str:
    return _w("p", _w("r", f"<w:t>{escape(line)}</w:t>"))


def docx(lines: Iterable[str] = (), cells: Iterable[tuple[str, Sequence[str]]] = (), head: str = "") -> bytes:
    """`cells`: rows of a table, a code and the paragraphs beside it."""
    table = "".join(
        _w("tr", _w("tc", _paragraph(code)) + _w("tc", "".join(map(_paragraph, said))))
        for code, said in cells
    )
    body = _w("body", "".join(map(_paragraph, lines)) + (_w("tbl", table) if table else ""))
    return package(word__document=f'{head}<w:document xmlns:w="http://w.example/main">{body}</w:document>')


def rtf(
    lines: Iterable[str] = (), cells: Iterable[tuple[str, Sequence[str]]] = (), write: Any = None
) -> bytes:
    """`write`: how a text is written; as numbers of UTF-16 where none is given."""
    write = write or unicode_escapes
    rows = "".join(
        rf"\trowd\cellx900\cellx9000 {code}\cell " + r"\par ".join(map(write, said)) + r"\cell\row "
        for code, said in cells
    )
    fonts = r"{\fonttbl{\f0 Arial;}{\f1\fcharset136 PMingLiU;}{\f2\fcharset134 SimSun;}}"
    head = r"{\rtf1\ansi\ansicpg1252\deff0" + fonts
    info = r"{\info{\title Factiva RTF}}{\*\generator Msftedit;}"
    return (head + info + r"\par ".join(map(write, lines)) + rows + "}").encode("ascii")


def unicode_escapes(text: str) -> str:
    units = text.encode("utf-16-le")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(chr(number) if 31 < number < 127 else rf"\u{number}?" for number in numbers)


def bytes_of_font(text: str, font: int, codec: str) -> str:
    """As older programs write it: bytes in the charset of the font."""
    escaped = "".join(rf"\'{byte:02x}" for byte in text.encode(codec))
    return rf"{{\f{font} {escaped}}}"


def factiva_html(cells: Iterable[tuple[str, Sequence[str]]] = FACTIVA_CODED) -> str:
    rows = "".join(
        f'<tr><td class="index"><b>{code}</b>&nbsp;</td><td>'
        + "".join(f"<p>{escape(line)}</p>" for line in said)
        + "</td></tr>"
        for code, said in cells
    )
    return (
        "<!DOCTYPE html><html><head><title>Factiva</title><style>p{color:red}</style></head><body>"
        f'<div class="article zhArticle"><table>{rows}</table></div></body></html>'
    )


def page(lines: Iterable[str]) -> str:
    return "<html><body>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</body></html>"


def mhtml(markup: str) -> bytes:
    """As Word saves it as a "single file web page", under the name of a .doc."""
    text = quopri.encodestring(markup.encode()).decode()
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="----=_NextPart"\n\n------=_NextPart\n'
        "Content-Location: file:///C:/export.htm\nContent-Transfer-Encoding: quoted-printable\n"
        f'Content-Type: text/html; charset="utf-8"\n\n{text}\n'
    ).encode()
