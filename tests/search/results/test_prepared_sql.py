"""Queries whose SQL is written once."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from newsarchive.archive import articles
from newsarchive.models import Article
from search.indexing import documents
from search.results import rows
from tests.search.web.making import publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_row_is_what_the_models_say() -> None:
    (article,) = publish(story())

    row = rows.of_articles([article.pk])[article.pk]

    assert (row.article, row.outlet) == (article, article.outlet.name)
    assert row.article.published_at == article.published_at
    assert row.article.embeds == article.embeds
    assert row.writers == list(article.authorships.values_list("role", "author__name"))
    assert row.pictures == list(
        article.images.values_list("position", "src", "archived_src", "caption", "credit")
    )


def test_lists_of_every_length_find_their_own_numbers() -> None:
    numbers = [article.pk for article in publish(*(story(f"test:{n}", title=f"第{n}篇") for n in range(4)))]

    for asked in (numbers[:1], numbers[1:3], numbers[2:], numbers, numbers[:2]):
        assert list(rows.of_articles(asked)) == asked


def test_what_is_edited_or_withdrawn_shows_at_once() -> None:
    kept, gone = publish(story("test:1", title="留下"), story("test:2", title="撤下"))
    asked, stories = [kept.pk, gone.pk], [kept.story_id, gone.story_id]
    rows.of_articles(asked), documents.visible_copies(stories)

    Article.objects.filter(pk=kept.pk).update(title="改過")
    articles.set_status(Article.objects.filter(pk=gone.pk), Article.Status.WITHDRAWN, reason="侵權")

    assert {number: row.article.title for number, row in rows.of_articles(asked).items()} == {kept.pk: "改過"}
    assert documents.visible_copies(stories) == {kept.story_id: [kept.pk]}


def test_nothing_asked_for_asks_no_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert rows.of_articles([]) == {}
        assert documents.visible_copies([]) == {}
