"""Which punctuation and blanks may stand between two characters of a string that was typed without them.

五大訴求，缺一不可 is found by 五大訴求缺一不可. What may stand there depends on the place: a comma may stand
between two words; between 城市 and 民主 it means that 市民 does not occur. The rule looks only at how many
characters of the string come before and after, so that an index can list the pairs that punctuation parts.
It was set by reading hits (docs/query-language.md).
"""

from __future__ import annotations

import functools
import re
from enum import IntFlag
from typing import Final

from .folding import fold

LONGEST: Final = 6  # characters of punctuation and blanks in a row; more is a table or a drawn line
LINE: Final = "\v"  # a line end within a paragraph, in search texts; between paragraphs it is "\n"


class Gap(IntFlag):
    """What stands between two letters, by the strongest sign in it."""

    BLANK = 1
    MARK = 2  # quotation marks, brackets, the dot of a name, a hyphen
    LIST = 4  # what lists: 民主、自由; and a comma between two quoted words
    COMMA = 8  # and the end of a line
    STOP = 16  # the end of a sentence


_BLANKS: Final = " "
_MARKS: Final = "\"'`()[]{}<>«»《》〈〉「」『』【】〔〕〖〗〘〙〚〛〝〞〟“”‘’‹›﹁﹂.-–—―_*#"
_LISTS: Final = "、/|~+^=…‥&"
_COMMAS: Final = ",:" + LINE
_STOPS: Final = "。;!?"
SIGNS: Final[dict[Gap, str]] = {
    Gap.BLANK: _BLANKS,
    Gap.MARK: "".join(dict.fromkeys(fold(_MARKS))),
    Gap.LIST: _LISTS,
    Gap.COMMA: _COMMAS,
    Gap.STOP: _STOPS,
}
EVERY: Final = re.escape("".join(SIGNS.values()))  # as it stands between the brackets of a regular expression
# Quoted words in a row: 「一國」，「兩制」.
OPENING: Final = "「『《〈【(\"'"
CLOSING: Final = "」』》〉】)\"'"
_QUOTED_LIST: Final = re.compile(f"[{re.escape(CLOSING)}] ?, ?[{re.escape(OPENING)}]")


@functools.lru_cache(maxsize=1024)  # operations on flags are slow
def allowed(before: int, behind: int) -> Gap:
    """What may part a string that has so many characters before and behind."""
    least, length = min(before, behind), before + behind
    gaps = Gap.BLANK
    if length >= 3:
        gaps |= Gap.MARK
    if least >= 2:
        gaps |= Gap.LIST
        if length >= 6:
            gaps |= Gap.COMMA
    if least >= 3 and length >= 8:
        gaps |= Gap.STOP
    return gaps


@functools.cache
def pattern(gaps: Gap, *, in_bytes: bool = False) -> str:
    """A regular expression for nothing, or one of these gaps. `in_bytes`: to be encoded, for texts in UTF-8,
    where a character may be several."""
    one_of = _spelt_out if in_bytes else _one_of
    parts = [f"{one_of(''.join(signs for gap, signs in SIGNS.items() if gap in gaps))}{{1,{LONGEST}}}"]
    if Gap.LIST in gaps and Gap.COMMA not in gaps:
        parts.insert(0, f"{one_of(CLOSING)} ?, ?{one_of(OPENING)}")
    return f"(?:{'|'.join(parts)})?"


def _one_of(signs: str) -> str:
    return f"[{re.escape(signs)}]"


def _spelt_out(signs: str) -> str:
    short = "".join(filter(str.isascii, signs))
    long = [re.escape(sign) for sign in signs if not sign.isascii()]
    return f"(?:{'|'.join([*([_one_of(short)] if short else []), *long])})"


def of_run(run: str) -> Gap | None:
    """What kind of gap a run of signs is; None when it parts too far."""
    if not run or len(run) > LONGEST:
        return None
    if _QUOTED_LIST.fullmatch(run):
        return Gap.LIST
    return max(gap for gap, signs in SIGNS.items() if any(char in signs for char in run))
