"""The passages of a generation, opened for reading."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.byte_cache import cached_within
from search.engines.embedded.counting.arrays import ranges
from search.engines.embedded.counting.running_texts import Places, RunningTexts
from search.engines.embedded.storage.mapping import MappedFile

from . import seeds
from .alignment import Found
from .boilerplate import Boilerplate
from .letters import BODY
from .matching import in_seeds

NAME: Final = "passages"
VERSION: Final = "1"  # raised when these files or their meaning change
_KEPT: Final = 8_000_000  # bytes of passages of changed stories that each process keeps

Table = npt.NDArray[np.uint32]  # as `Found`, in the units of the running texts


def is_stored(folder: Path) -> bool:
    """Not in generations of older programs, which are searched all the same."""
    return (folder / NAME).is_dir()


def write(inner: Path, boilerplate: Boilerplate, table: Table) -> None:
    boilerplate.hashes.astype(np.uint64).tofile(inner / "boilerplate")
    table.tofile(inner / "pairs")


class StoredPassages:
    def __init__(self, folder: Path, texts: RunningTexts) -> None:
        inner = folder / NAME
        self.texts = texts
        self.seeds, files = seeds.read(inner)
        pairs = MappedFile(inner / "pairs")
        self.files = (*files, pairs)
        self.table: Table = pairs.array(np.uint32).reshape(-1, 4)
        self.boilerplate = Boilerplate(np.fromfile(inner / "boilerplate", np.uint64))
        self.of_text = cached_within(_KEPT, self._find, size_of=lambda found: int(found.nbytes))

    def of(self, docs: Places) -> Found:
        """The passages of these documents (ascending), in the order of the texts."""
        starts = self.table[:, 0]
        bounds = self.texts.unit_bounds[docs]
        begins, ends = starts.searchsorted(bounds[:, BODY]), starts.searchsorted(bounds[:, BODY + 1])
        return np.asarray(self.table[ranges(begins, ends - begins)], np.int64)

    def _find(self, units: bytes) -> Found:
        """Of a text of UTF-16 units that is not in the generation; places from its first unit."""
        return in_seeds(np.frombuffer(units, np.uint16), self.texts, self.seeds, self.boilerplate)
