"""Documents -> the files of a generation. Workers fold, count and segment; the parent merges.

The result does not depend on the number of workers: documents keep the order in which they came.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsarchive.runtime import files
from search.engines.document import IndexDocument
from search.language.tokens import segmenter, use_words
from search.query.parser import Field

from . import forms, joints, ngrams, printed_texts, trigrams, word_runs, words_whoosh
from .counting import cutting
from .doc_values import Columns
from .short_words import ShortWords
from .stored_text import SECTIONS, TextWriter, packed, sections, slice_of

_CHUNK = 400
_ALONE = 1_500  # so few documents are not worth starting workers for
# What one occurrence weighs in each field, and how much a long field dilutes it (BM25F).
WEIGHTS: dict[str, tuple[float, float]] = {
    "title": (10.0, 0.3),
    "body": (1.0, 0.75),
    "caption": (1.6, 0.6),
    "other": (1.0, 0.3),
}
# How many characters a field has on average, where no document has it yet.
_USUAL_SIZES = {"title": 25.0, "body": 1500.0, "caption": 80.0, "other": 50.0}
# List of words -> the fields whose words are in it.
WORDS: dict[str, tuple[str, ...]] = {
    "text": ("title", "body", "caption"),
    "title": ("title",),
    "caption": ("caption",),
}
# Gram list -> the fields whose grams are in it.
LISTS: dict[str, tuple[str, ...]] = {
    "any": ("title", "body", "caption", "other"),
    "title": ("title",),
    "caption": ("caption",),
}
# Gram list -> the list of words of its fields.
_WORDS_OF = {"any": "text", "title": "title", "caption": "caption"}
_BESIDE = ("other",)  # the fields that are not printed as the article
_OTHER = (Field.AUTHOR, Field.OUTLET, Field.CATEGORY, Field.TAG, Field.OTHER)


def field_texts(folded: tuple[str, ...]) -> dict[str, str]:
    """The folded sections of a document by gram field."""
    by_section = dict(zip(SECTIONS, folded, strict=True))
    return {
        "title": by_section[Field.TITLE],
        "body": by_section[Field.BODY],
        "caption": slice_of(folded, Field.CAPTION),
        "other": "\n".join(by_section[section] for section in _OTHER),
    }


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What a worker hands back; all that is large lies in files."""

    first: int
    documents: int
    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / f"{self.first:08d}.{name}"

    def keep(self, name: str, counted: ngrams.Counted) -> None:
        np.save(self.path(f"{name}.keys.npy"), counted.keys)
        np.save(self.path(f"{name}.frequencies.npy"), counted.frequencies)

    def counted(self, name: str) -> ngrams.Counted:
        return ngrams.Counted(
            np.load(self.path(f"{name}.keys.npy"), mmap_mode="r"),
            np.load(self.path(f"{name}.frequencies.npy"), mmap_mode="r"),
        )


def _digest(documents: Sequence[IndexDocument], first: int, folder: Path) -> _Chunk:
    chunk = _Chunk(first, len(documents), folder)
    folded = [sections(document) for document in documents]
    by_field = [field_texts(of_document) for of_document in folded]
    for field in WEIGHTS:
        characters = ngrams.Characters.of([texts[field] for texts in by_field])
        chunk.keep(field, ngrams.count(characters, first=first))
        chunk.keep(f"{field}.{trigrams.NAME}", trigrams.count(characters))
        chunk.keep(f"{field}.{joints.NAME}", joints.count(characters, first=first))
    chunk.keep(forms.NAME, forms.count(documents, first=first))
    sizes = np.asarray([[len(texts[field]) for field in WEIGHTS] for texts in by_field], np.int64)
    np.save(chunk.path("sizes.npy"), sizes)
    lengths = np.zeros((len(documents), len(SECTIONS)), np.int64)
    with chunk.path("texts").open("wb") as file:
        for number, of_document in enumerate(folded):
            data, lengths[number] = packed(of_document)
            file.write(data + b"\n")
    np.save(chunk.path("lengths.npy"), lengths)
    printed = [printed_texts.packed(document) for document in documents]
    np.save(chunk.path("printed.npy"), np.asarray([len(data) for data in printed], np.int64))
    chunk.path("printed").write_bytes(b"".join(printed))
    for field in WORDS["text"]:
        word_runs.cut([texts[field] for texts in by_field], chunk.path(field), first=first)
    cutting.digest(documents, chunk.path("counted"))
    return chunk


@dataclass(frozen=True, slots=True)
class Built:
    documents: int
    mean_sizes: dict[str, float]  # characters in each field, for scoring what comes later


def build(
    documents: Iterable[IndexDocument],
    folder: Path,
    *,
    workers: int = 0,
    on_progress: Callable[[int], None] | None = None,
) -> Built:
    """Write texts, grams, words and columns to the empty `folder`. `workers` 0: one a core."""
    story_ids: list[int] = []
    facts: list[IndexDocument] = []  # the documents without their text
    with tempfile.TemporaryDirectory(dir=folder, prefix="parts-") as name:
        parts = Path(name)
        chunks: list[_Chunk] = []

        def seen() -> Iterator[IndexDocument]:
            for document in documents:
                story_ids.append(document.story_id)
                facts.append(replace(document, title="", body="", captions=(), credits=(), other=()))
                yield document

        for chunk in _digested(seen(), parts, workers):
            chunks.append(chunk)
            if on_progress:
                on_progress(chunk.first + chunk.documents)
        if len(story_ids) > ngrams.MAX_DOCUMENTS:
            raise ValueError(f"a generation holds at most {ngrams.MAX_DOCUMENTS} stories: use OpenSearch")
        means, weight_of = _weights(chunks)
        words = {
            name: word_runs.merged(
                {field: [word_runs.opened(chunk.path(field)) for chunk in chunks] for field in WORDS[name]},
                weight_of,
                parts / name,
            )
            for name in words_whoosh.WORD_FIELDS
        }
        _write_grams(chunks, weight_of, words, folder)
        _write_texts(chunks, folder)
        cutting.merge(folder, [chunk.path("counted") for chunk in chunks])
        printed_texts.write(folder, _printed(chunks))
        words_whoosh.write(folder / "words", story_ids, words)
    np.asarray(story_ids, np.int64).tofile(folder / "stories")
    Columns.of(facts).write(folder / "columns")
    return Built(len(story_ids), means)


def _digested(documents: Iterator[IndexDocument], parts: Path, workers: int) -> Iterator[_Chunk]:
    """Digest chunks, in order; in this process while there are few documents."""
    beginning = list(itertools.islice(documents, _ALONE))
    workers = workers or os.cpu_count() or 1
    everything = itertools.chain(beginning, documents)
    if workers == 1 or len(beginning) < _ALONE:
        for first, batch in _numbered(everything):
            yield _digest(batch, first, parts)
        return
    waiting: deque[Future[_Chunk]] = deque()
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),  # forks of a threaded server may hang
        initializer=_start_worker,
        initargs=(segmenter().extra_words,),
    ) as pool:
        for first, batch in _numbered(everything):
            waiting.append(pool.submit(_digest, batch, first, parts))
            if len(waiting) > 2 * workers:  # bounds what is held in memory
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _start_worker(words: tuple[str, ...]) -> None:
    use_words(words)
    files.end_worker_with_parent()


def _numbered(documents: Iterator[IndexDocument]) -> Iterator[tuple[int, list[IndexDocument]]]:
    first = 0
    while batch := list(itertools.islice(documents, _CHUNK)):
        yield first, batch
        first += len(batch)


_WeightOf = dict[str, npt.NDArray[np.float32]]  # field -> what an occurrence weighs, by document


def _weights(chunks: Sequence[_Chunk]) -> tuple[dict[str, float], _WeightOf]:
    """The mean size of each field, and what one occurrence weighs there in each document."""
    none = np.empty((0, len(WEIGHTS)), np.int64)
    sizes = np.concatenate([none, *(np.load(chunk.path("sizes.npy")) for chunk in chunks)])
    means: dict[str, float] = {}
    weight_of: _WeightOf = {}
    for at, (field, (weight, dilution)) in enumerate(WEIGHTS.items()):
        of_field = sizes[:, at]
        means[field] = float(of_field[of_field > 0].mean()) if of_field.any() else _USUAL_SIZES[field]
        weight_of[field] = (weight / (1 - dilution + dilution * of_field / means[field])).astype(np.float32)
    return means, weight_of


def _write_grams(
    chunks: Sequence[_Chunk],
    weight_of: _WeightOf,
    words: dict[str, words_whoosh.WordPostings],
    folder: Path,
) -> None:
    for name, fields in LISTS.items():
        parts = [
            ngrams.Part(chunk.counted(field), weight_of[field], _where(field))
            for field in fields
            for chunk in chunks
        ]
        short = ShortWords.among(words[_WORDS_OF[name]], (1, 2), ngrams.code)
        ngrams.merge(folder, name, parts, short.weights_at)
    trigrams.merge(
        folder,
        [
            trigrams.Part(
                chunk.counted(f"{field}.{trigrams.NAME}"), weight_of[field], _where(field), chunk.first
            )
            for field in LISTS[trigrams.OF]
            for chunk in chunks
        ],
        ShortWords.among(words[_WORDS_OF[trigrams.OF]], (3,), trigrams.code),
    )
    joints.merge(
        folder,
        [
            ngrams.Part(chunk.counted(f"{field}.{joints.NAME}"), weight_of[field])
            for field in LISTS["any"]
            for chunk in chunks
        ],
    )
    none = np.empty(0, np.float32)
    forms.merge(folder, [ngrams.Part(chunk.counted(forms.NAME), none) for chunk in chunks])


def _where(field: str) -> int:
    return ngrams.BESIDE if field in _BESIDE else ngrams.PRINTED


def _printed(chunks: Sequence[_Chunk]) -> Iterator[bytes]:
    for chunk in chunks:
        with chunk.path("printed").open("rb") as file:
            for size in np.load(chunk.path("printed.npy")).tolist():
                yield file.read(size)


def _write_texts(chunks: Sequence[_Chunk], folder: Path) -> None:
    writer = TextWriter(folder)
    for chunk in chunks:
        writer.add(chunk.path("texts").read_bytes(), np.load(chunk.path("lengths.npy")))
    writer.close()
