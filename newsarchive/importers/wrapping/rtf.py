"""The text of RTF, as Word, WordPad and Factiva write it.

    {\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}}
    \\trowd HD\\cell\\uc1\\u28193?\\u-28790?\\cell\\row …}

Chinese is written in three ways: `\\u28193?` (UTF-16, a signed number, with a substitute for old readers),
bytes `\\'b6\\'c9` in the charset of the font, and bytes in the document's code page. The cells of a table row
come out parted by tabs, rows and paragraphs by line feeds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from newsarchive.errors import UnreadableFile

_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})"  # a byte
    rb"|\\([a-zA-Z]{1,32})(-?\d{1,9})?[ ]?"  # a control word
    rb"|\\([^a-zA-Z])"  # a control symbol
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
    rb"|[\r\n]+|\\"
)
_DEEPEST: Final = 1_000  # groups inside each other; Word writes about ten
_CODE_PAGE_OF_CHARSET: Final = {
    77: 10000,
    128: 932,
    129: 949,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
}
_OF_SEVERAL_BYTES: Final = frozenset({932, 936, 949, 950, 65001})
_CODECS: Final = {936: "gb18030", 950: "big5hkscs", 10000: "mac_roman", 65001: "utf-8"}
_BREAKS: Final = {b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"cell": "\t"}
_SIGNS: Final = {
    b"tab": "\t",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"bullet": "•",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"emspace": "\u3000",
    b"enspace": " ",
}
_SYMBOLS: Final = {b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_NO_TEXT: Final = frozenset(
    {
        *(b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"fldinst", b"nonshppict", b"themedata"),
        *(b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"),
        *(b"listtable", b"listoverridetable", b"xmlnstbl", b"datastore", b"filetbl", b"revtbl", b"rsidtbl"),
    }
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the closing brace."""

    is_text: bool = True
    is_fonts: bool = False
    font: int = -1
    substitutes: int = 1  # characters after each \\u that stand for it


class _Reader:
    def __init__(self) -> None:
        self.group = _Group()
        self.outer: list[_Group] = []
        self.code_page = 1252
        self.charset_of_font: dict[int, int] = {}
        self.default_font = -1
        self.out: list[str] = []
        self.bytes = bytearray()  # not yet decoded
        self.skip = 0  # characters that the last \\u has as its substitute

    def open(self) -> None:
        if len(self.outer) >= _DEEPEST:
            raise UnreadableFile("record_damaged", detail="groups nested too deep")
        self.flush()
        self.outer.append(self.group)
        self.skip = 0

    def close(self) -> None:
        self.flush()
        self.group = self.outer.pop() if self.outer else _Group()
        self.skip = 0

    def add_bytes(self, data: bytes) -> None:
        skipped = min(self.skip, len(data))
        self.skip -= skipped
        if self.group.is_text and not self.group.is_fonts:
            self.bytes += data[skipped:]

    def add(self, text: str) -> None:
        if self.skip:
            self.skip -= 1
        elif self.group.is_text and not self.group.is_fonts:
            self.flush()
            self.out.append(text)

    def flush(self) -> None:
        if self.bytes:
            self.out.append(_decoded(bytes(self.bytes), self._page_of_font(), self.code_page))
            self.bytes.clear()

    def _page_of_font(self) -> int:
        font = self.group.font if self.group.font >= 0 else self.default_font
        return _CODE_PAGE_OF_CHARSET.get(self.charset_of_font.get(font, 0), self.code_page)

    def control(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._unicode(number & 0xFFFF)
        elif word in _BREAKS:
            self.skip = 0
            self.add(_BREAKS[word])
        elif word in _SIGNS:
            self.add(_SIGNS[word])
        elif word == b"uc" and number is not None:
            self.group = replace(self.group, substitutes=max(0, min(number, 8)))
        elif word == b"ansicpg" and number is not None:
            self.code_page = number
        elif word == b"deff" and number is not None:
            self.default_font = number
        elif word == b"f" and number is not None:
            self.flush()
            self.group = replace(self.group, font=number)
        elif word == b"fcharset" and number is not None and self.group.is_fonts:
            self.charset_of_font[self.group.font] = number
        elif word == b"plain":
            self.flush()
            self.group = replace(self.group, font=-1)
        elif word == b"fonttbl":
            self.group = replace(self.group, is_fonts=True)
        elif word in _NO_TEXT:
            self.group = replace(self.group, is_text=False)

    def _unicode(self, unit: int) -> None:
        if self.group.is_text and not self.group.is_fonts:
            self.flush()
            self.out.append(chr(unit))
        self.skip = self.group.substitutes


def is_rtf(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf")


def text(data: bytes) -> str:
    """Raises UnreadableFile for groups nested deeper than any writer makes them. Damage costs what it
    touches."""
    reader = _Reader()
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        byte, word, number, symbol, brace, plain = match.groups()
        if plain is not None:
            reader.add_bytes(plain)
        elif byte is not None:
            reader.add_bytes(bytes((int(byte, 16),)))
        elif word == b"bin":
            at += max(0, int(number or 0))
        elif word is not None:
            reader.control(word, int(number) if number is not None else None)
        elif brace == b"{":
            reader.open()
        elif brace == b"}":
            reader.close()
        elif symbol == b"*":
            reader.group = replace(reader.group, is_text=False)
        elif symbol is not None and symbol in b"\\{}":  # it may be the second byte of a character
            reader.add_bytes(symbol)
        elif symbol is not None:
            reader.add(_SYMBOLS.get(symbol, ""))
    reader.flush()
    return "".join(reader.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(data: bytes, page: int, document_page: int) -> str:
    """The bytes in the code page of their font; where that is a western one, in the document's first, since
    Word writes Chinese under the font of the Latin letters."""
    pages = [page] if page in _OF_SEVERAL_BYTES else [*{document_page} & _OF_SEVERAL_BYTES, page]
    for candidate in pages:
        try:
            return data.decode(_CODECS.get(candidate, f"cp{candidate}"))
        except (UnicodeDecodeError, LookupError):
            continue
    codec = _CODECS.get(page, f"cp{page}") if page in _OF_SEVERAL_BYTES else "cp1252"
    return data.decode(codec, "replace")
