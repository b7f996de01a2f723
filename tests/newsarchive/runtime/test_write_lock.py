"""Two at once, each on a connection of its own. In SQLite BEGIN IMMEDIATE does this; these tests hold
PostgreSQL to the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from newsarchive.archive import articles, curation
from newsarchive.archive.history import Action
from newsarchive.errors import ActionRuns
from newsarchive.models import Article, Story, Tag
from newsarchive.runtime.write_lock import holding_write_lock
from tests.newsarchive.admin.making import form_of
from tests.newsarchive.archive.making import parsed, save
from tests.processes import on_postgresql

pytestmark = [on_postgresql, pytest.mark.django_db(transaction=True), pytest.mark.database]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


@contextmanager
def in_turn_while(deed: Callable[[], object]) -> Iterator[None]:
    """The block holds the turn; `deed` waits for it, and has had its own when this returns."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            deed()
        except BaseException as exc:  # noqa: BLE001
            failures.append(exc)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with holding_write_lock():
        thread.start()
        while thread.is_alive() and not _somebody_waits():
            time.sleep(0.01)
        yield
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert failures == []


def test_two_curators_of_one_article_both_leave_their_mark() -> None:
    [saved] = save(parsed())
    article = Article.objects.get(pk=saved.article)

    with in_turn_while(lambda: articles.withdraw(Article.objects.filter(pk=article.pk), "應作者要求")):
        article.title = "新標題"
        article.save()
        articles.record_edit(article, ["title"])

    article.refresh_from_db()
    assert (article.title, article.status) == ("新標題", "withdrawn")
    assert article.edited_fields == ["status", "title"]


def test_a_story_that_ends_while_another_change_waits_for_it_is_missed_by_nobody() -> None:
    one, two, three = [save(parsed(f"test:{n}", title=f"第{n}篇"))[0].article for n in range(3)]
    first = Article.objects.get(pk=one)

    with in_turn_while(lambda: articles.group(Article.objects.filter(pk__in=[two, three]))):
        articles.group(Article.objects.filter(pk__in=[first.pk, two]))

    assert set(Article.objects.values_list("story_id", flat=True)) == {first.story_id}
    assert list(Story.objects.values_list("pk", flat=True)) == [first.story_id]


def test_an_import_that_waits_for_a_curators_edit_does_not_write_over_it() -> None:
    [saved] = save(parsed())
    article = Article.objects.get(pk=saved.article)

    with in_turn_while(lambda: save(parsed(body="<p>來源後來改了。</p>"))):
        article.body = "<p>編輯改了。</p>"
        article.save()
        articles.record_edit(article, ["body"])

    article.refresh_from_db()
    assert article.body == "<p>編輯改了。</p>"
    assert article.source_changes["body"] == "<p>來源後來改了。</p>"


def test_a_form_that_waited_while_the_article_was_changed_is_given_back() -> None:
    [saved] = save(parsed())
    curator = Client()
    curator.force_login(User.objects.create_superuser("curator"))
    address = f"/admin/newsarchive/article/{saved.article}/change/"
    form = form_of(curator, address)
    pages: list[str] = []

    with in_turn_while(
        lambda: pages.append(curator.post(address, {**form, "title": "甲的標題"}).content.decode())
    ):
        articles.withdraw(Article.objects.filter(pk=saved.article), "應作者要求")

    assert "這篇文章剛被修改過" in pages[0]
    article = Article.objects.get(pk=saved.article)
    assert (article.title, article.status) == ("樹與海", "withdrawn")


def test_a_tag_renamed_while_an_import_uses_it_stops_neither() -> None:
    save(parsed("test:1", tags=("海",)))
    tag = Tag.objects.get()

    def rename() -> None:
        with holding_write_lock():
            Tag.objects.filter(pk=tag.pk).update(name="海洋")
            tag.name = "海洋"
            articles.renamed(tag, "海")

    with in_turn_while(rename):
        save(parsed("test:2", title="另一篇", tags=("海",)))

    assert [row.name for row in Tag.objects.all()] == ["海洋"]
    assert tag.articles.count() == 2


def test_an_action_is_undone_once_however_often_the_button_is_pressed() -> None:
    [saved] = save(parsed())
    action = curation.run(curation.begin(Action.Kind.WITHDRAW, None, [saved.article], reason="應作者要求"))
    second = Action.objects.get(pk=action.pk)
    done: list[Action] = []
    refused: list[Exception] = []

    def press(seen: Action) -> None:
        try:
            done.append(curation.undo(seen, None))
        except (ValueError, ActionRuns) as exc:  # undone already, or just being undone
            refused.append(exc)

    with in_turn_while(lambda: press(second)):
        press(action)

    assert (len(done), len(refused)) == (1, 1)
    assert Action.objects.filter(kind=Action.Kind.UNDO).count() == 1
