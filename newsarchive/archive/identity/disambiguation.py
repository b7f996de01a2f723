"""Decides which of the files that give the same identity are of one article, by comparing their texts.

An address may be that of a front page or a section, whose content changes daily; a file without an address is
identified by outlet, title and day, and two posts of one day may both be titled "12_00". So files of one
identity are one article only if their texts agree pairwise: each is a corrected, shortened or extended form
of the other. The result depends on the files alone, not on the order in which they arrive.
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

from newsarchive.archive import copies
from newsarchive.importers.types import Standing

SHARED: Final = "address_shared"  # code of the message
LITTLE_TEXT: Final = 20  # characters; a text with fewer says less than the title
_FEED: Final = "feed:"
# About how many runs of a text are indexed for finding its group; texts that agree share at least half of
# their runs, so some of these.
_INDEXED: Final = 64
_IDENTITY_WIDTH: Final = 500  # characters that the column holds


@dataclass(frozen=True, eq=False)
class File:
    """The data by which files of one identity are told apart."""

    key: object  # the caller's own reference to this file
    base: str  # the identity that the file gives
    digest: str  # of its bytes
    title: str
    # Plain text; for a record that was edited in another archive, also its source's text.
    texts: tuple[str, ...]
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
        """A teaser or very short text: under the same title it counts as the same article."""
        return self.standing == Standing.TRUNCATED or self.size < LITTLE_TEXT

    @property
    def age(self) -> tuple[date, datetime, str]:
        """Sort key: the earliest published file has the smallest."""
        return (self.day or date.max, self.captured or datetime.max.replace(tzinfo=UTC), self.digest)

    def may_be(self, other: File) -> bool:
        """Whether both may be files of one article, judged by these two alone."""
        if self.is_stub or other.is_stub:
            return True
        if not self.size or not other.size:
            return _same_silence(*sorted((self, other), key=lambda file: file.size))
        return self.likeness(other) > 0.0

    def likeness(self, other: File) -> float:
        """How alike the two are: 0.0 for different articles, else the Jaccard share of common runs; for brief
        texts with the same title a value just above 0."""
        best = max((_likeness(a, b) for a in self.runs for b in other.runs), default=0.0)
        if best == 0.0 and (self.is_brief or other.is_brief) and self.title_key == other.title_key != "":
            return 1e-9
        return best


def packed_file(file: File) -> bytes:
    said = [file.base, file.digest, file.title, file.texts, sorted(file.pictures), file.standing]
    return zlib.compress(json.dumps(said).encode(), 1)


def file_from(packed: bytes) -> File:
    """Reads `packed_file` back, without the dates: they are needed to name articles, not to tell them
    apart."""
    base, digest, title, texts, pictures, standing = json.loads(zlib.decompress(packed))
    return File(digest, base, digest, title, tuple(texts), frozenset(pictures), None, None, standing)


@functools.lru_cache(maxsize=512)  # a text's runs take about a hundred times as much memory as the text
def _runs(file: File) -> tuple[frozenset[str], ...]:
    return tuple(copies.runs_of(text) for text in file.texts)


def _same_silence(one: File, two: File) -> bool:
    """For files with pictures or embeds only: whether they share a picture, or without pictures the title."""
    return bool(one.pictures & two.pictures) or (not one.pictures and one.title_key == two.title_key)


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    shared = len(one & two)
    if not shared or shared / min(len(one), len(two)) < copies.POINTED:
        return 0.0
    return shared / (len(one) + len(two) - shared)


def base_of(identity: str) -> str:
    """The identity that the files give. Older programs appended a digest to the identity of posts without an
    address; it is removed here."""
    return identity.partition("-")[0] if identity.startswith(_FEED) else identity


@dataclass(eq=False)
class Group:
    """The files of one article."""

    files: list[File] = field(default_factory=list)
    identity: str = ""
    shared: bool = False  # whether other articles have the same base

    @property
    def base(self) -> str:
        return self.files[0].base

    @property
    def first(self) -> File:
        return min(self.files, key=lambda file: file.age)


def grouped(files: Iterable[File], *, seeds: Sequence[Sequence[File]] = ()) -> list[Group]:
    """The files grouped by article, each group with its identity. The files of one seed stay together."""
    bases: dict[str, list[File]] = defaultdict(list)
    known: dict[str, list[Sequence[File]]] = defaultdict(list)
    for file in files:
        bases[file.base].append(file)
    for seed in seeds:
        known[seed[0].base].append(seed)
    names = [*bases, *(name for name in known if name not in bases)]
    return [group for name in names for group in named(_groups(bases[name], known[name]))]


def named(groups: Sequence[Group]) -> list[Group]:
    """Gives identities to the groups of one base. A name from an export is kept; of the others the earliest
    published article gets the base itself, and each further one the base with a digest of its text
    appended."""
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
    """Appends the digest to the identity. In addresses "~" separates it, because sites themselves use "-"
    before a digest; identities without an address have "-"."""
    mark = "-" if base.startswith(_FEED) else "~"
    return base[: _IDENTITY_WIDTH - len(digest) - 1] + mark + digest


def _groups(files: Sequence[File], seeds: Sequence[Sequence[File]]) -> list[Group]:
    """Groups the shortest texts first: a text that contains two articles, as a front page does, comes after
    both and joins the one it is more like."""
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
    # A failed capture has no text to compare: it joins the article that has the base as its identity.
    if stubs:
        own = min(found, key=lambda group: group.first.age) if found else Group()
        named_so = {file.name: group for group in found for file in group.files if file.name}
        (named_so.get(stubs[0].base) or own).files.extend(sorted(stubs, key=lambda file: file.digest))
        found = found or [own]
    return found


class _Groups:
    """Finds a file's group by an index of runs instead of comparing it with every file: one address may have
    ten thousand."""

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
    """A sample of the runs that is the same in every process; Python's own hashes of strings differ between
    processes."""
    if len(runs) <= 2 * _INDEXED:
        return runs
    limit = _INDEXED * 4096 // len(runs)
    return (run for run in runs if _number(run) < limit)


def _number(run: str) -> int:
    return sum(ord(char) * factor for char, factor in zip(run, (31, 37, 41, 43), strict=False)) % 4096
