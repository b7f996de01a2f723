"""Other stories about the same event: those of the days around it whose rare words and names are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from newsarchive.models import Article
from search.engines.base import CountedTexts, Filters, Places
from search.indexing import documents
from search.results import rows
from search.results.rows import Row

from . import asking, lines, passages

DAYS: Final = 4  # before and after: what is reported later is mostly something else
# Cosine from which two stories are taken to tell of one event; read off pairs of outlets (docs/counting.md).
LEAST: Final = 0.15
MOST: Final = 8
_PASSAGES: Final = 3  # of one story
_SENTENCE_ENDS: Final = "。！？!?\n\v"
_LONGEST: Final = 120  # characters of a passage that is shown
_WEIGHED: Final = 40  # words of the greatest weight that sentences are compared by


@dataclass(frozen=True, slots=True)
class Covering:
    """Another story about the event."""

    article: Article
    outlet: str
    score: float  # 0 to 1
    words: tuple[str, ...]  # that both have, the rarest first; as they are printed most often
    passages: tuple[tuple[str, str], ...]  # here and there: the same words, else the sentences most alike


def coverage(article: Article) -> list[Covering]:
    """Other outlets first, of each the most alike first. [] for an article without a date, or one that the
    index does not have."""
    with asking.texts() as texts:
        doc = texts.document_of(article.story_id)
        day = article.published_on
        if doc is None or day is None:
            return []
        every = texts.documents(asking.everything(Filters()))
        around = np.abs(texts.days(every).astype(np.int64) - day.toordinal()) <= DAYS
        others = every[around & (every != doc)]
        scores = texts.alike(doc, others)
        best = np.lexsort((texts.stories(others), -scores))
        best = best[scores[best] >= LEAST][: 4 * MOST]
        elsewhere = _elsewhere(texts, doc, others[best])
        best = np.concatenate((best[elsewhere], best[~elsewhere]))[:MOST]
        found = [(int(texts.stories(others[at : at + 1])[0]), float(scores[at])) for at in best.tolist()]
        words = [texts.shared_words(doc, int(others[at]), _WEIGHED) for at in best.tolist()]
    return _read(article, found, words)


def _elsewhere(texts: CountedTexts, doc: int, others: Places) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    numbers, _ = texts.outlets(np.concatenate(([doc], others)))
    return np.asarray(numbers[1:] != numbers[0])


def _read(
    article: Article, found: list[tuple[int, float]], words: list[list[tuple[str, str]]]
) -> list[Covering]:
    shown = {story: copies[0] for story, copies in documents.visible_copies([s for s, _ in found]).items()}
    read = rows.of_articles([article.pk, *shown.values()])
    own = read.get(article.pk)
    if own is None:
        return []
    return [
        Covering(
            row.article,
            row.outlet,
            score,
            tuple(printed for _, printed in common[:MOST]),
            tuple(_passages(_text(own), _text(row), [folded for folded, _ in common])),
        )
        for (story, score), common in zip(found, words, strict=True)
        if (row := read.get(shown.get(story, 0)))
    ]


def _text(row: Row) -> str:
    return "\n".join(lines.running_text(row.article, [])[:2])


def _passages(here: str, there: str, words: list[str]) -> list[tuple[str, str]]:
    common = sorted(passages.shared(here, there), key=lambda one: one.a_start - one.a_end)[:_PASSAGES]
    if common:
        return [(here[p.a_start : p.a_end], there[p.b_start : p.b_end]) for p in sorted(common)]
    alike = passages.most_alike(here, there, words, ends=_SENTENCE_ENDS)
    return [(alike[0][:_LONGEST], alike[1][:_LONGEST])] if alike else []
