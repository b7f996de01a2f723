"""Names in picture credits: agencies, sites, and kinds of pictures such as 資料圖片; all spellings of one
count as one name.

The table is edited by curators and passed in with the file that is read. With an empty table, credits are
recognised by general words only (攝, 圖片, 提供 …) and no agency is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Row = tuple[str, tuple[str, ...]]  # the displayed name, and its other spellings


class Agencies:
    """Spellings match in any case; Latin ones only as whole words, so that AP is not found in MAPPING. The
    first spelling in a credit counts, and of two at one place the longer."""

    names: dict[str, str]  # a spelling, casefolded -> the name it counts under

    def __init__(self, rows: Iterable[tuple[str, Iterable[str]]] = ()) -> None:
        self.rows: tuple[Row, ...] = tuple((name, tuple(spellings)) for name, spellings in rows)
        self.names = {spelling.casefold(): name for name, all_ in self.rows for spelling in (name, *all_)}
        any_of = "|".join(_whole(word) for word in sorted(self.names, key=len, reverse=True)) or "(?!)"
        self._first = re.compile(any_of)  # applied to casefolded text, so every match is a key of `names`
        self._any = re.compile(any_of, re.IGNORECASE)
        self._nothing_else = re.compile(
            rf"(?:{any_of})(?:[／/、](?:{any_of}))*(?:[圖图照相]片|照片|[截製制][圖图]|資料圖片|网站|網站|網頁)*",
            re.IGNORECASE,
        )

    def __reduce__(self) -> tuple[type[Agencies], tuple[tuple[Row, ...]]]:
        return Agencies, (self.rows,)  # pickled for the processes that parse

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agencies) and self.rows == other.rows

    def __hash__(self) -> int:
        return hash(self.rows)

    def name_in(self, credit: str) -> str:
        """The name of the agency or kind of picture in a credit; "" when none is known."""
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
