"""What is confirmed is what was previewed, for whom it was previewed."""

from __future__ import annotations

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.archive.history import Action
from newsarchive.models import Article, Author, Tag
from search.models import SynonymGroup
from tests.search.web.making import publish, story

from .making import form_of

pytestmark = pytest.mark.django_db
BULK = "/admin/newsarchive/article/bulk/"
TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(300))


def three() -> list[Article]:
    return publish(*[story(f"test:{number}", title=f"第{number}篇") for number in range(3)])


def copies() -> list[Article]:
    """Two of one story, and one of another."""
    bare: dict[str, object] = {"images": (), "embeds": (), "related": ()}
    return publish(
        story("hkcnews:1", body=f"<p>{TEXT}</p>", **bare),
        story("hkcnews:2", body=f"<p>{TEXT}</p>", **bare),
        story("hkcnews:3", title="別的", **bare),
    )


def preview(client: Client, query: str = "", **fields: str) -> dict[str, str]:
    """What the confirming button sends."""
    page = client.post(f"{BULK}?{query}", {**fields, "preview": "1"})
    return {**fields, "previewed": page.context["seal"], "confirm": "1"}


def test_another_reason_than_the_previewed_one_is_shown_again(curator: Client) -> None:
    three()
    sent = preview(curator, kind="withdraw", reason="重複")

    page = curator.post(BULK, {**sent, "reason": "誤報"})

    assert page.status_code == 200
    assert "與預覽時不同" in page.content.decode()
    assert not Action.objects.exists()


def test_as_many_articles_but_others_are_shown_again(curator: Client) -> None:
    first, second, third = three()
    Article.objects.filter(pk=third.pk).update(language="en")
    sent = preview(curator, f"ids={first.pk},{second.pk}", kind="language", language="zh-Hans")

    page = curator.post(f"{BULK}?ids={first.pk},{third.pk}", sent)

    assert page.status_code == 200
    assert not Action.objects.exists()


def test_what_another_curator_previewed_is_not_confirmed(curator: Client, signed_in: object) -> None:
    three()
    sent = preview(curator, kind="publish")

    other: Client = signed_in("superuser")  # type: ignore[operator]
    page = other.post(BULK, sent)

    assert page.status_code == 200
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    "ids", ["abc", "", "1,abc", ",", "-1", "999999", "99999999999999999999", "1.5", "１", "0x1"]
)
def test_ids_that_are_none_are_an_error_and_never_everything(curator: Client, ids: str) -> None:
    three()

    for page in (
        curator.get(BULK, {"ids": ids}),
        curator.post(f"{BULK}?ids={ids}", {"kind": "publish", "preview": "1"}),
    ):
        assert page.status_code == 400
        assert "errornote" in page.content.decode()
        assert 'name="confirm"' not in page.content.decode()


def test_ticked_rows_that_no_number_names_are_an_error(curator: Client) -> None:
    three()
    listed = "/admin/newsarchive/article/"

    page = curator.post(listed, {"action": "change_many", "_selected_action": ["abc"]}, follow=True)

    assert "不是編號：abc" in page.content.decode()


def test_rows_that_left_the_filter_since_are_counted_and_left_out(curator: Client) -> None:
    first, second, _ = three()
    Article.objects.filter(pk=second.pk).update(status="needs_review")

    page = curator.get(f"{BULK}?status__exact=published&ids={first.pk},{second.pk}")

    assert page.context["count"] == 1
    assert "有 1 篇已不符合篩選" in page.content.decode()


def test_a_search_that_only_synonyms_or_parts_answer_says_so_before_it_offers(curator: Client) -> None:
    publish(story("test:1", title="拜登訪華"), story("test:2", title="Biden visits", body="<p>Biden.</p>"))
    SynonymGroup.objects.all().delete()
    SynonymGroup.objects.create(words=["拜登", "Biden"])

    for address in ("/admin/newsarchive/article/", BULK):
        synonyms = curator.get(address, {"q": "拜登"}).content.decode()
        assert "其中 1 篇只因同義詞而符合" in synonyms
        assert "只符合部分字詞" in curator.get(address, {"q": "拜登訪問火星基地"}).content.decode()
        assert "同義詞而符合" not in curator.get(address, {"q": "訪華"}).content.decode()


def test_a_whole_story_is_withdrawn_or_one_copy_with_a_warning(curator: Client) -> None:
    one, two, other = copies()
    assert one.story_id == two.story_id

    page = curator.post(f"{BULK}?ids={one.pk}", {"kind": "withdraw", "reason": "錯", "preview": "1"})
    text = page.content.decode()
    assert f"/admin/newsarchive/article/{two.pk}/change/" in text
    assert "另有 1 個版本仍然公開" in text
    assert "整篇報道（2 個版本）" in text

    sent = preview(curator, f"ids={one.pk}", kind="withdraw", reason="錯", scope="story")
    curator.post(f"{BULK}?ids={one.pk}", sent)

    statuses = dict(Article.objects.values_list("pk", "status"))
    assert statuses == {one.pk: "withdrawn", two.pk: "withdrawn", other.pk: "published"}


def test_the_form_of_an_article_sets_its_whole_story_when_asked(curator: Client) -> None:
    one, two, other = copies()
    address = f"/admin/newsarchive/article/{one.pk}/change/"
    form = form_of(curator, address)

    curator.post(address, {**form, "language": "zh-Hant-TW", "title": "改題", "scope": "story"})

    rows = dict(Article.objects.values_list("pk", "language"))
    assert rows == {one.pk: "zh-Hant-TW", two.pk: "zh-Hant-TW", other.pk: "zh-Hant-HK"}
    two.refresh_from_db()
    assert two.title != "改題"
    assert "language" in two.edited_fields
    action = Action.objects.get()
    assert set(action.edits.values_list("article", flat=True)) == {one.pk, two.pk}
    curator.post(f"/admin/newsarchive/action/{action.pk}/undo/")
    assert set(Article.objects.values_list("language", flat=True)) == {"zh-Hant-HK"}


def test_a_form_that_withdraws_one_copy_names_those_that_stay_public(curator: Client) -> None:
    one, two, _ = copies()
    address = f"/admin/newsarchive/article/{one.pk}/change/"
    form = form_of(curator, address)

    page = curator.post(
        address, {**form, "status": "withdrawn", "status_reason": "錯", "scope": "copy"}, follow=True
    )

    assert f"/admin/newsarchive/article/{two.pk}/change/" in page.content.decode()
    two.refresh_from_db()
    assert two.status == "published"


def test_a_whole_story_is_marked_as_reviewed(curator: Client) -> None:
    one, two, _ = copies()

    curator.post(f"/admin/newsarchive/article/{one.pk}/reviewed/", {"scope": "story"})

    reviewed = {a.pk for a in Article.objects.filter(review__isnull=False)}
    assert reviewed == {one.pk, two.pk}


def test_a_merge_of_other_articles_than_previewed_is_shown_again(curator: Client) -> None:
    first, second, _ = three()
    gone = Tag.objects.create(name="舊")
    Tag.objects.create(name="新")
    gone.articles.add(first)
    address = f"/admin/newsarchive/tag/{gone.pk}/merge/"
    seal = curator.post(address, {"into": "新"}).context["seal"]
    gone.articles.set([second])

    page = curator.post(address, {"into": "新", "previewed": seal, "confirm": "1"})

    assert "與預覽時不同" in page.content.decode()
    assert Tag.objects.filter(name="舊").exists()


def test_an_author_renamed_on_the_form_is_an_action_that_the_page_names(curator: Client) -> None:
    three()
    author = Author.objects.get(name="曾海琪")
    form = {"name": "曾琪", "bio": author.bio, "avatar": ""}

    page = curator.post(f"/admin/newsarchive/author/{author.pk}/change/", form, follow=True)

    action = Action.objects.get()
    assert (action.kind, action.changed) == ("rename", 3)
    assert f"/admin/newsarchive/action/{action.pk}/change/" in page.content.decode()
    curator.post(f"/admin/newsarchive/action/{action.pk}/undo/")
    assert Author.objects.get().name == "曾海琪"


def test_the_reason_of_a_withdrawal_is_on_its_page_and_in_the_api(client: Client) -> None:
    [article, *_] = three()
    reason = "當事人要求 <b>更正</b>"
    articles.withdraw(Article.objects.filter(pk=article.pk), reason)

    page = client.get(f"/articles/{article.pk}/")
    record = client.get(f"/api/articles/{article.pk}/")

    assert (page.status_code, record.status_code) == (410, 410)
    assert "當事人要求 &lt;b&gt;更正&lt;/b&gt;" in page.content.decode()
    assert record.json()["error"]["reason"] == reason
