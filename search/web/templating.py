"""The readers' templates (templates/jinja2): Jinja, compiled to Python, everything escaped. What they can
call beside what Jinja has is listed here."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from django.conf import settings
from django.template.defaultfilters import truncatechars
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment

from newsarchive.archive.identity.lookup import permalink
from newsarchive.messages import texts
from newsarchive.runtime import logs
from search.results.exports.cited_names import persons_of

from .counting.links import href as counting_href
from .counting.links import keyness as keyness_href
from .exports.form import MOST_CHOSEN
from .exports.formats import LABELS, unapi_id
from .links import web_address

_SHORT: Final = 60  # characters of an address that are printed
_TAGS: Final = {"en": "en", "zh-hans": "zh-Hans"}


def environment(**options: Any) -> Environment:
    """Named in settings.TEMPLATES. A line of nothing but a block tag leaves no blank in the page."""
    made = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    made.filters |= {
        "date": formatted,
        "grouped": grouped,
        "unapi_id": unapi_id,
        "readable": readable,
        "said": texts.said_of,
        "short_address": short_address,
        "truncatechars": truncatechars,
        "web": web_address,
    }
    made.globals |= {
        "cited_persons": persons_of,
        "counting_href": counting_href,
        "current_language": get_language,
        "export_formats": LABELS,
        "keyness_href": keyness_href,
        "most_chosen": MOST_CHOSEN,
        "permalink": permalink,
        "report_href": report_href,
        "request_number": logs.current,
        "said_days": said_days,
        "search_href": search_href,
        "static": static,
        "today": localdate,
        "ui_language": ui_language,
        "url": url,
    }
    return made


def url(view: str, *values: object) -> str:
    return reverse(view, args=values) if values else _path(view, get_script_prefix())


@lru_cache(maxsize=64)
def _path(view: str, _prefix: str) -> str:
    """Of a page that is the same on all pages. The prefix is the server's: `reverse` begins with it."""
    return reverse(view)


def search_href(**parameters: object) -> str:
    """The address of a search, as search_href(q="習近平", outlet=name); `from_` is `from`."""
    return url("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})


def ui_language() -> str:
    """The tag of the buttons' language, for those that stand inside an article in another one."""
    return _TAGS.get(get_language() or "", "zh-Hant-HK")


def readable(address: str) -> str:
    """An address decoded for reading; as it is where it can't be."""
    try:
        decoded = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return address
    return decoded if decoded.isprintable() else address


def short_address(address: str) -> str:
    """https://www.hkcnews.com/article/43638/ -> hkcnews.com/article/43638; the end of a long one is cut."""
    shown = readable(address).split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return shown if len(shown) <= _SHORT else shown[: _SHORT - 1] + "…"


def report_href(title: str, address: str) -> str:
    """A mail that names the page, or the page that settings.CONTACT is; "" without one."""
    contact: str = settings.CONTACT
    if not contact or contact.startswith(("https://", "http://")):
        return contact
    subject = gettext("回報錯誤：%(title)s") % {"title": title}
    return f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}&body={quote(address)}"


def said_days(first: date, last: date) -> str:
    """A day, a month, a year or a time from one day to another, in the reader's language."""
    if first == last:
        return formatted(first, gettext("Y年n月j日"))
    ends_month = last.day == monthrange(last.year, last.month)[1]
    if first.day == 1 and ends_month and first.year == last.year:
        if first.month == last.month:
            return formatted(first, gettext("Y年n月"))
        if (first.month, last.month) == (1, 12):
            return formatted(first, gettext("Y年"))
    days = {"first": said_days(first, first), "last": said_days(last, last)}
    return gettext("%(first)s至%(last)s") % days


def grouped(number: int) -> str:
    """44210 -> 44,210"""
    return f"{number:,}"


def formatted(day: date | None, pattern: str) -> str:
    """In Django's patterns; a moment as it is in the archive's time zone. "" for None."""
    if day is None:
        return ""
    return date_format(localtime(day) if isinstance(day, datetime) else day, pattern)
