"""Addresses of an outlet's articles that archived articles link to, and that are not in the archive."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Final

from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from newsarchive.archive import visibility
from newsarchive.importers.fields import urls

_HREF: Final = re.compile(r'<a href="(https?://[^"<>\s]+)"')
_HOST: Final = re.compile(r"https?://(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_BY_ADDRESS: Final = "url:"  # begins an identity that is the article's address (importers/fields/urls.py)
_MOST_SOURCES: Final = 5  # articles that are named for one address


@dataclass(frozen=True, slots=True)
class Dangling:
    identity: str  # what the article would have
    url: str  # of the original
    sources: tuple[int, ...]  # numbers of the articles that link to it, the first few
    links: int  # how many articles do


def dangling(seen: Container[str], own: Iterable[tuple[str, str]]) -> list[Dangling]:
    """`seen`: the identities of all articles, whatever became of them; `own`: identity and address of an
    outlet's articles, by which its links are known. The most linked to first."""
    hosts, shapes = set(), set()
    for identity, address in own:
        if host := _HOST.match(address):
            hosts.add(host[1].lower())
        if identity.startswith(_BY_ADDRESS):
            shapes.add(_shape(identity))
    found: dict[str, tuple[str, list[int]]] = {}
    for article, url in _links(hosts):
        identity = _identity(url)
        if identity.startswith("feed:") or identity in seen or _host(url) not in hosts:
            continue
        if identity.startswith(_BY_ADDRESS) and _shape(identity) not in shapes:
            continue  # a section, an author's page, a picture: no article of the outlet looks like it
        sources = found.setdefault(identity, (urls.canonical(url), []))[1]
        if article not in sources:
            sources.append(article)
    made = (
        Dangling(identity, url, tuple(sources[:_MOST_SOURCES]), len(sources))
        for identity, (url, sources) in found.items()
    )
    return sorted(made, key=lambda one: (-one.links, one.identity))


def _links(hosts: set[str]) -> Iterator[tuple[int, str]]:
    """Article -> address, of visible articles' texts and related links. The database finds those that name a
    host at all: reading every text would take a hundred times as long."""
    if not hosts:
        return
    conditions = [
        GreaterThan(StrIndex(where, Value(host)), 0)
        for host in sorted(hosts)
        for where in ("body", "related_text")
    ]
    named = reduce(or_, (Q(condition) for condition in conditions))
    articles = visibility.visible().order_by("pk").annotate(related_text=Cast("related", TextField()))
    rows = articles.filter(named).values_list("pk", "body", "related")
    for number, body, related in rows.iterator(chunk_size=200):
        for match in _HREF.finditer(body):
            yield number, html.unescape(match[1])
        for link in related:
            yield number, link.get("url", "")


@lru_cache(maxsize=20_000)  # addresses that articles link to: as many as an archive of 100,000 articles has
def _identity(url: str) -> str:
    return urls.identity(url, outlet="", title="", day=None)


@lru_cache(maxsize=20_000)
def _host(url: str) -> str:
    return urls.host_and_path(url)[0].removeprefix("www.")


def _shape(identity: str) -> str:
    """url:example.org/news/2021/abc-123 -> url:example.org/news/9/a9, which articles' addresses share."""
    head, *rest = identity.partition("?")[0].split("/")
    return "/".join([head, *(_kind(part, first=not at) for at, part in enumerate(rest))])


def _kind(segment: str, *, first: bool) -> str:
    if segment.isdigit():
        return "9"
    if any(map(str.isdigit, segment)):
        return "a9"
    return segment if first else "a"
