"""An export as an answer that is written while it is read from the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from newsarchive.archive import visibility
from newsarchive.runtime import work
from search.results.exports import export_rows

from .formats import WHOLE, Format
from .provenance import Provenance

_BLOCK: Final = 64 * 1024  # characters sent at once
# What an article costs in units of `runtime.work`, measured over 26,861 stories: 80 and 220 microseconds.
_REFERENCE_COST: Final = 80
_RECORD_COST: Final = 220
_LAYOUT: Final = 1  # counted up when a format writes something else for the same articles
_NOT_IN_A_NAME: Final = re.compile(r"[^\w]+")
_LONGEST_NAME: Final = 40  # characters of the words that were searched


def answer(
    request: HttpRequest,
    made: Format,
    numbers: Iterable[Sequence[int]],
    source: Provenance,
    *,
    state: bytes = b"",
) -> HttpResponseBase:
    """`numbers` are articles, in slices; `state` is what the list itself depends on. 304 when the client has
    this list already, as of today."""
    response: Any = _whole(request, made, numbers, source)
    response["Content-Type"] = made.media_type
    response["Content-Disposition"] = content_disposition_header(True, file_name(made, source)) or ""
    response["Cache-Control"] = "no-cache"  # kept, and asked for each time: what is withdrawn is gone at once
    response["X-Total-Count"] = str(source.total)
    etag = _etag(made, source, state)
    response["ETag"] = etag
    answered: HttpResponseBase = get_conditional_response(request, etag=etag, response=response) or response
    if answered is response:
        cost = _RECORD_COST if made in WHOLE else _REFERENCE_COST
        work.current().more += cost * source.total
    return answered


def _whole(
    request: HttpRequest, made: Format, numbers: Iterable[Sequence[int]], source: Provenance
) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    rows: Iterable[object] = (
        export_rows.record_rows(numbers) if made in WHOLE else export_rows.reference_rows(numbers)
    )
    return StreamingHttpResponse(blocks(made.write(rows, source)))


def blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Pieces joined to some 64,000 characters: each block is a write to the client's connection."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield "".join(kept).encode()
            kept, size = [], 0
    yield "".join(kept).encode()


def file_name(made: Format, source: Provenance) -> str:
    words = _NOT_IN_A_NAME.sub("-", source.query or "").strip("-")[:_LONGEST_NAME]
    return "-".join(filter(None, ("newsarchive", words, source.day.isoformat()))) + f".{made.suffix}"


def _etag(made: Format, source: Provenance, state: bytes) -> str:
    """Weak: an export of the same day that differs in its time only is the same."""
    facts = visibility.visible().aggregate(Max("changed_at"), Count("pk"))
    said = (_LAYOUT, made.name, source.base, source.address, source.day, get_language(), *facts.values())
    digest = hashlib.blake2b(repr(said).encode(), digest_size=16)
    digest.update(state)
    return f'W/"{digest.hexdigest()}"'
