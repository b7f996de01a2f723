"""A search as an Atom feed (RFC 4287, paged as in RFC 5005), with what OpenSearch readers count."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.utils import timezone
from django.utils.translation import gettext

from newsarchive.archive.identity import lookup
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from search.engines.base import Sort
from search.results.results import Result
from search.results.service import Parameters, SearchPage

from . import links
from .templating import ui_language

CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SUMMARY: Final = 300  # characters of the text in an entry

for _prefix, _uri in (("", _ATOM), ("opensearch", _OPENSEARCH), ("dc", _DC)):
    register_namespace(_prefix, _uri)

Absolute = Callable[[str], str]


def newest_first(parameters: Parameters, *, asked: bool) -> Parameters:
    """A feed brings what is new, unless another order was asked for."""
    return parameters if asked else replace(parameters, sort=Sort.NEWEST)


def atom(page: SearchPage, absolute: Absolute, *, since: str = "") -> bytes:
    """`absolute` makes a path an address. `since`, as it was asked for, stays in the feed's own addresses."""

    def address(parameters: Parameters) -> str:
        path = links.address(parameters, view="feed")
        return absolute(path + ("&" if "?" in path else "?") + urlencode({"since": since}) if since else path)

    parameters = page.parameters
    feed = Element(f"{{{_ATOM}}}feed", {_LANG: ui_language()})
    own = address(replace(parameters, page=1))
    _add(feed, "id", own)
    words = parameters.text.strip()
    site = gettext("新聞檔案")
    _add(feed, "title", gettext("%(words)s：%(site)s") % {"words": words, "site": site} if words else site)
    _add(feed, "updated", _time(max((r.article.changed_at for r in page.results), default=_EPOCH)))
    _add_link(feed, "alternate", absolute(links.address(parameters)), "text/html")
    for relation, number in _pages(page):
        _add_link(feed, relation, address(replace(parameters, page=number)), "application/atom+xml")
    for name, number in (
        ("totalResults", page.total),
        ("startIndex", (parameters.page - 1) * parameters.per_page + 1),
        ("itemsPerPage", parameters.per_page),
    ):
        SubElement(feed, f"{{{_OPENSEARCH}}}{name}").text = str(number)
    for result in page.results:
        _entry(feed, result, absolute)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed with nothing in it


def _pages(page: SearchPage) -> list[tuple[str, int]]:
    number = page.parameters.page
    around = [("self", number), ("first", 1), ("last", page.pages)]
    if number > 1:
        around.append(("previous", number - 1))
    if number < page.pages:
        around.append(("next", number + 1))
    return around


def _entry(feed: Element, result: Result, absolute: Absolute) -> None:
    article = result.article
    entry = SubElement(feed, f"{{{_ATOM}}}entry")
    if article.language:
        entry.set(_LANG, article.language)
    _add(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"newsarchive:{article.identity}").urn)
    _add(entry, "title", article.title or article.identity)
    _add(entry, "updated", _time(article.changed_at))
    if article.published_on:
        _add(entry, "published", _time(article.published_at or _midnight(article)))
        SubElement(entry, f"{{{_DC}}}date").text = _as_precise(article)
    _add_link(entry, "alternate", absolute(lookup.permalink(article)), "text/html")
    if article.source_url.startswith(("https://", "http://")):
        _add_link(entry, "via", article.source_url, "text/html")
    for writer in result.writers:
        _add(SubElement(entry, f"{{{_ATOM}}}author"), "name", writer.name)
    if not result.writers:
        _add(SubElement(entry, f"{{{_ATOM}}}author"), "name", result.outlet or gettext("不詳"))
    _add(entry, "summary", plain_text(article.body)[:_SUMMARY])


def _midnight(article: Article) -> datetime:
    """Atom has no days: the day begins in the archive's zone. `dc:date` claims no more than is known."""
    assert article.published_on
    return datetime.combine(article.published_on, time(), timezone.get_default_timezone())


def _as_precise(article: Article) -> str:
    if article.published_at:
        return _time(article.published_at)
    return article.known_day


def _time(moment: datetime) -> str:
    return timezone.localtime(moment, timezone.get_default_timezone()).isoformat(timespec="seconds")


def without_controls(text: str) -> str:
    """Without the characters that XML can't hold."""
    return _NOT_XML.sub("", text)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}{name}").text = without_controls(text)


def _add_link(parent: Element, relation: str, href: str, kind: str) -> None:
    href = without_controls(href)
    SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": href, "type": kind})
