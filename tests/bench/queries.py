"""What is asked of every system, drawn from the articles by a seeded generator.

Every kind has its own warm-up queries, none of which is measured.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import jieba

from search.engines.document import IndexDocument

from .corpus import Corpus

_WARM = 60
_SAMPLE = 400  # articles whose words are counted, to find frequent ones
_HAN = re.compile(r"[\u4e00-\u9fff]{12,}")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}")


@dataclass(frozen=True, slots=True)
class Query:
    text: str  # as typed: words parted by a blank; a phrase without its quotation marks
    first: date | None = None
    last: date | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Set:
    warm: list[Query]
    measured: list[Query]


@dataclass(frozen=True, slots=True)
class Queries:
    words: Set  # a word of a title
    pairs: Set  # two words of one title
    phrases: Set  # 4 to 8 Han characters of a body, over the boundary of a word
    ranges: Set  # a word, with 1 to 24 months
    deep: Set  # a frequent word, from hit 20,000 on, or from four fifths of its hits on


def draw(corpus: Corpus, *, count: int, first: int = 0, seed: int = 20_220_103) -> Queries:
    """`count` of each kind, from the `first` so many articles; 0: from all."""
    articles = min(first or corpus.count, corpus.count)
    rng = random.Random(seed)
    titles: list[list[str]] = []
    runs: list[str] = []
    days: list[date] = []
    frequency: Counter[str] = Counter()
    step = max(1, articles // _SAMPLE)
    for number, document in enumerate(islice(corpus.documents(), articles)):
        words = [word for word in jieba.cut(document.title) if _WORD.fullmatch(word)]
        titles.append(words)
        if number % step == 0:
            frequency.update(set(jieba.cut(document.body)))
        runs.extend(_some_runs(document, rng))
        if document.day:
            days.append(document.day)
    titles = [words for words in titles if words]
    rng.shuffle(titles)
    rng.shuffle(runs)
    words = _unique(rng.choice(title) for title in titles)
    sampled = -(-articles // step)
    common = {word: seen for word, seen in frequency.most_common(200) if _WORD.fullmatch(word)}
    span = (min(days), max(days)) if days else (date(2020, 1, 1), date(2020, 12, 31))

    def far(word: str) -> Query:
        return Query(word, offset=min(20_000, common[word] * articles * 8 // sampled // 10))

    def split(texts: Sequence[str], make: Callable[[str], Query] = Query) -> Set:
        warm = min(_WARM, len(texts) // 4)
        made = [make(text) for text in texts[: warm + count]]
        return Set(made[:warm], made[warm:])

    def ranged(word: str) -> Query:
        first = span[0] + timedelta(days=rng.randrange((span[1] - span[0]).days + 1))
        return Query(word, first, first + timedelta(days=rng.randint(30, 730)))

    return Queries(
        words=split(words),
        pairs=split(_unique(" ".join(rng.sample(title, 2)) for title in titles if len(set(title)) > 1)),
        phrases=split(_unique(phrase for run in runs if (phrase := _phrase(run, rng)))),
        ranges=split(rng.sample(words, len(words)), ranged),
        deep=split(list(common)[:16], far),
    )


def _unique(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _some_runs(document: IndexDocument, rng: random.Random) -> list[str]:
    found = _HAN.findall(document.body)
    return [rng.choice(found)] if found else []


def _phrase(run: str, rng: random.Random) -> str:
    """ "" when the boundaries of words do not cut it."""
    length = rng.randint(4, 8)
    start = rng.randrange(len(run) - length + 1)
    words = [(begin, end) for _, begin, end in jieba.tokenize(run)]
    inside = any(start < begin < start + length for begin, _ in words)
    return run[start : start + length] if inside else ""
