"""Makes `variants.tsv`: which characters are one to a reader, from published tables, with the source of each.

    python search/data/build_variants.py FOLDER

FOLDER holds Unihan_Variants.txt, EquivalentUnifiedIdeograph.txt and CJKRadicals.txt of the Unicode Character
Database. The rules, in the order in which they are applied:

1. *Scripts.* Whatever OpenCC's converters of characters (Traditional, Hong Kong, Taiwan -> Simplified) say is
   one, is one, and so are the pairs that `variants_reviewed.tsv` calls `words` or `one`. These classes are
   closed: 著 = 着, since one of the converters says so.
2. *Forms.* A radical, a compatibility form, a Unihan kZVariant, kSimplifiedVariant or kTraditionalVariant and
   a Japanese form joins the class that its table names.
3. *Meanings and looks.* Unihan's kSemanticVariant and kSpoofingVariant are noisy, so a character joins the
   class that its own row names and brings nobody along but those of rules 1 and 2. Of
   kSpecializedSemanticVariant (the same in some usage only: of the rows that were read, three in four join
   two words) those rows count that another of the tables has too, or the reviewed list.

Rules 2 and 3 never join two classes that both hold a frequent character: those are two words to a reader,
whatever a dictionary of rare usages says, unless the reviewed list calls them one. A character that the
tables send to several classes of frequent characters belongs to none of them: 弁 is the Japanese form of
辨, 瓣 and 辯. A pair that the reviewed list calls `apart` is never joined by rules 2 and 3.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import opencc

HERE: Final = Path(__file__).parent
# Characters, each with the number of stories that print it, most frequent first, of 27,126 stories of Hong
# Kong and mainland news.
FREQUENCY: Final = HERE / "character_frequency.tsv"
REVIEWED: Final = HERE / "variants_reviewed.tsv"
RESULT: Final = HERE / "variants.tsv"
FREQUENT: Final = 3_000  # so many characters of the list are words of their own

# Radicals, ideographs with their extensions and compatibility forms: everything that the tables may map.
HAN_BLOCKS: Final = (
    (0x2E80, 0x2FE0),
    (0x3005, 0x3008),
    (0x31C0, 0x31F0),
    (0x3400, 0x4DC0),
    (0x4E00, 0xA000),
    (0xF900, 0xFB00),
    (0x20000, 0x2EBE1),
    (0x2F800, 0x2FA20),
    (0x30000, 0x323B0),
)
_TO_SIMPLIFIED: Final = ("t2s", "hk2s", "tw2s")
_CODE: Final = re.compile(r"U\+([0-9A-F]{4,6})")
_FORMS: Final = ("kZVariant", "kSimplifiedVariant", "kTraditionalVariant")
_MEANINGS: Final = ("kSemanticVariant", "kSpoofingVariant")
_SPECIALIZED: Final = ("kSpecializedSemanticVariant",)


class Pair(NamedTuple):
    one: str
    other: str
    source: str


def main() -> None:
    folder = Path(sys.argv[1])
    classes = build(folder)
    rows = [
        f"{char}\t{classes.representative(char)}\t{' '.join(classes.sources[char])}\n"
        for char in sorted(classes.joined())
    ]
    RESULT.write_text(_HEAD + "".join(rows), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} characters in {len(classes.members)} classes\n")


_HEAD: Final = """\
# character, representative of its class, sources. Made by build_variants.py, which has the rules; mend the
# reviewed list, not this file. Sources: OpenCC (Apache-2.0); Unicode Character Database 15.0:
# Unihan_Variants, CJKRadicals, EquivalentUnifiedIdeograph ((c) 2022 Unicode, Inc., Unicode licence); review
# by this project.
"""


class Classes:
    """Disjoint sets of characters, each with the sources that put a character in its set."""

    def __init__(self, counts: Mapping[str, int], apart: frozenset[frozenset[str]]) -> None:
        self._counts = counts
        self._frequent = frozenset(list(counts)[:FREQUENT])
        self._apart = apart
        self._class_of: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.sources: dict[str, list[str]] = {}
        self.changed: set[str] = set()  # what converters change
        self._of_script: dict[str, str] = {}

    def of(self, char: str) -> list[str]:
        return self.members.get(self._class_of.get(char, char), [char])

    def join(self, pair: Pair) -> None:
        """Make the classes of both characters one."""
        self._note(pair)
        one, other = self.of(pair.one), self.of(pair.other)
        if one is other or pair.one in other:
            return
        name = min(one + other)
        for char in one + other:
            self.members.pop(self._class_of.get(char, char), None)
        self.members[name] = one + other
        for char in one + other:
            self._class_of[char] = name

    def _note(self, pair: Pair) -> None:
        for char, other in ((pair.one, pair.other), (pair.other, pair.one)):
            noted = self.sources.setdefault(char, [])
            if (said := f"{pair.source}:{other}") not in noted:
                noted.append(said)

    def frequent_of(self, char: str) -> set[str]:
        """The name of its class where that holds a frequent character."""
        members = self.of(char)
        return set() if self._frequent.isdisjoint(members) else {min(members)}

    def may_join(self, pair: Pair) -> bool:
        one, other = self.of(pair.one), self.of(pair.other)
        if pair.one in other:
            return True
        if not self._frequent.isdisjoint(one) and not self._frequent.isdisjoint(other):
            return False
        return not any(frozenset((left, right)) in self._apart for left in one for right in other)

    def joined(self) -> Iterator[str]:
        for members in self.members.values():
            yield from members

    def close_scripts(self) -> None:
        """Keep who represents each class of the converters: the form that none of them changes, which is the
        Simplified one. Of several, the lowest code point decides, in the block of the common ones."""
        for members in self.members.values():
            simple = [member for member in members if member not in self.changed] or members
            lowest = min(simple, key=lambda member: (not "\u4e00" <= member <= "\u9fff", member))
            self._of_script |= dict.fromkeys(members, lowest)

    def representative(self, char: str) -> str:
        """That of the most frequent member."""
        best = max(sorted(self.of(char)), key=lambda member: self._counts.get(member, 0))
        return self._of_script.get(best, best)


def build(folder: Path) -> Classes:
    counts = frequencies()
    reviewed = list(_reviewed())
    apart = frozenset(frozenset(pair[:2]) for pair in reviewed if pair.source == "apart")
    classes = Classes(counts, apart)
    for pair in _scripts():
        classes.changed.add(pair.one)
        classes.join(pair)
    for pair in reviewed:
        if pair.source == "words":
            classes.join(pair)
    classes.close_scripts()
    for pair in reviewed:
        if pair.source == "reviewed":
            classes.join(pair)
    forms = [*_compatibility(), *_radicals(folder), *_unihan(folder, _FORMS), *_japanese()]
    _join_forms(classes, forms)
    meanings = list(_unihan(folder, _MEANINGS))
    known = {frozenset(pair[:2]) for pair in (*forms, *meanings)}
    special = [pair for pair in _unihan(folder, _SPECIALIZED) if frozenset(pair[:2]) in known]
    _join_meanings(classes, meanings + special)
    return classes


def _join_forms(classes: Classes, pairs: Sequence[Pair]) -> None:
    """Rule 2: pairs chain, as far as they lead to one class that is frequent."""
    for pair in _unambiguous(classes, pairs):
        if classes.may_join(pair):
            classes.join(pair)


def _join_meanings(classes: Classes, pairs: Sequence[Pair]) -> None:
    """Rule 3: decided by the classes as they were before, so that no character brings along another that
    only looks like it or only means the same."""
    allowed = [pair for pair in _unambiguous(classes, pairs) if classes.may_join(pair)]
    taken: set[str] = set()
    for pair in allowed:
        one, other = (min(classes.of(char)) for char in pair[:2])
        if classes.may_join(pair) and not {one, other} <= taken:
            classes.join(pair)
        taken |= {one, other}


def _unambiguous(classes: Classes, pairs: Sequence[Pair]) -> list[Pair]:
    """Without the rows of a character that is sent to several classes of frequent characters."""
    leads: dict[str, set[str]] = {}
    for pair in pairs:
        for char, other in ((pair.one, pair.other), (pair.other, pair.one)):
            leads.setdefault(char, set()).update(classes.frequent_of(other))
    return [pair for pair in pairs if not any(_torn(classes, char, leads[char]) for char in pair[:2])]


def _torn(classes: Classes, char: str, leads: set[str]) -> bool:
    """Is this character, which is not frequent itself, sent to two frequent classes?"""
    return not classes.frequent_of(char) and len(leads) > 1


def frequencies() -> dict[str, int]:
    rows = (line.split("\t") for line in _lines(FREQUENCY))
    return {char: int(count) for char, count in rows}


def _reviewed() -> Iterator[Pair]:
    """Rows of characters, a verdict and the reason; of those `apart` every two characters are a pair."""
    for line in _lines(REVIEWED):
        chars, verdict, _reason = line.split("\t")
        source = "reviewed" if verdict == "one" else verdict
        for at, char in enumerate(chars):
            for other in chars[at + 1 :] if verdict == "apart" else chars[at + 1 : at + 2]:
                yield Pair(char, other, source)


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _every_han() -> list[str]:
    return [chr(code) for low, high in HAN_BLOCKS for code in range(low, high)]


def _converted(name: str, chars: Iterable[str]) -> Iterator[Pair]:
    """A line a character, so that no converter can see a phrase."""
    chars = list(chars)
    converted = opencc.OpenCC(name).convert("\n".join(chars)).split("\n")
    for char, other in zip(chars, converted, strict=True):
        if char != other and len(other) == 1:
            yield Pair(char, other, f"opencc-{name}")


def _scripts() -> Iterator[Pair]:
    for name in _TO_SIMPLIFIED:
        yield from _converted(name, _every_han())


def _japanese() -> Iterator[Pair]:
    for name in ("t2jp", "jp2t"):
        yield from _converted(name, _every_han())


def _compatibility() -> Iterator[Pair]:
    for char in _every_han():
        narrow = unicodedata.normalize("NFKC", char)
        if narrow != char and len(narrow) == 1:
            yield Pair(char, narrow, "unicode-NFKC")


def _radicals(folder: Path) -> Iterator[Pair]:
    for line in _lines(folder / "EquivalentUnifiedIdeograph.txt"):
        codes, ideograph = line.split("#")[0].split(";")
        first, _, last = codes.strip().partition("..")
        for code in range(int(first, 16), int(last or first, 16) + 1):
            yield Pair(chr(code), chr(int(ideograph.strip(), 16)), "EquivalentUnifiedIdeograph")
    for line in _lines(folder / "CJKRadicals.txt"):
        _, radical, ideograph = (part.strip() for part in line.split(";"))
        yield Pair(chr(int(radical, 16)), chr(int(ideograph, 16)), "CJKRadicals")


def _unihan(folder: Path, properties: Sequence[str]) -> Iterator[Pair]:
    for line in _lines(folder / "Unihan_Variants.txt"):
        code, name, values = line.split("\t")
        if name in properties:
            char = chr(int(code[2:], 16))
            for value in _CODE.findall(values):
                other = chr(int(value, 16))
                if other != char:
                    yield Pair(char, other, name)


if __name__ == "__main__":
    main()
