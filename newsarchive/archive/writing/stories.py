"""Which story an article belongs to: found by comparing texts (`copies`), or set by a curator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from newsarchive.archive import copies, history, outbox
from newsarchive.archive.copies import Comparison, DisjointSets
from newsarchive.archive.ranks import best_copy
from newsarchive.models import Article, Story
from newsarchive.runtime.write_lock import holding_write_lock


def move(articles: QuerySet[Article], story: int, **columns: object) -> None:
    """Every change of an article's story is made through this function."""
    history.note_places(articles)
    articles.update(story=story, **columns)


def regroup(articles: Sequence[Article]) -> set[int]:
    """Finds the copies of these saved articles and makes each set of copies one story.

    Returns the stories to be indexed again, including those that were merged into others. The articles' own
    `story_id` is updated. Call it in the transaction that saved the articles.
    """
    gone = join(articles)
    changed = {article.story_id for article in articles}
    choose_canonical(changed)
    return changed | set(gone)


def join(articles: Sequence[Article]) -> dict[int, int]:
    """Merges stories. Returns merged story -> the story that it became part of; the caller chooses what those
    show."""
    texts = [article for article in articles if copies.takes_part(article)]
    known = {article.pk: article for article in copies.candidates(texts)}
    sets = DisjointSets(article.story_id for article in [*articles, *known.values()])
    compared = Comparison({article.pk: article.body for article in texts})
    for one, two in copies.pairs(texts, known.values()):
        if sets.root(one.story_id) != sets.root(two.story_id) and compared.are_copies(one, two):
            sets.join(one.story_id, two.story_id)
    gone = {story_id: sets.root(story_id) for story_id in sets if sets.root(story_id) != story_id}
    _move(gone)
    for article in articles:
        article.story_id = sets.root(article.story_id)
    return gone


def separate(articles: Sequence[Article]) -> set[int]:
    """For articles whose text, title or pointers changed: copies that are no longer connected with the first
    article of their story get stories of their own. Returns all stories that were checked.

    A curator's grouping stays. Call it before `regroup`, in the same transaction.
    """
    numbers = {article.story_id for article in articles}
    by_story: dict[int, list[Article]] = defaultdict(list)
    for copy in copies.comparable(stubs=True).filter(story_id__in=numbers):
        by_story[copy.story_id].append(copy)
    looked_at = set(numbers)
    for together in by_story.values():
        looked_at |= _separate(together)
    moved = dict(Article.objects.filter(pk__in=[a.pk for a in articles]).values_list("pk", "story_id"))
    for article in articles:
        article.story_id = moved[article.pk]
    choose_canonical(looked_at)
    return looked_at


def _separate(together: Sequence[Article]) -> set[int]:
    """Returns the new stories."""
    sets = DisjointSets(copy.pk for copy in together)
    compared = Comparison({})
    texts = [copy for copy in together if copy.standing != Article.Standing.STUB]
    for one, two in copies.pairs(texts, texts):
        if sets.root(one.pk) != sets.root(two.pk) and compared.are_copies(one, two):
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


def _move(gone: dict[int, int]) -> None:
    """Moves all articles of the merged stories to the stories that they became part of."""
    into: dict[int, list[int]] = defaultdict(list)
    for story_id, target in gone.items():
        into[target].append(story_id)
    for target, ended in into.items():
        move(Article.objects.filter(story_id__in=ended), target)
    Story.objects.filter(pk__in=gone).delete()


def choose_canonical(story_ids: Collection[int]) -> None:
    """Chooses which of each story's copies is shown."""
    by_story: dict[int, list[Article]] = defaultdict(list)
    for article in Article.objects.filter(story_id__in=story_ids).only(
        *("id", "identity", "canonical_identity", "story_id"),
        *("standing", "captured_at", "status", "problems"),
    ):
        by_story[article.story_id].append(article)
    stories = []
    for story in Story.objects.filter(pk__in=by_story).order_by("pk"):
        best = best_copy(by_story[story.pk])
        if story.canonical_id != best.pk:
            story.canonical = best
            stories.append(story)
    Story.objects.bulk_update(stories, ["canonical"])


@holding_write_lock()
def find_copies(articles: Sequence[Article]) -> dict[int, int]:
    """Finds copies among articles that had no title keys yet. Returns merged story -> the story that it
    became part of."""
    untold = [article for article in articles if article.title_key is None]
    for article in untold:
        article.title_key = copies.title_key(article.title)
    Article.objects.bulk_update(untold, ["title_key"])
    gone = join(untold)
    choose_canonical(set(gone.values()))
    outbox.enqueue(sorted({*gone, *gone.values()}))
    return gone


@holding_write_lock()
def group(articles: QuerySet[Article]) -> int:
    """Groups the articles and all their copies into one story by a curator's decision, which imports leave
    unchanged. Returns the story's id. Raises ValueError when there are no articles."""
    numbers = set(articles.order_by().values_list("story_id", flat=True))
    if not numbers:
        raise ValueError("no articles to group")
    target = min(numbers)
    together = Article.objects.filter(story_id__in=numbers)
    move(together, target, grouped_by_hand=True, changed_at=timezone.now())
    Story.objects.filter(pk__in=numbers - {target}).delete()
    choose_canonical({target})
    outbox.enqueue(sorted(numbers), takes_away=True)
    return target


@holding_write_lock()
def split(article: Article) -> int:
    """Gives the article a story of its own by a curator's decision. Returns its id; the rest of the old story
    stays together."""
    before = Article.objects.values_list("story_id", flat=True).get(pk=article.pk)
    shared = Article.objects.filter(story=before).exclude(pk=article.pk).exists()
    own = Story.objects.create().pk if shared else before
    alone = Article.objects.filter(pk=article.pk)
    move(alone, own, grouped_by_hand=True, changed_at=timezone.now())
    article.refresh_from_db()
    choose_canonical({before, own})
    outbox.enqueue(sorted({before, own}), takes_away=True)
    return own


@holding_write_lock()
def put_in_story(article: Article, story: int | None, *, grouped_by_hand: bool) -> None:
    """For an undo: puts the article back into its earlier story, which is created again if it was merged into
    another; None leaves it where it is."""
    before = Article.objects.values_list("story_id", flat=True).get(pk=article.pk)
    story = story or before
    Story.objects.get_or_create(pk=story)
    one = Article.objects.filter(pk=article.pk)
    move(one, story, grouped_by_hand=grouped_by_hand, changed_at=timezone.now())
    if before != story and not Article.objects.filter(story=before).exists():
        Story.objects.filter(pk=before).delete()
    choose_canonical({before, story})
    outbox.enqueue(sorted({before, story}), takes_away=True)
