from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from django.test import Client

from newsarchive.admin.articles import edit_diff
from newsarchive.archive import curation, history
from newsarchive.archive.history import Action, Edit
from newsarchive.importers.types import ParsedAuthor
from newsarchive.messages import Message, stored
from newsarchive.models import Article, Author, OutboxRow
from tests.newsarchive.archive.making import came_with
from tests.search.web.making import publish, story

from .making import form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/newsarchive/article/"


def change(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def test_the_list_finds_as_readers_do_in_either_script(curator: Client) -> None:
    publish(story("test:1", title="習近平與拜登"), story("test:2", title="海邊的樹", body="<p>一棵樹。</p>"))

    page = curator.get(LIST, {"q": "标题：习近平"}).content.decode()

    assert "習近平與拜登" in page
    assert "海邊的樹" not in page


def test_the_list_finds_what_no_reader_sees(curator: Client) -> None:
    [article] = publish(story())
    Article.objects.filter(pk=article.pk).update(status="withdrawn")

    page = curator.get(LIST, {"q": "习近平"}).content.decode()

    assert article.title in page


def test_the_best_hit_comes_first(curator: Client) -> None:
    publish(
        story(
            "test:1", title="別的", body="<p>樹樹樹，順帶提到護欄一次，還有很多其他的話在後面說個不停。</p>"
        ),
        story("test:2", title="護欄", body="<p>護欄護欄。</p>"),
    )

    page = curator.get(LIST, {"q": "護欄"}).content.decode()

    assert page.index(">護欄<") < page.index(">別的<")


def test_the_list_is_made_in_fifteen_queries(curator: Client, django_assert_max_num_queries: object) -> None:
    publish(*[story(f"test:{number}", title=f"第{number}篇") for number in range(30)])

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        page = curator.get(LIST)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        filtered = curator.get(LIST, {"status__exact": "published", "tag": "中美會晤", "author": "曾海琪"})

    assert page.content.count(b'class="field-headline"') == 30
    assert filtered.content.count(b'class="field-headline"') == 30


def test_a_part_of_a_name_filters_by_all_names_that_hold_it(curator: Client) -> None:
    publish(story("test:1", title="甲", tags=("中美會晤",)), story("test:2", title="乙", tags=("樹",)))

    page = curator.get(LIST, {"tag": "中美"}).content.decode()

    assert ">甲<" in page
    assert ">乙<" not in page
    assert "中美會晤" in page


def test_a_form_sent_as_it_came_changes_nothing(curator: Client) -> None:
    [article] = publish(story())

    response = curator.post(change(article), form_of(curator, change(article)))

    assert response.status_code == 302
    article.refresh_from_db()
    assert article.edited_fields == []
    assert not Edit.objects.exists()


def test_an_edit_is_marked_recorded_and_indexed(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))

    response = curator.post(change(article), {**form, "title": "新標題", "tag_names": "樹\r\n海"})

    assert response.status_code == 302
    article.refresh_from_db()
    edit = Edit.objects.get(article=article)
    assert (article.title, article.edited_fields) == ("新標題", ["tags", "title"])
    assert (edit.old["title"], edit.new["title"]) == ("習近平與拜登視像會晤", "新標題")
    assert edit.new["tags"] == ["樹", "海"]
    assert edit.action.user is not None
    assert edit.action.user.username == "curator"
    assert OutboxRow.objects.filter(story_id=article.story_id).exists()


def test_pictures_and_authors_are_edited_beside_the_article(curator: Client) -> None:
    [article] = publish(story())
    Author.objects.create(name="陳甲")
    form = form_of(curator, change(article))

    response = curator.post(
        change(article), {**form, "images-0-credit": "路透社", "authorships-0-name": "陳甲"}
    )

    assert response.status_code == 302
    article.refresh_from_db()
    image = article.images.get()
    assert (image.credit, article.edited_fields) == ("路透社", ["authors", "images"])
    assert [row.author.name for row in article.authorships.all()] == ["陳甲"]


def test_pictures_change_places(curator: Client) -> None:
    [picture] = story().images
    [article] = publish(story(images=(picture, type(picture)(src="https://pictures.example/2.jpg"))))
    form = form_of(curator, change(article))

    response = curator.post(change(article), {**form, "images-0-position": "1", "images-1-position": "0"})

    assert response.status_code == 302
    assert [image.src[-5:] for image in article.images.all()] == ["2.jpg", "1.jpg"]


def test_what_cleaning_would_drop_is_refused_by_name(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))

    response = curator.post(change(article), {**form, "body": '<p style="x">好</p><script>x()</script>'})

    page = response.content.decode()
    assert response.status_code == 200
    assert "&lt;script&gt;" in page
    assert "&lt;p style=x&gt;" in page
    article.refresh_from_db()
    assert article.edited_fields == []


def test_a_day_that_a_curator_gives_has_no_time(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))

    curator.post(change(article), {**form, "day": "2021-11-18", "clock": ""})

    article.refresh_from_db()
    assert (str(article.published_on), article.published_at, article.date_precision) == (
        "2021-11-18",
        None,
        "day",
    )
    assert "published_on" in article.edited_fields


def test_a_form_that_is_out_of_date_is_refused(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))
    curator.post(change(article), {**form, "title": "先到"})

    response = curator.post(change(article), {**form, "title": "後到"})

    assert response.status_code == 200
    article.refresh_from_db()
    assert article.title == "先到"


def test_page_and_filters_survive_saving(curator: Client) -> None:
    [article] = publish(story())
    kept = "_changelist_filters=q%3D%25E6%258B%259C%25E7%2599%25BB%26p%3D2"
    form = form_of(curator, f"{change(article)}?{kept}")

    response = curator.post(f"{change(article)}?{kept}", {**form, "title": "新"})

    assert response["Location"] == f"{LIST}?q=%E6%8B%9C%E7%99%BB&p=2"


def test_the_preview_shows_what_would_be_kept(curator: Client) -> None:
    [article] = publish(story())

    page = curator.post(f"{LIST}{article.pk}/preview/", {"body": "<p>好<script>x()</script></p>"})

    assert "<p>好</p>" in page.content.decode()
    assert b"x()" not in page.content


def test_the_raw_file_is_shown_as_text(curator: Client) -> None:
    [article] = publish(story())
    raw = article.raw
    came_with(raw, b"<script>alert(1)</script>")

    page = curator.get(f"{LIST}{article.pk}/raw/{raw.pk}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_changed_source_is_dismissed_by_a_button(curator: Client) -> None:
    [article] = publish(story())
    Article.objects.filter(pk=article.pk).update(
        edited_fields=["title"], source_values={"title": "甲"}, source_changes={"title": "乙"}
    )
    assert "乙" in curator.get(change(article)).content.decode()

    curator.post(f"{LIST}{article.pk}/source/", {"dismiss": "title"})

    article.refresh_from_db()
    assert (article.source_changes, article.title) == ({}, "習近平與拜登視像會晤")
    assert Action.objects.get().kind == Action.Kind.DISMISS


def test_an_edit_can_be_seen_and_reverted(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))
    curator.post(change(article), {**form, "title": "新標題", "tag_names": "樹"})
    edit = Edit.objects.get()

    page = curator.get(f"{LIST}{article.pk}/history/").content.decode()
    curator.post(f"{LIST}edits/{edit.pk}/revert/")

    assert "<ins>" in page
    assert "curator" in page
    article.refresh_from_db()
    assert article.title == "習近平與拜登視像會晤"
    assert [tag.name for tag in article.tags.all()] == ["中美會晤"]
    assert Edit.objects.count() == 2


def test_a_diff_says_a_status_in_the_curators_language_and_counts_tags_as_tags(curator: Client) -> None:
    [article] = publish(story(tags=tuple(f"標籤{number}" for number in range(9))))
    numbers = [article.pk]
    curation.run(curation.begin(Action.Kind.WITHDRAW, None, numbers, reason="重複"))
    curation.run(curation.begin(Action.Kind.ADD_TAGS, None, numbers, names=["新的"]))

    page = curator.get(f"/admin/newsarchive/article/{article.pk}/history/").content.decode()

    assert "<del>已發布</del>" in page
    assert "<ins>已撤下</ins>" in page
    assert "項不變）" in page
    assert "段不變）" not in page


def test_a_failed_capture_says_why_in_the_curators_language(curator: Client) -> None:
    [article] = publish(story())
    reason = stored(Message("capture_shows", page="眾新聞告別"))
    Article.objects.update(status="capture_failed", status_reason=reason)
    address = f"/admin/newsarchive/article/{article.pk}/change/"

    page = curator.get(address).content.decode()
    curator.post(address, form_of(curator, address) | {"title": "新的標題"})

    article.refresh_from_db()
    assert "擷取到的是「眾新聞告別」，不是文章" in page
    assert (article.title, article.status_reason) == ("新的標題", reason)


def test_every_field_that_history_keeps_can_be_shown(curator: Client) -> None:
    [article] = publish(story())
    kept = history.snapshots([article.pk])[article.pk]

    shown = [edit_diff.field_diff(field, value, None) for field, value in kept.items()]
    backwards = [edit_diff.field_diff(field, None, value) for field, value in kept.items()]

    assert [diff.name for diff in shown] == [diff.name for diff in backwards] == list(kept)
    assert all(diff.label for diff in shown)
    [pictures] = [diff for diff in shown if diff.name == "images"]
    said = "".join(
        piece.text for part in pictures.stretches for one in part.paragraphs for piece in one.pieces
    )
    assert "圖說: " in said
    assert "caption" not in said


def test_the_same_author_twice_is_refused_by_name_and_kept_in_the_form(curator: Client) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))

    answer = curator.post(change(article), {**form, "authorships-1-name": "曾海琪", "title": "打好的標題"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "這位作者已在這篇文章之中" in page
    assert "打好的標題" in page


def test_two_authors_change_places(curator: Client) -> None:
    [article] = publish(story(authors=(ParsedAuthor("甲"), ParsedAuthor("乙", role="記者"))))
    form = form_of(curator, change(article))

    answer = curator.post(change(article), {**form, "authorships-0-name": "乙", "authorships-1-name": "甲"})

    assert answer.status_code == 302
    rows = [(row.author.name, row.role) for row in article.authorships.all()]
    assert rows == [("乙", ""), ("甲", "記者")]


@pytest.mark.parametrize("tag", ["xx", "中文", "zh_Hant", "not a tag", "z" * 40])
def test_an_unknown_language_is_refused_by_name_and_kept_in_the_form(curator: Client, tag: str) -> None:
    [article] = publish(story())
    form = form_of(curator, change(article))

    answer = curator.post(change(article), {**form, "language": tag, "title": "打好的標題"})

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["language"]
    assert "打好的標題" in answer.content.decode()
    assert tag in answer.content.decode()


@pytest.mark.parametrize("tag", ["zh-Hant-HK", "zh-Hans", "en", "yue-Hant-HK", "ja"])
def test_a_known_language_is_taken(curator: Client, tag: str) -> None:
    [article] = publish(story(language="ko"))

    curator.post(change(article), {**form_of(curator, change(article)), "language": tag})

    article.refresh_from_db()
    assert article.language == tag


def test_a_title_keeps_the_blanks_inside(curator: Client) -> None:
    [article] = publish(story(title="【專題】\u3000習近平  會晤"))
    form = form_of(curator, change(article))

    curator.post(change(article), {**form, "title": form["title"] + "！"})

    article.refresh_from_db()
    assert article.title == "【專題】\u3000習近平  會晤！"


def test_a_tag_with_a_separator_stays_one_when_another_comes(curator: Client) -> None:
    [article] = publish(story(tags=("甲、乙", "丙,丁")))
    form = form_of(curator, change(article))

    curator.post(change(article), {**form, "tag_names": form["tag_names"] + "\r\n戊、己"})

    assert {tag.name for tag in article.tags.all()} == {"甲、乙", "丙,丁", "戊、己"}


def test_another_day_keeps_the_clock_the_zone_and_what_the_form_does_not_show(curator: Client) -> None:
    [article] = publish(story())
    at = datetime(2021, 11, 17, 23, 30, 15, 250_000, tzinfo=timezone(-timedelta(hours=5)))
    Article.objects.filter(pk=article.pk).update(
        published_on=at.date(), published_at=at, published_offset=-300, date_precision="second"
    )
    form = form_of(curator, change(article))
    assert (form["day"], form["clock"]) == ("2021-11-17", "23:30:15")

    curator.post(change(article), {**form, "day": "2021-11-18"})

    article.refresh_from_db()
    assert article.published_at == at + timedelta(days=1)
    assert (article.published_offset, article.date_precision) == (-300, "second")
