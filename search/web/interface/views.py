"""The document of the API and its page."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.archive import visibility
from newsarchive.quotas.rate_limits import limited
from search.web.conditional import has_etag
from search.web.exports.views import base_of

from . import parameters
from .answers import answer, too_many
from .document import document, path_of
from .endpoints import ENDPOINTS, Endpoint


@require_safe
@limited("read", refusal=too_many)
@has_etag
def openapi(request: HttpRequest) -> HttpResponse:
    return answer(document(base_of(request)))


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint as the page prints it."""

    method: str
    path: str
    summary: str
    parameters: list[tuple[str, str, str]]  # name, kind, what it means
    commands: list[str]


@require_safe
@limited("read")
@has_etag
def page(request: HttpRequest) -> HttpResponse:
    base = base_of(request)
    article = visibility.visible().order_by("-pk").values_list("pk", flat=True).first()
    described = [
        Described(
            method=endpoint.method.upper(),
            path=path_of(endpoint),
            summary=str(endpoint.summary),
            parameters=[
                (name, _kind(parameters.schema(field)), str(field.help_text))
                for name, field in endpoint.fields.items()
            ],
            commands=[command(base, endpoint, example, article or 1) for example in endpoint.examples],
        )
        for endpoint in ENDPOINTS
    ]
    return render(request, "api.html", {"endpoints": described})


def command(base: str, endpoint: Endpoint, example: dict[str, Any], number: int) -> str:
    """For a shell; it runs as it is printed."""
    path = path_of(endpoint)
    for name in endpoint.path:
        path = path.replace(f"{{{name}}}", str(number))
    if endpoint.method == "post":
        body = json.dumps(example, ensure_ascii=False)
        return f"curl {base}{path} -H 'Content-Type: application/json' -d {shlex.quote(body)}"
    pairs = "".join(f" --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in example.items())
    return f"curl -G {base}{path}{pairs}" if pairs else f"curl {base}{path}"


def _kind(schema: dict[str, Any]) -> str:
    """integer 1–100, a|b, date, string…"""
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema["type"] == "array":
        return f"{schema['items']['type']}…"
    if "minimum" in schema:
        return f"{schema['type']} {schema['minimum']}–{schema['maximum']}"
    return str(schema.get("format", schema["type"]))
