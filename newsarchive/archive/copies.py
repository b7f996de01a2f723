"""Which articles are copies of one story.

Two articles are copies when the source itself points from one to the other (the id at the end of a
眾新聞 address) and their texts are not strangers, or when title and day are the same and the texts
nearly so. A story is whatever hangs together by such pairs, so the outcome does not depend on the
order of arrival, and a new article is compared with its like only.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations

from django.db.models import Q, QuerySet

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article, Story
from newsarchive.runtime.number_lists import rows

# Shared runs of four characters. ALIKE: of all (Jaccard), or of the shorter text (containment: one
# copy was cut or grew). POINTED: enough where the source says so; years in an address look like ids.
ALIKE, POINTED = 0.9, 0.5
_RUN = 4


@dataclass(frozen=True, slots=True)
class Place:
    story: int
    grouped_by_hand: bool


_DIGITS = re.compile(r"(\d+)")


_moved: ContextVar[dict[int, Place] | None] = ContextVar("moved", default=None)


@contextmanager
def noting_moves() -> Iterator[dict[int, Place]]:
    """Where each article was that is put into another story, or grouped by hand, inside: by its number. For
    the history of an action, which may move articles that it does not name."""
    places: dict[int, Place] = {}
    before = _moved.set(places)
    try:
        yield places
    finally:
        _moved.reset(before)


def move(articles: QuerySet[Article], story: int, **columns: object) -> None:
    """Every change of an article's story goes through here."""
    places = _moved.get()
    if places is not None:
        rows = articles.order_by().values_list("pk", "story_id", "grouped_by_hand")
        for number, before, by_hand in rows:
            places.setdefault(number, Place(before, by_hand))
    articles.update(story=story, **columns)


def copies_of(numbers: Collection[int]) -> list[int]:
    """All articles of the stories of these, themselves among them."""
    stories = Article.objects.filter(pk__in=rows(numbers)).order_by().values("story")
    return list(Article.objects.filter(story__in=stories).order_by("pk").values_list("pk", flat=True))


def key(title: str, day: date | None) -> str:
    """The same for articles whose title and day are the same; "" for none: nothing to compare by."""
    letters = "".join(c for c in unicodedata.normalize("NFKC", title).casefold() if c.isalnum())
    return hashlib.sha256(f"{letters}\n{day or ''}".encode()).hexdigest()[:32] if letters else ""


def regroup(articles: Sequence[Article]) -> set[int]:
    """Find the copies of these saved articles and make each set of copies one story.

    Returns the stories to look at again, those that ended in another among them. The articles' own
    `story_id` is brought up to date. Call in the transaction that saved the articles.
    """
    texts = [article for article in articles if _takes_part(article)]
    known = {article.pk: article for article in _candidates(texts)}
    stories = _Sets(article.story_id for article in [*articles, *known.values()])
    compared = _Comparison({article.pk: article.body for article in texts})
    for one, two in _pairs(texts, known.values()):
        if stories.root(one.story_id) != stories.root(two.story_id) and compared.copies(one, two):
            stories.join(one.story_id, two.story_id)
    gone = {story_id: stories.root(story_id) for story_id in stories if stories.root(story_id) != story_id}
    _move(gone)
    for article in articles:
        article.story_id = stories.root(article.story_id)
    changed = {article.story_id for article in articles}
    choose_canonical(changed)
    return changed | set(gone)


def separate(articles: Sequence[Article]) -> set[int]:
    """For articles whose text, title or pointers changed under them: copies that no longer hang together
    with the first of their story get stories of their own. Returns all stories that were looked at.

    A curator's grouping stays. Call before `regroup`, in the same transaction.
    """
    numbers = {article.story_id for article in articles}
    copies: dict[int, list[Article]] = defaultdict(list)
    for copy in _comparable(stubs=True).filter(story_id__in=numbers):
        copies[copy.story_id].append(copy)
    looked_at = set(numbers)
    for together in copies.values():
        looked_at |= _separate(together)
    moved = dict(Article.objects.filter(pk__in=[a.pk for a in articles]).values_list("pk", "story_id"))
    for article in articles:
        article.story_id = moved[article.pk]
    choose_canonical(looked_at)
    return looked_at


def _separate(copies: Sequence[Article]) -> set[int]:
    """Returns the new stories."""
    sets = _Sets(copy.pk for copy in copies)
    compared = _Comparison({})
    texts = [copy for copy in copies if copy.standing != Article.Standing.STUB]
    for one, two in _pairs(texts, texts):
        if sets.root(one.pk) != sets.root(two.pk) and compared.copies(one, two):
            sets.join(one.pk, two.pk)
    parts: dict[int, list[int]] = defaultdict(list)
    for number in sets:
        parts[sets.root(number)].append(number)
    made = set()
    for _, leaving in sorted(parts.items())[1:]:
        story = Story.objects.create()
        move(Article.objects.filter(pk__in=leaving), story.pk)
        made.add(story.pk)
    return made


def _takes_part(article: Article) -> bool:
    return article.standing != Article.Standing.STUB and not article.grouped_by_hand


def _candidates(articles: Sequence[Article]) -> QuerySet[Article]:
    """Everything that any of the articles may be a copy of, themselves among them; without texts."""
    names = {article.identity for article in articles}
    pointers = {article.canonical_identity for article in articles if article.canonical_identity}
    keys = {article.story_key for article in articles if article.story_key}
    return _comparable().filter(
        Q(pk__in=[article.pk for article in articles])
        | Q(story_key__in=keys)
        | Q(identity__in=pointers)
        | Q(canonical_identity__in=names | pointers)
    )


def _comparable(*, stubs: bool = False) -> QuerySet[Article]:
    articles = Article.objects.exclude(grouped_by_hand=True)
    if not stubs:
        articles = articles.exclude(standing=Article.Standing.STUB)
    return articles.only(
        "id", "identity", "canonical_identity", "story_key", "story_id", "standing"
    ).order_by("id")


def _pairs(fresh: Sequence[Article], known: Collection[Article]) -> Iterable[tuple[Article, Article]]:
    """Those worth comparing: the same title and day, or a pointer in common; one of each is fresh."""
    new = {article.pk for article in fresh}
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in known:
        for name in {f"key {article.story_key}", article.identity, article.canonical_identity} - {"key ", ""}:
            groups[name].append(article)
    for group in groups.values():
        if len(group) > 1:
            yield from ((one, two) for one, two in combinations(group, 2) if one.pk in new or two.pk in new)


class _Comparison:
    """Compares texts, each read and cut once. `bodies` are those at hand."""

    def __init__(self, bodies: dict[int, str]) -> None:
        self._bodies = bodies
        self.runs = functools.cache(self._runs)

    def copies(self, one: Article, two: Article) -> bool:
        first, second = self.runs(one.pk), self.runs(two.pk)
        if not first or not second:
            return False
        shared = len(first & second)
        contained = shared / min(len(first), len(second))
        if contained >= POINTED and _points_alike(one, two):
            return True
        alike = shared / (len(first) + len(second) - shared)
        return one.story_key == two.story_key != "" and max(alike, contained) >= ALIKE

    def _runs(self, pk: int) -> frozenset[str]:
        body = self._bodies.get(pk)
        if body is None:
            body = Article.objects.values_list("body", flat=True).get(pk=pk)
        return _runs_of(plain_text(body))


def _runs_of(text: str) -> frozenset[str]:
    text = "".join(text.split())
    return frozenset(text[at : at + _RUN] for at in range(max(1, len(text) - _RUN + 1)) if text)


def share_text(one: str, two: str) -> bool:
    """Are these texts of one article: one corrected, cut or grown into the other?"""
    first, second = _runs_of(one), _runs_of(two)
    if not first or not second:
        return first == second
    return len(first & second) / min(len(first), len(second)) >= POINTED


def _points_alike(one: Article, two: Article) -> bool:
    """One points to the other, or both to the same."""
    targets = {one.canonical_identity or one.identity, two.canonical_identity or two.identity}
    return len(targets) == 1


class _Sets:
    """Disjoint sets of story numbers; the least of each stands for it."""

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


def _move(gone: dict[int, int]) -> None:
    """All articles of the stories that ended go to the story they ended in."""
    into: dict[int, list[int]] = defaultdict(list)
    for story_id, target in gone.items():
        into[target].append(story_id)
    for target, ended in into.items():
        move(Article.objects.filter(story_id__in=ended), target)
    Story.objects.filter(pk__in=gone).delete()


def choose_canonical(story_ids: Collection[int]) -> None:
    """Of each story's copies the one to show: published ones before all others, whole texts before parts,
    what the source points to, then the latest capture, then the highest number in its identity."""
    copies: dict[int, list[Article]] = defaultdict(list)
    for article in Article.objects.filter(story_id__in=story_ids).only(
        "id", "identity", "canonical_identity", "story_id", "standing", "captured_at", "status"
    ):
        copies[article.story_id].append(article)
    stories = []
    for story in Story.objects.filter(pk__in=copies).order_by("pk"):
        best = best_copy(copies[story.pk])
        if story.canonical_id != best.pk:
            story.canonical = best
            stories.append(story)
    Story.objects.bulk_update(stories, ["canonical"])


_RANK = {Article.Standing.STUB: 0, Article.Standing.TRUNCATED: 1, Article.Standing.ARTICLE: 2}


def best_copy(copies: Sequence[Article]) -> Article:
    pointed_to = {article.canonical_identity for article in copies} - {""}

    def worth(article: Article) -> tuple[object, ...]:
        return (
            article.status == Article.Status.PUBLISHED,
            _RANK[Article.Standing(article.standing)],
            article.identity in pointed_to,
            article.captured_at or datetime.min.replace(tzinfo=UTC),
            [int(part) if part.isdigit() else 0 for part in _DIGITS.split(article.identity)],
            article.identity,
        )

    return max(copies, key=worth)
