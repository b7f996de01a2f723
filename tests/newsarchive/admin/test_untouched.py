"""A form that is sent as it came changes nothing, whatever the row holds and in whatever language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsarchive.archive import articles, history
from newsarchive.archive.history import Action, Edit
from newsarchive.models import Agency, Article, Author, Category, Image, OutboxRow, Outlet, Tag
from search.models import DictionaryWord, SynonymGroup
from tests.search.web.making import publish, story
from tests.untouched_saves import save_untouched

from .conftest import SignIn

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hant", "zh-hans", "en")
by_hypothesis = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Characters that browsers and cleaning change, among some that they do not.
pieces = st.sampled_from(
    [
        *"題目 \t\n\r\u3000\u00a0\u2028\x0b\x85、,;，；\"'<>&",
        "\r\n",
        "  ",
        "&amp;",
        "</textarea>",
        "選举",
        "😀",
    ]
)
hostile = st.lists(pieces, max_size=8).map("".join)
names = st.lists(pieces, min_size=1, max_size=6).map("".join)
urls = st.sampled_from(
    [
        "",
        " https://a.example/ ",
        "javascript:alert(1)",
        "ftp://a.example",
        "//a.example",
        "a b",
        "HTTP://A/\n",
    ]
)
tags = st.sampled_from(["", "zh-Hant-HK", "xx-unknown", "中文", " en ", "not a tag at all"])
bodies = st.sampled_from(
    [
        "\n<p>一</p>",
        "\r\n\r\n<p>一</p>\r\n",
        "<p style='x'>一</p><script>x</script>",
        "",
        "  <p>\u3000一</p>\n",
    ]
)
times = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.fixture
def superuser(signed_in: SignIn) -> Client:
    return signed_in("superuser")


def assert_nothing_changes(client: Client, row: models.Model) -> None:
    for language in LANGUAGES:
        client.cookies["django_language"] = language
        assert save_untouched(client, row) == ""


def stored(row: models.Model) -> dict[str, Any]:
    return type(row)._default_manager.filter(pk=row.pk).values().get()


@by_hypothesis
@given(data=st.data())
def test_of_an_article(superuser: Client, data: st.DataObject) -> None:
    article = Article.objects.first() or publish(story())[0]
    given = {
        **{field: data.draw(hostile, field) for field in ("title", "byline", "column", "status_reason")},
        **{field: data.draw(urls, field) for field in ("source_url", "archived_url")},
        "language": data.draw(tags),
        "body": data.draw(bodies),
        "status": data.draw(
            st.sampled_from(["published", "withdrawn", "needs_review", "of another release"])
        ),
        "published_on": data.draw(st.none() | st.dates(date(1, 1, 1), date(2100, 1, 1))),
        "published_at": data.draw(st.none() | times),
        "published_offset": data.draw(st.integers(-720, 840)),
        "outlet": Outlet.objects.get_or_create(name=data.draw(names, "outlet"))[0],
    }
    Article.objects.filter(pk=article.pk).update(**given)
    several = st.lists(names, max_size=3, unique=True)
    article.tags.set(articles.named(Tag, data.draw(several, "tags")))
    article.categories.set(articles.named(Category, data.draw(several, "categories")))
    articles.put_authors(
        article, [(name, data.draw(hostile, "role")) for name in data.draw(several, "authors")]
    )
    pictures = {field: data.draw(hostile, field) for field in ("caption", "credit", "alt")}
    addresses = {field: data.draw(urls, field) for field in ("src", "archived_src")}
    Image.objects.filter(article=article).update(**pictures, **addresses)
    before = stored(article), history.snapshots([article.pk])

    assert_nothing_changes(superuser, article)

    assert (stored(article), history.snapshots([article.pk])) == before
    assert not Edit.objects.exists()
    assert not Action.objects.exists()


@by_hypothesis
@given(data=st.data())
def test_of_the_names_and_words(superuser: Client, data: st.DataObject) -> None:
    several = st.lists(hostile, max_size=4)
    rows: list[models.Model] = [
        *(model(name=data.draw(names)) for model in (Tag, Category)),
        Author(name=data.draw(names), bio=data.draw(hostile), avatar=data.draw(urls)),
        Outlet(
            name=data.draw(names),
            homepage=data.draw(urls),
            language=data.draw(tags),
            aliases=data.draw(several),
        ),
        Agency(name=data.draw(names), spellings=data.draw(several)),
        SynonymGroup(words=data.draw(several), one_way=data.draw(several), note=data.draw(hostile)),
        DictionaryWord(word=data.draw(names), note=data.draw(hostile)),
    ]
    for model in {type(row) for row in rows}:
        model._default_manager.all().delete()
    for row in rows:
        row.save()
    before = [stored(row) for row in rows]
    OutboxRow.objects.all().delete()

    for row in rows:
        assert_nothing_changes(superuser, row)

    assert [stored(row) for row in rows] == before
    assert not LogEntry.objects.exists()
    assert not OutboxRow.objects.exists()
