"""Tags and categories in the admin."""

from __future__ import annotations

from django.contrib import admin

from newsarchive.models import Category, Tag

from . import merging


@admin.register(Tag)
class TagAdmin(merging.MergeableAdmin):
    kind = "tag"


@admin.register(Category)
class CategoryAdmin(merging.MergeableAdmin):
    kind = "category"
