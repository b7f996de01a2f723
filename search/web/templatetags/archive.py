"""What templates need beside Django's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from newsarchive.messages import Message, texts
from newsarchive.models import Article
from newsarchive.runtime import logs
from search.results.highlight import drawn

if TYPE_CHECKING:
    from search.results.results import Result

register = template.Library()


@register.filter
def web(url: str) -> str:
    """`url` when it is one that a page may link to, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def said(message: Message | str | None) -> str:
    """A message, or what a text column holds, in the reader's language."""
    return texts.said_stored(message) if isinstance(message, str) else texts.said(message)


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
_OUTLET: Final = '<span class="outlet">{}</span>'
_AUTHOR: Final = '<span class="author">{}</span>'
_VERSIONS: Final = '<span class="copies" lang="{}"><a href="{}{}#versions">{}</a></span>'

Items = Iterator[tuple[str, Sequence[str]]]  # for `drawn`


@register.simple_tag
def printed_date(article: Article) -> SafeString:
    """When it was published, no more precisely than the source said."""
    return drawn(_date(article))


def _date(article: Article) -> Items:
    if article.published_at:
        moment = timezone.localtime(article.published_at)
        yield _TIME, (moment.isoformat(), date_format(moment, gettext("Y年n月j日 H:i")))
    elif day := article.published_on:
        yield _TIME, (day.isoformat(), date_format(day, gettext("Y年n月j日")))
    else:
        yield _UNKNOWN, (gettext("日期不詳"),)
    if article.date_estimated:
        yield _NOTE, (gettext("（估計）"),)


@register.simple_tag
def result_meta(result: Result, address: str, query: str, language: str) -> SafeString:
    """Who published and wrote it, when, and how many other versions there are. `language` is that of the
    words which are ours."""
    return drawn(_meta(result, address, query, language))


def _meta(result: Result, address: str, query: str, language: str) -> Items:
    byline = result.article.byline
    if result.outlet:
        yield _OUTLET, (result.outlet,)
    for role, name in result.writers:
        yield _AUTHOR, (f"{role} {name}" if role else name,)
    if not result.writers and byline and byline != result.outlet:
        yield _AUTHOR, (byline,)
    yield '<span lang="{}">', (language,)
    yield from _date(result.article)
    yield "</span>", ()
    if result.copies > 1:
        others = result.copies - 1
        said = ngettext("另有 %(n)s 個版本", "另有 %(n)s 個版本", others) % {"n": others}
        yield _VERSIONS, (language, address, query, said)


@register.simple_tag
def search_href(**parameters: object) -> str:
    """The address of a search, as `{% search_href q="習近平" outlet=name %}`; `from_` is `from`."""
    return reverse("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})
