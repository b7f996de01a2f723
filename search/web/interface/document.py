"""/api/openapi.json, made from the endpoints' declarations (OpenAPI 3.1)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from . import parameters, schemas
from .endpoints import ENDPOINTS, Endpoint

_HEADERS: Final = {
    "RateLimit-Limit": "requests that one client may make in a window",
    "RateLimit-Remaining": "those that are left",
    "RateLimit-Reset": "seconds until the window ends",
}


def document(server: str) -> dict[str, Any]:
    """`server` is the archive's address."""
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(path_of(endpoint), {})[endpoint.method] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": gettext("新聞檔案"),
            "version": "1",
            "description": gettext("答案和錯誤都是 JSON；鍵只會增加，不會改變意思。"),
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {endpoint.name: endpoint.answer for endpoint in ENDPOINTS} | {"Error": schemas.ERROR}
        },
    }


def path_of(endpoint: Endpoint) -> str:
    """/api/articles/{pk}/"""
    example = reverse(endpoint.view, args=[0] * len(endpoint.path))
    for name in endpoint.path:
        example = example.replace("/0/", f"/{{{name}}}/", 1)
    return example


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in endpoint.path.items()
    ]
    operation: dict[str, Any] = {
        "operationId": endpoint.view,
        "summary": str(endpoint.summary),
        "parameters": in_path,
        "responses": {"200": _answer("OK", endpoint.name, endpoint.media_type)}
        | {str(status): _answer(HTTPStatus(status).phrase, "Error") for status in endpoint.errors},
    }
    if endpoint.method == "post":
        content = {"schema": parameters.body(endpoint.fields)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    else:
        operation["parameters"] += parameters.parameters(endpoint.fields)
    return operation


def _answer(description: str, schema: str, media_type: str = "application/json") -> dict[str, Any]:
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    headers = {name: {"description": said, "schema": schemas.NUMBER} for name, said in _HEADERS.items()}
    return {"description": description, "content": content, "headers": headers}
