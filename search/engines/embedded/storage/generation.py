"""A generation: one immutable folder of index files, and the pointer that says which one is live."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from newsarchive.errors import (
    ArchiveError,
    IndexBusy,
    IndexNewer,
    IndexStale,
    IndexUnavailable,
    IndexUnwritable,
)
from search.engines.embedded import joints, trigrams, words_whoosh
from search.engines.embedded.builder import LISTS, Built
from search.engines.embedded.delta import Tail
from search.engines.embedded.doc_values import Columns
from search.engines.embedded.ngrams import GramList
from search.engines.embedded.printed_texts import PrintedTexts
from search.engines.embedded.stored_text import TextStore
from search.language.tokens import folding_version, segmenter

from . import old_layout
from .epoch import Epoch

# The layout of the files that are written: a number, raised with every change of layout or meaning.
SCHEMA = "5"
# The layouts that are read. A release that raises SCHEMA goes on reading those before (`old_layout`), so
# that readers search the old generation while the indexer builds the new one.
READABLE = frozenset({SCHEMA}) | old_layout.SCHEMAS
_CURRENT = "CURRENT"
TAIL = "tail.sqlite3"
_FACTS = "generation.json"
_NAME = re.compile(r"gen-\d+")


def stamps() -> dict[str, str]:
    """What an index made by this program, now, would be stamped with."""
    return {
        "schema": SCHEMA,
        "folding": folding_version(),
        "dictionary": segmenter().version,
        "words": f"whoosh {words_whoosh.VERSION}",
    }


@dataclass(frozen=True, slots=True)
class Facts:
    """What a generation says of itself."""

    documents: int
    built_at: datetime
    stamps: dict[str, str]
    mean_sizes: dict[str, float]
    files: dict[str, int]  # name -> bytes, so that a torn copy is seen before it is searched


class Generation:
    """Opened for reading; raises IndexUnavailable when files are missing or torn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        try:
            self.facts = _read_facts(folder)
            _check_files(folder, self.facts.files)
            self.story_ids = np.fromfile(folder / "stories", np.int64)
            self.texts = TextStore(folder)
            if self.is_old:
                self.lists, self.triples = old_layout.lists(folder, self.facts.stamps["schema"])
            else:
                self.lists = {name: GramList(folder, name) for name in LISTS}
                self.triples = GramList(folder, trigrams.NAME)
            self.joints = None if self.is_old else GramList(folder, joints.NAME)
            self.printed = None if self.is_old else PrintedTexts(folder)
            self.columns = Columns.read(folder / "columns")
            self.words = words_whoosh.Words(folder / "words", documents=self.facts.documents)
        except ArchiveError:
            raise
        except Exception as exc:  # damaged files make Whoosh and numpy raise anything
            raise IndexUnavailable(f"the index in {folder} is damaged: {exc}; run rebuild_index") from exc

    @property
    def documents(self) -> int:
        return self.facts.documents

    @property
    def is_old(self) -> bool:
        return self.facts.stamps["schema"] != SCHEMA

    def open_tail(self) -> Tail:
        """To read it."""
        return Tail.to_read(self.folder / TAIL)

    def why_stale(self) -> str:
        """Which stamps differ from this program's; "" when none does."""
        now = stamps()
        return ", ".join(key for key in now if self.facts.stamps.get(key) != now[key])

    def close(self) -> None:
        self.words.close()


def finish(folder: Path, built: Built) -> None:
    """Write what the generation says of itself, last of all."""
    files = {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    facts = {
        "documents": built.documents,
        "built_at": datetime.now(UTC).isoformat(),
        "stamps": stamps(),
        "mean_sizes": built.mean_sizes,
        "files": files,
    }
    _write_whole(folder / _FACTS, json.dumps(facts, indent=1))


def _read_facts(folder: Path) -> Facts:
    rows: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    schema = rows["stamps"]["schema"]
    if schema not in READABLE:
        reads = " and ".join(sorted(READABLE))
        if int(schema) > int(SCHEMA):
            raise IndexNewer(
                f"the index in {folder} was made by a newer program (layout {schema}; this one reads "
                f"{reads}): install that program again, or go back for good with rebuild_index"
            )
        raise IndexStale(f"the index in {folder} has layout {schema}, this program reads {reads}")
    return Facts(**{**rows, "built_at": datetime.fromisoformat(rows["built_at"])})


def _check_files(folder: Path, files: dict[str, int]) -> None:
    for name, size in files.items():
        path = folder / name
        if not path.is_file():
            raise IndexUnavailable(f"the index in {folder} lacks {name}; run rebuild_index")
        if path.stat().st_size != size:
            raise IndexUnavailable(
                f"the index in {folder} is damaged: {name} has {path.stat().st_size} bytes, not {size};"
                " run rebuild_index"
            )


class Shelf:
    """The folder that holds the generations, the pointer and the locks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / _CURRENT
        self.epoch = Epoch(folder / "EPOCH")

    def current(self) -> str:
        """Name of the live generation; "" when there is none yet. Raises IndexUnavailable when the
        pointer can't be read."""
        try:
            name = (self.folder / _CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as exc:
            raise IndexUnavailable(f"{self.folder / _CURRENT} can't be read: {exc}") from exc
        if not _NAME.fullmatch(name):
            raise IndexUnavailable(f"{self.folder / _CURRENT} is damaged; run rebuild_index")
        return name

    def live(self) -> str:
        """Name of the live generation; "" when there is none, or none that can be named."""
        try:
            return self.current()
        except IndexUnavailable:
            return ""

    def token(self) -> tuple[int, int]:
        """Changes when another generation goes live; cheaper than reading which. (0, 0): there is none."""
        try:
            facts = self._pointer.stat()
        except FileNotFoundError:
            return 0, 0
        return facts.st_ino, facts.st_mtime_ns

    def open(self) -> Generation | None:
        """The live generation; None when there is none yet."""
        name = self.current()
        return Generation(self.folder / name) if name else None

    def new_folder(self) -> Path:
        """An empty folder for a generation to come. Leftovers of killed builds go; call under
        `building()`."""
        for leftover in self.folder.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = self.folder / f"new-{os.getpid()}"
        folder.mkdir()
        return folder

    def switch(self, folder: Path) -> str:
        """Make a finished folder the live generation. The one before it stays, older ones go."""
        before = self.live()
        numbers = [int(path.name[4:]) for path in self.folder.glob("gen-*") if path.name[4:].isdigit()]
        name = f"gen-{max(numbers, default=0) + 1}"
        folder.rename(self.folder / name)
        _sync_folder(self.folder)
        _write_whole(self.folder / _CURRENT, name + "\n")
        for path in self.folder.glob("gen-*"):
            if path.name not in (name, before):
                shutil.rmtree(path, ignore_errors=True)
        return name

    @contextmanager
    def building(self) -> Iterator[None]:
        """One build at a time. Raises IndexBusy at once when another process builds."""
        with self._lock("build.lock", wait=False):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer of the tail or the pointer at a time; waits its short turn."""
        with self._lock("write.lock", wait=True):
            try:
                begun = self.epoch.begin()
            except OSError as exc:
                raise IndexUnwritable(f"the index folder can't be written: {exc}") from exc
            try:
                yield
            finally:
                self.epoch.end(begun)

    @contextmanager
    def _lock(self, name: str, *, wait: bool) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / name).open("w")
        except OSError as exc:
            raise IndexUnwritable(f"the index folder can't be written: {exc}") from exc
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as exc:
                raise IndexBusy(f"{self.folder / name} is held by another process") from exc
            yield


def _write_whole(path: Path, text: str) -> None:
    """All of it or none, also when the machine stops in between."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
