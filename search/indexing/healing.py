"""Damage of the index mended: what is damaged is set aside, and the database says what changed since that
which is sound was built."""

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
    """From looking at stories until the index knows: one process at a time. Else what a slow or killed
    process saw long ago could be written over, or carried into a new generation after, what is true now."""
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
