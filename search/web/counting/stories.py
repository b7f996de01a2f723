"""Stories in the records of counts: the one that is asked for, and those that numbers lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse

from newsarchive.archive import export, visibility
from newsarchive.archive.identity.lookup import permalink
from newsarchive.models import Article
from search.web.interface.answers import refused


def asked_for(view: Callable[[HttpRequest, Article], JsonResponse]) -> Callable[..., JsonResponse]:
    """A record about the article of its address; a refusal where that may not be shown."""

    @wraps(view)
    def reading(request: HttpRequest, pk: int) -> JsonResponse:
        found = Article.objects.filter(pk=pk).first()
        refusal = visibility.refusal(found)
        if refusal is not None:
            return refused(refusal)
        assert found is not None
        return view(request, found)

    return reading


def named(request: HttpRequest, article: Article, outlet: str) -> dict[str, Any]:
    """How a record names a story (as `schemas` says)."""
    return {
        "id": article.pk,
        "story": article.story_id,
        "permalink": request.build_absolute_uri(permalink(article)),
        "outlet": outlet,
        "title": article.title,
        "published_at": export.published_at(article),
    }
