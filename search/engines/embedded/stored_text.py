"""The folded text of every document, in sections, mapped from one file.

Strings are looked for here when grams leave a doubt: pairs that all occur may occur apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from search.engines.document import IndexDocument
from search.language.tokens import Needle, search_text
from search.query.fields import LOOKS_IN, SECTIONS, Field

from .storage.mapping import MappedFile

_AT = {section: number for number, section in enumerate(SECTIONS)}


def _in_one_piece(searched: Sequence[Field]) -> tuple[int, int]:
    """The first of these sections and the one after their last: a text is read in one piece."""
    at = [_AT[section] for section in searched]
    assert at == list(range(at[0], at[-1] + 1)), f"{searched} lie apart"
    return at[0], at[-1] + 1


# Field -> where its own section lies among all.
OWN: dict[Field, tuple[int, int]] = {section: (at, at + 1) for section, at in _AT.items()}
# Field -> where the sections that it searches lie.
RANGE: dict[Field, tuple[int, int]] = {field: _in_one_piece(looked) for field, looked in LOOKS_IN.items()}
BESIDE_TEXT = (RANGE[Field.TEXT][1], RANGE[Field.ANY][1])  # what ANY searches and TEXT does not


def sections(document: IndexDocument) -> tuple[str, ...]:
    """The folded sections of a document. Values of one section are parted by line ends, which no
    needle holds: nothing is found across them."""
    return tuple(map(search_text, printed_sections(document)))


def printed_sections(document: IndexDocument) -> tuple[str, ...]:
    """The same as printed."""
    parts = document.printed_parts()
    return tuple(parts[section] for section in SECTIONS)


def slice_of(folded: tuple[str, ...], where: tuple[int, int]) -> str:
    """Some of a document's folded sections, as they are searched."""
    begin, end = where
    return "\n".join(folded[begin:end])


def packed(folded: tuple[str, ...]) -> tuple[bytes, list[int]]:
    """UTF-8 of the sections joined by line ends, and the length in bytes of each."""
    parts = [section.encode("utf-8", "surrogatepass") for section in folded]
    return b"\n".join(parts), [len(part) for part in parts]


class TextStore:
    """Opened for reading. `texts` is the file of all packed documents, one line end after each; `sections`
    holds for each document the byte after each of its sections, counted through the file."""

    def __init__(self, folder: Path, *, sections: int = len(SECTIONS)) -> None:
        """`sections`: how many a document has; fewer in an index that is older than some of the fields."""
        self._sections = sections
        # The first section begins at 0: one byte after an end at -1.
        self._ends = np.concatenate((np.full(1, -1), np.fromfile(folder / "sections", np.int64)))
        texts = MappedFile(folder / "texts")
        self._map = texts.data
        self.files = (texts,)

    @property
    def documents(self) -> int:
        return len(self._ends) // self._sections

    def _bounds(self, where: tuple[int, int], docs: npt.NDArray[np.integer]) -> Iterable[tuple[int, int]]:
        at = docs.astype(np.int64) * self._sections
        begin, end = where[0], min(where[1], self._sections)
        starts, stops = self._ends[at + begin] + 1, self._ends[at + end]
        return zip(starts.tolist(), stops.tolist(), strict=True)

    def read(
        self, where: tuple[int, int], docs: npt.NDArray[np.integer], *, most: int = sys.maxsize
    ) -> list[bytes]:
        """The sections of each document, in UTF-8; of each at most so many bytes."""
        return [self._map[start : min(stop, start + most)] for start, stop in self._bounds(where, docs)]

    def holding(
        self, needle: Needle, where: tuple[int, int], docs: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.bool_]:
        """For each of the documents: does the needle stand in these sections? About 2 µs each."""
        if strings := needle.strings_in_bytes:
            find = self._map.find
            found = [
                any(find(string, start, stop) >= 0 for string in strings)
                for start, stop in self._bounds(where, docs)
            ]
        else:
            search = needle.in_bytes.search
            found = [search(self._map, start, stop) is not None for start, stop in self._bounds(where, docs)]
        return np.asarray(found, np.bool_)

    def bytes_of(self, where: tuple[int, int], docs: npt.NDArray[np.integer]) -> int:
        """How long these sections of the documents are, taken together."""
        at = docs.astype(np.int64) * self._sections
        begin, end = where[0], min(where[1], self._sections)
        return int((self._ends[at + end] - self._ends[at + begin]).sum()) - len(docs)


class TextWriter:
    """Appends documents to a new store."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "texts").open("wb")
        self._sections = folder / "sections"
        self._ends: list[npt.NDArray[np.int64]] = []
        self._at = 0

    def add(self, data: bytes, lengths: npt.NDArray[np.int64]) -> None:
        """A run of packed documents: each one's bytes and a line end; `lengths` (documents, sections)."""
        self._file.write(data)
        ends = np.cumsum((lengths + 1).ravel()).reshape(lengths.shape) - 1 + self._at
        self._ends.append(ends)
        self._at += len(data)

    def close(self) -> None:
        self._file.close()
        np.concatenate([np.empty((0, len(SECTIONS)), np.int64), *self._ends]).tofile(self._sections)
