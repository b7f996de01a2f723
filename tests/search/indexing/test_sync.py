from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from newsarchive.archive import articles, outbox
from newsarchive.ingest import run
from newsarchive.models import Article, Story
from search.engines import base
from search.engines.base import Request
from search.engines.embedded.engine import EmbeddedEngine
from search.indexing import documents, sync
from search.indexing.indexer import Indexer
from search.query.parser import parse
from search.results import pending

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SEEDS = Path(__file__).resolve().parents[3] / "seeds"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    opened = EmbeddedEngine(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def seeds() -> None:
    run.run([SEEDS], workers=1)


def found(index: base.Engine, words: str) -> set[int]:
    return {hit.story_id for hit in index.search(Request(parse(words).tree, limit=100)).hits}


def test_what_is_imported_waits_in_the_outbox_and_is_found_after_one_update(
    seeds: None, index: EmbeddedEngine
) -> None:
    assert outbox.count() == 5

    sync.update(index)

    assert outbox.count() == 0
    assert len(found(index, "習近平")) == 4  # all but the talks in Alaska
    assert found(index, "习近平") == found(index, "習近平")


def test_an_article_is_found_by_its_outlets_own_number(seeds: None, index: EmbeddedEngine) -> None:
    sync.update(index)

    assert found(index, "47815") == {Article.objects.get(identity="hkcnews:47815").story_id}


def test_an_edit_is_found_after_the_next_drain(seeds: None, index: EmbeddedEngine) -> None:
    sync.update(index)
    article = Article.objects.get(identity="hkcnews:47815")

    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(title="改了的標題")
        outbox.enqueue([article.story_id])
    sync.drain(index)

    assert found(index, "title:改了的標題") == {article.story_id}


def test_a_withdrawn_article_leaves_the_index_with_the_next_drain(seeds: None, index: EmbeddedEngine) -> None:
    sync.update(index)
    article = Article.objects.get(identity="hkcnews:47815")

    articles.withdraw(Article.objects.filter(pk=article.pk), reason="應作者要求")
    assert pending.stories().hidden == {article.story_id}
    sync.drain(index)

    assert found(index, "謝鋒") == set()
    assert pending.stories().hidden == frozenset()


def test_a_drain_that_fails_keeps_its_work(
    seeds: None, index: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync.update(index)
    outbox.enqueue(Story.objects.values_list("pk", flat=True))

    def killed(story_ids: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(index, "delete", killed)
        with pytest.raises(RuntimeError):
            sync.drain(index)
    assert outbox.count() == 5

    assert sync.drain(index) == 5


def test_changes_enqueued_during_a_rebuild_stay_in_the_outbox(seeds: None, index: EmbeddedEngine) -> None:
    story = Story.objects.first()
    assert story is not None

    class Meanwhile:
        def __getattr__(self, name: str) -> object:
            return getattr(index, name)

        def rebuild(self, read: object, *, on_progress: object = None) -> int:
            count = index.rebuild(read)  # type: ignore[arg-type]
            outbox.enqueue([story.pk])
            return count

    sync.rebuild(Meanwhile())  # type: ignore[arg-type]

    assert [row.story_id for row in outbox.pending(limit=10)] == [story.pk]


def test_check_sees_what_is_missing_and_what_is_left_over_and_repair_mends_both(
    seeds: None, index: EmbeddedEngine
) -> None:
    sync.update(index)
    assert not sync.check(index)
    kept, lost = sorted(documents.visible_stories())[:2]
    index.delete([lost])
    Article.objects.filter(story_id=kept).update(status=Article.Status.WITHDRAWN)

    difference = sync.check(index)
    assert (difference.missing, difference.extra) == ({lost}, {kept})

    sync.repair(difference)
    sync.drain(index)
    assert not sync.check(index)


def test_a_missing_index_is_a_reason_to_rebuild(index: EmbeddedEngine) -> None:
    assert "rebuild_index" in str(sync.needs_rebuild(index))

    sync.rebuild(index)

    assert sync.needs_rebuild(index) is None


@pytest.mark.django_db(transaction=True)  # between two looks it may close a connection
def test_the_indexer_drains_what_waits(seeds: None, index: EmbeddedEngine) -> None:
    sync.update(index)
    story = Story.objects.first()
    assert story is not None
    outbox.enqueue([story.pk])
    indexer = Indexer(index)

    indexer.step()
    indexer.close()

    assert outbox.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_indexer_survives_an_index_that_is_not_there_yet(
    index: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Indexer, "_start_rebuild", lambda self, why: asked.append(why))
    indexer = Indexer(index)

    indexer.step()
    indexer.close()

    assert len(asked) == 1


def test_loading_stories_takes_the_same_queries_for_one_and_for_five(
    seeds: None, django_assert_num_queries: object
) -> None:
    stories = sorted(documents.visible_stories())

    for wanted in (stories[:1], stories):
        with django_assert_num_queries(8):  # type: ignore[operator]
            documents.load(wanted)


def test_a_story_holds_what_only_its_older_copy_says(seeds: None) -> None:
    shown = Article.objects.get(identity="hkcnews:47815")
    older = Article.objects.exclude(pk=shown.pk).filter(title__startswith="中美高層").get()
    Article.objects.filter(pk=older.pk).update(story=shown.story)
    Story.objects.filter(pk=shown.story_id).update(canonical=shown)

    (document,) = documents.load([shown.story_id])

    assert document.title == shown.title
    assert document.body.startswith("習拜會結束之後")
    assert "阿拉斯加的三場高層會談" in document.body
    assert older.title in document.body
    assert "布林肯和沙利文會後發表聲明。美聯社" in document.captions
