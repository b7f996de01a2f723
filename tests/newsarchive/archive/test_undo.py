"""An undo puts back a value and its mark together, or leaves both and says why."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles, curation, history, name_actions
from newsarchive.archive.curation import State
from newsarchive.archive.history import Action, Edit
from newsarchive.archive.name_cache import NameCache
from newsarchive.archive.renaming import FormerName
from newsarchive.errors import NameTaken
from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile
from newsarchive.ingest import reparse
from newsarchive.models import Article, Author, ImportRun, Outlet, Story, Tag

from .making import parsed, post, raw_file, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]
Kind = Action.Kind
TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))


def bring(data: bytes) -> Article:
    """A real file, so that it can be read again."""
    run = ImportRun.objects.create()
    raw = raw_file(run, data)
    [saved] = articles.save_parsed([(raw, registry.parse(SourceFile(raw.path, data)))], run, NameCache())
    return Article.objects.get(pk=saved.article)


def bulk(kind: Kind, *found: Article, **parameters: Any) -> Action:
    return curation.run(curation.begin(kind, None, [article.pk for article in found], **parameters))


def undone(action: Action) -> Action:
    return curation.run(curation.undo(action, None))


def tags(article: Article) -> set[str]:
    return {tag.name for tag in Article.objects.get(pk=article.pk).tags.all()}


def skipped(action: Action) -> list[list[str]]:
    return [pair for edit in action.edits.all() for pair in edit.skipped]


def test_a_hand_edit_after_a_bulk_change_survives_the_undo_and_the_next_import() -> None:
    article = bring(post(1))
    action = bulk(Kind.ADD_TAGS, article, names=["專題"])
    bulk(Kind.ADD_TAGS, article, names=["人手"])

    undoing = undone(action)
    bring(post(1, stamp="20230101000000").replace("樹".encode(), "風".encode()))

    assert tags(article) == {"海", "樹", "專題", "人手"}
    assert skipped(undoing) == [["tags", "changed"]]
    assert curation.state(Action.objects.get(pk=action.pk)) == State.FINISHED


def test_a_value_that_was_confirmed_since_stays() -> None:
    article = bring(post(1))
    first = bulk(Kind.LANGUAGE, article, language="zh-Hans")
    bulk(Kind.LANGUAGE, article, language="zh-Hans")

    undoing = undone(first)

    article.refresh_from_db()
    assert (article.language, article.edited_fields) == ("zh-Hans", ["language"])
    assert undoing.skipped == 1


def test_the_later_of_two_changes_undone_first_gives_both_back() -> None:
    article = bring(post(1))
    before = history.snapshots([article.pk])
    first = bulk(Kind.ADD_TAGS, article, names=["甲"])
    second = bulk(Kind.ADD_TAGS, article, names=["乙"])

    undone(second)
    undone(first)

    assert history.snapshots([article.pk]) == before


def test_a_source_that_changed_since_keeps_the_value_and_says_so() -> None:
    article = bring(post(1))
    action = bulk(Kind.REMOVE_TAGS, article, names=["樹"])
    bring(post(1, stamp="20230101000000").replace("樹".encode(), "風".encode()))

    undoing = undone(action)

    article.refresh_from_db()
    assert tags(article) == {"海"}
    assert article.edited_fields == ["tags"]
    assert skipped(undoing) == [["tags", "source"]]


def test_a_date_comes_back_whole_or_not_at_all() -> None:
    article = bring(post(1))
    action = bulk(Kind.DATE, article, day="2020-02-02")
    bulk(Kind.DATE, article, day="2020-02-03")

    undone(action)

    article.refresh_from_db()
    assert (str(article.published_on), article.date_source) == ("2020-02-03", "curator")
    assert {"date_source", "published_on"} <= set(article.edited_fields)


def test_an_old_value_taken_back_over_a_newer_one_is_the_curators_own() -> None:
    article = bring(post(1))
    bulk(Kind.LANGUAGE, article, language="zh-Hans")
    bulk(Kind.LANGUAGE, article, language="en")
    first = Edit.objects.earliest("pk")
    original = first.old["language"]

    curation.revert(first, None)
    bring(post(1, stamp="20230101000000"))
    reparse.run(workers=1)

    article.refresh_from_db()
    assert article.language == original
    assert article.edited_fields == ["language"]


def test_the_undo_of_a_grouping_brings_back_copies_that_nobody_ticked() -> None:
    save(*(parsed(f"a:{n}", body=f"<p>{TEXT}</p>") for n in (1, 2, 3)), parsed("a:4", title="別題"))
    one, two, three, other = Article.objects.order_by("pk")
    before = history.snapshots([one.pk, two.pk, three.pk, other.pk])
    assert one.story_id == three.story_id != other.story_id

    action = bulk(Kind.GROUP, other, one)
    assert Story.objects.count() == 1
    undone(action)

    assert history.snapshots([one.pk, two.pk, three.pk, other.pk]) == before
    assert set(action.edits.values_list("article", flat=True)) == {one.pk, two.pk, three.pk, other.pk}


def test_the_undo_of_a_date_brings_back_what_the_date_had_moved() -> None:
    save(parsed("a:1", body=f"<p>{TEXT}</p>"))
    save(parsed("a:2", body=f"<p>{TEXT}</p>", published=None))
    one, two = Article.objects.order_by("pk")
    before = history.snapshots([one.pk, two.pk])

    action = bulk(Kind.DATE, two, day="2021-03-20")
    assert Story.objects.count() == 1
    undone(action)

    assert history.snapshots([one.pk, two.pk]) == before


def test_an_undo_after_a_renaming_finds_the_name_of_today() -> None:
    article = bring(post(1))
    action = bulk(Kind.ADD_TAGS, article, names=["專題"])
    tag = Tag.objects.get(name="海")
    tag.name = "海洋"
    tag.save()
    name_actions.rename(tag, "海", None)

    undoing = undone(action)

    article.refresh_from_db()
    assert tags(article) == {"海洋", "樹"}
    assert article.edited_fields == []
    assert undoing.skipped == 0
    assert not Tag.objects.filter(name="海").exists()


@pytest.mark.parametrize(("model", "name"), [(Tag, "海"), (Author, "陳甲"), (Outlet, "眾新聞")])
def test_a_renaming_has_a_history_and_an_undo(model: Any, name: str) -> None:
    article = bring(post(1))
    row = model.objects.get(name=name)
    before = history.snapshots([article.pk])
    row.name = "新名"
    row.save()

    action = name_actions.rename(row, name, None)

    assert action.edits.get().article_id == article.pk
    assert history.snapshots([article.pk]) != before
    undone(action)
    assert history.snapshots([article.pk]) == before
    assert curation.state(Action.objects.get(pk=action.pk)) == State.UNDONE


def test_a_renaming_whose_name_means_something_else_by_now_is_not_undone() -> None:
    bring(post(1))
    tag = Tag.objects.get(name="海")
    tag.name = "海洋"
    tag.save()
    action = name_actions.rename(tag, "海", None)
    Tag.objects.create(name="海")

    with pytest.raises(NameTaken):
        curation.undo(action, None)

    action.refresh_from_db()
    assert action.undone_by is None
    assert Tag.objects.filter(name="海洋").exists()


@pytest.mark.parametrize("model", [Tag, Author, Outlet])
def test_a_merge_is_undone_and_done_again(model: Any) -> None:
    first = bring(post(1))
    name = {Tag: "海", Author: "陳甲", Outlet: "眾新聞"}[model]
    into = model.objects.create(name="另一個")
    row = model.objects.get(name=name)
    before = history.snapshots([first.pk])

    action = name_actions.merge(row, into, None)
    assert not model.objects.filter(name=name).exists()
    undoing = undone(action)

    assert history.snapshots([first.pk]) == before
    assert model.objects.get(name=name).pk == undoing.parameters["merging"]["gone"]["id"]
    assert not FormerName.objects.filter(name=name).exists()
    undone(undoing)
    assert not model.objects.filter(name=name).exists()
    assert curation.state(Action.objects.get(pk=action.pk)) == State.FINISHED


def test_what_an_import_changed_is_in_the_history_under_its_run() -> None:
    article = bring(post(1))

    bring(post(1, title="改題", stamp="20230101000000"))

    edit = Edit.objects.get(article=article)
    assert edit.new["title"] == "改題"
    assert edit.action.run == ImportRun.objects.latest("pk")
    assert curation.revert(edit, None).changed == 1
    reparse.run(workers=1)
    article.refresh_from_db()
    assert article.title == "樹與海"
    assert "title" in article.edited_fields


def test_what_a_reparse_changed_is_in_the_history() -> None:
    article = bring(post(1))
    Article.objects.update(title="舊讀法")

    reparse.run(workers=1)

    edit = Edit.objects.get(article=article)
    assert (edit.action.kind, edit.old["title"], edit.new["title"]) == ("reparse", "舊讀法", "樹與海")


def test_an_undo_of_a_reparse_by_a_curator_gives_back_what_was_there() -> None:
    article = bring(post(1))
    Article.objects.update(title="舊讀法")

    action = bulk(Kind.REPARSE, article)
    assert action.changed == 1
    undone(action)

    article.refresh_from_db()
    assert (article.title, article.edited_fields) == ("舊讀法", [])


def test_the_history_page_names_the_import(client: Client, admin_client: Client) -> None:
    article = bring(post(1))
    bring(post(1, title="改題", stamp="20230101000000"))
    run = ImportRun.objects.latest("pk")

    page = admin_client.get(f"/admin/newsarchive/article/{article.pk}/history/").content.decode()

    assert f"/admin/newsarchive/importrun/{run.pk}/change/" in page
