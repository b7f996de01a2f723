"""The page that a reader gets in place of an article that is not shown."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from newsarchive.archive import visibility
from newsarchive.models import Article
from search.results.addresses.failed_capture import failed_capture


def refused(request: HttpRequest, article: Article | None) -> HttpResponse | None:
    """None for an article that readers see. Raises Http404 where there is nothing to say."""
    refusal = visibility.refusal(article)
    if refusal is None:
        return None
    if refusal.status == HTTPStatus.GONE:
        return render(request, "410.html", {"article": article}, status=refusal.status)
    if failed := failed_capture(article):
        return render(request, "failed_capture.html", {"failed": failed}, status=refusal.status)
    raise Http404
