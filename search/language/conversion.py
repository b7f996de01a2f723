"""Text in the other script, for reading only: OpenCC's conversion by phrases. Searching never uses it,
because a conversion guesses (后 may be 後 or 后); the folding of `folding.py` doesn't."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc


class Script(StrEnum):
    """What a reader may want to read an article in; the values stand in addresses."""

    SIMPLIFIED = "hans"
    HONG_KONG = "hant"


TAGS = {Script.SIMPLIFIED: "zh-Hans", Script.HONG_KONG: "zh-Hant-HK"}


def converted(text: str, script: Script, language: str) -> str:
    """`language` is the tag of the text. A text that is in the script already stays nearly as it is:
    characters of other regions become those of Hong Kong."""
    made: str = _converter(_table(script, language)).convert(text)
    return made


def _table(script: Script, language: str) -> str:
    if script is Script.SIMPLIFIED:
        return "hk2s" if language.endswith("HK") else "t2s"
    return "s2hk" if language.startswith(("zh-Hans", "zh-CN")) else "t2hk"


@lru_cache
def _converter(table: str) -> opencc.OpenCC:
    import opencc  # when an article is converted: few are, and the master of the workers never does it

    return opencc.OpenCC(table)
