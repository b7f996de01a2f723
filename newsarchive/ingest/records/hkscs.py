"""Hong Kong's supplementary characters (HKSCS) that a program left in Unicode's private use area.

Before Unicode had 滙, 邨 or 敍, Big5 systems in Hong Kong kept them in its user-defined rows, which Windows
maps to the private use area row by row. Big5-HKSCS has the same characters at the same codes, so that going
back is exact.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# Windows' mapping of Big5's user-defined rows: lead bytes FA-FE, 8E-A0, 81-8D and C6 (from A1) to U+E000 on.
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_IN_A_ROW: Final = 157
_LEADS: Final = (*range(0xFA, 0xFF), *range(0x8E, 0xA1), *range(0x81, 0x8E))


def restored(text: str) -> str:
    """The text with those private characters that Big5-HKSCS has as what they are; others stay."""
    return _PRIVATE.sub(lambda match: _character(match[0]), text)


def lost(text: str) -> int:
    """Number of characters that only the program that wrote the text knew."""
    return len(_PRIVATE.findall(text)) + text.count("\ufffd")


@cache
def _character(private: str) -> str:
    row, place = divmod(ord(private) - 0xE000, _IN_A_ROW)
    if row >= len(_LEADS):
        return private
    trail = 0x40 + place if place < 63 else 0xA1 + place - 63
    try:
        return bytes((_LEADS[row], trail)).decode("big5hkscs")
    except UnicodeDecodeError:
        return private
