"""The work queues of curators: each is a filter of the article list, with its own address."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsarchive.archive.history import Review
from newsarchive.archive.identity.disambiguation import SHARED
from newsarchive.models import Article, Authorship, DamagedFile, Image, ImportFailure

Narrow = Callable[[QuerySet[Article]], QuerySet[Article]]
_LISTED = 10_000  # ids in one query; a longer queue shows its newest so many
_COUNTS = "queue-lengths"  # cache key of the time of counting and the length of each queue
_COUNTED_SECONDS = 30  # seconds for which counts are kept, since the index page needs all of them at once


@dataclass(frozen=True, slots=True)
class Queue:
    key: str
    title: str | Promise
    narrow: Narrow
    doubt: bool = True  # whether articles that a curator has reviewed are left out

    def of(self, articles: QuerySet[Article]) -> QuerySet[Article]:
        found = self.narrow(articles)
        if self.doubt:
            found = found.filter(~Exists(Review.objects.filter(article=OuterRef("pk"))))
        return found


def _no_date(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(published_on=None)


def _future(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(published_on__gt=timezone.localdate())


def _no_author(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(~Exists(Authorship.objects.filter(article=OuterRef("pk"))))


def _no_outlet(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(outlet=None)


def _with_problems() -> QuerySet[Article]:
    return Article.objects.alias(noted=Cast("problems", TextField()))


def _has_problem(*codes: str) -> Q:
    """For articles from `_with_problems`, in which the JSON column is text as both databases write it. A code
    is found with its quotation marks, which inside a value would be escaped."""
    found = Q()
    for code in codes:
        found |= Q(noted__contains=f'"code": "{code}"')
    return found


def _mojibake(articles: QuerySet[Article]) -> QuerySet[Article]:
    """By the problem that importers noted, since finding mojibake here would mean reading every text."""
    garbled = _has_problem("mojibake", "characters_lost") | Q(title__contains="\ufffd")
    return _listed(articles, _with_problems().filter(garbled))


def _shared_address(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Articles whose address does not identify them: others have it too, or it is that of a listing."""
    return _listed(articles, _with_problems().filter(_has_problem(SHARED, "address_of_listing")))


def _capture_failed(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(status=Article.Status.CAPTURE_FAILED)


def _needs_review(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.filter(status=Article.Status.NEEDS_REVIEW)


def _possible_copies(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Articles of the same title and day in different stories: their texts differ too much for the importer
    to group them."""
    twice = (
        Article.objects.exclude(story_key="")
        .exclude(standing=Article.Standing.STUB)
        .order_by()
        .values("story_key")
        .annotate(stories=Count("story", distinct=True))
        .filter(stories__gt=1)
    )
    found = Article.objects.filter(story_key__in=twice.values("story_key"), grouped_by_hand=False)
    return _listed(articles, found.exclude(standing=Article.Standing.STUB))


def _listed(articles: QuerySet[Article], found: QuerySet[Article]) -> QuerySet[Article]:
    """Runs the expensive query once and filters by its ids, the newest _LISTED at most: the list uses the
    filter several times."""
    return articles.filter(pk__in=list(found.order_by("-pk").values_list("pk", flat=True)[:_LISTED]))


def _source_changed(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.alias(changes=Cast("source_changes", TextField())).exclude(changes="{}")


def _no_credit(articles: QuerySet[Article]) -> QuerySet[Article]:
    bare = Image.objects.filter(article=OuterRef("pk"), credit="").exclude(caption="")
    return articles.filter(Exists(bare))


def _damaged_file(articles: QuerySet[Article]) -> QuerySet[Article]:
    """As found by the last command that read the files."""
    return articles.filter(Exists(DamagedFile.objects.filter(raw__article=OuterRef("pk"))))


QUEUES = (
    Queue("needs_review", _("待審"), _needs_review, doubt=False),
    Queue("source_changed", _("來源有變"), _source_changed, doubt=False),
    Queue("no_date", _("沒有日期"), _no_date),
    Queue("future_date", _("日期在未來"), _future),
    Queue("no_author", _("沒有作者"), _no_author),
    Queue("no_outlet", _("沒有媒體"), _no_outlet),
    Queue("mojibake", _("亂碼"), _mojibake),
    Queue("capture_failed", _("擷取失敗"), _capture_failed),
    Queue("damaged_file", _("原始檔損壞"), _damaged_file, doubt=False),
    Queue("shared_address", _("原址共用"), _shared_address),
    Queue("versions", _("疑似同一報道"), _possible_copies),
    Queue("no_credit", _("圖說無來源"), _no_credit),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    title: str | Promise
    count: int
    url: str


def waiting() -> list[Waiting]:
    """Every queue with its length, and the number of files that gave no article. At most _COUNTED_SECONDS
    old."""
    kept: tuple[float, dict[str, int]] = cache.get(_COUNTS, (0.0, {}))
    made, counts = kept
    # The cache would keep counts too long if the clock was set back.
    if not 0 <= time.time() - made < _COUNTED_SECONDS:
        counts = {queue.key: queue.of(Article.objects.order_by()).count() for queue in QUEUES}
        counts["failures"] = ImportFailure.objects.filter(Q(raw=None) | Q(raw__article=None)).count()
        cache.set(_COUNTS, (time.time(), counts), _COUNTED_SECONDS)
    listed = reverse("admin:newsarchive_article_changelist")
    rows = [Waiting(queue.title, counts[queue.key], f"{listed}?queue={queue.key}") for queue in QUEUES]
    failures = reverse("admin:newsarchive_importfailure_changelist")
    return [*rows, Waiting(_("匯入失敗的檔案"), counts["failures"], f"{failures}?state=open")]


def changed() -> None:
    """Call after articles were changed: the next page counts again."""
    cache.delete(_COUNTS)
