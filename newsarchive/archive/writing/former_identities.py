"""Noting which identities articles had, so that permanent addresses go on leading to them."""

from __future__ import annotations

from collections.abc import Sequence

from newsarchive.archive.identity.lookup import FormerIdentity


def given_up(names: Sequence[tuple[int, str]]) -> None:
    """Notes for each article, by id, an identity that it had. Of two that had one, the later wins."""
    latest = {name: pk for pk, name in names if name}
    if latest:
        FormerIdentity.objects.filter(identity__in=latest).delete()
        FormerIdentity.objects.bulk_create(
            FormerIdentity(identity=name, article_id=pk) for name, pk in latest.items()
        )
