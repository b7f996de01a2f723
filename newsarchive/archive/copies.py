"""Which articles are copies of one story.

Two articles are copies in two cases: the source itself points from one to the other (the id at the end of a
眾新聞 address) and their texts share enough; or their titles are equal and their texts agree, where more
agreement is required the further their days are apart (`_same_title`). A story is a connected component of
such pairs. Whether two articles are a pair depends on these two alone, so the result does not depend on the
order of arrival, and a new article is compared only with articles of the same title or pointer.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from newsarchive.runtime.number_lists import rows

from .identity import lookup

# Shares of the runs of four characters (shingles) that two texts have in common. Containment is the share of
# the shorter text's runs, for texts that were cut or extended; likeness (Jaccard) is the share of all runs of
# both. The limits were chosen on 44,210 files of 眾新聞; docs/versions.md has the measurements.
ALIKE: Final = 0.9  # same title and day: at this containment or likeness nothing else is compared
# Containment where the source points to the other; it is only half because a year in an address may look like
# an id.
POINTED: Final = 0.5
SAME_DAY: Final = 0.6  # same title and day, and most numbers: containment
# … and this share of the numbers in the text with fewer; reports made from one template differ in their
# numbers
SAME_DAY_NUMBERS: Final = 0.6
REDATED_CONTAINED: Final = 0.8  # same title on another or an unknown day: containment …
REDATED_ALIKE: Final = 0.6  # … and likeness …
REDATED_NUMBERS: Final = 0.9  # … and numbers
REDATED_DAYS: Final = 31  # days between the two; a text that appears again later is a new publication
# … and a title of at least so many characters: short titles such as 世界這一天 name a column
REDATED_TITLE: Final = 6
# … or, under a shorter title, texts of so many runs and so alike; two articles of a column never are
REDATED_SAME_RUNS: Final = 200
REDATED_SAME: Final = 0.9  # likeness
SHORT_TEXT: Final = 40  # runs; a text with fewer is a greeting or a notice, which only ALIKE may join
_RUN: Final = 4


_NUMBERS = re.compile(r"\d+|[〇零一二兩两三四五六七八九十百千萬万億亿]{2,}")


def copies_of(numbers: Collection[int]) -> list[int]:
    """Ids of all articles in the stories of these articles, the given ones included."""
    stories = Article.objects.filter(pk__in=rows(numbers)).order_by().values("story")
    return list(Article.objects.filter(story__in=stories).order_by("pk").values_list("pk", flat=True))


def key(title: str, day: date | None) -> str:
    """A hash equal for articles of the same title and day; "" when either is missing, so that such articles
    are not compared."""
    letters = _letters(title)
    return _hashed(f"{letters}\n{day or ''}") if letters else ""


def title_key(title: str) -> str:
    """A hash equal for articles whose titles have the same letters; "" for a title without letters."""
    letters = _letters(title)
    return _hashed(letters) if letters else ""


def set_keys(article: Article) -> None:
    """Call after the title, day or address was set. An article older than title keys keeps its NULL, by which
    `check_identities` finds what it has not checked."""
    article.story_key = key(article.title, article.published_on)
    if article.title_key is not None or article.pk is None:
        article.title_key = title_key(article.title)
    article.address_key = lookup.address_key(article.source_url)


def _length(title: str) -> float:
    """Length in Chinese characters; three Latin letters or digits count as one."""
    return sum(1.0 if letter > "\u2e80" else 1 / 3 for letter in _letters(title))


def _letters(title: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", title).casefold() if c.isalnum())


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def takes_part(article: Article) -> bool:
    return article.standing != Article.Standing.STUB and not article.grouped_by_hand


def candidates(articles: Sequence[Article]) -> QuerySet[Article]:
    """Every article that one of these may be a copy of, the given ones included, without their texts."""
    names = {article.identity for article in articles}
    pointers = {article.canonical_identity for article in articles if article.canonical_identity}
    keys = {article.story_key for article in articles if article.story_key}
    titles = {article.title_key for article in articles if article.title_key}
    return comparable().filter(
        Q(pk__in=[article.pk for article in articles])
        | Q(story_key__in=keys)
        | Q(title_key__in=titles)
        | Q(identity__in=pointers)
        | Q(canonical_identity__in=names | pointers)
    )


def comparable(*, stubs: bool = False) -> QuerySet[Article]:
    articles = Article.objects.exclude(grouped_by_hand=True)
    if not stubs:
        articles = articles.exclude(standing=Article.Standing.STUB)
    return articles.only(
        *("id", "identity", "canonical_identity", "story_key", "title", "title_key"),
        *("published_on", "story_id", "standing"),
    ).order_by("id")


def pairs(fresh: Sequence[Article], known: Collection[Article]) -> Iterable[tuple[Article, Article]]:
    """Pairs worth comparing: equal titles or a common pointer, at least one of the two in `fresh`. A pair may
    come twice."""
    new = {article.pk for article in fresh}
    pointing: dict[str, list[Article]] = defaultdict(list)
    titled: dict[str, list[Article]] = defaultdict(list)
    for article in known:
        for name in {f"key {article.story_key}", article.identity, article.canonical_identity} - {"key ", ""}:
            pointing[name].append(article)
        if article.title_key:
            titled[article.title_key].append(article)
    for group in pointing.values():
        yield from _with_new(group, new, near=lambda _one: group)  # noqa: B023 - used before the next iteration
    for group in titled.values():
        if len(group) > 1:
            yield from _with_new(group, new, near=_ByDay(group).near)


def _with_new(
    group: Sequence[Article], new: Collection[int], *, near: Callable[[Article], Iterable[Article]]
) -> Iterator[tuple[Article, Article]]:
    for one in group:
        if one.pk in new:
            for two in near(one):
                if two.pk != one.pk and (two.pk not in new or one.pk < two.pk):
                    yield (one, two) if one.pk < two.pk else (two, one)


class _ByDay:
    """Articles of one title, found by day: a column may have thousands, of which only those within
    REDATED_DAYS are compared."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._days: dict[date | None, list[Article]] = defaultdict(list)
        for article in articles:
            self._days[article.published_on].append(article)

    def near(self, one: Article) -> Iterator[Article]:
        for day, articles in self._days.items():
            if _days_apart(one.published_on, day) <= REDATED_DAYS:
                yield from articles


def _days_apart(one: date | None, two: date | None) -> int:
    """0 when either day is unknown, so that it is compared with all."""
    return abs((one - two).days) if one is not None and two is not None else 0


class Comparison:
    """Compares articles by their texts; each text is loaded and cut into runs once. `bodies` are texts
    already loaded."""

    def __init__(self, bodies: dict[int, str]) -> None:
        self._bodies = bodies
        self.text = functools.cache(self._text)
        self.runs = functools.cache(lambda pk: runs_of(self.text(pk)))
        self.numbers = functools.cache(lambda pk: _numbers(self.text(pk)))

    def are_copies(self, one: Article, two: Article) -> bool:
        first, second = self.runs(one.pk), self.runs(two.pk)
        if not first or not second:
            return False
        shared = len(first & second)
        contained = shared / min(len(first), len(second))
        if contained >= POINTED and _points_alike(one, two):
            return True
        alike = shared / (len(first) + len(second) - shared)
        if one.story_key == two.story_key != "" and max(alike, contained) >= ALIKE:
            return True
        if not one.title_key or one.title_key != two.title_key or min(len(first), len(second)) < SHORT_TEXT:
            return False
        long = min(len(first), len(second)) >= REDATED_SAME_RUNS
        return self._same_title(one, two, contained, alike, same=long and alike >= REDATED_SAME)

    def _same_title(self, one: Article, two: Article, contained: float, alike: float, *, same: bool) -> bool:
        """Equal titles are not enough: a title may name a column, and a text may follow a template (a weather
        report, the market close). Such texts share most words and differ in their numbers."""
        if one.published_on is not None and one.published_on == two.published_on:
            return contained >= SAME_DAY and self._share_numbers(one, two) >= SAME_DAY_NUMBERS
        return (
            _days_apart(one.published_on, two.published_on) <= REDATED_DAYS
            and (same or _length(one.title) >= REDATED_TITLE)
            and contained >= REDATED_CONTAINED
            and alike >= REDATED_ALIKE
            and self._share_numbers(one, two) >= REDATED_NUMBERS
        )

    def _share_numbers(self, one: Article, two: Article) -> float:
        first, second = self.numbers(one.pk), self.numbers(two.pk)
        fewer = min(len(first), len(second))
        return len(first & second) / fewer if fewer else 1.0

    def _text(self, pk: int) -> str:
        body = self._bodies.get(pk)
        if body is None:
            body = Article.objects.values_list("body", flat=True).get(pk=pk)
        return plain_text(body)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBERS.findall(unicodedata.normalize("NFKC", text)))


def runs_of(text: str) -> frozenset[str]:
    text = "".join(text.split())
    return frozenset(text[at : at + _RUN] for at in range(max(1, len(text) - _RUN + 1)) if text)


def share_text(one: str, two: str) -> bool:
    """Whether two texts are of one article: one is a corrected, shortened or extended form of the other."""
    first, second = runs_of(one), runs_of(two)
    if not first or not second:
        return first == second
    return len(first & second) / min(len(first), len(second)) >= POINTED


def _points_alike(one: Article, two: Article) -> bool:
    """Whether one points to the other, or both to the same article."""
    targets = {one.canonical_identity or one.identity, two.canonical_identity or two.identity}
    return len(targets) == 1


class DisjointSets:
    """Union-find over story ids; the smallest id of each set represents it."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._parent = {number: number for number in numbers}

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._parent))

    def root(self, number: int) -> int:
        while self._parent[number] != number:
            number = self._parent[number]
        return number

    def join(self, one: int, two: int) -> None:
        one, two = sorted((self.root(one), self.root(two)))
        self._parent[two] = one
