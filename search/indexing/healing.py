"""Mending a damaged index: what is damaged is set aside, what is sound answers, and what changed since
that was built is read from the database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from newsarchive.archive import articles
from newsarchive.errors import IndexUnwritable
from newsarchive.models import Article
from newsarchive.runtime import locks
from search.engines.base import Engine
from search.engines.document import IndexDocument
from search.engines.upkeep import Damage

from . import documents

logger = logging.getLogger("search.indexer")

# So many changed stories are written into the new tail before it goes live. More would keep readers waiting
# for longer than a few seconds: they wait in the outbox, and the rebuild that follows takes them in.
_MOST: Final = 1_500
_CLOCKS_DIFFER: Final = timedelta(hours=1)  # between machines, or one that was put back


@contextmanager
def looking() -> Iterator[None]:
    """Held from reading stories until the index has them, by one process at a time. Otherwise what a slow or
    killed process read long ago could replace a later state, also in the next generation."""
    try:
        with locks.held(settings.DATA_DIR / "outbox.lock", wait=True):
            yield
    except OSError as exc:
        raise IndexUnwritable(f"the data folder can't be written: {exc}") from exc


def heal(engine: Engine, damage: Damage | None = None) -> bool:
    """Was anything mended? `damage`: what a verification found; else what can be seen at a glance. A rebuild
    is due afterwards: it settles what the database does not say so exactly."""
    upkeep = engine.upkeep
    if upkeep is None or (damage := damage or upkeep.look()) is None:
        return False
    with looking():
        done = upkeep.heal(damage, _changed_since)
    if done:
        logger.error("%s: %s", damage.text, done)
    return bool(done)


def _changed_since(
    moment: datetime, stories: frozenset[int] | None
) -> list[tuple[int, IndexDocument | None]]:
    """They are in the outbox before anything of the index goes: killed at any point, they are looked at
    again, and what was withdrawn stays hidden."""
    touched = Article.objects.filter(changed_at__gte=moment - _CLOCKS_DIFFER)
    changed = set(touched.order_by().values_list("story_id", flat=True))
    if stories is not None:
        changed |= documents.visible_stories() ^ stories
    articles.reindex(changed)
    if stories is None or len(changed) > _MOST:
        return []
    found = {document.story_id: document for document in documents.load(changed)}
    return [(number, found.get(number)) for number in sorted(changed)]
