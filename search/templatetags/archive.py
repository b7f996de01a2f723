"""What templates need beside Django's own."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from newsarchive import logs

register = template.Library()


@register.filter
def web(url: str) -> str:
    """`url` when it is one that a page may link to, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def grouped(number: int) -> str:
    """44210 -> 44,210"""
    return f"{number:,}"


_TAGS = {"en": "en", "zh-hans": "zh-Hans"}


@register.simple_tag
def request_number() -> str:
    """Of the request that is being answered: what a reader can tell who keeps the archive."""
    return logs.current()


@register.simple_tag
def ui_language() -> str:
    """The tag of the buttons' language, for those that stand inside an article in another one."""
    return _TAGS.get(get_language() or "", "zh-Hant-HK")


@register.simple_tag
def search_href(**parameters: object) -> str:
    """The address of a search, as `{% search_href q="習近平" outlet=name %}`; `from_` is `from`."""
    return reverse("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})
