"""Documents -> running texts: cut by the workers of a build run by run, merged by its parent; and of the few
changed documents, cut when they are first counted."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines import ranking
from search.engines.document import IndexDocument
from search.language.folding import Aligned, aligned
from search.language.tokens import is_han, is_word, segmenter

from . import vocabulary
from .arrays import different
from .running_texts import (
    FIELDS,
    NAME,
    Numbers,
    Places,
    RunningTexts,
    bounds_of,
    printed_characters,
    units_of,
)
from .vocabulary import ExtendedPieces, StoredPieces
from .word_places import Splitting

_LONGEST: Final = 10_000  # characters of one piece: a drawn line, a blob; the rest is pieces of its own


_is_han = functools.lru_cache(maxsize=1 << 17)(is_han)
_is_word = functools.lru_cache(maxsize=1 << 17)(is_word)
_length_of = functools.lru_cache(maxsize=1 << 17)(vocabulary.length_of)


@dataclass(frozen=True, slots=True)
class Cut:
    """One document: the text of each field with its line end, and its pieces."""

    fields: tuple[str, ...]
    pieces: tuple[list[str], ...]
    printed: tuple[tuple[str, str], ...]  # word and how it is printed there, of every occurrence
    sizes: tuple[int, int, int]  # printed characters, words, characters that are counted


@functools.lru_cache(maxsize=2_000)  # as many documents as may wait to be folded in
def cut_once(texts: tuple[str, ...], words: tuple[str, ...]) -> Cut:
    """`cut`, kept while the segmenter has these extra words."""
    return cut(texts)


def cut(texts: tuple[str, ...]) -> Cut:
    """`IndexDocument.running_text`."""
    fields: list[str] = []
    pieces: list[list[str]] = []
    printed: list[tuple[str, str]] = []
    for text in texts:
        written = aligned(text)
        found = _short(segmenter().pieces(written.text))
        printed += _printed(text, written, found)
        fields.append(written.text + "\n")
        pieces.append([*found, "\n"])
    return Cut(tuple(fields), tuple(pieces), tuple(printed), _sizes(texts, printed))


def _sizes(texts: Sequence[str], words: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
    """A Latin word counts as one character."""
    counted = sum(len(word) if _is_han(word) else 1 for word, _ in words)
    return printed_characters(texts), len(words), counted


def _printed(text: str, written: Aligned, pieces: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each word among the pieces of `written`, and how `text` prints it."""
    at = 0
    for piece in pieces:
        end = at + len(piece)
        if _is_word(piece):
            start, stop = written.printed(at, end) if written.pieces else (at, end)
            yield piece, text[start:stop]
        at = end


def _short(pieces: list[str]) -> list[str]:
    if max(map(len, pieces), default=0) <= _LONGEST:
        return pieces
    return [piece[at : at + _LONGEST] for piece in pieces for at in range(0, max(1, len(piece)), _LONGEST)]


# -- building ------------------------------------------------------------------------------------------


def digest(documents: Sequence[IndexDocument], path: Path) -> None:
    """In a worker: cut a run of documents and keep them in files named after `path`."""
    number: dict[str, int] = {}
    printed: Counter[tuple[str, str]] = Counter()
    numbers: list[int] = []
    lengths, counts, sizes = [], [], []
    with _file(path, "units").open("wb") as units:
        for document in documents:
            one = cut(document.running_text())
            units.write("".join(one.fields).encode("utf-16-le", "surrogatepass"))
            lengths.append([sum(map(_length_of, field)) for field in one.pieces])
            counts.append([len(field) for field in one.pieces])
            numbers += [number.setdefault(piece, len(number)) for field in one.pieces for piece in field]
            printed.update(one.printed)
            sizes.append(one.sizes)
    different: list[list[object]] = [[piece, {}] for piece in number]
    for (piece, as_printed), count in printed.items():
        forms = different[number[piece]][1]
        assert isinstance(forms, dict)
        forms[as_printed] = count
    _file(path, "names").write_text(json.dumps(different), encoding="ascii")
    for name, kept in (
        ("pieces", np.asarray(numbers, np.uint32)),
        ("lengths", np.asarray(lengths, np.int64).reshape(len(documents), -1)),
        ("counts", np.asarray(counts, np.int64).reshape(len(documents), -1)),
        ("sizes", np.asarray(sizes, np.int64).reshape(len(documents), -1)),
    ):
        np.save(_file(path, f"{name}.npy"), kept)


def _file(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.{NAME}.{name}")


def merge(folder: Path, paths: Sequence[Path]) -> None:
    """In the parent: the runs, in order, become the files of a generation."""
    inner = folder / NAME
    inner.mkdir()
    forms: dict[str, Counter[str]] = {}
    for path in paths:
        for piece, printed in json.loads(_file(path, "names").read_bytes()):
            forms.setdefault(piece, Counter()).update(printed)
    names = sorted(forms, key=lambda piece: piece.encode("utf-8", "surrogatepass"))
    number = {piece: at for at, piece in enumerate(names)}
    kinds = vocabulary.kinds_of(names)
    lengths, sizes = _all(paths, "lengths"), _all(paths, "sizes")
    splitting = Splitting(int(lengths.sum()), kinds, vocabulary.lengths_of(names))
    counts = [np.empty((0, len(FIELDS)), np.int64)]  # words of each field of each document
    seen = np.zeros(len(names), np.int64)  # documents of each piece
    with (inner / "units").open("wb") as units, (inner / "words").open("wb") as file:
        for path in paths:
            units.write(_file(path, "units").read_bytes())
            own = [number[piece] for piece, _ in json.loads(_file(path, "names").read_bytes())]
            of_run = np.asarray(own, np.uint32)[np.load(_file(path, "pieces.npy"))]
            split = splitting.add(of_run, np.load(_file(path, "counts.npy")))
            split.words.tofile(file)
            counts.append(split.counts)
            seen += documents_of(split.words, split.counts.sum(axis=1), len(names))
    bounds_of(lengths).tofile(inner / "units.bounds")
    bounds_of(np.concatenate(counts)).tofile(inner / "words.bounds")
    splitting.places().write(inner)
    sizes.astype(np.int64).tofile(inner / "sizes")
    weights = weights_of(names, kinds, seen, len(sizes))
    vocabulary.write(inner, names, [_usual(piece, forms[piece]) for piece in names], kinds, weights)


def _all(paths: Sequence[Path], name: str) -> npt.NDArray[np.int64]:
    parts = [np.load(_file(path, f"{name}.npy")) for path in paths]
    return np.concatenate(parts) if parts else np.empty((0, 3), np.int64)


def _usual(piece: str, forms: Counter[str]) -> str:
    """The most frequent form, of equals the first in order; "" when it is the piece itself."""
    best = min(forms.items(), key=lambda item: (-item[1], item[0]), default=("", 0))[0]
    return "" if best == piece else best


def documents_of(words: Numbers, counts: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """By word, of `size`, in how many documents it stands; `counts`: words of each document."""
    docs = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    radix = np.uint64(max(1, size))
    every = different(docs * radix + words.astype(np.uint64))
    return np.bincount((every % radix).astype(np.int64), minlength=size)


def weights_of(
    pieces: Sequence[str],
    kinds: npt.NDArray[np.uint8],
    documents: npt.NDArray[np.integer],
    total: int,
) -> npt.NDArray[np.float32]:
    """What sharing a word says of two stories; 0 for what is no word. `documents`: of the generation's
    `total`, how many have each piece."""
    share = np.asarray([segmenter().share(piece) for piece in pieces])
    rare = ranking.rarity_of_words(share, documents, total)
    rare[kinds == vocabulary.PROPER] *= ranking.NAME_SHARED
    rare[(kinds == vocabulary.GAP) | (kinds == vocabulary.STOP)] = 0
    return rare.astype(np.float32)


# -- changed documents ---------------------------------------------------------------------------------


def of_changed(documents: Iterable[IndexDocument], stored: StoredPieces, total: int) -> RunningTexts:
    """The running texts of documents that changed since the generation of `total` documents was built."""
    words = segmenter().extra_words
    every = [cut_once(document.running_text(), words) for document in documents]
    number: dict[str, int] = {}
    more: list[str] = []
    usual: dict[str, Counter[str]] = {}
    for one in every:
        for piece in {piece for field in one.pieces for piece in field} - number.keys():
            known = stored.number_of(piece)
            if known is None:
                known = len(stored.kinds) + len(more)
                more.append(piece)
            number[piece] = known
        for piece, printed in one.printed:
            if number[piece] >= len(stored.kinds):
                usual.setdefault(piece, Counter())[printed] += 1
    kinds = vocabulary.kinds_of(more)
    weights_of_more = weights_of(more, kinds, np.zeros(len(more), np.int64), total)
    forms = [_usual(one, usual.get(one, Counter())) or one for one in more]
    pieces = ExtendedPieces(stored, more, forms, kinds, weights_of_more)
    numbers = np.asarray([number[one] for cut in every for field in cut.pieces for one in field], np.uint32)
    counts = np.asarray([[len(field) for field in cut.pieces] for cut in every], np.int64).reshape(-1, 3)
    unit_bounds = _unit_bounds(every)
    splitting = Splitting(int(unit_bounds.max(initial=0)), pieces.kinds, pieces.lengths)
    split = splitting.add(numbers, counts)
    return RunningTexts(
        units_of("".join(field for cut in every for field in cut.fields)),
        unit_bounds,
        split.words,
        bounds_of(split.counts),
        splitting.places(),
        np.asarray([cut.sizes for cut in every], np.int64).reshape(-1, 3),
        pieces,
    )


def _unit_bounds(every: Sequence[Cut]) -> Places:
    return bounds_of([[sum(map(_length_of, field)) for field in cut.pieces] for cut in every])
