"""Sorted postings -> a Whoosh index of one segment, through the codec's own interface.

Whoosh's IndexWriter takes documents, cuts them into words and sorts the postings. Here all that is done
already (`word_runs`), so the codec's writers are called as IndexWriter calls them, a posting list at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3TermInfo
from whoosh.index import TOC, clean_files, create_in

from .codec import ArrayCodec, Docs, Weights
from .schema import schema

_AT_A_TIME = 50_000  # words whose postings are in memory together: some 3 million postings of 27,000 stories


@dataclass(frozen=True, slots=True)
class WordPostings:
    """The postings of one field, sorted by word (as UTF-8 bytes), then by document.

    Word i has `docs[starts[i]:starts[i + 1]]`; `lengths` has the words of each document.
    """

    words: Sequence[str]
    starts: npt.NDArray[np.int64]  # one more than there are words
    docs: Docs
    weights: Weights
    lengths: npt.NDArray[np.int64]


def write(folder: Path, story_ids: Sequence[int], postings: dict[str, WordPostings]) -> None:
    """A new index of one segment in `folder`, whose document n is `story_ids[n]`; `postings` by field."""
    folder.mkdir(parents=True, exist_ok=True)
    index = create_in(str(folder), schema())
    codec = ArrayCodec()
    segment = codec.new_segment(index.storage, index.indexname)
    _write_documents(codec.per_document_writer(index.storage, segment), index.schema, story_ids, postings)
    segment.set_doc_count(len(story_ids))
    _write_fields(codec.field_writer(index.storage, segment), index.schema, postings)
    generation = index.latest_generation() + 1
    TOC(index.schema, [segment], generation).write(index.storage, index.indexname)
    clean_files(index.storage, index.indexname, generation, [segment])
    index.storage.temp_storage(f"{index.indexname}.tmp").destroy()  # where the codec collected the columns
    index.close()


def _write_documents(
    writer: Any, fields: Any, story_ids: Sequence[int], postings: dict[str, WordPostings]
) -> None:
    lengths = {name: field.lengths.tolist() for name, field in postings.items()}
    for number, story_id in enumerate(story_ids):
        writer.start_doc(number)
        writer.add_field("story", fields["story"], story_id, 0)
        for name, of_field in lengths.items():
            writer.add_field(name, fields[name], None, of_field[number])
        writer.finish_doc()
    writer.close()


def _write_fields(writer: Any, fields: Any, postings: dict[str, WordPostings]) -> None:
    for name in sorted(postings):
        field = postings[name]
        if not len(field.words):
            continue
        writer.start_field(name, fields[name])
        for begin in range(0, len(field.words), _AT_A_TIME):
            _write_terms(writer, field, begin, min(begin + _AT_A_TIME, len(field.words)))
        writer.finish_field()
    writer.close()


def _write_terms(writer: Any, field: WordPostings, begin: int, end: int) -> None:
    """The words numbered from `begin` to before `end`; the statistics of all are counted together."""
    first, last = int(field.starts[begin]), int(field.starts[end])
    docs, weights = np.asarray(field.docs[first:last]), np.asarray(field.weights[first:last])
    bounds = field.starts[begin : end + 1] - first
    starts, lengths = bounds[:-1], field.lengths[docs]
    statistics = zip(
        np.add.reduceat(weights, starts, dtype=np.float64).tolist(),
        np.diff(bounds).tolist(),
        np.minimum.reduceat(lengths, starts).tolist(),
        np.maximum.reduceat(lengths, starts).tolist(),
        np.maximum.reduceat(weights, starts).tolist(),
        docs[starts].tolist(),
        docs[bounds[1:] - 1].tolist(),
        strict=True,
    )
    for word, (start, stop), of_word in zip(
        field.words[begin:end], itertools.pairwise(bounds.tolist()), statistics, strict=True
    ):
        writer.start_term(word.encode("utf-8"))
        writer.add(
            docs[start:stop].tobytes(),
            weights[start:stop].tobytes(),
            b"",
            W3TermInfo(
                *of_word
            ),  # weight, documents, least and greatest length, greatest weight, first, last
        )
        writer.finish_term()
