"""Two names that turn out to be one, and the names that were given up: imports go on knowing those."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Article, Author, Authorship, Category, Outlet, Tag
from newsarchive.runtime.write_lock import turn

from . import outbox

Named = Outlet | Author | Category | Tag


class FormerName(models.Model):
    """What an import brings under `name` belongs to the row `number` of its kind."""

    class Kind(models.TextChoices):
        AUTHOR = "author", _("作者")
        CATEGORY = "category", _("分類")
        TAG = "tag", _("標籤")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("名稱"), max_length=300)
    number = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("舊名稱")
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="former_name_once")]

    def __str__(self) -> str:
        return self.name


def former(model: type[Named], names: Iterable[str]) -> dict[str, int]:
    """Given-up names -> the rows that took them over."""
    kind = _kind(model)
    return dict(FormerName.objects.filter(kind=kind, name__in=names).values_list("name", "number"))


def todays_names(model: type[Named], names: Iterable[str]) -> dict[str, str]:
    """Given-up names -> the names of the rows that took them over; without those that are in use again."""
    numbers = former(model, names)
    if not numbers:
        return {}
    known = dict(model._default_manager.filter(pk__in=numbers.values()).values_list("pk", "name"))
    again = set(model._default_manager.filter(name__in=numbers).values_list("name", flat=True))
    return {old: known[pk] for old, pk in numbers.items() if pk in known and old not in again}


def former_names(row: Named) -> list[str]:
    if isinstance(row, Outlet):
        return list(row.aliases)
    kind = _kind(type(row))
    return list(FormerName.objects.filter(kind=kind, number=row.pk).values_list("name", flat=True))


@turn()
def renamed(row: Named, before: str) -> None:
    """After `row` was saved under a new name: the old one stays known, its articles are indexed anew."""
    if isinstance(row, Outlet):
        _know_as(row, [*row.aliases, before])
    else:
        _give_up(type(row), before, row.pk)
        FormerName.objects.filter(kind=_kind(type(row)), name=row.name).delete()
    _look_again(articles_of(row))


@turn()
def merge(gone: Named, into: Named) -> int:
    """Everything of `gone` becomes `into`'s. Returns how many articles changed."""
    if type(gone) is not type(into) or gone.pk == into.pk:
        raise ValueError("two different rows of one kind are merged")
    numbers = articles_of(gone)
    if isinstance(gone, Outlet) and isinstance(into, Outlet):
        Article.objects.filter(outlet=gone).update(outlet=into)
        _know_as(into, [*into.aliases, gone.name, *gone.aliases])
    else:
        _take_over(gone, into)
        kind = _kind(type(gone))
        FormerName.objects.filter(kind=kind, number=gone.pk).update(number=into.pk)
        _give_up(type(gone), gone.name, into.pk)
    gone.delete()
    _look_again(numbers)
    return len(numbers)


def _take_over(gone: Named, into: Named) -> None:
    """The rows that tie articles to `gone`; an article that has both keeps one."""
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
    FormerName.objects.update_or_create(kind=_kind(model), name=name, defaults={"number": number})


def articles_of(row: Named) -> list[int]:
    return list(row.articles.order_by("pk").values_list("pk", flat=True))


def _look_again(numbers: list[int]) -> None:
    for start in range(0, len(numbers), 500):
        batch = Article.objects.filter(pk__in=numbers[start : start + 500])
        batch.update(changed_at=timezone.now())
        outbox.enqueue(sorted(set(batch.order_by().values_list("story_id", flat=True))))


def _kind(model: type[Named]) -> str:
    return model._meta.model_name or ""
