"""The different pieces of all running texts, by number: words, and what stands between words.

A generation's pieces are numbered in the order of their UTF-8 bytes. Those that only changed documents have
follow (`ExtendedPieces`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from search.engines.embedded.storage.mapping import MappedFile
from search.language.tokens import is_name, is_word

GAP: Final = 0  # punctuation, blanks
ORDINARY: Final = 1  # a word that is no name
PROPER: Final = 2  # a word that the dictionary gives as a name
STOP: Final = 3  # a line end: no neighbourhood reaches beyond it


class Written(NamedTuple):
    """All pieces in a row: piece i is `codes[starts[i]:starts[i + 1]]`."""

    codes: npt.NDArray[np.uint32]  # code points
    starts: npt.NDArray[np.int64]


class Pieces(Protocol):
    @property
    def kinds(self) -> npt.NDArray[np.uint8]: ...

    @property
    def lengths(self) -> npt.NDArray[np.uint16]:
        """In UTF-16 code units."""
        ...

    @property
    def weights(self) -> npt.NDArray[np.float32]:
        """What sharing each says of two stories (`cutting.weights_of`)."""
        ...

    def folded(self, number: int) -> str: ...

    def printed(self, number: int) -> str:
        """As it is printed most often."""
        ...

    def every_folded(self) -> Written: ...

    def every_printed(self) -> Written:
        """Of a piece that is printed as it is folded, nothing."""
        ...


def kind_of(piece: str) -> int:
    if piece == "\n":
        return STOP
    if not is_word(piece):
        return GAP
    return PROPER if is_name(piece) else ORDINARY


def kinds_of(pieces: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.asarray([kind_of(piece) for piece in pieces], np.uint8)


def length_of(piece: str) -> int:
    """Pieces of more than 65,535 units are cut before (`cutting`)."""
    return len(piece) + sum(char > "\uffff" for char in piece)


def lengths_of(pieces: Sequence[str]) -> npt.NDArray[np.uint16]:
    return np.asarray([length_of(piece) for piece in pieces], np.uint16)


class StoredPieces:
    """Of a generation, read where they lie."""

    def __init__(self, folder: Path) -> None:
        self._folded, self._printed = MappedFile(folder / "folded"), MappedFile(folder / "printed")
        self.files = (self._folded, self._printed)
        self._folded_ends = np.fromfile(folder / "folded.ends", np.uint32)
        self._printed_ends = np.fromfile(folder / "printed.ends", np.uint32)
        self.kinds = np.fromfile(folder / "kinds", np.uint8)
        self.lengths = np.fromfile(folder / "lengths", np.uint16)
        self.weights = np.fromfile(folder / "weights", np.float32)

    def folded(self, number: int) -> str:
        return self._bytes(number).decode("utf-8", "surrogatepass")

    def printed(self, number: int) -> str:
        start = int(self._printed_ends[number - 1]) if number else 0
        data = self._printed.data[start : int(self._printed_ends[number])]
        return data.decode("utf-8", "surrogatepass") or self.folded(number)

    def _bytes(self, number: int) -> bytes:
        start = int(self._folded_ends[number - 1]) if number else 0
        return self._folded.data[start : int(self._folded_ends[number])]

    def every_folded(self) -> Written:
        return _written(self._folded.data[:], self._folded_ends)

    def every_printed(self) -> Written:
        return _written(self._printed.data[:], self._printed_ends)

    def number_of(self, piece: str) -> int | None:
        """By halving; some 10 µs."""
        wanted = piece.encode("utf-8", "surrogatepass")
        at = bisect_left(range(len(self.kinds)), wanted, key=self._bytes)
        return at if at < len(self.kinds) and self._bytes(at) == wanted else None


class ExtendedPieces:
    """The stored ones, and others after them."""

    def __init__(
        self,
        stored: StoredPieces,
        more: Sequence[str],
        printed: Sequence[str],
        kinds: npt.NDArray[np.uint8],
        weights: npt.NDArray[np.float32],
    ) -> None:
        self._stored, self._more, self._printed = stored, more, printed
        self.kinds = np.concatenate((stored.kinds, kinds))
        self.weights = np.concatenate((stored.weights, weights))
        self.lengths = np.concatenate((stored.lengths, lengths_of(more)))

    def folded(self, number: int) -> str:
        at = number - len(self._stored.kinds)
        return self._stored.folded(number) if at < 0 else self._more[at]

    def printed(self, number: int) -> str:
        at = number - len(self._stored.kinds)
        return self._stored.printed(number) if at < 0 else self._printed[at]

    def every_folded(self) -> Written:
        return _joined(self._stored.every_folded(), self._more)

    def every_printed(self) -> Written:
        return _joined(self._stored.every_printed(), self._printed)


def _written(data: bytes, ends: npt.NDArray[np.uint32]) -> Written:
    """`ends`: of each piece, in bytes of UTF-8."""
    begins = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80  # all but continuation bytes
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(begins)))
    starts = np.concatenate((np.zeros(1, np.int64), before[ends]))
    text = data.decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass")
    return Written(np.frombuffer(text, np.uint32), starts)


def _joined(stored: Written, more: Sequence[str]) -> Written:
    data = [text.encode("utf-8", "surrogatepass") for text in more]
    added = _written(b"".join(data), np.cumsum([len(one) for one in data], dtype=np.uint32))
    starts = np.concatenate((stored.starts, added.starts[1:] + stored.starts[-1]))
    return Written(np.concatenate((stored.codes, added.codes)), starts)


def write(
    folder: Path,
    folded: Sequence[str],
    printed: Sequence[str],
    kinds: npt.NDArray[np.uint8],
    weights: npt.NDArray[np.float32],
) -> None:
    """`folded` in order; `printed` "" where it is the same."""
    for name, texts in (("folded", folded), ("printed", printed)):
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
        (folder / name).write_bytes(b"".join(data))
        np.cumsum([len(one) for one in data], dtype=np.uint32).tofile(folder / f"{name}.ends")
    kinds.tofile(folder / "kinds")
    weights.tofile(folder / "weights")
    lengths_of(folded).tofile(folder / "lengths")
