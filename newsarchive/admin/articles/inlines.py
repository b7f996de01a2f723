"""The rows of authors and of pictures in an article's form."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from newsarchive.models import Authorship, Image

from .article_form import AuthorsFormSet, AuthorshipForm, ImageForm


class AuthorshipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Authorship
    form = AuthorshipForm
    formset = AuthorsFormSet
    fields = ("position", "role", "name")
    extra = 1
    verbose_name = verbose_name_plural = gettext_lazy("作者")

    @admin.display(description=gettext_lazy("姓名"))
    def name(self, row: Authorship) -> str:
        return row.author.name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorship]:
        return super().get_queryset(request).select_related("author")


class ImageInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Image
    form = ImageForm
    extra = 0
