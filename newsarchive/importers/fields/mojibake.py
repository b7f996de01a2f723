"""Text that was once decoded with the wrong encoding and saved so: é¦™æ¸¯, Ì¨·ç, 鍙伴.

It is repaired only where that can be proved. Encoded back and decoded with the right encoding, UTF-8 must be
valid, which wrong bytes are not by chance; GB18030 and Big5, whose bytes nearly all are valid, must also read
as Chinese (`encoding.likeness`). Real Chinese text is never touched: it reads as Chinese as it stands.
"""

from __future__ import annotations

import re

from .encoding import HAN, likeness

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN_1 = re.compile("[\u0080-\u00ff\u0152-\u0178\u017d\u017e\u02c6\u02dc\u2013-\u2122]")
_FEWEST = 30  # such characters in a text that may be damaged
_SAMPLE = 4_000  # characters
_CHINESE = 0.25  # likeness of a text that is taken for Chinese; real text has about .5
_NOT_CHINESE = 0.1  # of one in Han characters that may be damaged
_MOST_LOST = 5  # of a thousand characters that may be unreadable after a repair
_MOST_TIMES = 3  # a text can have been damaged again
_ONE_BYTE = ("cp1252", "iso8859-15", "latin-1")


def repair_mojibake(text: str) -> tuple[str, bool]:
    """(text, whether it was mojibake)."""
    han = HAN.search(text)
    if han is not None:
        return _repair_han(text, text[han.start() : han.start() + _SAMPLE])
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN_1.findall(text))
    if max(cyrillic, latin) < _FEWEST:
        return text, False
    lines = text.split("\n")
    by_line = "\n".join(_repaired(line, "ptcp154" if cyrillic > latin / 4 else "cp1252") for line in lines)
    if HAN.search(by_line[:_SAMPLE]) and _FEWEST * len(_LATIN_1.findall(by_line)) < latin:
        return by_line, True
    current = text
    for _ in range(_MOST_TIMES):
        current = _once_less(current)
        if not current:
            break
        if HAN.search(current) and likeness(current) >= _CHINESE:
            return current, True
    return (by_line, True) if HAN.search(by_line[:_SAMPLE]) else (text, False)


def _once_less(text: str) -> str:
    """The text before its last damage; "" when none can be proved."""
    best: tuple[float, str] = (0.0, "")
    for codec in _ONE_BYTE:
        data = _bytes(text, codec)
        for right in ("utf-8", "gb18030", "big5hkscs"):
            before = data.decode(right, "replace")
            if before.count("\ufffd") * 1000 > len(before) * _MOST_LOST:
                continue
            if right == "utf-8" and len(before) < len(text) and not HAN.search(before):
                best = max(best, (0.01, before))  # damaged twice
            elif (chinese := likeness(before)) >= _CHINESE:
                best = max(best, (chinese, before))
    return best[1]


def _bytes(text: str, codec: str) -> bytes:
    """The bytes that were decoded with a one-byte encoding. Where it leaves a byte undefined, programs put
    the control character of that number; other characters come from a reference of the page."""
    parts = []
    for char in text:
        try:
            parts.append(char.encode(codec))
        except UnicodeEncodeError:
            parts.append(bytes((ord(char),)) if ord(char) < 256 else b"?")
    return b"".join(parts)


def _repair_han(text: str, sample: str) -> tuple[str, bool]:
    """UTF-8 that was decoded as GB18030: 鍙伴 for 台风."""
    if likeness(sample) >= _NOT_CHINESE:
        return text, False
    repaired = text.replace("\ufffd", "?").encode("gb18030", "replace").decode("utf-8", "replace")
    if repaired.count("\ufffd") * 1000 > len(repaired) * _MOST_LOST or likeness(repaired) < _CHINESE:
        return text, False
    return repaired, True


# In PTCP154 the byte A0 is a no-break space, which the scraper replaced by a plain one. Inside a three-byte
# character a space can have no other origin.
_LOST_SECOND = re.compile(rb"([\xe0-\xef])\x20(?=[\x80-\xbf])")
_LOST_THIRD = re.compile(rb"([\xe0-\xef][\x80-\xbf])\x20")
_LONE_BLANK = re.compile(rb"(?<![\x80-\xf4])\xa0")


def _repaired(line: str, codec: str) -> str:
    """A line that is valid UTF-8 once it is encoded back; otherwise the line as it is."""
    try:
        data = line.encode(codec)
        for lost in (_LOST_SECOND, _LOST_THIRD):
            data = lost.sub(lambda match: match[1] + b"\xa0", data)
        return _LONE_BLANK.sub(b" ", data).decode("utf-8")
    except UnicodeError:
        return line
