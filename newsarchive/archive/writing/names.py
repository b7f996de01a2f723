"""Renaming and merging names, in the rows that link articles to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from newsarchive.archive import outbox
from newsarchive.archive.renaming import FormerName, Named, articles_of, kind_of
from newsarchive.models import Article, Author, Authorship, Category, Outlet
from newsarchive.runtime.number_lists import slices
from newsarchive.runtime.write_lock import holding_write_lock


@holding_write_lock()
def renamed(row: Named, before: str) -> None:
    """Call after `row` was saved under a new name: records the old name as a former one and has the articles
    indexed again."""
    if isinstance(row, Outlet):
        _know_as(row, [*row.aliases, before])
    else:
        _give_up(type(row), before, row.pk)
        FormerName.objects.filter(kind=kind_of(type(row)), name=row.name).delete()
    _reindex(articles_of(row))


@holding_write_lock()
def merge_names(gone: Named, into: Named) -> int:
    """Replaces `gone` by `into` everywhere. Returns how many articles changed."""
    if type(gone) is not type(into) or gone.pk == into.pk:
        raise ValueError("two different rows of one kind are merged")
    numbers = articles_of(gone)
    if isinstance(gone, Outlet) and isinstance(into, Outlet):
        Article.objects.filter(outlet=gone).update(outlet=into)
        _know_as(into, [*into.aliases, gone.name, *gone.aliases])
    else:
        _take_over(gone, into)
        kind = kind_of(type(gone))
        FormerName.objects.filter(kind=kind, number=gone.pk).update(number=into.pk)
        _give_up(type(gone), gone.name, into.pk)
    gone.delete()
    _reindex(numbers)
    return len(numbers)


def _take_over(gone: Named, into: Named) -> None:
    """Points the linking rows of `gone` to `into`; an article linked to both keeps one."""
    if isinstance(gone, Author):
        shared = Authorship.objects.filter(author=into.pk).values("article")
        Authorship.objects.filter(author=gone.pk, article__in=shared).delete()
        Authorship.objects.filter(author=gone.pk).update(author=into.pk)
        return
    field = "category" if isinstance(gone, Category) else "tag"
    through = Article.categories.through if isinstance(gone, Category) else Article.tags.through
    rows = through._default_manager
    both = rows.filter(**{f"{field}_id": into.pk}).values("article_id")
    rows.filter(**{f"{field}_id": gone.pk, "article_id__in": both}).delete()
    rows.filter(**{f"{field}_id": gone.pk}).update(**{f"{field}_id": into.pk})


def _know_as(outlet: Outlet, names: Iterable[str]) -> None:
    outlet.aliases = [name for name in dict.fromkeys(names) if name != outlet.name]
    outlet.save(update_fields=["aliases"])


def _give_up(model: type[Named], name: str, number: int) -> None:
    FormerName.objects.update_or_create(kind=kind_of(model), name=name, defaults={"number": number})


def _reindex(numbers: list[int]) -> None:
    for some in slices(numbers, 500):
        batch = Article.objects.filter(pk__in=some)
        batch.update(changed_at=timezone.now())
        outbox.enqueue(sorted(set(batch.order_by().values_list("story_id", flat=True))))
