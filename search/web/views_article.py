from __future__ import annotations

import logging
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from newsarchive.archive import text_diff, visibility
from newsarchive.archive.identity import lookup
from newsarchive.errors import DamagedPicture
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from newsarchive.quotas.rate_limits import limited
from search.results.exports.references import reference_of

from . import article_page, json_ld
from .conditional import has_etag
from .counting import coverage, reuse
from .exports import gbt7714
from .exports import views as exports
from .reading_way import way_of
from .refusals import refused

logger = logging.getLogger("newsarchive.pictures")

CACHE_SECONDS: Final = 60  # what is withdrawn is gone from every cache within them
PICTURE_SECONDS: Final = 365 * 24 * 3600


@require_safe
@limited("read")
@has_etag
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """`reading_way` says what the address may hold beside the number."""
    found = article_page.article_of(pk)
    if found is None:
        raise Http404
    if refusal := refused(request, found):
        return refusal
    way = way_of(request.GET)
    page = article_page.read(found, way)
    context = {"page": page, "article": found, "json_ld": json_ld.news_article(found)}
    context["reference"] = gbt7714.line(reference_of(found), exports.source_of(request))
    context["coverage"] = coverage.beside(found)
    context["passages"] = reuse.beside(found)
    response = render(request, "articles/article.html", context)
    response.load_images = way.images  # type: ignore[attr-defined]  # security_headers reads it
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    if found.source_url:
        response["Link"] = _memento_links(found.source_url)
    return response


@require_safe
@limited("read")
def permanent(request: HttpRequest, identity: str) -> HttpResponse:
    """Leads on to the article that has this identity today. Not for ever (301): it may get another number."""
    found = lookup.article_of(identity)
    if refusal := refused(request, found):
        return refusal
    assert found is not None
    query = request.META["QUERY_STRING"]
    response = redirect(found.get_absolute_url() + (f"?{query}" if query else ""))
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


@require_safe
@limited("search")  # comparing costs as much as searching
def diff(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two visible copies of one story: what stands in `pk` only, and in `other` only."""
    found = {article.pk: article for article in article_page.articles().filter(pk__in=[pk, other])}
    if len(found) < 2 or found[pk].story_id != found[other].story_id:
        raise Http404
    for article in found.values():
        if refusal := refused(request, article):
            return refusal
    old, new = found[pk], found[other]
    title = text_diff.line(old.title, new.title)
    text = text_diff.compare(*(plain_text(article.body).split("\n") for article in (old, new)))
    captions = text_diff.compare(*(article_page.captions(article) for article in (old, new)))
    context = {
        "old": old,
        "new": new,
        "title": title,
        "text": text,
        "captions": captions,
        "changed": title.changed or any(stretch.changed for stretch in (*text, *captions)),
    }
    response = render(request, "articles/diff.html", context)
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


@require_safe
def picture(request: HttpRequest, pk: str, sha256: str, suffix: str) -> HttpResponseBase:
    """The local copy of a picture of this article; gone when the article is. Curators see it all the same."""
    found = get_object_or_404(
        Article.objects.only("status", "status_reason", "status_changed_at"), pk=int(pk)
    )
    visible = visibility.is_visible(found)
    curates = not visible and request.user.has_perm("newsarchive.view_article")
    if not curates and (refusal := refused(request, found)):
        return refusal
    copies = store.local(Image.objects.filter(article=found)).values()
    kept = next((copy for copy in copies if (copy.sha256, copy.suffix) == (sha256, suffix)), None)
    if kept is None:
        raise Http404
    try:
        response = HttpResponse(store.read(kept), content_type=kept.media_type)
    except DamagedPicture as exc:
        logger.error("%s; manage.py fetch_pictures", exc)
        raise Http404 from exc
    response["Content-Disposition"] = f'inline; filename="{sha256[:16]}.{suffix}"'
    # What an address gives never changes; caches that many share ask again, lest they keep what is withdrawn.
    response["Cache-Control"] = (
        f"public, max-age={PICTURE_SECONDS}, s-maxage={CACHE_SECONDS}, immutable" if visible else "no-store"
    )
    return response


def _memento_links(source_url: str) -> str:
    """Where copies of the original can be found (RFC 7089)."""
    url = iri_to_uri(source_url)
    web = "https://web.archive.org/web"
    return (
        f'<{url}>; rel="original", '
        f'<{web}/timemap/link/{url}>; rel="timemap"; type="application/link-format", '
        f'<{web}/{url}>; rel="timegate"'
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("search/icon.svg"))
