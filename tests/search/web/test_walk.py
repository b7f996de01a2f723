"""A walk over the pages of a result while the archive changes: what holds, and what can't."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync

from .making import many, publish, story

pytestmark = pytest.mark.django_db
WALK = {"q": "會晤 OR 新來", "per_page": 10}


def page(client: Client, number: int, sort: str) -> list[int]:
    answer = client.get("/api/search/", WALK | {"sort": sort, "page": number})
    return [result["id"] for result in answer.json()["results"]]


def bring(identity: str, day: date) -> None:
    publish(
        story(
            identity,
            title=f"新來的 {identity}",
            published=Published(day, None, Precision.DAY, DateSource.FRONT_MATTER),
        )
    )


def test_from_the_oldest_on_what_comes_at_the_end_moves_nobody(client: Client) -> None:
    publish(*many(25))
    every = set(Article.objects.values_list("pk", flat=True))

    first = page(client, 1, "oldest")
    bring("test:new", date(2030, 1, 1))
    walked = [*first, *page(client, 2, "oldest"), *page(client, 3, "oldest")]

    assert len(walked) == len(set(walked))
    assert every < set(walked)


def test_what_comes_or_goes_before_the_page_moves_the_rest_by_as_many_and_no_further(
    client: Client,
) -> None:
    publish(*many(25))

    first = page(client, 1, "newest")
    bring("test:new", date(2030, 1, 1))
    assert page(client, 2, "newest")[0] == first[-1]  # once more

    articles.withdraw(Article.objects.filter(pk__in=first[:2]), "應作者要求")
    sync.update(get_engine())
    seen = {*first, *page(client, 2, "newest"), *page(client, 3, "newest")}
    missed = set(Article.objects.filter(status="published").values_list("pk", flat=True)) - seen
    assert len(missed) <= 2
