"""Fields of a form -> parameters in the words of OpenAPI: what a view checks is what the document says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from search.web.forms import MOST_VALUES

from .forms import LONGEST_QUERY, MOST_QUERIES, Queries

Fields = Mapping[str, forms.Field]


def parameters(fields: Fields) -> Iterator[dict[str, Any]]:
    """Of the query of an address."""
    for name, field in fields.items():
        said = {"name": name, "in": "query", "required": field.required, "schema": schema(field)}
        if isinstance(field, forms.MultipleChoiceField):
            said |= {"style": "form", "explode": True}
        yield said | ({"description": str(field.help_text)} if field.help_text else {})


def body(fields: Fields) -> dict[str, Any]:
    """Of a JSON object that is sent."""
    properties = {
        name: schema(field) | ({"description": str(field.help_text)} if field.help_text else {})
        for name, field in fields.items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, field in fields.items() if field.required],
    }


def schema(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, Queries):
        each = {"type": "string", "maxLength": LONGEST_QUERY}
        return {"type": "array", "items": each, "minItems": 1, "maxItems": MOST_QUERIES}
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": {"type": "string"}, "maxItems": MOST_VALUES}
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return {"type": "string", "enum": [str(value) for value, _label in choices]}
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer"} | {name: limit for name, limit in limits.items() if limit is not None}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    longest = getattr(field, "max_length", None)
    return {"type": "string"} | ({"maxLength": longest} if longest else {})
