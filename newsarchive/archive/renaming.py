"""Former names and the rows that replaced them. Imports still recognise a former name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Author, Category, Outlet, Tag

Named = Outlet | Author | Category | Tag


class FormerName(models.Model):
    """What an import brings under `name` belongs to the row `number` of that kind."""

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
    """Former name -> id of the row that replaced it."""
    kind = kind_of(model)
    return dict(FormerName.objects.filter(kind=kind, name__in=names).values_list("name", "number"))


def todays_names(model: type[Named], names: Iterable[str]) -> dict[str, str]:
    """Former name -> today's name, without former names that are in use again."""
    numbers = former(model, names)
    if not numbers:
        return {}
    known = dict(model._default_manager.filter(pk__in=numbers.values()).values_list("pk", "name"))
    again = set(model._default_manager.filter(name__in=numbers).values_list("name", flat=True))
    return {old: known[pk] for old, pk in numbers.items() if pk in known and old not in again}


def former_names(row: Named) -> list[str]:
    if isinstance(row, Outlet):
        return list(row.aliases)
    kind = kind_of(type(row))
    return list(FormerName.objects.filter(kind=kind, number=row.pk).values_list("name", flat=True))


def articles_of(row: Named) -> list[int]:
    return list(row.articles.order_by("pk").values_list("pk", flat=True))


def kind_of(model: type[Named]) -> str:
    return model._meta.model_name or ""
