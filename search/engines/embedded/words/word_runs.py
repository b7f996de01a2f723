"""The words of an archive as they come from the workers, run of documents by run, and their merging into one
sorted list of postings. What is large lies in files: the memory of a build grows with the vocabulary."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.embedded.impacts import Floats
from search.engines.embedded.ngrams import Docs, mapped
from search.language.tokens import segmenter

from .index_writer import WordPostings

_PARTITION: Final = 4_000_000  # postings that are merged at a time
_DOC: Final = np.uint64(32)
_DOC_MASK: Final = np.uint64((1 << 32) - 1)


@dataclass(frozen=True, slots=True)
class CutWords:
    """Of one field in a run of documents: the postings of a word stand together, words in order."""

    names: Path  # of the different words, in order
    starts: npt.NDArray[np.uint32]  # one more than there are words
    docs: Docs
    frequencies: Floats
    lengths: npt.NDArray[np.int64]  # words in each document

    def words(self) -> list[str]:
        words: list[str] = json.loads(self.names.read_bytes())
        return words


def cut(texts: Sequence[str], path: Path, *, first: int) -> None:
    """Cut the texts of documents, numbered from `first`, into words, and keep these in files named after
    `path`."""
    words = segmenter().words
    number: dict[str, int] = {}
    numbers: list[int] = []
    frequencies: list[int] = []
    lengths, different = (np.zeros(len(texts), np.int64) for _ in range(2))
    for at, text in enumerate(texts):
        found = Counter(words(text))
        lengths[at], different[at] = found.total(), len(found)
        numbers.extend(number.setdefault(word, len(number)) for word in found)
        frequencies.extend(found.values())
    names = sorted(number)
    place = np.empty(len(names), np.int64)
    place[[number[name] for name in names]] = np.arange(len(names))
    of_posting = place[np.asarray(numbers, np.int64)]
    order = np.argsort(of_posting, kind="stable")
    docs = np.repeat(np.arange(first, first + len(texts), dtype=np.uint32), different)
    starts = np.searchsorted(of_posting[order], np.arange(len(names) + 1))
    _file(path, "names").write_text(json.dumps(names), encoding="ascii")
    for name, kept in (
        ("starts", starts.astype(np.uint32)),
        ("docs", docs[order]),
        ("frequencies", np.asarray(frequencies, np.float32)[order]),
        ("lengths", lengths),
    ):
        np.save(_file(path, f"{name}.npy"), kept)


def opened(path: Path) -> CutWords:
    arrays = (
        np.load(_file(path, f"{name}.npy"), mmap_mode="r")
        for name in ("starts", "docs", "frequencies", "lengths")
    )
    return CutWords(_file(path, "names"), *arrays)


def _file(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.words.{name}")


def merged(
    by_field: Mapping[str, Sequence[CutWords]], weight_of: Mapping[str, Floats], path: Path
) -> WordPostings:
    """One sorted list of postings from those of some fields, whose weights (by field and document, of one
    occurrence) add up. It is kept in files named after `path`, which must last as long."""
    parts = [(part, weight_of[field]) for field, of_field in by_field.items() for part in of_field]
    different: set[str] = set()
    for part, _ in parts:
        different.update(part.words())
    names = sorted(different)
    number = {name: at for at, name in enumerate(names)}
    numbers = [np.asarray([number[word] for word in part.words()], np.uint32) for part, _ in parts]
    many = np.zeros(len(names), np.int64)  # what is in two fields of a document counts twice
    for (part, _), of_part in zip(parts, numbers, strict=True):
        many[of_part] += np.diff(part.starts)
    starts = [np.zeros(1, np.int64)]
    with _file(path, "docs").open("wb") as docs_file, _file(path, "weights").open("wb") as weights_file:
        for begin, end in _partitions(many):
            docs, weights, counts = _merged(parts, numbers, begin, end)
            docs.tofile(docs_file)
            weights.tofile(weights_file)
            starts.append(starts[-1][-1] + np.cumsum(counts))
    none = np.empty(0, np.int64)
    lengths = [np.concatenate([none, *(part.lengths for part in of_field)]) for of_field in by_field.values()]
    return WordPostings(
        names,
        np.concatenate(starts),
        mapped(_file(path, "docs"), np.uint32),
        mapped(_file(path, "weights"), np.float32),
        np.add.reduce(lengths),
    )


def _partitions(many: npt.NDArray[np.int64]) -> Iterable[tuple[int, int]]:
    """Ranges of words that have so many postings, each range few enough to be merged at a time."""
    ends = np.cumsum(many)
    wanted = -(-int(many.sum()) // _PARTITION)
    cuts = ends.searchsorted(np.arange(1, wanted) * _PARTITION)
    return itertools.pairwise(np.unique([0, *cuts.tolist(), len(many)]).tolist())


def _merged(
    parts: Sequence[tuple[CutWords, Floats]], numbers: Sequence[npt.NDArray[np.uint32]], begin: int, end: int
) -> tuple[Docs, Floats, npt.NDArray[np.int64]]:
    """The postings of the words from `begin` to before `end`, and how many each word has."""
    keys = [np.empty(0, np.uint64)]
    weights = [np.empty(0, np.float32)]
    for (part, weight_of), of_part in zip(parts, numbers, strict=True):
        low, high = of_part.searchsorted((begin, end)).tolist()
        first, last = int(part.starts[low]), int(part.starts[high])
        docs = np.asarray(part.docs[first:last])
        words = np.repeat(of_part[low:high].astype(np.uint64), np.diff(part.starts[low : high + 1]))
        keys.append(words << _DOC | docs)
        weights.append(part.frequencies[first:last] * weight_of[docs])
    every = np.concatenate(keys)
    order = np.argsort(every, kind="stable")
    every = every[order]
    firsts = np.flatnonzero(np.diff(every, prepend=~every[:1]))
    every = every[firsts]
    counts = np.bincount((every >> _DOC).astype(np.int64) - begin, minlength=end - begin)
    summed = np.add.reduceat(np.concatenate(weights)[order], firsts)
    return (every & _DOC_MASK).astype(np.uint32), summed, counts
