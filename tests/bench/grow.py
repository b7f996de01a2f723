"""The engine alone, at growing numbers of articles.

Beyond the corpus, articles are copied. In each copy a random fifth of the pairs of Han characters is
replaced by pairs from elsewhere in the corpus: copies differ, new strings arise where pairs meet.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.document import IndexDocument
from search.engines.embedded.engine import EmbeddedEngine

from . import compare, measure, ours, worker
from .compare import KINDS, System
from .corpus import Corpus, documents
from .queries import Queries

_REPLACED = 0.2
_POOL = 2_000_000  # characters of the corpus that pairs are drawn from

Characters = npt.NDArray[np.uint32]


def build(articles: Path, folder: Path, size: int) -> int:
    return EmbeddedEngine(folder).rebuild(lambda: grown(articles, size))


def grown(articles: Path, size: int) -> Iterator[IndexDocument]:
    """The articles, then copies of them, `size` in all; the same every time."""
    count = 0
    pool = np.empty(0, np.uint32)
    rng = np.random.default_rng(7)
    while count < size:
        copy = count > 0
        if copy and not len(pool):
            pool = _pool(articles)
        for document in documents(articles):
            if count == size:
                return
            count += 1
            yield _changed(document, count, pool, rng) if copy else replace(document, story_id=count)


def _changed(
    document: IndexDocument, number: int, pool: Characters, rng: np.random.Generator
) -> IndexDocument:
    return replace(
        document,
        story_id=number,
        title=_shuffled(document.title, pool, rng),
        body=_shuffled(document.body, pool, rng),
        captions=tuple(_shuffled(caption, pool, rng) for caption in document.captions),
        day=document.day and document.day + timedelta(days=int(rng.integers(-400, 400))),
    )


def _shuffled(text: str, pool: Characters, rng: np.random.Generator) -> str:
    chars = _characters(text)
    if len(chars) < 4:
        return text
    han = _is_han(chars)
    places = np.flatnonzero(han[:-1] & han[1:])
    places = places[rng.random(len(places)) < _REPLACED / 2]  # each replaces two characters
    source = rng.integers(0, len(pool) - 1, len(places))
    chars[places], chars[places + 1] = pool[source], pool[source + 1]
    return chars.tobytes().decode("utf-32-le", "surrogatepass")


def _pool(articles: Path) -> Characters:
    """Han characters as they follow each other, from all over the corpus."""
    parts: list[Characters] = []
    size = 0
    for document in documents(articles):
        chars = _characters(document.body[:400])
        parts.append(chars[_is_han(chars)])
        size += len(parts[-1])
        if size > _POOL:
            break
    return np.concatenate(parts)


def _characters(text: str) -> Characters:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()


def _is_han(chars: Characters) -> npt.NDArray[np.bool_]:
    return (chars >= 0x4E00) & (chars < 0xA000)


def curve(corpus: Corpus, sizes: Sequence[int], queries: Queries) -> dict[str, Any]:
    """By size: what building cost and how large it is; and every kind of question, asked of all in turn."""
    costs: dict[str, Any] = {}
    openers: dict[str, Callable[[], System]] = {}
    for size in sizes:
        folder = corpus.folder / "grown" / str(size)
        shutil.rmtree(folder, ignore_errors=True)
        print(f"building {size:,} articles …", flush=True)
        load = measure.load()
        cost = measure.alone(build, corpus.folder / "articles.pickle", folder, size)
        costs[str(size)] = {
            "articles": cost.result,
            **cost.as_json(),
            "size": measure.size(folder),
            "load": [load, measure.load()],
            "opening": worker.opening(folder),
        }
        openers[str(size)] = functools.partial(ours.Ours, folder)
    kinds = [kind for kind in KINDS if kind.key not in ("years", "snippets")]
    asked = compare.ask(openers, queries, kinds)
    shutil.rmtree(corpus.folder / "grown")
    return {"costs": costs, "asked": asked}
