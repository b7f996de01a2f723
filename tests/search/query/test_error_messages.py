"""What is wrong with a query is told in the reader's language, on the page and in the API."""

from __future__ import annotations

import pytest
from django.test import Client

from search.engines.base import Engine
from search.indexing import sync
from tests.search.web.making import Page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hant", "第 1 個字附近：這個左括號沒有關上"),
        ("zh-hans", "第 1 个字附近：这个左括号没有关上"),
        ("en", "near character 1: this opening bracket is not closed"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_in_the_readers_language(
    client: Client, index: Engine, language: str, words: str
) -> None:
    sync.rebuild(index)
    client.cookies["django_language"] = language

    page = Page(client.get("/search/?q=(中國").content).text
    answer = client.get("/api/search/?q=(中國").json()

    assert words in page
    assert answer["query"]["problem"] == words
    assert answer["query"]["problem_code"] == "query_open_without_close"
