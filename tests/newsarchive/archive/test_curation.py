"""What curators decide about stories and about sources that changed."""

from __future__ import annotations

import pytest

from newsarchive.archive import articles, outbox
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article, Image, ImportRun, Story

from .making import parsed, post, raw_file, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))


def bring(data: bytes) -> None:
    """A real file, so that it can be read again."""
    from newsarchive.importers import registry
    from newsarchive.importers.types import SourceFile

    run = ImportRun.objects.create()
    raw = raw_file(run, data)
    articles.save_parsed([(raw, registry.parse(SourceFile(raw.path, data)))], run, NameCache())


def edited(field: str, value: str) -> Article:
    article = Article.objects.get()
    setattr(article, field, value)
    article.save()
    articles.record_edit(article, [field])
    return article


def by_identity(*identities: str) -> list[Article]:
    return [Article.objects.get(identity=identity) for identity in identities]


def forget() -> None:
    outbox.forget(outbox.pending(limit=100))


def pending() -> set[int]:
    return {row.story_id for row in outbox.pending(limit=100)}


def test_a_source_that_repeats_itself_has_not_changed() -> None:
    bring(post(1, title="原題"))
    article = edited("title", "編者的標題")

    bring(post(1, title="原題", body="新的內文。", stamp="20230101000000"))

    article.refresh_from_db()
    assert (article.title, article.source_changes) == ("編者的標題", {})
    assert "新的內文" in article.body


def test_an_accepted_source_change_takes_the_place_of_the_edit_and_imports_go_on() -> None:
    bring(post(1, title="原題"))
    article = edited("title", "編者的標題")
    bring(post(1, title="改題", stamp="20230101000000"))
    forget()

    articles.accept_source_change(article, "title")

    assert (article.title, article.edited_fields, article.source_changes) == ("改題", [], {})
    assert pending() == {article.story_id}
    bring(post(1, title="再改", stamp="20240101000000"))
    article.refresh_from_db()
    assert article.title == "再改"


def test_an_accepted_text_comes_with_its_pictures() -> None:
    figure = '<figure><img src="https://a.example/{}.jpg"><figcaption>海</figcaption></figure>'
    bring(post(1, body=figure.format(1) + "\n\n舊文。"))
    article = edited("body", "<p>編者的內文。</p>")
    bring(post(1, body=figure.format(2) + "\n\n新文。", stamp="20230101000000"))
    assert Image.objects.get().src == "https://a.example/1.jpg"

    article.refresh_from_db()
    articles.accept_source_change(article, "body")

    assert "新文" in article.body
    assert Image.objects.get().src == "https://a.example/2.jpg"
    assert article.source_changes == {}


def test_a_dismissed_source_change_leaves_the_edit_and_is_told_only_once() -> None:
    bring(post(1, title="原題"))
    article = edited("title", "編者的標題")
    bring(post(1, title="改題", stamp="20230101000000"))

    articles.dismiss_source_change(article, "title")
    bring(post(1, title="改題", body="別的。", stamp="20240101000000"))

    article.refresh_from_db()
    assert (article.title, article.source_changes) == ("編者的標題", {})
    assert article.edited_fields == ["title"]


@pytest.mark.parametrize("decide", [articles.accept_source_change, articles.dismiss_source_change])
def test_a_source_that_did_not_change_can_be_neither_accepted_nor_dismissed(decide: object) -> None:
    bring(post(1))

    with pytest.raises(ValueError, match="has not changed"):
        decide(Article.objects.get(), "title")  # type: ignore[operator]


def test_a_curator_groups_what_belongs_together_and_imports_keep_off() -> None:
    save(parsed("a:1", body=f"<p>{TEXT}</p>"), parsed("a:2", title="另一題", body="<p>短。</p>"))
    one, two = by_identity("a:1", "a:2")
    forget()

    story = articles.group(Article.objects.filter(pk__in=[one.pk, two.pk]))

    assert set(Article.objects.values_list("story_id", "grouped_by_hand")) == {(story, True)}
    assert Story.objects.count() == 1
    assert pending() == {one.story_id, two.story_id}
    save(parsed("a:1", title="又一題", body=f"<p>{TEXT[:300]}</p>"))
    assert set(Article.objects.values_list("story_id", flat=True)) == {story}


def test_a_curator_takes_a_copy_out_of_its_story() -> None:
    save(*(parsed(f"a:{n}", body=f"<p>{TEXT}</p>") for n in (1, 2, 3)))
    two, three = by_identity("a:2", "a:3")
    before = three.story_id
    forget()

    story = articles.split(three)

    assert story != before
    assert {a.story_id for a in by_identity("a:1", "a:2")} == {before}
    assert Story.objects.get(pk=before).canonical == two
    assert Story.objects.get(pk=story).canonical == three
    assert pending() == {before, story}
    save(parsed("a:4", body=f"<p>{TEXT}</p>"))
    three.refresh_from_db()
    assert three.story_id == story
    assert by_identity("a:4")[0].story_id == before


def test_grouping_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no articles"):
        articles.group(Article.objects.none())


def test_when_the_shown_copy_is_withdrawn_the_story_shows_the_best_of_the_others() -> None:
    save(*(parsed(f"a:{n}", body=f"<p>{TEXT}</p>") for n in (1, 2, 3)))
    one, two, three = by_identity("a:1", "a:2", "a:3")
    assert one.story.canonical == three

    articles.withdraw(Article.objects.filter(pk=three.pk), "錯")
    assert Story.objects.get().canonical == two

    articles.publish(Article.objects.filter(pk=three.pk))
    assert Story.objects.get().canonical == three


def test_an_edited_title_makes_a_copy_of_what_has_that_title() -> None:
    save(parsed("a:1", body=f"<p>{TEXT}</p>"), parsed("a:2", title="誤讀", body=f"<p>{TEXT}</p>"))
    one, two = by_identity("a:1", "a:2")
    forget()

    two.title = one.title
    two.save()
    articles.record_edit(two, ["title"])

    assert {a.story_id for a in by_identity("a:1", "a:2")} == {one.story_id}
    assert pending() == {one.story_id, one.story_id + 1}
    assert by_identity("a:2")[0].story_key == one.story_key


def test_an_edited_title_takes_no_copy_out_of_its_story() -> None:
    save(parsed("a:1", body=f"<p>{TEXT}</p>"), parsed("a:2", body=f"<p>{TEXT}</p>"))
    two = by_identity("a:2")[0]

    two.title = "編者的標題"
    two.save()
    articles.record_edit(two, ["title"])

    assert Story.objects.count() == 1


def test_pictures_that_a_curator_captioned_stay_when_the_source_changes() -> None:
    save(parsed(images=(ParsedImage("https://a.example/1.jpg", caption="原"),)))
    article = Article.objects.get()
    article.images.update(caption="編者的圖說")
    articles.record_edit(article, ["images"])

    save(parsed(images=(ParsedImage("https://a.example/2.jpg", caption="新"),)))

    article.refresh_from_db()
    assert Image.objects.get().caption == "編者的圖說"
    assert article.source_changes["images"][0]["caption"] == "新"
