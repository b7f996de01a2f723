from __future__ import annotations

from django.contrib import admin

from ..models import Category, Tag
from . import vocabulary


@admin.register(Tag)
class TagAdmin(vocabulary.MergeableAdmin):
    kind = "tag"


@admin.register(Category)
class CategoryAdmin(vocabulary.MergeableAdmin):
    kind = "category"
