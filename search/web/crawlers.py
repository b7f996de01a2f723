"""What search engines of the web ask for: /robots.txt and the sitemap (sitemaps.org), which lists articles
only.

The sitemap is an index of parts, each of the articles whose numbers lie in one range: a part is one short
query and changes only when one of its articles does.
"""

from __future__ import annotations

from typing import Final

from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from newsarchive.archive import visibility
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from newsarchive.runtime import work
from search.web.conditional import has_etag

# Articles in one part; the protocol allows 50,000. Memory and time of an answer are those of one part.
PART: Final = 5_000
_ARTICLE_COST: Final = 40  # units of `runtime.work`: the time of a change stands behind the text in its row
_KIND: Final = "application/xml; charset=utf-8"


@require_safe
@limited("read")
@has_etag
def sitemap(request: HttpRequest) -> HttpResponse:
    part_of = F("pk") / PART
    visible = set(visibility.visible().order_by().values_list(part_of, flat=True).distinct())
    # Those of hidden articles too: a part from which one was withdrawn has changed. From indexes alone.
    changes = Article.objects.order_by().values_list(part_of).annotate(Max("changed_at"))
    listed = [
        (request.build_absolute_uri(reverse("sitemap-part", args=[number])), changed)
        for number, changed in sorted(changes)
        if number in visible
    ]
    return render(
        request, "sitemap.xml", {"root": "sitemapindex", "each": "sitemap", "listed": listed}, _KIND
    )


@require_safe
@limited("read")
@has_etag
def part(request: HttpRequest, number: int) -> HttpResponse:
    base = request.build_absolute_uri("/").rstrip("/")
    rows = visibility.visible().filter(pk__gte=number * PART, pk__lt=(number + 1) * PART).order_by("pk")
    listed = [
        (base + reverse("article", args=[pk]), changed)
        for pk, changed in rows.values_list("pk", "changed_at")
    ]
    if not listed:
        raise Http404
    work.current().more += _ARTICLE_COST * len(listed)
    return render(request, "sitemap.xml", {"root": "urlset", "each": "url", "listed": listed}, _KIND)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Searches, feeds and exports are not disallowed: they say themselves that robots keep none of them,
    which a robot only learns by asking."""
    lines = (
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
