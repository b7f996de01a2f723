"""The texts of all documents as they are printed, compressed: asked only for what is looked for as typed.

Only documents whose folded text has the string are read, so they are few. About 30 µs each.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from search.engines.document import IndexDocument
from search.query.fields import SECTIONS
from search.query.semantics import Parts

from .doc_values import Docs
from .storage.mapping import MappedFile
from .stored_text import printed_sections

NAME = "printed"
_PARTED = "\0"  # no text has it: importers take it out
_LEVEL = 6  # of zlib: half the size


def packed(document: IndexDocument) -> bytes:
    text = _PARTED.join(section.replace(_PARTED, "") for section in printed_sections(document))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def write(folder: Path, documents: Iterable[bytes]) -> None:
    """Packed documents, by number. `printed.ends` has the byte after each."""
    ends = []
    with (folder / NAME).open("wb") as file:
        for data in documents:
            file.write(data)
            ends.append(file.tell())
    np.asarray(ends, np.int64).tofile(folder / f"{NAME}.ends")


class PrintedTexts:
    """Opened for reading."""

    def __init__(self, folder: Path) -> None:
        packed = MappedFile(folder / NAME)
        self._packed = packed.data
        self.files = (packed,)
        self._ends = np.concatenate((np.zeros(1, np.int64), np.fromfile(folder / f"{NAME}.ends", np.int64)))

    def read(self, docs: Docs) -> Iterator[Parts]:
        """Section by section, of each document in the order of `docs`."""
        for start, end in zip(self._ends[docs].tolist(), self._ends[docs + 1].tolist(), strict=True):
            text = zlib.decompress(self._packed[start:end])
            sections = text.decode("utf-8", "surrogatepass").split(_PARTED)
            yield dict(zip(SECTIONS, sections, strict=False))  # older indexes have fewer
