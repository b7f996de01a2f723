"""Makes `regional.tsv`: words of one meaning that regions spell differently, with the source of each row.

    python search/data/build_regional.py FOLDER

FOLDER holds TWPhrases.txt and HKPhrases.txt of OpenCC (Apache-2.0; data/dictionary of
github.com/BYVoid/OpenCC). The rules, in the order in which they are applied:

1. A row of OpenCC is a group: 軟件 and what Taiwan writes for it. It is no closure: 視圖 and 查看 are both
   檢視 and yet not each other.
2. Many rows are right on a screen and wrong in a newspaper: 程序 is a program in Taiwan's manuals and a
   procedure in every other sentence. So words of two characters count only when `regional_reviewed.tsv` calls
   the pair `same`; of longer ones all but those that it calls `apart`.
3. The reviewed list's own groups, and words that search others without being searched themselves (`typed`).

Words that fold to the same characters are one already (search/language/folding.py), and a word that stands
in another is found by it: such pairs are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from search.language.tokens import search_text  # noqa: E402 - the script is run by its path

REVIEWED: Final = HERE / "regional_reviewed.tsv"
RESULT: Final = HERE / "regional.tsv"
TABLES: Final = {"TWPhrases": "Taiwan", "HKPhrases": "Hong Kong"}
SHORT: Final = 2  # characters; shorter pairs have to be reviewed

HEADER: Final = """\
# Words of one meaning that regions spell differently. Made by build_regional.py, which has the rules; mend
# regional_reviewed.tsv, not this file. Curators' own groups stand in the database beside these.
# words parted by " | " (each searches the others) <TAB> words that search them and are not searched
# themselves <TAB> source: OpenCC (Apache-2.0), with the file; or review by this project
"""


class Row(NamedTuple):
    words: tuple[str, ...]
    typed: tuple[str, ...]
    source: str


def main(folder: Path) -> None:
    reviewed = list(_reviewed())
    decided = {
        _pair(one, other): how for words, how in reviewed for one in words for other in words if one != other
    }
    rows = [*_from_tables(folder, decided), *_own(reviewed)]
    lines = [f"{' | '.join(row.words)}\t{' | '.join(row.typed)}\t{row.source}" for row in rows]
    RESULT.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} groups")


def _reviewed() -> Iterator[tuple[list[str], str]]:
    for line in REVIEWED.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            words, how, *_reason = line.split("\t")
            yield words.split(" | "), how


def _from_tables(folder: Path, decided: dict[frozenset[str], str]) -> Iterator[Row]:
    for name in TABLES:
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("#") or "\t" not in line:
                continue
            word, others = line.split("\t")
            kept = [
                other for other in others.split(" ") if _holds(word, other, decided.get(_pair(word, other)))
            ]
            if kept:
                yield Row((word, *kept), (), f"OpenCC {name}")


def _own(reviewed: list[tuple[list[str], str]]) -> Iterator[Row]:
    for words, how in reviewed:
        if how == "group":
            yield Row(tuple(words), (), "review")
        elif how == "typed":
            yield Row(tuple(words[1:]), (words[0],), "review")


def _holds(word: str, other: str, decision: str | None) -> bool:
    one, two = search_text(word), search_text(other)
    if one in two or two in one or decision in ("apart", "group", "typed"):
        return False
    return decision == "same" or min(len(one), len(two)) > SHORT


def _pair(one: str, other: str) -> frozenset[str]:
    return frozenset((search_text(one), search_text(other)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
