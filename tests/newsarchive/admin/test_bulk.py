from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from newsarchive.archive import curation
from newsarchive.archive.history import Action, Edit
from newsarchive.models import Article, OutboxRow, Outlet, Tag
from newsarchive.runtime import background_jobs, locks
from search.engines import get_engine
from search.indexing import sync
from search.results import all_hits
from tests.search.web.making import publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.database]
BULK = "/admin/newsarchive/article/bulk/"


def act(client: Client, query: str = "", **fields: str) -> Action:
    """Preview, then confirm, as on the page."""
    preview = client.post(f"{BULK}?{query}", {**fields, "preview": "1"})
    seen = {"previewed": preview.context["seal"], "confirm": "1"}
    response = client.post(f"{BULK}?{query}", {**fields, **seen})
    assert response.status_code == 302, response.context["form"].errors
    return Action.objects.latest("pk")


def found(text: str) -> int:
    sync.drain(get_engine())
    return len(list(all_hits.story_ids(text)))


def three() -> list[Article]:
    return publish(*[story(f"test:{number}", title=f"第{number}篇") for number in range(3)])


def test_the_preview_says_how_many_and_changes_nothing(curator: Client) -> None:
    three()

    page = curator.post(BULK, {"kind": "withdraw", "reason": "重複", "preview": "1"})

    assert "將影響 3 篇" in page.content.decode()
    assert not Action.objects.exists()
    assert set(Article.objects.values_list("status", flat=True)) == {"published"}


def test_a_withdrawal_reaches_the_search_and_comes_back_whole(curator: Client) -> None:
    [first, *_] = three()

    action = act(curator, kind="withdraw", reason="重複")

    first.refresh_from_db()
    assert (first.status, first.status_reason, first.edited_fields) == ("withdrawn", "重複", ["status"])
    assert found("護欄") == 0
    curator.post(f"/admin/newsarchive/action/{action.pk}/undo/")
    first.refresh_from_db()
    assert (first.status, first.edited_fields) == ("published", [])
    assert found("護欄") == 3


def test_it_is_for_what_the_filters_leave(curator: Client) -> None:
    publish(story("test:1", title="甲", tags=("樹",)), story("test:2", title="乙", tags=("海",)))

    act(curator, "tag=海", kind="add_tags", tags="風\n浪")

    tags = {article.title: {tag.name for tag in article.tags.all()} for article in Article.objects.all()}
    assert tags == {"甲": {"樹"}, "乙": {"海", "風", "浪"}}


def test_chosen_rows_alone_are_changed(curator: Client) -> None:
    [first, _, third] = three()
    listed = "/admin/newsarchive/article/"
    chosen = {"action": "change_many", "_selected_action": [str(first.pk), str(third.pk)]}

    address = curator.post(listed, chosen)["Location"]
    act(curator, address.split("?")[1], kind="language", language="zh-Hans")

    assert set(Article.objects.filter(language="zh-Hans")) == {first, third}


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"kind": "outlet", "outlet": "別報"}, "outlet", "別報"),
        ({"kind": "categories", "categories": "眾聞"}, "categories", ["眾聞"]),
        ({"kind": "language", "language": "zh-Hant-TW"}, "language", "zh-Hant-TW"),
        ({"kind": "date", "day": "2020-02-29"}, "published_on", "2020-02-29"),
        ({"kind": "remove_tags", "tags": "中美會晤"}, "tags", []),
        ({"kind": "reviewed"}, "reviewed", True),
    ],
)
def test_every_row_has_its_history_and_the_undo_leaves_no_trace(
    curator: Client, fields: dict[str, str], field: str, value: object
) -> None:
    from newsarchive.archive import history

    articles = publish(*[story(f"test:{n}", title=f"第{n}篇", categories=("眾聞", "觀點")) for n in range(3)])
    Outlet.objects.create(name="別報")
    numbers = [article.pk for article in articles]
    before = history.snapshots(numbers)

    action = act(curator, **fields)

    after = history.snapshots(numbers)
    assert all(after[number][field] == value for number in numbers)
    assert Edit.objects.filter(action=action).count() == action.changed == 3
    curation.run(curation.undo(action, None))
    assert history.snapshots(numbers) == before


def test_a_value_that_was_changed_again_stays(curator: Client) -> None:
    [first, *_] = three()
    action = act(curator, kind="language", language="zh-Hans")
    Article.objects.filter(pk=first.pk).update(language="en")

    undone = curation.run(curation.undo(action, None))

    first.refresh_from_db()
    assert (first.language, undone.skipped) == ("en", 1)
    assert Article.objects.filter(language="zh-Hant-HK").count() == 2


def test_grouping_and_its_undo(curator: Client) -> None:
    articles = three()
    stories = [article.story_id for article in articles]

    action = act(curator, kind="group")

    assert Article.objects.values("story").distinct().count() == 1
    assert found("護欄") == 1
    curation.run(curation.undo(action, None))
    assert list(Article.objects.order_by("pk").values_list("story", flat=True)) == stories
    assert found("護欄") == 3


def test_split(curator: Client) -> None:
    articles = three()
    act(curator, kind="group")

    act(curator, f"ids={articles[0].pk}", kind="split")

    assert Article.objects.values("story").distinct().count() == 2


def test_an_undo_can_be_undone(curator: Client) -> None:
    three()
    action = act(curator, kind="add_tags", tags="海")

    undone = curation.run(curation.undo(action, None))
    curation.run(curation.undo(undone, None))

    assert Tag.objects.get(name="海").articles.count() == 3


def test_what_changed_since_the_preview_is_shown_again(curator: Client) -> None:
    three()

    page = curator.post(BULK, {"kind": "publish", "count": "2", "confirm": "1"})

    assert page.status_code == 200
    assert not Action.objects.exists()


def test_a_withdrawal_needs_a_reason(curator: Client) -> None:
    three()

    page = curator.post(BULK, {"kind": "withdraw", "preview": "1"})

    assert "reason" in page.context["form"].errors


@pytest.mark.parametrize("tag", ["qq-Hant", "chinese", "zh_Hant", "zh-"])
def test_an_unknown_language_tag_is_refused_with_a_message(curator: Client, tag: str) -> None:
    three()

    page = curator.post(BULK, {"kind": "language", "language": tag, "preview": "1"})

    assert tag in page.context["form"].errors["language"][0]
    assert not Action.objects.exists()


def test_all_is_enqueued(curator: Client) -> None:
    three()
    OutboxRow.objects.all().delete()

    act(curator, kind="categories", categories="眾聞")
    act(curator, kind="language", language="zh-Hans")

    assert OutboxRow.objects.values("story_id").distinct().count() == 3


def test_an_action_that_was_stopped_goes_on(curator: Client) -> None:
    articles = three()
    action = curation.begin(
        Action.Kind.LANGUAGE, None, [article.pk for article in articles], language="zh-Hans"
    )
    action.done = 2
    action.save()

    curation.run(action)

    assert Article.objects.filter(language="zh-Hans").count() == 1
    assert action.finished_at is not None


def test_an_action_whose_process_was_killed_can_be_gone_on_with(curator: Client) -> None:
    from datetime import timedelta

    [article, *_] = three()
    action = curation.begin(Action.Kind.LANGUAGE, None, [article.pk], language="zh-Hans")
    address = f"/admin/newsarchive/action/{action.pk}/"
    assert "go-on" not in curator.get(f"{address}change/").content.decode()
    Action.objects.filter(pk=action.pk).update(created_at=action.created_at - timedelta(minutes=1))
    assert "go-on" in curator.get(f"{address}change/").content.decode()

    curator.post(f"{address}go-on/")

    article.refresh_from_db()
    assert article.language == "zh-Hans"


def test_the_process_that_a_page_starts_for_many_articles_does_them() -> None:
    articles = three()
    action = curation.begin(Action.Kind.LANGUAGE, None, [one.pk for one in articles], language="zh-Hans")
    jobs_own = background_jobs.log_file(curation.job(action)).with_suffix(".lock")

    with locks.held(jobs_own, wait=False):  # as that process has it from `jobs.start`
        call_command("curate", str(action.pk))

    action.refresh_from_db()
    assert (action.done, action.changed) == (3, 3)


def test_a_second_process_says_that_another_is_at_an_action() -> None:
    [article, *_] = three()
    action = curation.begin(Action.Kind.LANGUAGE, None, [article.pk], language="zh-Hans")

    with (
        locks.held(curation._lock(action), wait=False),
        pytest.raises(CommandError, match="another process"),
    ):
        call_command("curate", str(action.pk))

    action.refresh_from_db()
    assert action.done == 0


def test_an_undo_says_what_it_undid_and_a_preview_has_a_way_back(curator: Client) -> None:
    three()
    preview = curator.post(f"{BULK}?q=護欄", {"kind": "withdraw", "reason": "重複", "preview": "1"})
    action = act(curator, kind="withdraw", reason="重複")

    page = curator.post(f"/admin/newsarchive/action/{action.pk}/undo/", follow=True)

    assert f"#{action.pk} 撤下" in page.context["said"]
    assert str(page.context["title"]).endswith("復原")
    assert ">放棄</a>" in preview.content.decode()
