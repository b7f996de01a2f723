"""Filters of the article list. Names are typed, because a list of choices would have to read a whole
table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsarchive.admin import name_fields, name_search
from newsarchive.archive import agencies
from newsarchive.models import Article, Image
from newsarchive.runtime import number_lists

from . import queues


class QueueFilter(admin.SimpleListFilter):
    title = _("工作佇列")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(queue.key, queue.title) for queue in queues.QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        for queue in queues.QUEUES:
            if queue.key == self.value():
                return queue.of(queryset)
        return queryset


class NameFilter(admin.ListFilter):
    """A text box. An existing name filters by that name; any other text by all names that contain it."""

    template = "admin/name_filter.html"
    parameter_name: ClassVar[str]
    path: ClassVar[str]

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        value = params.pop(self.parameter_name, [""])
        self.value: str = (value[-1] if isinstance(value, list) else value).strip()
        if self.value:
            self.used_parameters[self.parameter_name] = self.value
        self.near: list[str] = []

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if not self.value:
            return queryset
        rows = name_fields.MODELS[self.parameter_name]._default_manager
        exact = name_search.named(rows.all(), self.value)
        if exact:
            return self._with(queryset, exact)
        self.near = name_fields.like(self.parameter_name, self.value)
        held = list(name_search.narrowed(rows.all(), self.value, "name").values_list("pk", flat=True))
        return self._with(queryset, held)

    def _with(self, queryset: QuerySet[Article], held: list[int]) -> QuerySet[Article]:
        """Each article once, even if it has several of the names."""
        mine = Article._default_manager.filter(**{f"{self.path}__in": number_lists.rows(held)}).values("pk")
        return queryset.filter(pk__in=mine)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        others = [
            (key, value) for key, value in changelist.params.items() if key not in (self.parameter_name, "p")
        ]
        yield {
            "hidden": [
                (key, v) for key, value in others for v in (value if isinstance(value, list) else [value])
            ],
            "clear": changelist.get_query_string(remove=[self.parameter_name]),
            "near": [(name, changelist.get_query_string({self.parameter_name: name})) for name in self.near],
        }


class OutletFilter(NameFilter):
    title = _("媒體")
    parameter_name, path = "outlet", "outlet"


class CategoryFilter(NameFilter):
    title = _("分類")
    parameter_name, path = "category", "categories"


class TagFilter(NameFilter):
    title = _("標籤")
    parameter_name, path = "tag", "tags"


class AuthorFilter(NameFilter):
    title = _("作者")
    parameter_name, path = "author", "authors"


class AgencyFilter(NameFilter):
    """Filters by a name of the table of agencies, which pictures hold as text."""

    title = _("圖片來源")
    parameter_name, path = "agency", "images"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if not self.value:
            return queryset
        known = agencies.table().names
        same = [known[word] for word in known if name_search.key(word) == name_search.key(self.value)]
        name = known.get(self.value.casefold(), same[0] if same else self.value)
        self.near = [] if name != self.value else [n for n in name_fields.like("agency", name) if n != name]
        with_it = Image.objects.filter(agency=name).order_by().values("article")
        return queryset.filter(pk__in=with_it)
