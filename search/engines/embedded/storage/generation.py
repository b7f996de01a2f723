"""A generation: one immutable folder of index files, and the pointer that says which one is live."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
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
from newsarchive.runtime import files, locks
from search.engines.embedded import delta, forms, joints, trigrams
from search.engines.embedded.builder import Built
from search.engines.embedded.counting import running_texts
from search.engines.embedded.delta import Tail
from search.engines.embedded.doc_values import Columns
from search.engines.embedded.ngrams import GramList
from search.engines.embedded.printed_texts import PrintedTexts
from search.engines.embedded.reuse import stored as passages
from search.engines.embedded.stored_text import TextStore
from search.engines.embedded.words import index_reader
from search.language.tokens import folding_version, segmenter
from search.query.fields import GRAM_LISTS, SECTIONS

from . import checksums, old_layout, set_aside
from .mapping import all_whole

# The layout of the files that are written: a number, raised with every change of layout or meaning.
SCHEMA = "6"
# The layouts that are read. A release that raises SCHEMA goes on reading those before (`old_layout`), so
# that readers search the old generation while the indexer builds the new one.
READABLE = frozenset({SCHEMA, old_layout.WITHOUT_ARRAYS}) | old_layout.SCHEMAS
TAIL = delta.NAME
_CURRENT = "CURRENT"
_REBUILD, _SUSPECT = "REBUILD", "SUSPECT"  # notes, see Shelf
_FACTS = "generation.json"
_TIMES = frozenset({"built_at", "begun_at"})
_OWN = "checksum"  # of all else in that file
_NAME = re.compile(r"gen-\d+")
_LONGEST_BUILD = timedelta(days=2)  # of a generation that does not say when its building began


def stamps() -> dict[str, str]:
    """What an index made by this program, now, would be stamped with."""
    return {
        "schema": SCHEMA,
        "folding": folding_version(),
        "dictionary": segmenter().version,
        "words": f"whoosh {index_reader.VERSION}",
        "fields": " ".join(SECTIONS),
        "running": running_texts.VERSION,
        "passages": passages.VERSION,
    }


@dataclass(frozen=True, slots=True)
class Facts:
    """What a generation says of itself."""

    documents: int
    built_at: datetime
    stamps: dict[str, str]
    mean_sizes: dict[str, float]
    files: dict[str, int]  # name -> bytes, so that a torn copy is seen before it is searched
    checksums: dict[str, str] = field(default_factory=dict)  # the same files; none in older layouts
    begun_at: datetime | None = None  # when its stories began to be read

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of a story's text."""
        return old_layout.sections(self.stamps.get("fields"))

    @property
    def holds_from(self) -> datetime:
        """What was changed since then may be missing from the generation without its tail."""
        return self.begun_at or self.built_at - _LONGEST_BUILD


class Generation:
    """Opened for reading; raises IndexUnavailable when files are missing or torn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        try:
            self.facts = read_facts(folder)
            check_sizes(folder, self.facts.files)
            self.story_ids = np.fromfile(folder / "stories", np.int64)
            self.texts = TextStore(folder, sections=len(self.facts.sections))
            if self.is_old:
                self.lists, self.triples = old_layout.lists(folder, self.facts.stamps["schema"])
            else:
                self.lists = {name: GramList(folder, name) for name in GRAM_LISTS}
                self.triples = GramList(folder, trigrams.NAME)
            self.joints = None if self.is_old else GramList(folder, joints.NAME)
            self.forms = None if self.is_old else GramList(folder, forms.NAME)
            self.printed = None if self.is_old else PrintedTexts(folder)
            # Older generations have none: they are searched, and nothing is counted in them.
            has_running = running_texts.is_stored(folder)
            self.running = running_texts.StoredTexts(folder) if has_running else None
            self.passages = None
            if self.running is not None and passages.is_stored(folder):
                self.passages = passages.StoredPassages(folder, self.running.texts)
            self.columns = Columns.read(folder / "columns")
            self.words = index_reader.Words(folder / "words", documents=self.facts.documents)
            of_today = (self.joints, self.forms, self.printed, self.running, self.passages)
            newer = [one for one in of_today if one is not None]
            opened = (*self.lists.values(), self.triples, *newer, self.texts, self.words)
            self._is_whole = all_whole([file for one in opened for file in one.files])
        except ArchiveError:
            raise
        except Exception as exc:  # damaged files make Whoosh and numpy raise anything
            raise IndexUnavailable(f"the index in {folder} is damaged: {exc}; run rebuild_index") from exc

    @property
    def documents(self) -> int:
        return self.facts.documents

    @property
    def is_old(self) -> bool:
        return self.facts.stamps["schema"] in old_layout.SCHEMAS

    @property
    def knows_pictures(self) -> bool:
        """Do the lines of captions and credits say which belong together? They do since indexes say which
        sections they have."""
        return "fields" in self.facts.stamps

    def open_tail(self) -> Tail:
        """To read it."""
        return Tail.to_read(self.folder / TAIL)

    def check_whole(self) -> None:
        """Raises IndexUnavailable when a file that is mapped was shortened since: to read it would end the
        process. Costs some 20 µs, a hundred times a second at most."""
        if not self._is_whole():
            raise IndexUnavailable(f"the index in {self.folder} is damaged: a file of it was cut short")

    def why_stale(self) -> str:
        """Which stamps differ from this program's; "" when none does."""
        now = stamps()
        return ", ".join(key for key in now if self.facts.stamps.get(key) != now[key])

    def close(self) -> None:
        self.words.close()


def finish(folder: Path, built: Built, begun_at: datetime) -> None:
    """Have the disk take all files, and write what the generation says of itself, last of all."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    facts = {
        "documents": built.documents,
        "built_at": datetime.now(UTC).isoformat(),
        "begun_at": begun_at.isoformat(),
        "stamps": stamps(),
        "mean_sizes": built.mean_sizes,
        "files": {str(path.relative_to(folder)): path.stat().st_size for path in paths},
        "checksums": {str(path.relative_to(folder)): checksums.of_file(path, sync=True) for path in paths},
    }
    for inner in {path.parent for path in paths} - {folder}:
        files.sync_folder(inner)
    text = json.dumps({**facts, _OWN: _own_checksum(facts)}, indent=1)
    files.write_whole(folder / _FACTS, text.encode())


def _own_checksum(rows: dict[str, Any]) -> str:
    said = {key: value for key, value in rows.items() if key != _OWN}
    return checksums.of_bytes(json.dumps(said, sort_keys=True).encode())


def read_facts(folder: Path) -> Facts:
    """Raises IndexUnavailable when they are damaged or say too little, IndexStale and IndexNewer for the
    layouts that this program does not read."""
    try:
        rows: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        schema = str(rows["stamps"]["schema"])
        own = rows.get(_OWN)
        if own and schema not in old_layout.SCHEMAS and own != _own_checksum(rows):
            raise ValueError("its checksum is wrong")
        if schema in READABLE:
            names = [fact.name for fact in fields(Facts)]
            known: dict[str, Any] = {name: rows[name] for name in names if name in rows}
            for name in _TIMES & known.keys():
                known[name] = datetime.fromisoformat(known[name])
            return Facts(**known)
        newer = int(schema) > int(SCHEMA)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as exc:
        raise IndexUnavailable(
            f"the index in {folder} is damaged: {_FACTS}: {exc}; run rebuild_index"
        ) from exc
    reads = " and ".join(sorted(READABLE))
    if newer:
        raise IndexNewer(
            f"the index in {folder} was made by a newer program (layout {schema}; this one reads "
            f"{reads}): install that program again, or go back for good with rebuild_index"
        )
    raise IndexStale(f"the index in {folder} has layout {schema}, this program reads {reads}")


def check_sizes(folder: Path, files: dict[str, int]) -> None:
    for name, size in files.items():
        try:
            found = (folder / name).stat()
        except OSError as exc:
            raise IndexUnavailable(
                f"the index in {folder} is damaged: {name} can't be read: {exc}; run rebuild_index"
            ) from exc
        if found.st_size != size:
            raise IndexUnavailable(
                f"the index in {folder} is damaged: {name} has {found.st_size} bytes, not {size};"
                " run rebuild_index"
            )


class Shelf:
    """The folder that holds the generations, the pointer and the locks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / _CURRENT

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
        numbers = [_number(name) for name in (*self.generations(), *set_aside.names(self.folder))]
        name = f"gen-{max(numbers, default=0) + 1}"
        folder.rename(self.folder / name)
        files.sync_folder(self.folder)
        self.point_at(name)
        (self.folder / _REBUILD).unlink(missing_ok=True)
        for old in self.generations():
            if old not in (name, before):
                shutil.rmtree(self.folder / old, ignore_errors=True)
        return name

    def generations(self) -> list[str]:
        """Names of those that are there, the newest first."""
        found = [path.name for path in self.folder.glob("gen-*") if _NAME.fullmatch(path.name)]
        return sorted(found, key=_number, reverse=True)

    def point_at(self, name: str) -> None:
        """Also when it is live already: then every process opens it anew."""
        if self._pointer.is_dir():
            set_aside.put(self.folder, _CURRENT, [self._pointer])
        files.write_whole(self._pointer, f"{name}\n".encode())

    def point_nowhere(self) -> None:
        if self._pointer.exists():
            set_aside.put(self.folder, _CURRENT, [self._pointer])

    # Notes that processes leave each other. The index is right without them, so that a disk that takes none
    # is no reason to fail.

    def call_for_rebuild(self, why: str) -> None:
        """Until another generation is built: what is live now was put together after damage."""
        files.write_whole(self.folder / _REBUILD, why.encode())

    def why_rebuild(self) -> str:
        return _read_note(self.folder / _REBUILD)

    def suspect(self, why: str) -> None:
        """Have the process that writes the index verify it."""
        with suppress(OSError):
            (self.folder / _SUSPECT).write_text(why, encoding="utf-8", errors="replace")

    def take_suspicion(self) -> str:
        why = _read_note(self.folder / _SUSPECT)
        with suppress(OSError):
            (self.folder / _SUSPECT).unlink(missing_ok=True)
        return why

    @contextmanager
    def building(self) -> Iterator[None]:
        """One build at a time. Raises IndexBusy at once when another process builds."""
        with self._lock("build.lock", wait=False):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer of the tail or the pointer at a time; waits its short turn."""
        with self._lock("write.lock", wait=True):
            old_layout.forget_epoch(self.folder)
            yield

    @contextmanager
    def _lock(self, name: str, *, wait: bool) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(locks.held(self.folder / name, wait=wait))
            except BlockingIOError as exc:
                raise IndexBusy(f"{self.folder / name} is held by another process") from exc
            except OSError as exc:
                raise IndexUnwritable(f"the index folder can't be written: {exc}") from exc
            yield


def _number(name: str) -> int:
    """Of a generation, also of one that was set aside; 0 of anything else."""
    found = _NAME.search(name)
    return int(found[0][len("gen-") :]) if found else 0


def _read_note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
