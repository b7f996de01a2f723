"""The choice between 只此版本 (this copy only) and 整篇報道 (the whole story) for a curator's change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from newsarchive.archive import visibility
from newsarchive.models import Article
from newsarchive.runtime.number_lists import rows

FIELD: Final = "scope"
COPY, STORY = "copy", "story"


def copies(numbers: Sequence[int]) -> QuerySet[Article]:
    """All copies in the stories of these articles, the given ones included."""
    stories = Article.objects.filter(pk__in=rows(numbers)).order_by().values("story")
    return Article.objects.filter(story__in=stories).order_by("pk")


def still_public(numbers: Sequence[int]) -> QuerySet[Article]:
    """Copies that stay visible to readers when these articles are withdrawn."""
    others = visibility.visible(copies(numbers))
    return others.exclude(pk__in=rows(numbers)).select_related("outlet")
