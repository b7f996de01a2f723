"""Decoding bytes to text, and removing characters that don't belong in text."""

from __future__ import annotations

import codecs
import re

from newsarchive.errors import UnreadableFile

_DAMAGED = " (damaged)"  # after an encoding's name: some bytes were invalid, and became U+FFFD
DAMAGED_UTF8 = "utf-8" + _DAMAGED

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_BINARY = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ", "xz"),
    (b"SQLite format 3", "SQLite"),
)

# Word, Excel and PowerPoint up to 2003 (.doc, .xls, .ppt) and Outlook messages.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Frequent characters of Chinese text in both scripts, and punctuation. Text decoded with the wrong legacy
# encoding consists of rare characters: at most one in twenty is in this set, against one in three otherwise.
_COMMON = frozenset(
    "的一是不了在有人我他這这個个們们中來来上大為为和國国地到以說说時时要就出會会可也你對对生能而子那得于於著着下自之年過过發发後后作"
    "里裏用道行所然家種种事成方多經经麼么去法學学如都同現现當当沒没動动面起看定天分還还進进好小部其些主樣样理心她本前開开但因只從从"
    "想實实日軍军者意無无力它與与長长把機机十民第公此已工使情明性知全三又關关點点正業业外將将兩两高間间由問问很最重並并物手應应戰战"
    "向頭头文體体政美相見见被利什二等產产新己制身果加西斯月話话合回特代內内信表化老給给世位次度門门任常先海通教兒儿東东聲声提立及比"
    "員员解水名真論论處处走義义各入幾几口認认條条平係系氣气題题活爾尔更別别打女變变四神總总何電电數数安少報报記记者員港台北京香社會"
    "標标眾众聞闻報导導據据稱称表示星期周日今昨明元，。、；：？！「」『』（）《》“”‘’…—　"
)

# What pages and servers call an encoding, and the superset by which browsers read it.
_DECLARED = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030",
    "gb_2312-80": "gb18030", "cp936": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs", "big5hkscs": "big5hkscs", "cp950": "big5hkscs", "iso-8859-1": "cp1252",
    "latin1": "cp1252", "us-ascii": "cp1252", "windows-1252": "cp1252", "shift_jis": "cp932",
    "x-sjis": "cp932", "euc-jp": "euc_jp", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{3,20})", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|meta)\b", re.IGNORECASE)
_META_WITHIN = 8_192  # bytes from the beginning of a page; browsers look at 1,024
# Of a thousand characters, those that may be unreadable in a text whose encoding is known otherwise.
_MOST_DAMAGED = 5

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
)
_UNWANTED = re.compile(f"[{_CONTROLS}{_INVISIBLE}]+")
_JOINER = re.compile("\u200d")
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]")
_BLANKS = re.compile(r"[ \t\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_NOT_PLAIN = re.compile(r"[\t\n\u00a0\u202f]")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text, with LF line ends and without BOM and NUL, and the name of its encoding. `declared`: the
    name in the HTTP header; without one, that in the <meta> of a page. Bytes that are valid UTF-8 are
    UTF-8, whatever is declared.

    Raises UnreadableFile for bytes that are no text, or whose encoding is uncertain: a refused file can be
    imported later, while wrong characters in the archive would go unnoticed.
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("file_empty")
    if data.startswith(_OLE):
        raise UnreadableFile("office_file_binary")
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise UnreadableFile("file_is_no_text", format=what)
    text, encoding = _decode(data, declared)
    if text.count("\x00") > max(8, len(text) // 100):
        raise UnreadableFile("file_is_binary")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), encoding


def _decode(data: bytes, declared: str) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
            except UnicodeDecodeError as error:
                raise UnreadableFile("encoding_untrue", encoding=encoding) from error
    if (wide := _without_bom(data)) is not None:
        return wide, "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_legacy(data, _DECLARED.get((declared or _in_meta(data)).strip().lower(), ""))


def _without_bom(data: bytes) -> str | None:
    """A page in UTF-16 without a byte order mark, which every second byte of its markup tells."""
    sample = data[:4_000]
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if max(zeros) * 10 < len(sample) or min(zeros) * 10 > max(zeros):
        return None
    try:
        text = data.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")
    except UnicodeDecodeError:
        return None
    return text if _HTML.search(text[:2_000].encode("utf-8", "replace")) else None


def _in_meta(data: bytes) -> str:
    """The encoding that a page's <meta> names; "" for other files."""
    head = data[:_META_WITHIN]
    match = _META.search(head) if _HTML.search(head) else None
    return match[1].decode("ascii") if match else ""


def _decode_legacy(data: bytes, declared: str) -> tuple[str, str]:
    damaged = data.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    if len(HAN.findall(damaged)) > 20 * broken:  # too few invalid bytes for GB or Big5 text
        return damaged, DAMAGED_UTF8
    codecs_tried = dict.fromkeys(filter(None, (declared, "gb18030", "big5hkscs")))
    found = [_attempt(data, codec, declared=codec == declared) for codec in codecs_tried]
    likeness, codec, text = max((attempt for attempt in found if attempt), default=(0.0, "", ""))
    name = codec.removesuffix("hkscs")
    if likeness >= 0.2 and text.count("\ufffd") * 1000 <= len(text) * _MOST_DAMAGED:
        return text, name + (_DAMAGED if "\ufffd" in text else "")
    if (
        declared
        and declared not in ("gb18030", "big5hkscs")
        and (attempt := _attempt(data, declared, declared=True))
    ):
        return attempt[2], declared
    raise UnreadableFile("encoding_unknown")


def _attempt(data: bytes, codec: str, *, declared: bool) -> tuple[float, str, str] | None:
    """(likeness, codec, text). What is not declared must be valid; a declared encoding may have some
    invalid bytes, and wins where both read alike."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        if "\ufffd" not in text or (not declared and text.count("\ufffd") * 1000 > len(text)):
            return None
    return (
        likeness(text) + (0.02 if declared else 0.0) - text.count("\ufffd") / (len(text) or 1),
        codec,
        text,
    )


def likeness(text: str) -> float:
    """The share of frequent Chinese characters among all non-ASCII characters, 0 to 1: of Chinese text
    about .5, of text decoded with the wrong encoding below .1."""
    foreign = [char for char in text[:200_000] if char > "\x7f"]
    return sum(char in _COMMON for char in foreign) / len(foreign) if foreign else 0.0


def clean(text: str) -> str:
    """Removes control and invisible characters; a zero-width joiner stays inside an emoji."""
    if "\u200d" in text:
        text = _JOINER.sub(_joiner, text)
    return _UNWANTED.sub("", text)


def _joiner(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    beside = text[at - 1 : at] + text[at + 1 : at + 2]
    return "\u200d" if len(beside) == 2 and all(_EMOJI.match(char) for char in beside) else ""


def one_line(text: str) -> str:
    """`text` without line breaks and outer blanks; single ideographic spaces inside stay."""
    return " ".join(text.replace("\u00a0", " ").split("\n")).strip(" \t\u3000") if text else ""


def title_line(text: str) -> str:
    """A title on one line. Blanks inside stay as printed, above all the ideographic space of Chinese
    headlines."""
    return _NOT_PLAIN.sub(" ", clean(text)).strip(" \u3000")


def squeeze(text: str) -> str:
    """Every run of blanks becomes one space, none at the ends; for comparing, and for names."""
    return _BLANKS.sub(" ", text).strip(" ")


def folded(text: str) -> str:
    """A key that is equal for titles differing only in blanks and case."""
    return _BLANKS.sub("", text).casefold()
