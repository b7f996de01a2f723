"""What stands before and after an article among the hits of the search that a reader came by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newsarchive.archive import visibility
from newsarchive.errors import IndexUnavailable
from newsarchive.models import Article
from search.indexing import documents

from .. import service
from ..service import Parameters


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`place` of `total` hits, counted from 1. None beside it: there is no hit before or after."""

    place: int
    total: int
    before: Article | None
    after: Article | None


def neighbours(parameters: Parameters, story_id: int, place: int) -> Neighbours | None:
    """None when the hit at `place` is another story today, or nothing can be searched."""
    per_page = parameters.per_page
    pages = {(number - 1) // per_page + 1 for number in (max(1, place - 1), place, place + 1)}
    stories: dict[int, int] = {}  # place -> story
    total = 0
    try:
        for page in sorted(pages):
            answer = service.answer(replace(parameters, page=page))
            total = answer.hits.total
            stories |= dict(enumerate(answer.stories, (page - 1) * per_page + 1))
    except IndexUnavailable:
        return None
    if stories.get(place) != story_id:
        return None
    beside = {number: stories[number] for number in (place - 1, place + 1) if number in stories}
    shown = _shown(list(beside.values()))
    return Neighbours(place, total, *(shown.get(beside.get(number, 0)) for number in (place - 1, place + 1)))


def _shown(story_ids: list[int]) -> dict[int, Article]:
    """Story -> the copy that results show."""
    numbers = [copies[0] for copies in documents.visible_copies(story_ids).values() if copies]
    articles = visibility.visible().filter(pk__in=numbers).only("pk", "story_id", "title", "language")
    return {article.story_id: article for article in articles}
