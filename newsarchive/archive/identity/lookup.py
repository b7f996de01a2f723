"""Which article an identity or an address leads to today. Identities are what permanent addresses
(`/id/<identity>/`) and citations carry, so one that an article has given up still leads to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsarchive.archive import storable
from newsarchive.importers.fields import pasted_urls, urls
from newsarchive.models import Article

_KINDS: Final = re.compile(r"(?:hkcnews|url|feed|sha256):\S+", re.IGNORECASE)
MOST_AT_ADDRESS: Final = 100  # articles of one address that are looked up: a front page may have thousands


class FormerIdentity(models.Model):
    """An identity that an article had and none has now."""

    identity = models.CharField(_("舊識別"), max_length=500, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="former_identities")

    class Meta:
        verbose_name = verbose_name_plural = _("舊識別")

    def __str__(self) -> str:
        return self.identity


def permalink(article: Article) -> str:
    """The path that leads to the article for ever."""
    return permanent_path(article.identity)


def permanent_path(identity: str) -> str:
    return reverse("identity", args=[identity])


def address_key(url: str) -> str:
    """A hash equal for all spellings of one address; "" for none."""
    normal = urls.normalise(url)
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:32] if normal else ""


def is_identity(text: str) -> bool:
    """Does the text read as an identity (hkcnews:47815, url:example.org/a)? It need not be anyone's."""
    return bool(_KINDS.fullmatch(text))


def article_of(identity: str) -> Article | None:
    """The article that has this identity today; else the one that had it; else, for an identity that is made
    of an address, the only article of that address."""
    if "\0" in identity:
        return None
    found = Article.objects.filter(identity=identity).first()
    if found is None:
        found = Article.objects.filter(former_identities__identity=identity).first()
    kind, _colon, rest = identity.partition(":")
    if found is not None or kind.lower() not in ("url", "hkcnews"):
        return found
    named = _of_identities([f"{kind.lower()}:{rest}"])
    others = named or (at_address(f"https://{rest}") if kind.lower() == "url" else ())
    return others[0] if len(others) == 1 else None


def at_address(address: str) -> list[Article]:
    """The articles captured at the original's address, the earliest published first. Addresses that are
    written otherwise (on another host of the site, without the query string) are tried one after the other:
    the articles of the first that has any are returned."""
    if pasted_urls.is_short_archived(address):
        # No key is kept of these few: a scan, which takes 50 ms for 44,000 articles.
        exact = [
            f"{scheme}://{rest}" for rest in [address.partition("://")[2]] for scheme in ("https", "http")
        ]
        return _sorted(Article.objects.filter(archived_url__in=exact))
    for spelling in pasted_urls.spellings(address):
        if found := _of_identities(pasted_urls.identities_of(spelling), address_key(spelling)):
            return found
    return []


def _of_identities(identities: Iterable[str], key: str = "") -> list[Article]:
    names = [storable.key(name) for name in identities]
    wanted = Q(identity__in=names) | Q(shared_identity__in=names)
    if key:
        wanted |= Q(address_key=key)
    found = _sorted(Article.objects.filter(wanted))
    return found or _sorted(Article.objects.filter(former_identities__identity__in=names))


def _sorted(found: QuerySet[Article]) -> list[Article]:
    ordered = found.select_related("outlet").defer("body", "embeds", "related")
    return list(ordered.order_by(models.F("published_on").asc(nulls_last=True), "pk")[:MOST_AT_ADDRESS])


def with_former(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Prefetches what `former` reads."""
    return articles.prefetch_related("former_identities")


def former(article: Article) -> list[str]:
    return sorted(row.identity for row in article.former_identities.all())
