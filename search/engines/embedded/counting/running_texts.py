"""The running text of every story, for counting: its title, body and captions as the copy that is shown has
them, folded, once as characters and once as numbers of words.

Both are flat arrays that follow the documents. Characters are UTF-16 code units, so that a string is looked
for by comparing arrays and a place is one number; every field ends with a line end, which nothing spans.
Where words and lines begin is marked in bits (`word_places`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.storage.mapping import MappedFile
from search.query.fields import RUNNING

from . import word_places
from .vocabulary import Pieces, StoredPieces
from .word_places import Splitting, WordPlaces

Units = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

NAME: Final = "running"
FIELDS: Final = RUNNING
VERSION: Final = "2"  # raised when these files or their meaning change
LINE_END: Final = 10  # its code unit
_DOCUMENTS_AT_A_TIME: Final = 1_000


def units_of(text: str) -> Units:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def text_of(units: Units) -> str:
    """Half a character at either end is left out."""
    return units.tobytes().decode("utf-16-le", "ignore")


def printed_characters(texts: Iterable[str]) -> int:
    """In title, body and captions; ends of lines are none."""
    return sum(len(text) - text.count("\n") - text.count("\v") for text in texts)


@dataclass(frozen=True, eq=False)
class RunningTexts:
    """Of a number of documents. Field f of document d has the units `unit_bounds[d, f]` to `[d, f + 1]`, its
    line end included, and likewise its words."""

    units: Units
    unit_bounds: Places  # (documents, fields + 1)
    words: Numbers  # in order, by their numbers in the vocabulary
    word_bounds: Places
    places: WordPlaces
    sizes: npt.NDArray[
        np.int64
    ]  # of each document: printed characters, words, and characters that are counted
    vocabulary: Pieces

    @property
    def documents(self) -> int:
        return len(self.sizes)

    @functools.cached_property
    def frequencies(self) -> npt.NDArray[np.int64]:
        """Of each word in all documents; 3 ns for each word in the texts, once in a process."""
        counts = np.zeros(len(self.vocabulary.kinds), np.int64)
        np.add.at(counts, self.words, 1)
        return counts


class StoredTexts:
    """Those of a generation, opened for reading."""

    def __init__(self, folder: Path) -> None:
        inner = folder / NAME
        self._folder = inner
        self._places = word_places.files(inner) if (inner / "words").exists() else None
        self._numbers = MappedFile(inner / ("words" if self._places else "pieces"))
        self._units = MappedFile(inner / "units")
        self.pieces = StoredPieces(inner)
        self.files = (self._units, self._numbers, *(self._places or {}).values(), *self.pieces.files)
        if self._places:
            _ = self.texts  # so that missing files are noticed when the generation is opened

    @functools.cached_property
    def texts(self) -> RunningTexts:
        words, word_bounds, places = self._stored_words() if self._places else self._words_of_pieces()
        return RunningTexts(
            self._units.array(np.uint16),
            self._bounds("units.bounds"),
            words,
            word_bounds,
            places,
            np.fromfile(self._folder / "sizes", np.int64).reshape(-1, 3),
            self.pieces,
        )

    def _bounds(self, name: str) -> Places:
        return np.fromfile(self._folder / name, np.int64).reshape(-1, len(FIELDS) + 1)

    def _stored_words(self) -> tuple[Numbers, Places, WordPlaces]:
        assert self._places is not None
        return self._numbers.array(np.uint32), self._bounds("words.bounds"), word_places.read(self._places)

    def _words_of_pieces(self) -> tuple[Numbers, Places, WordPlaces]:
        """Generations of version 1 have the pieces instead, what stands between words included. To part them
        takes about half a second for 20 million words, once in a process, which then holds them in memory."""
        pieces, bounds = self._numbers.array(np.uint32), self._bounds("pieces.bounds")
        splitting = Splitting(self._units.size // 2, self.pieces.kinds, self.pieces.lengths)
        words, counts = [np.empty(0, np.uint32)], [np.empty((0, len(FIELDS)), np.int64)]
        for at in range(0, len(bounds), _DOCUMENTS_AT_A_TIME):
            some = bounds[at : at + _DOCUMENTS_AT_A_TIME]
            split = splitting.add(pieces[some[0, 0] : some[-1, -1]], np.diff(some, axis=1))
            words.append(split.words)
            counts.append(split.counts)
        return np.concatenate(words), bounds_of(np.concatenate(counts)), splitting.places()


def is_stored(folder: Path) -> bool:
    """Not in generations of older programs, which are searched all the same."""
    return (folder / NAME).is_dir()


def bounds_of(lengths: Sequence[Sequence[int]] | npt.NDArray[np.int64]) -> Places:
    """From the lengths of all fields of documents that follow one another."""
    flat = np.asarray(lengths, np.int64).reshape(-1, len(FIELDS))
    ends = np.cumsum(flat.ravel()).reshape(flat.shape)
    return np.concatenate((ends[:, :1] - flat[:, :1], ends), axis=1)
