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
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsarchive.errors import IndexUnavailable, IndexUnwritable
from newsarchive.runtime import files
from search.engines import ranking
from search.engines.document import IndexDocument
from search.language.tokens import segmenter, use_words
from search.query.fields import (
    EVERY_GRAM,
    EVERY_WORD,
    GRAM_LISTS,
    KINDS,
    SECTIONS,
    WORD_LISTS,
    WORDS_OF,
    Kind,
    sections_of,
)

from . import forms, joints, ngrams, printed_texts, trigrams
from .counting import cutting
from .doc_values import Columns
from .reuse import building
from .stored_text import TextWriter, packed, sections
from .words import index_writer, word_runs
from .words.short_words import ShortWords

_CHUNK = 400  # documents that a worker takes at a time: some 2 MB of text; bounds its memory
_ALONE = 1_500  # documents; with fewer, this process is done sooner than workers would have started


def kind_texts(folded: tuple[str, ...]) -> dict[str, str]:
    """The folded sections of a document, those that are weighed alike together, by the kind's name."""
    by_section = dict(zip(SECTIONS, folded, strict=True))
    return {kind.name: "\n".join(by_section[one] for one in sections_of(kind)) for kind in KINDS}


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
    by_kind = [kind_texts(of_document) for of_document in folded]
    for kind in KINDS:
        characters = ngrams.Characters.of([texts[kind.name] for texts in by_kind])
        chunk.keep(kind.name, ngrams.count(characters, first=first))
        chunk.keep(f"{kind.name}.{trigrams.NAME}", trigrams.count(characters))
        chunk.keep(f"{kind.name}.{joints.NAME}", joints.count(characters, first=first))
    chunk.keep(forms.NAME, forms.count(documents, first=first))
    sizes = np.asarray([[len(texts[kind.name]) for kind in KINDS] for texts in by_kind], np.int64)
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
    for kind in WORD_LISTS[EVERY_WORD]:
        word_runs.cut([texts[kind.name] for texts in by_kind], chunk.path(kind.name), first=first)
    cutting.digest(documents, chunk.path("counted"))
    return chunk


@dataclass(frozen=True, slots=True)
class Built:
    documents: int
    mean_sizes: dict[str, float]  # characters in each kind of text, for scoring what comes later


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
            raise IndexUnwritable(
                f"a generation holds at most {ngrams.MAX_DOCUMENTS} stories: use OpenSearch"
            )
        with _reading_back(parts):
            means, weight_of = _weights(chunks)
            words = {
                name: word_runs.merged(
                    {
                        kind.name: [word_runs.opened(chunk.path(kind.name)) for chunk in chunks]
                        for kind in WORD_LISTS[name]
                    },
                    weight_of,
                    parts / name,
                )
                for name in WORD_LISTS
            }
            _write_grams(chunks, weight_of, words, folder)
            _write_texts(chunks, folder)
            cutting.merge(folder, [chunk.path("counted") for chunk in chunks])
            building.build(folder)
            printed_texts.write(folder, _printed(chunks))
            index_writer.write(folder / "words", story_ids, words)
    np.asarray(story_ids, np.int64).tofile(folder / "stories")
    Columns.of(facts).write(folder / "columns")
    return Built(len(story_ids), means)


@contextmanager
def _reading_back(parts: Path) -> Iterator[None]:
    """What the build wrote a moment ago can be damaged by then: the disk fails, or somebody clears it."""
    try:
        yield
    except (ValueError, IndexError, KeyError, EOFError) as exc:
        raise IndexUnavailable(
            f"the index could not be built: what was written to {parts} could not be read back: {exc}. "
            "The index before it, if any, stays; run rebuild_index again"
        ) from exc


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


_WeightOf = dict[str, npt.NDArray[np.float32]]  # kind of text -> what an occurrence weighs, by document


def _weights(chunks: Sequence[_Chunk]) -> tuple[dict[str, float], _WeightOf]:
    """The mean size of each kind of text, and what one occurrence weighs there in each document."""
    none = np.empty((0, len(KINDS)), np.int64)
    sizes = np.concatenate([none, *(np.load(chunk.path("sizes.npy")) for chunk in chunks)])
    means: dict[str, float] = {}
    weight_of: _WeightOf = {}
    for at, kind in enumerate(KINDS):
        of_kind = sizes[:, at]
        mean = float(of_kind[of_kind > 0].mean()) if of_kind.any() else kind.usual_size
        means[kind.name] = mean
        weight_of[kind.name] = ranking.weighed(kind, of_kind, mean).astype(np.float32)
    return means, weight_of


def _write_grams(
    chunks: Sequence[_Chunk],
    weight_of: _WeightOf,
    words: dict[str, index_writer.WordPostings],
    folder: Path,
) -> None:
    for name, kinds in GRAM_LISTS.items():
        parts = [
            ngrams.Part(chunk.counted(kind.name), weight_of[kind.name], _where(kind))
            for kind in kinds
            for chunk in chunks
        ]
        short = ShortWords.among(words[WORDS_OF[name]], (1, 2), ngrams.code)
        ngrams.merge(folder, name, parts, short.weights_at)
    trigrams.merge(
        folder,
        [
            trigrams.Part(
                chunk.counted(f"{kind.name}.{trigrams.NAME}"),
                weight_of[kind.name],
                _where(kind),
                chunk.first,
            )
            for kind in GRAM_LISTS[trigrams.OF]
            for chunk in chunks
        ],
        ShortWords.among(words[WORDS_OF[trigrams.OF]], (3,), trigrams.code),
    )
    joints.merge(
        folder,
        [
            ngrams.Part(chunk.counted(f"{kind.name}.{joints.NAME}"), weight_of[kind.name])
            for kind in GRAM_LISTS[EVERY_GRAM]
            for chunk in chunks
        ],
    )
    none = np.empty(0, np.float32)
    forms.merge(folder, [ngrams.Part(chunk.counted(forms.NAME), none) for chunk in chunks])


def _where(kind: Kind) -> int:
    return ngrams.PRINTED if kind.printed else ngrams.BESIDE


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
