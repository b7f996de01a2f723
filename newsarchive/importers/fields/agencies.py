"""Who is named in credits: agencies, sites, and kinds of pictures such as 資料圖片, each under one name.

The table is the curators': it comes in with the file that is read. Without one, credits are told by
general words alone (攝, 圖片, 提供 …) and none is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Row = tuple[str, tuple[str, ...]]  # the name that is shown and counted, and how it may be spelt


class Agencies:
    """Spellings match in any case; Latin ones only as whole words, so that AP is not in MAPPING. The first
    that stands in a credit counts, and of two at one place the longer."""

    names: dict[str, str]  # a spelling, casefolded -> the name it counts under

    def __init__(self, rows: Iterable[tuple[str, Iterable[str]]] = ()) -> None:
        self.rows: tuple[Row, ...] = tuple((name, tuple(spellings)) for name, spellings in rows)
        self.names = {spelling.casefold(): name for name, all_ in self.rows for spelling in (name, *all_)}
        any_of = "|".join(_whole(word) for word in sorted(self.names, key=len, reverse=True)) or "(?!)"
        self._first = re.compile(any_of)  # in casefolded text: what it finds is a key of `names`
        self._any = re.compile(any_of, re.IGNORECASE)
        self._nothing_else = re.compile(
            rf"(?:{any_of})(?:[／/、](?:{any_of}))*(?:[圖图照相]片|照片|[截製制][圖图]|資料圖片|网站|網站|網頁)*",
            re.IGNORECASE,
        )

    def __reduce__(self) -> tuple[type[Agencies], tuple[tuple[Row, ...]]]:
        return Agencies, (self.rows,)  # to the processes that parse

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agencies) and self.rows == other.rows

    def __hash__(self) -> int:
        return hash(self.rows)

    def name_in(self, credit: str) -> str:
        """The agency or kind of picture that a credit names, in one spelling; "" when it is unknown."""
        bare = credit.strip(" 　（）()。.").casefold()
        match = self._first.search(bare)
        return self.names.get(bare) or (self.names[match[0]] if match else "")

    def are_in(self, text: str) -> bool:
        return bool(self._any.search(text))

    def are_all_of(self, text: str) -> bool:
        """Whether the text is names of agencies and nothing else: 美聯社, AFP/路透社圖片."""
        return text.casefold() in self.names or bool(self._nothing_else.fullmatch(text))


NONE = Agencies()


def _whole(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![A-Za-z]){escaped}(?![A-Za-z])" if word.isascii() else escaped
