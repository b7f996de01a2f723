"""A query that is an address or an identity, and nothing else, is no search for its letters: it leads to the
article that was captured there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from django.conf import settings

from newsarchive.archive import visibility
from newsarchive.archive.identity import lookup
from newsarchive.importers.fields import pasted_urls
from newsarchive.models import Article
from search.query.lexer import quoted
from search.results.asked import Asked

from .failed_capture import FailedCapture, failed_capture, web_archive

_MAY_BE: Final = re.compile(r"[:：./．／]")  # every address and identity has one of them
_OWN: Final = re.compile(
    r"(?:/[^?#]*)?/(?:id/(?P<identity>(?:hkcnews|url|feed|sha256):.+?)|articles/(?P<number>\d{1,18}))/?"
)
_MOST_OFFERED: Final = 6
# Characters of what was typed, and of a permanent address. A percent-encoded Chinese slug has some thousand.
_LONGEST: Final = 10_000
_LONGEST_OWN: Final = 2_000

Outcome = Literal["article", "several", "capture_failed", "withdrawn", "absent"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A search for what an address says, with the stories it finds."""

    text: str
    stories: int


@dataclass(frozen=True, slots=True)
class Lookup:
    text: str  # as typed
    kind: Literal["address", "identity"]
    address: str  # the original's, http(s); "" when an identity says none
    articles: tuple[Article, ...]  # visible, the earliest published first
    failed: FailedCapture | None = None  # when there is no visible article
    withdrawn: Article | None = None  # when there is neither
    offers: tuple[Offer, ...] = ()  # when nothing is held

    @property
    def outcome(self) -> Outcome:
        if self.articles:
            return "article" if len(self.articles) == 1 else "several"
        if self.failed:
            return "capture_failed"
        return "withdrawn" if self.withdrawn else "absent"

    @property
    def article(self) -> Article | None:
        """The one whose page answers, be it with 410; None when the page of results has to say it."""
        return self.articles[0] if len(self.articles) == 1 else self.withdrawn

    @property
    def web_archive(self) -> str:
        return web_archive(self.address)


def look_up(text: str) -> Lookup | None:
    """None for a query that is to be searched for. Makes no query for one that cannot be meant."""
    text = text.strip()
    if not _MAY_BE.search(text) or len(text) > _LONGEST:
        return None
    if lookup.is_identity(text):
        return _of_identity(text, text)
    address = pasted_urls.pasted(text)
    if not address:
        return None
    own = _OWN.fullmatch(urlsplit(address).path[:_LONGEST_OWN])
    if own and own["identity"]:
        return _of_identity(text, unquote(own["identity"]))
    if own and _is_ours(address):
        found = list(Article.objects.select_related("outlet").filter(pk=int(own["number"])))
    else:
        found = lookup.at_address(address)
    return _lookup(text, "address", address, found)


def offers(lookup: Lookup, asked: Asked) -> Iterator[Offer]:
    """For what is not held: searches that find something. Articles that name the address, then its readable
    words, all of them or each."""
    if not lookup.address:
        return
    parts = urlsplit(lookup.address)
    named = parts.netloc.removeprefix("www.") + unquote(parts.path).rstrip("/")
    words = pasted_urls.words(lookup.address)
    together = " ".join(words)
    tried = [quoted(named), *([together] if words else [])]
    counted = [Offer(text, asked.count_text(text)) for text in tried]
    if len(words) > 1 and not counted[-1].stories:
        counted += [Offer(word, asked.count_text(word)) for word in words[:_MOST_OFFERED]]
    yield from (offer for offer in counted if offer.stories)


def _of_identity(text: str, identity: str) -> Lookup:
    article = lookup.article_of(identity)
    kind, _colon, rest = identity.partition(":")
    address = {"hkcnews": f"https://www.hkcnews.com/article/{rest}", "url": f"https://{rest}"}.get(
        kind.lower(), ""
    )
    return _lookup(text, "identity", address, [article] if article else [])


def _lookup(text: str, kind: Literal["address", "identity"], address: str, found: list[Article]) -> Lookup:
    visible = tuple(article for article in found if visibility.is_visible(article))
    if visible:
        return Lookup(text, kind, address, visible)
    failed = next((failure for article in found if (failure := failed_capture(article))), None)
    gone = (article for article in found if visibility.is_withdrawn(article))
    return Lookup(text, kind, address, (), failed, None if failed else next(gone, None))


def _is_ours(address: str) -> bool:
    """Is it an address of this site? Unlike Django's check of a request's host, "*" in ALLOWED_HOSTS says
    nothing here: it would make every address on the web this site's."""
    host = urlsplit(address).hostname or ""
    return any(
        host == name.lstrip(".") or (name[:1] == "." and host.endswith(name))
        for name in settings.ALLOWED_HOSTS
    )
