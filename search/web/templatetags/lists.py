"""The long lists of a page of results: hundreds of values, drawn in one go each.

A template's loop takes about twenty microseconds a value, which was half of the time of the whole page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from search.results.highlight import drawn

if TYPE_CHECKING:
    from search.web.links import Choice
    from search.web.timeline import Bar

register = template.Library()

_CHOSEN: Final = (
    '<li class="chosen"><a href="{}" rel="nofollow" aria-current="true" title="{}">'
    '<span class="name">{}</span> <span class="count">{}</span></a></li>'
)
_OFFERED: Final = (
    '<li><a href="{}" rel="nofollow"><span class="name">{}</span> <span class="count">{}</span></a>'
    '<a class="without" href="{}" rel="nofollow" aria-label="{} {}">−</a></li>'
)
_BAR: Final = (
    '<a href="{}" rel="nofollow" tabindex="-1"><title>{}: {} ({})</title>'
    '<rect class="reach" x="{}" width="10" height="100"/><rect x="{}" y="{}" width="8" height="{}"/></a>\n'
)
_ROW: Final = '<tr><th scope="row"><a href="{}" rel="nofollow">{}</a></th><td>{}</td><td>{}</td></tr>'


@register.simple_tag
def choice_items(choices: Iterable[Choice]) -> SafeString:
    """The items of a facet's list; each links to the search with that value, and to the one without it."""
    cancel, leave_out = gettext("取消"), gettext("不要")
    return drawn(
        (_CHOSEN, (one.href, cancel, one.label, one.count))
        if one.chosen
        else (_OFFERED, (one.href, one.label, one.count, one.without, leave_out, one.label))
        for one in choices
    )


@register.simple_tag
def bars(bars: Iterable[Bar]) -> SafeString:
    """A timeline's bars in its drawing, each a link with its count as title."""
    return drawn(
        (_BAR, (bar.href, bar.label, bar.count, bar.share, bar.x, bar.x, bar.y, bar.height)) for bar in bars
    )


@register.simple_tag
def bar_rows(bars: Iterable[Bar]) -> SafeString:
    """The same as rows of a table."""
    return drawn((_ROW, (bar.href, bar.label, bar.count, bar.share)) for bar in bars)
