"""The readers' templates (templates/jinja2): Jinja, compiled to Python, everything escaped. What they can
call beside what Jinja has is listed here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.template.defaultfilters import truncatechars
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment

from newsarchive.messages import texts
from newsarchive.runtime import logs

from .counting.links import href as counting_href
from .links import web_address

_TAGS: Final = {"en": "en", "zh-hans": "zh-Hans"}


def environment(**options: Any) -> Environment:
    """Named in settings.TEMPLATES. A line of nothing but a block tag leaves no blank in the page."""
    made = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    made.filters |= {
        "date": formatted,
        "grouped": grouped,
        "said": texts.said_of,
        "truncatechars": truncatechars,
        "web": web_address,
    }
    made.globals |= {
        "counting_href": counting_href,
        "current_language": get_language,
        "request_number": logs.current,
        "search_href": search_href,
        "static": static,
        "ui_language": ui_language,
        "url": url,
    }
    return made


def url(view: str, *values: object) -> str:
    return reverse(view, args=values)


def search_href(**parameters: object) -> str:
    """The address of a search, as search_href(q="習近平", outlet=name); `from_` is `from`."""
    return reverse("search") + "?" + urlencode({key.rstrip("_"): value for key, value in parameters.items()})


def ui_language() -> str:
    """The tag of the buttons' language, for those that stand inside an article in another one."""
    return _TAGS.get(get_language() or "", "zh-Hant-HK")


def grouped(number: int) -> str:
    """44210 -> 44,210"""
    return f"{number:,}"


def formatted(day: date | None, pattern: str) -> str:
    """In Django's patterns; a moment as it is in the archive's time zone. "" for None."""
    if day is None:
        return ""
    return date_format(localtime(day) if isinstance(day, datetime) else day, pattern)
