"""Files that give one identity, and whether they are one article: there the texts decide.

An address may be that of a front page, a section, or of whatever a site shows there today; a file without
an address is known by outlet, title and day only, and two posts of one day may both be called "12_00". So
files of one identity are one article only if their texts agree: each with each, as when one was corrected,
cut or grown into the other. What comes out depends on the files alone, not on the order in which they came.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

from newsarchive.importers.types import Standing

from . import copies

SHARED: Final = "address_shared"  # the code of a problem
LITTLE_TEXT: Final = 20  # characters; with less than that the title says more than the text
_FEED: Final = "feed:"
_INDEXED: Final = 64  # runs of a text that are looked up, about; texts that agree have half of them in common
_IDENTITY_WIDTH: Final = 500  # of the column


@dataclass(frozen=True, eq=False)
class File:
    """What it takes to tell one file of an identity from another."""

    key: object  # the caller's: which file this is
    base: str  # the identity that the file gives
    digest: str  # of its bytes
    title: str
    texts: tuple[str, ...]  # plain; of an edited record of an export also what its source said
    pictures: frozenset[str]  # their addresses
    day: date | None
    captured: datetime | None
    standing: str
    name: str = ""  # the identity that an export says its article has

    @property
    def runs(self) -> tuple[frozenset[str], ...]:
        return _runs(self)

    @cached_property
    def title_key(self) -> str:
        return copies.title_key(self.title)

    @property
    def size(self) -> int:
        return len(self.texts[0])

    @property
    def is_stub(self) -> bool:
        return self.standing == Standing.STUB

    @property
    def is_brief(self) -> bool:
        """A teaser, or hardly a text: under the same title it is no other article."""
        return self.standing == Standing.TRUNCATED or self.size < LITTLE_TEXT

    @property
    def age(self) -> tuple[date, datetime, str]:
        """The least is the earliest."""
        return (self.day or date.max, self.captured or datetime.max.replace(tzinfo=UTC), self.digest)

    def may_be(self, other: File) -> bool:
        """Whether both may be of one article, when these two are all there are."""
        if self.is_stub or other.is_stub:
            return True
        if not self.size or not other.size:
            return _same_silence(*sorted((self, other), key=lambda file: file.size))
        return self.likeness(other) > 0.0

    def likeness(self, other: File) -> float:
        """0.0: another article. Else the share of all runs that both have, or, of brief texts under one
        title, next to nothing."""
        best = max((_likeness(a, b) for a in self.runs for b in other.runs), default=0.0)
        if best == 0.0 and (self.is_brief or other.is_brief) and self.title_key == other.title_key != "":
            return 1e-9
        return best


def packed_file(file: File) -> bytes:
    said = [file.base, file.digest, file.title, file.texts, sorted(file.pictures), file.standing]
    return zlib.compress(json.dumps(said).encode(), 1)


def file_from(packed: bytes) -> File:
    """Without its dates, which name articles and don't tell them apart."""
    base, digest, title, texts, pictures, standing = json.loads(zlib.decompress(packed))
    return File(digest, base, digest, title, tuple(texts), frozenset(pictures), None, None, standing)


@functools.lru_cache(maxsize=512)  # a text's runs take a hundred times its room
def _runs(file: File) -> tuple[frozenset[str], ...]:
    return tuple(copies.runs_of(text) for text in file.texts)


def _same_silence(one: File, two: File) -> bool:
    """Of files of pictures or embeds only: one picture in common, or without pictures the title."""
    return bool(one.pictures & two.pictures) or (not one.pictures and one.title_key == two.title_key)


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    shared = len(one & two)
    if not shared or shared / min(len(one), len(two)) < copies.POINTED:
        return 0.0
    return shared / (len(one) + len(two) - shared)


def base_of(identity: str) -> str:
    """What the files of an older archive's article give: posts without an address had a digest put behind."""
    return identity.partition("-")[0] if identity.startswith(_FEED) else identity


@dataclass(eq=False)
class Group:
    """The files of one article."""

    files: list[File] = field(default_factory=list)
    identity: str = ""
    shared: bool = False  # other articles have the same base

    @property
    def base(self) -> str:
        return self.files[0].base

    @property
    def first(self) -> File:
        return min(self.files, key=lambda file: file.age)


def grouped(files: Iterable[File], *, seeds: Sequence[Sequence[File]] = ()) -> list[Group]:
    """By article, with the identity of each. `seeds` are files that belong together already."""
    bases: dict[str, list[File]] = defaultdict(list)
    known: dict[str, list[Sequence[File]]] = defaultdict(list)
    for file in files:
        bases[file.base].append(file)
    for seed in seeds:
        known[seed[0].base].append(seed)
    names = [*bases, *(name for name in known if name not in bases)]
    return [group for name in names for group in named(_groups(bases[name], known[name]))]


def named(groups: Sequence[Group]) -> list[Group]:
    """Groups of one base. An export's names are kept; the earliest published article has the base itself,
    each other one a digest of its own text behind it."""
    groups = sorted(groups, key=lambda group: group.first.age)
    taken: set[str] = set()
    for group in groups:
        group.shared = len(groups) > 1
        names = sorted({file.name for file in group.files} - {""} - taken, key=lambda name: (len(name), name))
        if names:
            group.identity = names[0]
            taken.add(names[0])
    for group in groups:
        if not group.identity:
            group.identity = group.base if group.base not in taken else _own_name(group, taken)
            taken.add(group.identity)
    return groups


def _own_name(group: Group, taken: set[str]) -> str:
    first = group.first
    said = "\n".join([first.texts[0], *sorted(first.pictures)])
    digest = hashlib.sha256((said.strip() or first.title_key).encode()).hexdigest()[:12]
    name = _with_digest(group.base, digest)
    return name if name not in taken else _with_digest(group.base, first.digest[:12])


def _with_digest(base: str, digest: str) -> str:
    """No digest stands behind "~" in a normalised address that sites use: theirs stand behind "-"."""
    mark = "-" if base.startswith(_FEED) else "~"
    return base[: _IDENTITY_WIDTH - len(digest) - 1] + mark + digest


def _groups(files: Sequence[File], seeds: Sequence[Sequence[File]]) -> list[Group]:
    """The shortest texts first: what holds two articles, as a front page does, comes after both and joins
    the one that it is more like."""
    groups = _Groups()
    for number, seed in enumerate(seeds):
        for file in seed:
            groups.put(file, number)
    told = [file for file in files if file.size and not file.is_stub]
    for file in sorted(told, key=lambda file: (file.size, file.digest)):
        groups.add(file)
    silent = [file for file in files if not file.size and not file.is_stub]
    for file in sorted(silent, key=lambda file: file.digest):
        groups.add_silent(file)
    found = groups.all
    stubs = [file for file in files if file.is_stub]
    if stubs:  # a failed capture says nothing of its own: it stays with whoever has the name
        own = min(found, key=lambda group: group.first.age) if found else Group()
        named_so = {file.name: group for group in found for file in group.files if file.name}
        (named_so.get(stubs[0].base) or own).files.extend(sorted(stubs, key=lambda file: file.digest))
        found = found or [own]
    return found


class _Groups:
    """Finds a file's group without comparing it with every other: an address may have ten thousand."""

    def __init__(self) -> None:
        self.all: list[Group] = []
        self._by_run: dict[str, set[int]] = defaultdict(set)
        self._by_title: dict[str, set[int]] = defaultdict(set)
        self._brief: dict[str, set[int]] = defaultdict(set)

    def add(self, file: File) -> None:
        met = {run for runs in file.runs for run in runs & self._by_run.keys()}
        near = {number for run in met for number in self._by_run[run]}
        if file.title_key:
            near |= (self._by_title if file.is_brief else self._brief)[file.title_key]
        best, number = 0.0, len(self.all)
        for candidate in sorted(near):
            likenesses = [file.likeness(other) for other in self.all[candidate].files]
            if min(likenesses) > 0.0 and max(likenesses) > best:
                best, number = max(likenesses), candidate
        self.put(file, number)

    def add_silent(self, file: File) -> None:
        for number, group in enumerate(self.all):
            if any(_same_silence(file, other) for other in group.files):
                return self.put(file, number)
        return self.put(file, len(self.all))

    def put(self, file: File, number: int) -> None:
        if number == len(self.all):
            self.all.append(Group())
        self.all[number].files.append(file)
        self._by_title[file.title_key].add(number)
        if file.is_brief:
            self._brief[file.title_key].add(number)
        for runs in file.runs:
            for run in _some(runs):
                self._by_run[run].add(number)


def _some(runs: frozenset[str]) -> Iterable[str]:
    """The same of the same run in every process, which Python's own hashes are not."""
    if len(runs) <= 2 * _INDEXED:
        return runs
    limit = _INDEXED * 4096 // len(runs)
    return (run for run in runs if _number(run) < limit)


def _number(run: str) -> int:
    return sum(ord(char) * factor for char, factor in zip(run, (31, 37, 41, 43), strict=False)) % 4096
