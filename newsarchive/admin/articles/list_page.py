"""The list of articles in the admin: its columns, filters, search and paging."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date as formatted
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.importers.types import Precision
from newsarchive.messages import texts
from newsarchive.models import Article
from newsarchive.pictures.store import Picture

from . import article_list
from .filters import AgencyFilter, AuthorFilter, CategoryFilter, OutletFilter, QueueFilter, TagFilter

# Articles without a date come first; PostgreSQL would put NULL last.
_DAY = Coalesce("published_on", Value(date.min, DateField()))


class ListPage(admin.ModelAdmin):  # type: ignore[type-arg]
    change_list_template = "admin/article_list.html"
    list_display = (
        "headline",
        "outlet_name",
        "dated",
        "status",
        "problems_short",
        "copies",
        "pictures",
        "thumbnail",
    )
    list_display_links = ("headline",)
    list_filter = (
        *(QueueFilter, "status", "standing"),
        *(OutletFilter, CategoryFilter, TagFilter, AuthorFilter, AgencyFilter),
    )
    list_select_related = ("outlet",)
    list_per_page = 50
    date_hierarchy = "published_on"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each count beside a filter would cost a query
    search_fields = ("title",)  # shows the search box; `get_search_results` does the searching
    search_help_text = gettext_lazy("與讀者的搜尋相同：繁簡皆可，「」引用原句，標題： 作者： 圖說： 等欄位。")
    actions = ("change_many",)
    actions_on_bottom = True

    def get_changelist(self, request: HttpRequest, **options: Any) -> Any:
        return article_list.ArticleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        found = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "newsarchive_article_changelist":
            return found.defer(*article_list.HEAVY)
        return found

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leaves out the thumbnails in an archive that keeps no pictures."""
        kept = Picture.objects.filter(status=Picture.Status.OK).exists()
        return [name for name in self.list_display if kept or name != "thumbnail"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        if not search_term.strip():
            return queryset, False
        return article_list.search(request, queryset, search_term), False

    def get_paginator(self, request: HttpRequest, queryset: Any, *args: Any, **options: Any) -> Any:
        found = getattr(request, "found", None)
        if found is None or request.GET.get("o"):
            return super().get_paginator(request, queryset, *args, **options)
        paginator = article_list.RankedPaginator(queryset, *args, **options)
        paginator.found = found
        return paginator

    @admin.display(description=gettext_lazy("標題"), ordering="title")
    def headline(self, article: Article) -> str:
        title = article.title or _("（無標題）")
        alone = getattr(article, "copies", 1) < 2
        return title if alone else f"{title} · {article.identity}"

    @admin.display(description=gettext_lazy("日期"), ordering=_DAY)
    def dated(self, article: Article) -> str:
        if article.published_on is None:
            return _("不詳")
        if article.published_at:
            precise = "Y-m-d H:i:s" if article.date_precision == Precision.SECOND else "Y-m-d H:i"
            said = formatted(timezone.localtime(article.published_at), precise)
        else:
            said = article.known_day
        return f"{said}{_('（估計）')}" if article.date_estimated else said

    @admin.display(description=gettext_lazy("問題"), empty_value="")
    def problems_short(self, article: Article) -> str:
        return "、".join(texts.all_said(article.problems))

    @admin.display(description=gettext_lazy("版本"))
    def copies(self, article: Article) -> int:
        return article.copies  # type: ignore[attr-defined,no-any-return]  # counted by ArticleList

    @admin.display(description=gettext_lazy("圖片"))
    def pictures(self, article: Article) -> int:
        return article.pictures  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=gettext_lazy("縮圖"), empty_value="")
    def thumbnail(self, article: Article) -> str:
        """The local copy; nothing is loaded from other sites."""
        url: str = article.thumbnail_url  # type: ignore[attr-defined]
        return render_to_string("admin/_thumbnail.html", {"url": url}) if url else ""

    @admin.action(description=gettext_lazy("批次修改所選文章…"), permissions=["bulk"])
    def change_many(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        address = reverse("admin:newsarchive_article_bulk")
        chosen = request.POST.getlist("_selected_action")
        query = request.GET.copy()
        if request.POST.get("select_across") != "1":
            query["ids"] = ",".join(chosen)
        return redirect(f"{address}?{query.urlencode()}")
