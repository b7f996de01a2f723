"""An article in the admin: its form and what stands beside it. `ListPage` is the list, `OwnPages` the further
pages, `SavingForm` what saving does."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from newsarchive.archive import history
from newsarchive.messages import texts
from newsarchive.models import Article

from . import article_list, edit_diff
from .article_form import ArticleForm
from .inlines import AuthorshipInline, ImageInline
from .list_page import ListPage
from .own_pages import OwnPages
from .saving_form import SavingForm


@admin.register(Article)
class ArticleAdmin(OwnPages, SavingForm, ListPage):
    form = ArticleForm
    inlines = (AuthorshipInline, ImageInline)
    change_form_template = "admin/article_form.html"
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("seen", "title", "byline", "column", "outlet_name", "language")}),
        (gettext_lazy("日期"), {"fields": (("day", "clock"),)}),
        (gettext_lazy("內文"), {"fields": ("body",)}),
        (gettext_lazy("分類及標籤"), {"fields": ("category_names", "tag_names")}),
        (gettext_lazy("狀態"), {"fields": ("status", "status_reason")}),
        (gettext_lazy("出處"), {"fields": ("source_url", "archived_url")}),
    )

    # -- not possible here: articles come from files, and are withdrawn instead of deleted

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    # -- the form; users without the right to change see these in place of its fields

    @admin.display(description=gettext_lazy("媒體"), ordering="outlet__name")
    def outlet_name(self, article: Article) -> str:
        return article.outlet.name if article.outlet else ""

    @admin.display(description=gettext_lazy("分類"))
    def category_names(self, article: Article) -> str:
        return "、".join(row.name for row in article.categories.all())

    @admin.display(description=gettext_lazy("標籤"))
    def tag_names(self, article: Article) -> str:
        return "、".join(row.name for row in article.tags.all())

    @admin.display(description=gettext_lazy("日期"))
    def day(self, article: Article) -> str:
        return self.dated(article)

    @admin.display(description=gettext_lazy("時間"))
    def clock(self, article: Article) -> str:
        return timezone.localtime(article.published_at).isoformat(" ") if article.published_at else ""

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        (name, first), *others = fieldsets
        fields = tuple(field for field in first["fields"] if field != "seen")
        return [(name, {**first, "fields": fields}), *others]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        article = self.get_object(request, object_id)
        context = self._beside(article) if article else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _beside(self, article: Article) -> dict[str, Any]:
        """What is shown beside the form: the article's files, its copies, and changes of the source."""
        kept = history.snapshots([article.pk])[article.pk]
        return {
            "files": article.raw_files.defer("packed").select_related("run", "damage"),
            "copies": Article.objects.filter(story=article.story_id).count(),
            "versions": Article.objects.filter(story=article.story_id)
            .exclude(pk=article.pk)
            .select_related("outlet")
            .defer(*article_list.HEAVY),
            "source_changes": [
                (field, edit_diff.field_diff(field, kept.get(field, ""), new))
                for field, new in sorted(article.source_changes.items())
            ],
            "edited": [edit_diff.label(field) for field in article.edited_fields],
            "problems": texts.all_said(article.problems),
            "article": article,
            "date_source": edit_diff.named("date_source", article.date_source),
        }
