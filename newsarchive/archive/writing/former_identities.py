"""Noting which identities articles had, so that permanent addresses go on leading to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsarchive.archive.identity.lookup import FormerIdentity
from newsarchive.models import Article


def given_up(names: Sequence[tuple[int, str]]) -> None:
    """Notes for each article, by id, an identity that it had, unless an article has it now. Of two that had
    one, the later wins."""
    latest = {name: pk for pk, name in names if name}
    if not latest:
        return
    for name in Article.objects.filter(identity__in=latest).values_list("identity", flat=True):
        del latest[name]
    FormerIdentity.objects.filter(identity__in=latest).delete()
    FormerIdentity.objects.bulk_create(
        FormerIdentity(identity=name, article_id=pk) for name, pk in latest.items()
    )


def taken(identities: Iterable[str]) -> None:
    """Call when articles got these identities: they lead to these now. What is left does not depend on the
    order in which files came."""
    FormerIdentity.objects.filter(identity__in=list(identities)).delete()
