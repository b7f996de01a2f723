"""The addresses that lead from one search to the next: facet values, pages, sorting, months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    "undated": _("沒有日期"),
}
_SHOWN_AT_ONCE: Final = 8  # values of a facet; the others unfold

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value: its link takes it, or drops it when it is `chosen`."""

    value: str
    label: str
    count: str  # 1,204; "" when it is chosen and not among the counted ones
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    facet: Facet
    title: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]
    names: bool  # printed names, in whatever language they are

    @property
    def chosen(self) -> bool:
        return any(choice.chosen for choice in self.choices)


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
    undated: str  # the hits without a date
    typed: tuple[tuple[Link, str], ...]  # when nothing was found: other searches in the words that were typed
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
    images: str  # the same search among captions
    also: str  # the same search with synonyms, or without them when it has them now
    loose: str  # the same search without strings parted by punctuation, or with them when it has none now
    thumbnails: str  # the same page with pictures beside its hits, or without them when it has them now
    exact: str  # the same search for the characters as typed, or for all their variants when it is that now
    unfiltered: str  # the same words without any filter
    kept: tuple[tuple[str, str], ...]  # what a new search takes along, as hidden fields
    dates_kept: tuple[tuple[str, str], ...]  # likewise, for the form of the dates
    pages_kept: tuple[tuple[str, str], ...]
    article_query: str  # behind the address of each hit, before the hit's number
    timeline: Timeline | None
    measures: tuple[Link, ...]  # what its bars show: counts, shares


def around(page: SearchPage, *, same_tags: Sequence[tuple[str, ...]] = ()) -> Links:
    """`same_tags`: tags on the same stories, which are one choice."""
    parameters = replace(page.parameters, page=1)
    number = page.parameters.page
    filters = parameters.filters
    return Links(
        groups=tuple(groups(parameters, page.facets, same_tags=same_tags)),
        restrictions=tuple(_without(parameters, one) for one in restrictions(filters)),
        undated=address(replace(parameters, filters=replace(_without_dates(filters), undated=True))),
        typed=tuple(_in_typed_words(page)),
        removable=tuple(_removable(page)),
        meant=address(replace(parameters, text=page.meant.text)) if page.meant else "",
        dated=_dated(parameters, page.dated) if page.dated else "",
        offers=tuple(_offers(parameters, page)),
        sorts=tuple(_sorts(parameters, words=page.parsed.tree is not None)),
        pages=tuple(pages(parameters, number, page.pages)),
        start=(number - 1) * parameters.per_page + 1,
        previous=address(replace(parameters, page=number - 1)) if number > 1 else "",
        next=address(replace(parameters, page=number + 1)) if number < page.pages else "",
        feed=address(parameters, view="feed"),
        images=address(parameters, view="images"),
        also=address(replace(parameters, also=not parameters.also)),
        loose=address(replace(parameters, loose=not parameters.loose)),
        thumbnails=address(replace(page.parameters, thumbnails=not parameters.thumbnails)),
        exact=address(replace(parameters, exact=not parameters.exact)),
        unfiltered=address(replace(parameters, filters=Filters())),
        kept=tuple(pairs(replace(parameters, text=""))),
        dates_kept=tuple(pairs(replace(parameters, filters=_without_dates(filters)))),
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
    if filters.undated:
        found.append(("undated", "on"))
    if not parameters.also:
        found.append(("also", "off"))
    if not parameters.loose:
        found.append(("loose", "off"))
    if parameters.exact:
        found.append(("exact", "on"))
    if parameters.share:
        found.append(("timeline", "share"))
    if parameters.thumbnails:
        found.append(("thumbnails", "on"))
    if parameters.sort is not Sort.RELEVANCE:
        found.append(("sort", parameters.sort))
    if parameters.per_page != PER_PAGE:
        found.append(("per_page", str(parameters.per_page)))
    if parameters.page != 1:
        found.append(("page", str(parameters.page)))
    return found


def query_pairs(parameters: Parameters) -> Pairs:
    """What an article's page must know of a search to mark what it found, and to lead to the next hit."""
    return pairs(replace(parameters, page=1, share=False, thumbnails=False))


def as_query(pairs: Pairs) -> str:
    """With "?"; "" for none."""
    return "?" + urlencode(pairs) if pairs else ""


def _article_query(parameters: Parameters) -> str:
    """`at`, the number of the hit, comes behind it."""
    query = as_query(query_pairs(parameters))
    return (query + "&" if query else "?") + "at="


def _beginning(parameters: Parameters, view: str = "search") -> str:
    """An address to which `name=value` can be added."""
    base = address(parameters, view=view)
    return base + ("&" if "?" in base else "?")


def _before_dates(parameters: Parameters) -> str:
    return _beginning(replace(parameters, filters=_without_dates(parameters.filters)))


def _without_dates(filters: Filters) -> Filters:
    return replace(filters, first=None, last=None, undated=False)


# --- facets


def groups(
    parameters: Parameters,
    counts: Mapping[Facet, list[tuple[str, int]]],
    *,
    view: str = "search",
    same_tags: Sequence[tuple[str, ...]] = (),
) -> Iterator[Group]:
    beginning = _beginning(parameters, view)
    repeated = {name for names in same_tags for name in names}
    for facet in Facet:
        counted = counts.get(facet, [])
        if facet is Facet.TAG and repeated:
            yield _one_for_each(beginning, same_tags, dict(counted))
            counted = [(value, count) for value, count in counted if value not in repeated]
        if facet is Facet.YEAR:
            counted = sorted(counted, reverse=True)
        chosen = parameters.filters.include.get(facet, ())
        values = {value for value, _count in counted}
        choices = [
            _chosen(parameters, facet, value, count, view)
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


def _one_for_each(beginning: str, same: Sequence[tuple[str, ...]], counts: Mapping[str, int]) -> Group:
    """The tags that say the same, apart from the topics: the first of each stands for all."""
    choices = [
        replace(_offered(beginning, Facet.TAG, names[0], counts[names[0]]), label=" / ".join(names))
        for names in same
    ]
    title = gettext("人物及同義標籤")
    return Group(
        Facet.TAG, title, tuple(choices[:_SHOWN_AT_ONCE]), tuple(choices[_SHOWN_AT_ONCE:]), names=True
    )


def _offered(beginning: str, facet: Facet, value: str, count: int | None) -> Choice:
    pair = f"{facet}={quote_plus(value)}"
    return Choice(value, label_of(facet, value), _shown(count), beginning + pair)


def _chosen(parameters: Parameters, facet: Facet, value: str, count: int | None, view: str) -> Choice:
    include = values_without(parameters.filters.include, facet, value)
    href = address(replace(parameters, filters=replace(parameters.filters, include=include)), view=view)
    return Choice(value, label_of(facet, value), _shown(count), href, chosen=True)


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


def _in_typed_words(page: SearchPage) -> Iterator[tuple[Link, str]]:
    """What finds something: any one of the words, each by itself, a word outside of its field."""
    if page.misses is None:
        return
    bare = replace(page.parameters, page=1, filters=Filters())
    words = page.misses.words
    found = [word for word in words if word.stories]
    if len(found) > 1:
        text = " OR ".join(word.text for word in found)
        yield Link(text, address(replace(bare, text=text))), ""
    for word in words:
        if word.stories and word.text != page.parsed.text.strip():
            yield Link(word.text, address(replace(bare, text=word.text))), f"{word.stories:,}"
        elif word.anywhere and not word.stories:
            text = word.text.partition(":")[2]
            yield Link(text, address(replace(bare, text=text))), f"{word.anywhere:,}"


# --- order and pages


def _sorts(parameters: Parameters, *, words: bool) -> Iterator[Link]:
    """Without words nothing is more relevant than the rest: the newest come first then."""
    current = parameters.sort if words or parameters.sort is not Sort.RELEVANCE else Sort.NEWEST
    for sort, label in _SORTS.items():
        if words or sort is not Sort.RELEVANCE:
            yield Link(str(label), address(replace(parameters, sort=sort)), sort is current)


def pages(parameters: Parameters, current: int, last: int, *, view: str = "search") -> Iterator[Link]:
    """1 … 4 5 [6] 7 8 … 90"""
    if last == 1:
        return
    shown = sorted({1, 2, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    before = 0
    for number in shown:
        if number != before + 1:
            yield Link("…", "")
        before = number
        yield Link(str(number), address(replace(parameters, page=number), view=view), number == current)
