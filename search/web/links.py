"""The addresses that lead from one search to the next: facet values, pages, sorting, months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus, urlencode

from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.engines.base import Facet, Filters, Sort
from search.query.fields import FACET_LABELS
from search.results.service import DateOffer, Parameters, SearchPage
from search.results.zero_results import Restriction, restrictions, values_without

from .forms import PER_PAGE
from .timeline import Timeline, timeline

_LANGUAGES: Final = {
    "zh-Hant-HK": _("繁體（香港）"),
    "zh-Hant-TW": _("繁體（台灣）"),
    "zh-Hant": _("繁體"),
    "zh-Hans": _("簡體"),
    "yue-Hant-HK": _("粵語"),
    "en": _("英文"),
}
_SORTS: Final = {Sort.RELEVANCE: _("相關"), Sort.NEWEST: _("最新"), Sort.OLDEST: _("最舊")}
_RESTRICTIONS: Final = {
    "include": _("%(facet)s：%(value)s"),
    "exclude": _("%(facet)s：不含 %(value)s"),
    "first": _("%(day)s 起"),
    "last": _("%(day)s 止"),
}
_SHOWN_AT_ONCE: Final = 8  # values of a facet; the others unfold

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value: its link takes it, or drops it when it is `chosen`; `without` leaves it out."""

    label: str
    count: str  # 1,204; "" when it is chosen and not among the counted ones
    href: str
    chosen: bool = False
    without: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    facet: Facet
    title: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]
    names: bool  # printed names, in whatever language they are


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Everything a page of results leads to."""

    groups: tuple[Group, ...]
    restrictions: tuple[Link, ...]  # the filters that are on; each link drops one
    removable: tuple[tuple[Link, str], ...]  # when nothing was found: filters without which something is
    meant: str  # the search for what was probably meant; "" when there is no better spelling
    dated: str  # the search within the days that the query says in words; "" when it says none
    offers: tuple[tuple[Link, int], ...]  # searches for what an address says that is not held
    sorts: tuple[Link, ...]
    pages: tuple[Link, ...]  # a blank href is a gap
    start: int  # the number of the first hit on the page
    previous: str
    next: str
    feed: str
    also: str  # the same search with synonyms, or without them when it has them now
    loose: str  # the same search without strings parted by punctuation, or with them when it has none now
    exact: str  # the same search for the characters as typed, or for all their variants when it is that now
    unfiltered: str  # the same words without any filter
    kept: tuple[tuple[str, str], ...]  # what a new search takes along, as hidden fields
    dates_kept: tuple[tuple[str, str], ...]  # likewise, for the form of the dates
    pages_kept: tuple[tuple[str, str], ...]
    article_query: str  # behind the address of each hit
    timeline: Timeline | None
    measures: tuple[Link, ...]  # what its bars show: counts, shares


def around(page: SearchPage) -> Links:
    parameters = replace(page.parameters, page=1)
    number = page.parameters.page
    filters = parameters.filters
    return Links(
        groups=tuple(_groups(parameters, page.facets)),
        restrictions=tuple(_without(parameters, one) for one in restrictions(filters)),
        removable=tuple(_removable(page)),
        meant=address(replace(parameters, text=page.meant.text)) if page.meant else "",
        dated=_dated(parameters, page.dated) if page.dated else "",
        offers=tuple(_offers(parameters, page)),
        sorts=tuple(_sorts(parameters, words=page.parsed.tree is not None)),
        pages=tuple(_pages(parameters, number, page.pages)),
        start=(number - 1) * parameters.per_page + 1,
        previous=address(replace(parameters, page=number - 1)) if number > 1 else "",
        next=address(replace(parameters, page=number + 1)) if number < page.pages else "",
        feed=address(parameters, view="feed"),
        also=address(replace(parameters, also=not parameters.also)),
        loose=address(replace(parameters, loose=not parameters.loose)),
        exact=address(replace(parameters, exact=not parameters.exact)),
        unfiltered=address(replace(parameters, filters=Filters())),
        kept=tuple(pairs(replace(parameters, text=""))),
        dates_kept=tuple(pairs(replace(parameters, filters=replace(filters, first=None, last=None)))),
        pages_kept=tuple(pairs(parameters)),
        article_query=_article_query(parameters),
        timeline=timeline(page.timeline, page.archive, _before_dates(parameters), share=parameters.share),
        measures=tuple(
            Link(str(label), address(replace(parameters, share=share)), current=share is parameters.share)
            for share, label in ((False, _("篇數")), (True, _("佔當月比例")))
        ),
    )


def _dated(parameters: Parameters, dated: DateOffer) -> str:
    filters = replace(parameters.filters, first=dated.words.first, last=dated.words.last)
    return address(replace(parameters, text=dated.words.rest, filters=filters))


def _offers(parameters: Parameters, page: SearchPage) -> Iterator[tuple[Link, int]]:
    for offer in page.lookup.offers if page.lookup else ():
        yield Link(offer.text, address(replace(parameters, text=offer.text))), offer.stories


def address(parameters: Parameters, *, view: str = "search") -> str:
    """One address for one search: the same parameters always come in the same order."""
    asked = pairs(parameters)
    return _path(view, get_script_prefix()) + ("?" + urlencode(asked) if asked else "")


@lru_cache
def _path(view: str, _prefix: str) -> str:
    """A page has some fifteen addresses of one path. The prefix is the server's: `reverse` begins with it."""
    return reverse(view)


def web_address(url: str) -> str:
    """`url` when it is one that a page may link to, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


def last_page(page: SearchPage) -> str:
    return address(replace(page.parameters, page=page.pages))


def title_of(facet: Facet) -> str:
    return gettext(FACET_LABELS[facet])


def label_of(facet: Facet, value: str) -> str:
    if facet is Facet.IMAGE:
        return gettext("有圖片")
    if facet is Facet.LANGUAGE:
        return str(_LANGUAGES.get(value, value))
    return value


def pairs(parameters: Parameters) -> Pairs:
    """The parameters of an address, always in the same order."""
    filters = parameters.filters
    found: Pairs = [("q", parameters.text)] if parameters.text else []
    for prefix, values in (("", filters.include), ("not_", filters.exclude)):
        found += [(prefix + facet, value) for facet in Facet for value in values.get(facet, ())]
    if filters.first:
        found.append(("from", filters.first.isoformat()))
    if filters.last:
        found.append(("to", filters.last.isoformat()))
    if not parameters.also:
        found.append(("also", "off"))
    if not parameters.loose:
        found.append(("loose", "off"))
    if parameters.exact:
        found.append(("exact", "on"))
    if parameters.share:
        found.append(("timeline", "share"))
    if parameters.sort is not Sort.RELEVANCE:
        found.append(("sort", parameters.sort))
    if parameters.per_page != PER_PAGE:
        found.append(("per_page", str(parameters.per_page)))
    if parameters.page != 1:
        found.append(("page", str(parameters.page)))
    return found


def _article_query(parameters: Parameters) -> str:
    if not parameters.text.strip():
        return ""
    how = how_read(also=parameters.also, exact=parameters.exact, loose=parameters.loose)
    return "?" + urlencode([("q", parameters.text), *how])


def how_read(*, also: bool, exact: bool, loose: bool) -> Pairs:
    """What an article's page must know of a search to mark what it found."""
    pairs: Pairs = []
    if not also:
        pairs.append(("also", "off"))
    if not loose:
        pairs.append(("loose", "off"))
    if exact:
        pairs.append(("exact", "on"))
    return pairs


def _beginning(parameters: Parameters) -> str:
    """An address to which `name=value` can be added."""
    base = address(parameters)
    return base + ("&" if "?" in base else "?")


def _before_dates(parameters: Parameters) -> str:
    return _beginning(replace(parameters, filters=replace(parameters.filters, first=None, last=None)))


# --- facets


def _groups(parameters: Parameters, counts: Mapping[Facet, list[tuple[str, int]]]) -> Iterator[Group]:
    beginning = _beginning(parameters)
    for facet in Facet:
        counted = counts.get(facet, [])
        if facet is Facet.YEAR:
            counted = sorted(counted, reverse=True)
        chosen = parameters.filters.include.get(facet, ())
        values = {value for value, _count in counted}
        choices = [
            _chosen(parameters, facet, value, count)
            if value in chosen
            else _offered(beginning, facet, value, count)
            for value, count in [*((value, None) for value in chosen if value not in values), *counted]
        ]
        if choices:
            yield Group(
                facet,
                title_of(facet),
                tuple(choices[:_SHOWN_AT_ONCE]),
                tuple(choices[_SHOWN_AT_ONCE:]),
                facet not in (Facet.IMAGE, Facet.LANGUAGE, Facet.YEAR),
            )


def _offered(beginning: str, facet: Facet, value: str, count: int | None) -> Choice:
    pair = f"{facet}={quote_plus(value)}"
    return Choice(label_of(facet, value), _shown(count), beginning + pair, without=f"{beginning}not_{pair}")


def _chosen(parameters: Parameters, facet: Facet, value: str, count: int | None) -> Choice:
    include = values_without(parameters.filters.include, facet, value)
    href = address(replace(parameters, filters=replace(parameters.filters, include=include)))
    return Choice(label_of(facet, value), _shown(count), href, chosen=True)


def _shown(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _without(parameters: Parameters, restriction: Restriction) -> Link:
    """The same search without this filter."""
    facet, value = restriction.facet, restriction.value
    names = {"facet": title_of(facet), "value": label_of(facet, value)} if facet else {"day": value}
    return Link(
        str(_RESTRICTIONS[restriction.kind]) % names,
        address(replace(parameters, filters=restriction.removed)),
    )


def _removable(page: SearchPage) -> Iterator[tuple[Link, str]]:
    if page.misses is None:
        return
    parameters = replace(page.parameters, page=1)
    for counted in page.misses.without_filter:
        if counted.stories:
            yield _without(parameters, counted.restriction), f"{counted.stories:,}"
    if page.misses.without_filters and len(page.misses.without_filter) > 1:
        everything = address(replace(parameters, filters=Filters()))
        yield Link(gettext("全部取消"), everything), f"{page.misses.without_filters:,}"


# --- order and pages


def _sorts(parameters: Parameters, *, words: bool) -> Iterator[Link]:
    """Without words nothing is more relevant than the rest: the newest come first then."""
    current = parameters.sort if words or parameters.sort is not Sort.RELEVANCE else Sort.NEWEST
    for sort, label in _SORTS.items():
        if words or sort is not Sort.RELEVANCE:
            yield Link(str(label), address(replace(parameters, sort=sort)), sort is current)


def _pages(parameters: Parameters, current: int, last: int) -> Iterator[Link]:
    """1 … 4 5 [6] 7 8 … 90"""
    if last == 1:
        return
    shown = sorted({1, 2, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    before = 0
    for number in shown:
        if number != before + 1:
            yield Link("…", "")
        before = number
        yield Link(str(number), address(replace(parameters, page=number)), number == current)
