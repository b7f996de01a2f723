from __future__ import annotations

from http import HTTPStatus

import pytest

from newsarchive.archive import visibility
from newsarchive.archive.visibility import Refusal
from newsarchive.models import Article

Status = Article.Status


def test_a_published_article_is_shown() -> None:
    assert visibility.refusal(Article(status=Status.PUBLISHED)) is None


def test_a_withdrawn_article_is_gone_with_its_reason() -> None:
    article = Article(status=Status.WITHDRAWN, status_reason="侵權")

    assert visibility.refusal(article) == Refusal(HTTPStatus.GONE, "侵權")


@pytest.mark.parametrize("status", [Status.NEEDS_REVIEW, Status.CAPTURE_FAILED])
def test_an_article_that_never_was_public_is_answered_as_if_there_were_none(status: Status) -> None:
    article = Article(status=status, status_reason="for curators only")

    assert visibility.refusal(article) == visibility.refusal(None) == Refusal(HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("status", Status)
def test_each_status_shows_an_article_or_hides_it(status: Status) -> None:
    article = Article(status=status)

    assert visibility.is_visible(article) is not visibility.hides(status)
    assert visibility.is_visible(article) is (visibility.refusal(article) is None)
