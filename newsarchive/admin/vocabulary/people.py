"""Authors in the admin."""

from __future__ import annotations

from django.contrib import admin

from newsarchive.models import Author

from . import merging


@admin.register(Author)
class AuthorAdmin(merging.MergeableAdmin):
    fields = ("name", "bio", "avatar")
    kind = "author"
