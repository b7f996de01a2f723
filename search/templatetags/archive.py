"""What templates need beside Django's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from newsarchive import logs
from newsarchive.models import Article

from ..highlight import drawn

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


_TIME: Final = '<time datetime="{}">{}</time>'
_UNKNOWN: Final = '<span class="unknown">{}</span>'
_NOTE: Final = ' <span class="note">{}</span>'


@register.simple_tag
def printed_date(article: Article) -> SafeString:
    """When it was published, no more precisely than the source said."""
    items: list[tuple[str, Sequence[str]]] = []
    if article.published_at:
        moment = timezone.localtime(article.published_at)
        items.append((_TIME, (moment.isoformat(), date_format(moment, gettext("Y年n月j日 H:i")))))
    elif day := article.published_on:
        items.append((_TIME, (day.isoformat(), date_format(day, gettext("Y年n月j日")))))
    else:
        items.append((_UNKNOWN, (gettext("日期不詳"),)))
    if article.date_estimated:
        items.append((_NOTE, (gettext("（估計）"),)))
    return drawn(items)


@register.simple_tag
def search_href(**parameters: object) -> str:
    """The address of a search, as `{% search_href q="習近平" outlet=name %}`; `from_` is `from`."""
    return reverse("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})
