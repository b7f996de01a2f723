"""The running text of every story, for counting: its title, body and captions as the copy that is shown has
them, folded, once as characters and once as numbers of words.

Both are flat arrays that follow the documents. Characters are UTF-16 code units, so that a string is looked
for by comparing arrays and a place is one number; every field ends with a line end, which nothing spans. The
pieces (`Segmenter.pieces`) cover the same text without gaps, so that the lengths of pieces are their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.storage.mapping import MappedFile
from search.query.fields import RUNNING

from .vocabulary import Pieces, StoredPieces

Units = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

NAME: Final = "running"
FIELDS: Final = RUNNING
VERSION: Final = "1"  # raised when these files or their meaning change
LINE_END: Final = 10  # its code unit


def units_of(text: str) -> Units:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def text_of(units: Units) -> str:
    """Half a character at either end is left out."""
    return units.tobytes().decode("utf-16-le", "ignore")


def printed_characters(texts: Iterable[str]) -> int:
    """In title, body and captions; ends of lines are none."""
    return sum(len(text) - text.count("\n") - text.count("\v") for text in texts)


@dataclass(frozen=True, slots=True)
class RunningTexts:
    """Of a number of documents. Field f of document d has the units `unit_bounds[d, f]` to `[d, f + 1]`, its
    line end included, and likewise its pieces."""

    units: Units
    unit_bounds: Places  # (documents, fields + 1)
    pieces: Numbers
    piece_bounds: Places
    sizes: npt.NDArray[
        np.int64
    ]  # of each document: printed characters, words, and characters that are counted
    norms: Floats  # length of the document's vector of words (`weights`)
    vocabulary: Pieces

    @property
    def documents(self) -> int:
        return len(self.sizes)


class StoredTexts:
    """Those of a generation, opened for reading."""

    def __init__(self, folder: Path) -> None:
        inner = folder / NAME
        units, pieces = MappedFile(inner / "units"), MappedFile(inner / "pieces")
        vocabulary = StoredPieces(inner)
        shape = (-1, len(FIELDS) + 1)
        self.files = (units, pieces, *vocabulary.files)
        self.pieces = vocabulary
        self.texts = RunningTexts(
            units.array(np.uint16),
            np.fromfile(inner / "units.bounds", np.int64).reshape(shape),
            pieces.array(np.uint32),
            np.fromfile(inner / "pieces.bounds", np.int64).reshape(shape),
            np.fromfile(inner / "sizes", np.int64).reshape(-1, 3),
            np.fromfile(inner / "norms", np.float32),
            vocabulary,
        )


def is_stored(folder: Path) -> bool:
    """Not in generations of older programs, which are searched all the same."""
    return (folder / NAME).is_dir()


def bounds_of(lengths: Sequence[Sequence[int]] | npt.NDArray[np.int64]) -> Places:
    """From the lengths of all fields of documents that follow one another."""
    flat = np.asarray(lengths, np.int64).reshape(-1, len(FIELDS))
    ends = np.cumsum(flat.ravel()).reshape(flat.shape)
    return np.concatenate((ends[:, :1] - flat[:, :1], ends), axis=1)
