"""The paths of a command line as a stream of files: plain files, folders, archives.

Folders are read in the order of names. Links are followed only to files inside the same folder; hidden files
and __MACOSX are skipped without a report. An archive is opened only when it was named itself; inside a folder
or another archive it is a file like any other (and no article). The same holds for the file of
`export_articles`, which is read record by record.
"""

from __future__ import annotations

import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.types import SourceFile
from newsarchive.messages import Message

from . import companions
from .containers import names, reader
from .containers.limits import Limits, Refused
from .records import ooxml, splitting

# How the first record of an export begins.
_EXPORT = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"id"\s*:\s*\d+\s*,\s*"title"\s*:\s*"')


class Reader:
    """Iterate over it to read. `done` of `total` bytes on disk have been read, for a progress bar."""

    def __init__(
        self,
        paths: Sequence[Path],
        limits: Limits,
        mapping: Mapping[str, str] | None = None,
        remembered: Callable[[Sequence[str]], Mapping[str, str]] = lambda columns: {},
    ) -> None:
        """`mapping`: of tables and lists of records, field -> column, for columns that have no usual name.
        `remembered` gives it for the columns of a file where there is none."""
        self._paths = paths
        self._mapping = dict(mapping or {})
        self._remembered = remembered
        self._limits = limits
        self.done = 0
        self.total = sum(_size(file) for path in paths for file, _ in _files(path))

    def __iter__(self) -> Iterator[SourceFile | Refused]:
        for path in self._paths:
            for file, name in _files(path):
                before = self.done
                if isinstance(file, Refused):
                    yield file
                elif file == path:
                    yield from self._opened(file, name)
                else:
                    yield self._read(file, name)
                self.done = before + _size(file)

    def _opened(self, file: Path, name: str) -> Iterator[SourceFile | Refused]:
        """A file that was named itself: its members or records, if it holds any."""
        head = _head(file, splitting.HEAD)
        if reader.kind(head[: reader.HEAD]) and not ooxml.kind(file, head):
            yield from self._archive(file, name)
            return
        if _EXPORT.match(head):
            yield from self._records(file, name)
            return
        mapping = self._mapping or self._remembered(splitting.columns(file, self._limits))
        if kind := splitting.kind(file, head, mapping):
            yield from splitting.records(file, name, kind, mapping, self._limits)
        elif names := splitting.unknown_columns(head):
            yield Refused(name, Message("table_columns_unknown", columns=", ".join(names)[:300]))
        else:
            yield self._read(file, name)

    def _archive(self, file: Path, name: str) -> Iterator[SourceFile | Refused]:
        before = self.done

        def position(read: int) -> None:
            self.done = before + read

        try:
            yield from reader.members(file, self._limits, position)
        except (UnsafeArchive, UnreadableFile) as exc:
            yield Refused(name, Message("earlier_files_stay", why=exc.message))

    def _records(self, file: Path, name: str) -> Iterator[SourceFile | Refused]:
        """Each line of an export counts as a file: out.jsonl#12."""
        before = self.done
        try:
            with file.open("rb") as stream:
                number = 0
                while line := stream.readline(self._limits.file_bytes + 1):
                    number += 1
                    path = f"{name}#{number}"
                    if len(line) > self._limits.file_bytes:
                        rest = 0 if line.endswith(b"\n") else _rest_of_line(stream)
                        yield Refused(path, self._limits.refusal(len(line) + rest))
                    elif data := line.removeprefix(BOM_UTF8).strip():
                        yield SourceFile(path, data)
                    self.done = before + stream.tell()
        except OSError as exc:
            yield Refused(name, Message("file_without_end", detail=_why(exc)))

    def _read(self, file: Path, name: str) -> SourceFile | Refused:
        try:
            if not stat.S_ISREG(file.stat().st_mode):
                return Refused(name, Message("refused_not_plain"))
            with file.open("rb") as stream:
                data = stream.read(self._limits.file_bytes + 1)
            if len(data) > self._limits.file_bytes:
                return Refused(name, _too_large(data, file.stat().st_size, self._limits))
        except OSError as exc:
            return Refused(name, Message("file_unreadable", detail=_why(exc)))
        return SourceFile(name, data, companions.pictures(file, self._limits.file_bytes))


def _files(path: Path) -> Iterator[tuple[Path | Refused, str]]:
    """Files with their names in the import: relative to the folder that was given."""
    if path.is_dir():
        yield from _walk(path, "", path.resolve())
    else:
        yield path, names.clean(os.fsencode(path.name))


def _walk(folder: Path, prefix: str, root: Path) -> Iterator[tuple[Path | Refused, str]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as exc:
        yield Refused(prefix or ".", Message("file_unreadable", detail=_why(exc))), prefix
        return
    names_here = {entry.name for entry in entries}
    for entry in entries:
        name = prefix + names.clean(os.fsencode(entry.name))
        if names.is_hidden(entry.name):
            continue
        if entry.is_symlink():
            target = Path(entry.path).resolve()
            if not target.is_relative_to(root):
                yield Refused(name, Message("refused_link_out")), name
                continue
            if target.is_dir():  # the files in it are found at their own place
                continue
        if entry.is_dir(follow_symlinks=False) and companions.belongs(entry.name, names_here):
            continue  # its pictures are read with the page
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), name + "/", root)
        else:
            yield Path(entry.path), name


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _size(file: Path | Refused) -> int:
    if isinstance(file, Refused):
        return 0
    try:
        return file.stat().st_size
    except OSError:  # the error is reported when it is read
        return 0


def _too_large(data: bytes, size: int, limits: Limits) -> Message:
    if data[:64].lstrip(BOM_UTF8 + b" \t\r\n").startswith(b"{"):
        return Message("object_too_large", size=size, limit=limits.file_bytes)
    return limits.refusal(size)


def _rest_of_line(stream: BinaryIO) -> int:
    size = 0
    while piece := stream.readline(1 << 20):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size


def _head(file: Path, size: int = reader.HEAD) -> bytes:
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return b""
        with file.open("rb") as stream:
            return stream.read(size)
    except OSError:  # the error is reported when it is read
        return b""
