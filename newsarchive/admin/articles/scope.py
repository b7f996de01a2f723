"""只此版本, or 整篇報道: whether what a curator does to articles is for all copies of their stories."""

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
    """All copies of the stories of these articles, themselves among them."""
    stories = Article.objects.filter(pk__in=rows(numbers)).order_by().values("story")
    return Article.objects.filter(story__in=stories).order_by("pk")


def still_public(numbers: Sequence[int]) -> QuerySet[Article]:
    """Copies that readers go on reading when these articles are withdrawn."""
    others = visibility.visible(copies(numbers))
    return others.exclude(pk__in=rows(numbers)).select_related("outlet")
