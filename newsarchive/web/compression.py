"""Pages and records go out compressed where the client reads gzip: a page of results is a sixth as long.
Static files have compressed copies beside them, which whitenoise serves."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS: Final = ("text/", "application/json", "application/atom+xml", "application/xml")


class Compression(GZipMiddleware):
    """Leaves alone what is no text, and what is streamed: an export of everything is hundreds of megabytes,
    and compressing it would take longer than writing it. Each answer is padded by a random length, so that
    its size says nothing of what stands in it (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(_TEXTS):
            return response
        return super().process_response(request, response)
