"""unAPI 1 (http://unapi.info/specs/): how Zotero takes the hits of a page of results. Each has an
`<abbr class="unapi-id">` with its identity, and this address gives its reference."""

from __future__ import annotations

from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from search.web.refusals import refused

from . import bibtex, mods, ris
from .provenance import Provenance
from .views import base_of, written

_FORMATS: Final[tuple[Any, ...]] = (ris, bibtex, mods)
_DOCS: Final = {
    "ris": "https://en.wikipedia.org/wiki/RIS_(file_format)",
    "bibtex": "https://www.ctan.org/pkg/bibtex",
    "mods": "http://www.loc.gov/standards/mods/",
}


@require_safe
@limited("read")
def unapi(request: HttpRequest) -> HttpResponse:
    """Formats of all; with `id` (an identity), of one, as 300; with `format` too, the reference."""
    identity = request.GET.get("id", "")
    if not identity:
        return _formats("")
    if "\x00" in identity:  # which PostgreSQL would not even compare
        raise Http404
    found = Article.objects.only("status", "status_reason").filter(identity=identity).first()
    if refusal := refused(request, found):
        return refusal
    if found is None or "format" not in request.GET:
        return _formats(identity, status=300)
    made = next((made for made in _FORMATS if made.name == request.GET["format"]), None)
    if made is None:
        return HttpResponse("unknown format\n", status=406, content_type="text/plain")
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    response = HttpResponse(written(made, found.pk, Provenance(base_of(request), now)))
    response["Content-Type"] = made.media_type
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _formats(identity: str, status: int = 200) -> HttpResponse:
    listed = Element("formats", {"id": identity} if identity else {})
    for made in _FORMATS:
        kind = made.media_type.partition(";")[0]
        SubElement(listed, "format", {"name": made.name, "type": kind, "docs": _DOCS[made.name]})
    document: bytes = tostring(listed, encoding="utf-8", xml_declaration=True)
    response = HttpResponse(document, status=status, content_type="application/xml")
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
