from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from newsarchive.archive import articles, outbox
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers import registry
from newsarchive.importers.types import (
    DateSource,
    ParsedArticle,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    Precision,
    Published,
    RelatedLink,
    SourceFile,
    Standing,
)
from newsarchive.messages import Message
from newsarchive.models import Article, Author, Category, Image, ImportRun, Outlet, RawFile, Story, Tag

from .making import parsed, post, raw_file, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]

EARLY = datetime(2021, 1, 1, tzinfo=UTC)
LATE = datetime(2022, 1, 1, tzinfo=UTC)


def only() -> Article:
    return Article.objects.get()


def pending() -> list[int]:
    return [row.story_id for row in outbox.pending(limit=100)]


def test_a_new_article_has_all_its_parts_and_a_story_of_its_own() -> None:
    hong_kong = timezone(timedelta(hours=8))
    save(
        parsed(
            byline="記者陳甲",
            authors=(ParsedAuthor("陳甲", role="記者", bio="寫海的人"), ParsedAuthor("李乙")),
            outlet="海報",
            outlet_homepage="https://sea.example/",
            language="zh-Hant-HK",
            published=Published(
                date(2021, 3, 21),
                datetime(2021, 3, 21, 1, 2, tzinfo=hong_kong),
                Precision.MINUTE,
                DateSource.PAGE,
            ),
            categories=("眾聞", "國際"),
            tags=("海", "樹"),
            images=(ParsedImage("https://a.example/1.jpg", caption="海邊。美聯社圖片", credit="美聯社"),),
            embeds=(ParsedEmbed("https://v.example/1", kind="video", title="片"),),
            related=(RelatedLink("https://a.example/2", "另一篇"),),
            problems=(Message("no_source_url"),),
        )
    )

    article = only()
    assert (article.story.canonical, article.raw.article, article.raw.outcome) == (
        article,
        article,
        "imported",
    )
    assert [(a.author.name, a.role) for a in article.authorships.all()] == [("陳甲", "記者"), ("李乙", "")]
    assert Author.objects.get(name="陳甲").bio == "寫海的人"
    assert article.outlet == Outlet.objects.get(
        name="海報", homepage="https://sea.example/", language="zh-Hant-HK"
    )
    assert article.published_at == datetime(2021, 3, 20, 17, 2, tzinfo=UTC)
    assert (article.published_on, article.published_offset) == (date(2021, 3, 21), 480)
    assert {category.name for category in article.categories.all()} == {"眾聞", "國際"}
    assert [(i.position, i.credit, i.agency) for i in article.images.all()] == [(0, "美聯社", "美聯社")]
    assert article.embeds[0]["url"] == "https://v.example/1"
    assert article.related == [{"url": "https://a.example/2", "text": "另一篇"}]
    assert article.problems == [{"code": "no_source_url"}]
    assert pending() == [article.story_id]


def test_names_are_shared_between_articles() -> None:
    shared = {"outlet": "海報", "authors": (ParsedAuthor("陳甲"),), "categories": ("眾聞",), "tags": ("海",)}
    save(parsed("test:1", **shared), parsed("test:2", **shared))
    save(parsed("test:3", **shared))

    assert [model.objects.count() for model in (Outlet, Author, Category, Tag)] == [1, 1, 1, 1]


def test_what_a_later_file_tells_of_an_author_fills_only_what_is_empty() -> None:
    save(parsed("test:1", authors=(ParsedAuthor("陳甲", avatar="https://a.example/old.jpg"),)))
    later = ParsedAuthor("陳甲", bio="寫海的人", avatar="https://a.example/new.jpg")
    save(parsed("test:2", authors=(later,)))

    assert Author.objects.values_list("bio", "avatar").get() == ("寫海的人", "https://a.example/old.jpg")


def test_an_outlet_is_known_by_its_aliases() -> None:
    outlet = Outlet.objects.create(name="海報", aliases=["Sea Post"])

    save(parsed(outlet="Sea Post"))

    assert only().outlet == outlet


def test_the_same_identity_twice_keeps_both_files_and_shows_the_later_one() -> None:
    save(parsed(title="舊", images=(ParsedImage("https://a.example/1.jpg"),), tags=("海",)))
    (second,) = save(parsed(title="新", images=(ParsedImage("https://a.example/2.jpg"),), tags=("樹",)))

    article = only()
    assert (second.article, second.outcome) == (article.pk, "updated")
    assert article.title == "新"
    assert article.raw == RawFile.objects.last()
    assert article.raw_files.count() == 2
    assert [image.src for image in article.images.all()] == ["https://a.example/2.jpg"]
    assert [tag.name for tag in article.tags.all()] == ["樹"]
    assert Story.objects.count() == 1


def test_two_files_of_one_article_in_the_same_batch_end_as_they_would_apart() -> None:
    save(parsed(title="舊"), parsed("test:2"), parsed(title="新"))

    assert Article.objects.get(identity="test:1").title == "新"
    assert RawFile.objects.filter(article__identity="test:1").count() == 2


def test_an_earlier_capture_is_kept_and_not_shown() -> None:
    save(parsed(title="新", captured_at=LATE))
    (second,) = save(parsed(title="舊", captured_at=EARLY))

    assert only().title == "新"
    assert only().raw_files.count() == 2
    assert second.reason == Message("kept_as_copy")


def test_a_later_capture_is_shown_whatever_the_order() -> None:
    save(parsed(title="舊", captured_at=EARLY))
    save(parsed(title="新", captured_at=LATE))

    assert only().title == "新"


def test_a_stub_is_kept_as_a_failed_capture() -> None:
    (result,) = save(parsed(body="", standing=Standing.STUB, standing_reason=Message("body_is_empty")))

    assert (only().status, only().status_reason) == ("capture_failed", '{"code": "body_is_empty"}')
    assert (result.outcome, result.reason) == ("quarantined", Message("body_is_empty"))


def test_a_stub_never_replaces_a_text() -> None:
    save(parsed(title="文", captured_at=EARLY))
    (result,) = save(parsed(title="", body="", standing=Standing.STUB, captured_at=LATE))

    assert (only().title, only().status) == ("文", "published")
    assert result.outcome == "quarantined"
    assert only().raw_files.count() == 2


def test_a_text_replaces_a_stub_even_when_it_was_captured_before() -> None:
    save(
        parsed(
            title="",
            body="",
            standing=Standing.STUB,
            standing_reason=Message("body_is_empty"),
            captured_at=LATE,
        )
    )
    save(parsed(title="文", captured_at=EARLY))

    assert (only().title, only().status, only().status_reason) == ("文", "published", "")


def test_a_teaser_never_replaces_the_whole_text() -> None:
    save(parsed(body="<p>全文。</p>", captured_at=EARLY))
    save(parsed(body="<p>全…</p>", standing=Standing.TRUNCATED, captured_at=LATE))

    assert (only().body, only().truncated) == ("<p>全文。</p>", False)


def test_bodies_are_cleaned_on_the_way_in() -> None:
    save(parsed(body='<p onclick="x()">文<script>alert(1)</script></p><a href="javascript:x()">鏈</a>'))

    assert "script" not in only().body
    assert "onclick" not in only().body


def test_an_article_without_identity_gets_one_from_its_bytes() -> None:
    save(parsed(identity=""))

    assert only().identity == f"sha256:{only().raw.sha256}"


def test_what_a_database_refuses_or_a_column_can_not_hold_is_fitted() -> None:
    save(
        parsed(
            identity="url:" + "a" * 600,
            title="甲\0\ud800乙",
            byline="記" * 600,
            authors=(ParsedAuthor("長" * 400), ParsedAuthor("長" * 400), ParsedAuthor(" ")),
            tags=("t" * 400, "海", "海"),
        ),
        parsed(identity="url:" + "a" * 601),
    )

    first, second = Article.objects.order_by("id")
    assert first.title == "甲?乙"
    assert (len(first.byline), first.byline[-1]) == (500, "…")
    assert [len(author.name) for author in Author.objects.all()] == [300]
    assert sorted(len(tag.name) for tag in first.tags.all()) == [1, 300]
    assert len(first.identity) == len(second.identity) == 500
    assert first.identity != second.identity


def test_a_save_that_fails_leaves_nothing_behind() -> None:
    def stopped() -> None:
        with transaction.atomic():
            save(parsed("test:1"), parsed("test:2", tags=("海",)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()

    assert pending() == []
    assert [model.objects.count() for model in (RawFile, Article, Story, Tag, ImportRun)] == [0] * 5


def curate(article: Article, **values: str) -> None:
    """As the admin does: save the form, then record it."""
    for field, value in values.items():
        setattr(article, field, value)
    article.save()
    articles.record_edit(article, values)


def test_a_field_that_a_curator_edited_survives_and_shows_that_its_source_changed() -> None:
    run = ImportRun.objects.create()
    first, second = (
        post(7, title=title, body="海邊有一棵很高很高的樹，樹下有人。" * 3) for title in ("原題", "新題")
    )
    save_bytes(run, first)
    curate(only(), title="編者的題")

    save_bytes(run, second)

    assert only().title == "編者的題"
    assert only().source_changes == {"title": "新題"}
    assert only().raw_files.count() == 2


def save_bytes(run: ImportRun, data: bytes) -> None:
    article = registry.parse(SourceFile("a.md", data))
    articles.save_parsed([(raw_file(run, data), article)], run, NameCache())


def test_an_edited_field_whose_source_did_not_change_shows_no_change() -> None:
    run = ImportRun.objects.create()
    save_bytes(run, post(7, title="原題", body="海邊有一棵很高很高的樹，樹下有人。" * 3))
    curate(only(), title="編者的題")

    save_bytes(run, post(7, title="原題", body="海邊有兩棵很高很高的樹，樹下無人。" * 3))

    assert only().title == "編者的題"
    assert "兩棵" in only().body
    assert only().source_changes == {}


def test_a_body_that_a_curator_edited_keeps_the_images_it_points_to() -> None:
    save(parsed(images=(ParsedImage("https://a.example/1.jpg"),)))
    curate(only(), body="<p>編者的文。</p>")

    save(parsed(images=()))

    assert only().body == "<p>編者的文。</p>"
    assert Image.objects.count() == 1


def test_an_edited_date_is_kept_whole() -> None:
    save(parsed())
    curate(only(), published_on="2020-01-01")
    at = datetime(2021, 3, 21, 1, 2, tzinfo=UTC)

    save(parsed(published=Published(date(2021, 3, 21), at, Precision.SECOND, DateSource.PAGE)))

    assert only().published_on == date(2020, 1, 1)
    assert (only().published_at, only().date_precision) == (None, "day")


def test_editing_a_field_again_settles_its_source_change() -> None:
    save(parsed())
    Article.objects.update(edited_fields=["title"], source_changes={"title": "新題", "byline": "x"})

    articles.record_edit(only(), ["title"])

    assert only().source_changes == {"byline": "x"}


def test_an_edit_reaches_the_outbox() -> None:
    save(parsed())
    outbox.forget(outbox.pending(limit=100))

    articles.record_edit(only(), ["title"])

    assert pending() == [only().story_id]


def test_withdrawn_stays_withdrawn_through_imports() -> None:
    save(parsed())
    articles.withdraw(Article.objects.all(), "法律要求")

    save(parsed(title="新"))

    article = only()
    assert (article.status, article.status_reason, article.title) == ("withdrawn", "法律要求", "新")
    assert article.status_changed_at is not None


def test_a_withdrawal_without_a_reason_is_refused() -> None:
    save(parsed())

    with pytest.raises(ValueError, match="reason"):
        articles.withdraw(Article.objects.all(), " ")


def test_a_status_reaches_the_outbox_once_a_story() -> None:
    save(parsed("test:1"), parsed("test:2", title="另一篇"))
    outbox.forget(outbox.pending(limit=100))

    count = articles.withdraw(Article.objects.all(), "錯")

    assert count == 2
    assert sorted(pending()) == sorted(Story.objects.values_list("id", flat=True))


def test_a_stub_that_a_curator_published_stays_published() -> None:
    save(parsed(body="", standing=Standing.STUB))
    articles.publish(Article.objects.all())

    save(parsed(body="", title="又一個", standing=Standing.STUB))

    assert (only().status, only().title) == ("published", "又一個")


def test_saving_takes_the_same_number_of_queries_for_few_and_for_many() -> None:
    def batch(first: int, count: int) -> list[ParsedArticle]:
        return [parsed(f"test:{n}", title=f"第 {n} 篇", tags=(f"{n}",)) for n in range(first, first + count)]

    run = ImportRun.objects.create()
    few, many = ([(raw_file(run), p) for p in batch(*size)] for size in ((0, 3), (10, 15)))
    with CaptureQueriesContext(connection) as small:
        articles.save_parsed(few, run, NameCache())
    with CaptureQueriesContext(connection) as large:
        articles.save_parsed(many, run, NameCache())

    assert len(small) == len(large)
