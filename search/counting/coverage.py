"""Other stories about the same event: those of the days around it that share its words, names and titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from newsarchive.models import Article
from search.engines import ranking
from search.engines.base import CountedTexts, Filters, Places
from search.results import rows
from search.results.rows import Row

from . import asking, lines, passages
from .shown import Shown, rows_of

DAYS: Final = 7  # before and after: what is reported later is mostly something else
# Stories that are compared, those of the nearest days first: about 60 ms. Two weeks of 70 stories a day.
_COMPARED: Final = 1_000
MOST: Final = 8
_PASSAGES: Final = 3  # of one story
_SENTENCE_ENDS: Final = "。！？!?\n\v"
_LONGEST: Final = 120  # characters of a passage that is shown
_WEIGHED: Final = 40  # words of the greatest weight that sentences are compared by


@dataclass(frozen=True, slots=True)
class Other(Shown):
    """Another story about the event."""

    score: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Covering(Other):
    words: tuple[str, ...]  # that both have, the rarest first; as they are printed most often
    passages: tuple[tuple[str, str], ...]  # here and there: the same words, else the sentences most alike


@dataclass(frozen=True, slots=True)
class _Found:
    doc: int  # of the running texts
    story: int
    score: float


def others(article: Article) -> list[Other]:
    """Other outlets first, of each the most alike first. [] for an article without a date, or one that the
    index does not have."""
    with asking.texts() as texts:
        found = _found(texts, article)
    read = rows_of(one.story for one in found)
    return [Other(read[one.story], one.score) for one in found if one.story in read]


def coverage(article: Article) -> list[Covering]:
    """The same, with what they share."""
    with asking.texts() as texts:
        found = _found(texts, article)
        doc = texts.document_of(article.story_id)
        words = [texts.shared_words(doc, one.doc, _WEIGHED) for one in found if doc is not None]
    own = rows.of_articles([article.pk]).get(article.pk) if found else None
    if own is None:
        return []
    here, read = _text(own), rows_of(one.story for one in found)
    return [
        Covering(
            row,
            one.score,
            tuple(printed for _, printed in common[:MOST]),
            tuple(_passages(here, _text(row), [folded for folded, _ in common])),
        )
        for one, common in zip(found, words, strict=True)
        if (row := read.get(one.story))
    ]


def _found(texts: CountedTexts, article: Article) -> list[_Found]:
    doc, day = texts.document_of(article.story_id), article.published_on
    if doc is None or day is None:
        return []
    around = near(texts, doc, day)
    scores = ranking.same_event(ranking.event_columns(*texts.event_signs(doc, around)))
    best = np.lexsort((texts.stories(around), -scores))
    best = best[scores[best] >= ranking.SAME_EVENT][: 4 * MOST]
    elsewhere = _elsewhere(texts, doc, around[best])
    best = np.concatenate((best[elsewhere], best[~elsewhere]))[:MOST]
    stories = texts.stories(around[best])
    return [
        _Found(int(around[at]), int(story), float(scores[at]))
        for at, story in zip(best, stories, strict=True)
    ]


def near(texts: CountedTexts, doc: int, day: date) -> Places:
    """The stories of the days around it, ascending."""
    every = texts.documents(asking.everything(Filters()))
    days = np.abs(texts.days(every).astype(np.int64) - day.toordinal())
    around = (days <= DAYS) & (every != doc)
    if np.count_nonzero(around) <= _COMPARED:
        return np.asarray(every[around])
    nearest = np.argsort(days[around], kind="stable")[:_COMPARED]
    return np.asarray(every[around][np.sort(nearest)])


def _elsewhere(texts: CountedTexts, doc: int, others: Places) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    numbers, _ = texts.outlets(np.concatenate(([doc], others)))
    return np.asarray(numbers[1:] != numbers[0])


def _text(row: Row) -> str:
    return "\n".join(lines.running_text(row.article, [])[:2])


def _passages(here: str, there: str, words: list[str]) -> list[tuple[str, str]]:
    common = sorted(passages.shared(here, there), key=lambda one: one.a_start - one.a_end)[:_PASSAGES]
    if common:
        return [(here[p.a_start : p.a_end], there[p.b_start : p.b_end]) for p in sorted(common)]
    alike = passages.most_alike(here, there, words, ends=_SENTENCE_ENDS)
    return [(alike[0][:_LONGEST], alike[1][:_LONGEST])] if alike else []
