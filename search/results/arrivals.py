"""What is new in a search since a moment: the stories of which the archive had no copy before."""

from __future__ import annotations

from datetime import datetime

from newsarchive.archive import visibility
from newsarchive.runtime import work
from newsarchive.runtime.number_lists import rows
from search.indexing import documents

from . import all_hits, service
from .results import Found
from .service import Parameters, SearchPage

# Units of `runtime.work` for each article that changed since: it is read for when it came.
_CHANGED_COST = 10


def arrived(parameters: Parameters, since: datetime) -> SearchPage:
    """A page of them in the order of the search, without counts and marks. Raises IndexUnavailable."""
    new = _new_stories(since)
    stories = [story for story in all_hits.every_hit(parameters).stories if story in new]
    first = (parameters.page - 1) * parameters.per_page
    copies = documents.visible_copies(shown := stories[first : first + parameters.per_page])
    found = [Found(copies[story][0], story, 0.0, len(copies[story])) for story in shown if story in copies]
    return service.page_of(found, len(stories), parameters)


def _new_stories(since: datetime) -> set[int]:
    """An article changes when it comes, so the index of changes has all that came since."""
    changed = visibility.visible().filter(changed_at__gte=since).order_by()
    came = set(changed.filter(created_at__gte=since).values_list("story_id", flat=True))
    work.current().more += _CHANGED_COST * len(came)
    before = visibility.visible().filter(story_id__in=rows(came), created_at__lt=since).order_by()
    return came - set(before.values_list("story_id", flat=True))
