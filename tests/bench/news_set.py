"""Does the search find the story that a reader has in mind? Questions made from an imported archive.

    NEWSARCHIVE_DATA=FOLDER python -m tests.bench.news_set [--questions 200] [--seed 7]

Four kinds, each with the one story that is meant:

- retitled: the headline of an older copy of a story that is shown under another one
- caption: a caption of 12 to 40 characters in which one character is another
- title: a title of at least five of jieba's words of which two are left out
- name and month: the two rarest words of two or three ideographs of a title, and the month of publication

Prints MRR@10, R@1 and R@10 of each kind. Nothing is written. Another story may be as good an answer (many
captions stand in several stories), so what can be reached is less than 1; compare two programs on the same
archive.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import random
from collections.abc import Iterator
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
django.setup()

from newsarchive.archive.visibility import visible  # noqa: E402  (needs the settings)
from newsarchive.models import Image  # noqa: E402
from search.engines import get_engine  # noqa: E402
from search.engines.base import Request  # noqa: E402
from search.language.tokens import search_text, segmenter  # noqa: E402
from search.query.parser import Term, parse  # noqa: E402

SHORTEST, LONGEST = 12, 40  # characters of a caption
_HAN = ("\u4e00", "\u9fff")


class Question(NamedTuple):
    text: str
    story: int


def retitled() -> Iterator[Question]:
    shown: dict[int, str] = {}
    rows = visible().exclude(story__canonical_id=None).order_by("pk")
    columns = ("story_id", "title", "pk", "story__canonical_id")
    for story, title, number, canonical in rows.values_list(*columns):
        if number == canonical:
            shown[story] = search_text(title)
    for story, title in rows.values_list("story_id", "title"):
        if title and shown.get(story) and search_text(title) != shown[story]:
            yield Question(title, story)


def captions(rng: random.Random) -> Iterator[Question]:
    rows = Image.objects.filter(article__in=visible()).order_by("pk")
    for caption, story in rows.values_list("caption", "article__story_id"):
        caption = caption.partition("。")[0]
        places = [at for at, char in enumerate(caption) if _is_han(char)]
        if SHORTEST <= len(caption) <= LONGEST and len(places) >= SHORTEST:
            at = rng.choice(places)
            yield Question(caption[:at] + rng.choice("的一是在不了有和人這") + caption[at + 1 :], story)


def titles(rng: random.Random) -> Iterator[Question]:
    rows = visible().order_by("pk").exclude(title="")
    for title, story in rows.values_list("title", "story_id"):
        words = [token for token in segmenter().tokens(search_text(title)) if _is_name(token.text)]
        if len(words) >= 5:
            gone = {at for token in rng.sample(words, 2) for at in range(token.start, token.end)}
            yield Question("".join(char for at, char in enumerate(title) if at not in gone), story)


def names_and_months() -> Iterator[Question]:
    count = functools.lru_cache(lambda word: get_engine().count(Term(word)))
    rows = (
        visible().exclude(published_on=None).order_by("pk").values_list("title", "published_on", "story_id")
    )
    for title, day, story in rows:
        words = {word for word in segmenter().words(search_text(title)) if _is_name(word)}
        if len(words) >= 2:
            rarest = sorted(words, key=lambda word: (count(word), word))[:2]
            yield Question(f"{' '.join(rarest)} date:{day:%Y-%m}", story)


def _is_han(char: str) -> bool:
    return _HAN[0] <= char <= _HAN[1]


def _is_name(word: str) -> bool:
    return 2 <= len(word) <= 3 and all(map(_is_han, word))


KINDS = ("retitled", "caption", "title", "name and month")


def questions(kind: str, *, count: int, seed: int) -> list[Question]:
    """So many of a kind, spread over the archive; fewer when there are not as many. Of names and months the
    first ones, since each of them costs searches."""
    rng = random.Random(seed)
    made = {
        "retitled": retitled,
        "caption": lambda: captions(rng),
        "title": lambda: titles(rng),
        "name and month": lambda: itertools.islice(names_and_months(), count),
    }[kind]()
    found = list(dict.fromkeys(made))
    return rng.sample(found, min(count, len(found)))


def rank(question: Question) -> int | None:
    """Of the story among the first ten; None when it is not there."""
    hits = get_engine().search(Request(parse(question.text).tree, counts=False)).hits
    stories = [hit.story_id for hit in hits]
    return stories.index(question.story) + 1 if question.story in stories else None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    for kind in KINDS:
        ranks = [rank(one) for one in questions(kind, count=asked.questions, seed=asked.seed)]
        found = [at for at in ranks if at]
        size = max(1, len(ranks))
        mean = sum(1 / at for at in found) / size
        first = found.count(1) / size
        print(f"{kind:15s} n={len(ranks)} MRR {mean:.3f} R@1 {first:.3f} R@10 {len(found) / size:.3f}")


if __name__ == "__main__":
    main()
