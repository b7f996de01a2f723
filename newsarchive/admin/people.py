from __future__ import annotations

from django.contrib import admin

from ..models import Author
from . import vocabulary


@admin.register(Author)
class AuthorAdmin(vocabulary.MergeableAdmin):
    fields = ("name", "bio", "avatar")
    kind = "author"
