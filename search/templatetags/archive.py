"""What templates need beside Django's own."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()


@register.filter
def web(url: str) -> str:
    """`url` when it is one that a page may link to, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def grouped(number: int) -> str:
    """44210 -> 44,210"""
    return f"{number:,}"


@register.simple_tag
def search_href(**parameters: object) -> str:
    """The address of a search, as `{% search_href q="習近平" outlet=name %}`; `from_` is `from`."""
    return reverse("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})
