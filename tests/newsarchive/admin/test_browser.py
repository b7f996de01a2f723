"""A curator's day in a real browser, by keyboard: many articles at once and back again, list, form."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from newsarchive.admin.articles import bulk
from newsarchive.archive import curation, history
from newsarchive.archive.history import Action
from newsarchive.models import Article, Tag
from tests.search.web.making import many, publish, story
from tests.search.web.test_browser import CHROMIUM, DESKTOP, IN_CI, PHONE, browser

__all__ = ["browser"]  # the fixture

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not CHROMIUM and not IN_CI, reason="no chromium on this machine (apt install chromium)"
    ),
]
LIST = "/admin/newsarchive/article/"


@pytest.fixture
def desk(browser: Any, live_server: LiveServer) -> Iterator[Page]:
    """A curator's page, logged in through the form. Nothing in the console is let pass."""
    import_module("newsarchive.migrations.0006_roles").make(
        apps, None
    )  # tests with transactions empty tables
    user = User.objects.create_user("ann", password="correct horse", is_staff=True)
    user.groups.add(Group.objects.get(name="curator"))
    context = browser.new_context(viewport=DESKTOP, base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(120_000)  # a busy machine is no fault of the page
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/login/?next=/admin/")
    page.fill("#id_username", "ann")
    page.fill("#id_password", "correct horse")
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    yield page
    context.close()
    assert complaints == []


def enter(page: Page, selector: str) -> None:
    """Presses the button or link, and waits for the page that it leads to."""
    page.locator(selector).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_all_filtered_articles_are_changed_and_changed_back_by_keyboard(desk: Page) -> None:
    articles = publish(*many(60), story("test:other", title="別的", tags=("樹",)))
    numbers = [article.pk for article in articles]
    before = history.snapshots(numbers)

    desk.goto(LIST)
    desk.locator("input[name=tag]").focus()
    desk.keyboard.type("中美會晤")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**tag=**")
    enter(desk, ".object-tools a")
    desk.locator("#id_kind").focus()
    for _ in range(list(bulk.KINDS).index(Action.Kind.ADD_TAGS) + 1):
        desk.keyboard.press("ArrowDown")
    desk.locator("#id_tags").focus()
    desk.keyboard.type("護欄")
    desk.keyboard.press("Enter")
    desk.keyboard.type("會談")
    enter(desk, "[name=preview]")
    said = desk.locator(".figure").inner_text()
    untouched = history.snapshots(numbers) == before
    enter(desk, "[name=confirm]")

    assert (said, untouched) == ("將影響 60 篇", True)
    assert "已處理 60 / 60 篇，改了 60 篇" in desk.locator("[role=status]").inner_text()
    assert Tag.objects.get(name="會談").articles.count() == 60
    enter(desk, "form[action$='/undo/'] button")
    assert "改了 60 篇" in desk.locator("[role=status]").inner_text()
    assert history.snapshots(numbers) == before


def test_the_page_of_a_long_change_says_how_far_it_is_until_it_is_done(desk: Page) -> None:
    articles = publish(*many(3))
    numbers = [article.pk for article in articles]
    action = curation.begin(Action.Kind.LANGUAGE, None, numbers, language="zh-Hans")
    desk.goto(f"/admin/newsarchive/action/{action.pk}/change/")
    running = desk.locator("progress").count()

    curation.run(action)
    desk.wait_for_selector("form[action$='/undo/']", timeout=60_000)  # the page asks again by itself

    assert running == 1
    assert "已處理 3 / 3 篇" in desk.locator("[role=status]").inner_text()


def test_names_are_completed_while_one_types(desk: Page) -> None:
    publish(story())
    desk.goto(LIST)

    desk.locator("input[name=tag]").focus()
    desk.keyboard.type("會晤")
    option = desk.locator("datalist option[value='中美會晤']")
    option.wait_for(state="attached")

    assert option.count() == 1


def test_the_body_is_previewed_while_one_writes_and_refused_by_name_on_save(desk: Page) -> None:
    [article] = publish(story())
    desk.goto(f"{LIST}{article.pk}/change/")
    desk.locator("summary", has_text="即時預覽").focus()
    desk.keyboard.press("Enter")

    desk.fill("#id_body", "<p>新的一段。</p><script>alert(1)</script>")
    desk.locator(".reading", has_text="新的一段。").wait_for()
    shown = desk.locator(".reading").inner_text()
    enter(desk, "[name=_continue]")

    assert "alert" not in shown
    assert "<script>" in desk.locator(".errorlist").first.inner_text()
    assert Article.objects.get().body == article.body


def test_a_queue_is_worked_off_on_a_phone_without_scrolling_sideways(desk: Page) -> None:
    publish(story(authors=(), byline="", title="一篇沒有作者而標題很長很長很長很長很長很長很長很長的文章"))
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.goto("/admin/")
    with desk.expect_navigation():
        desk.get_by_role("link", name="沒有作者").click()
    wide = [desk.evaluate("document.documentElement.scrollWidth")]
    wide.append(desk.evaluate("document.querySelector('#result_list').scrollWidth"))
    with desk.expect_navigation():
        desk.locator(".field-headline a").click()
    wide.append(desk.evaluate("document.documentElement.scrollWidth"))
    with desk.expect_navigation():
        desk.get_by_role("button", name="標為已審閱（不儲存表格）").click()

    assert max(wide) <= 390
    assert desk.url.endswith("?queue=no_author")
    assert desk.locator(".field-headline").count() == 0


def test_the_admin_speaks_three_languages(desk: Page) -> None:
    publish(story())
    desk.goto(LIST)

    with desk.expect_navigation():
        desk.get_by_role("button", name="English").click()
    english = desk.locator(".object-tools").text_content()
    with desk.expect_navigation():
        desk.get_by_role("button", name="简体中文").click()
    simplified = desk.locator(".object-tools").text_content()

    assert (english or "").split() == ["Change", "all", "1", "CSV"]
    assert (simplified or "").split() == ["批量修改全部", "1", "篇", "CSV"]
    assert desk.url.endswith(LIST)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_covers_the_fields_of_the_log_in(browser: Any, live_server: LiveServer, scheme: str) -> None:
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    page = context.new_page()
    page.goto("/admin/login/")

    for width in (390, 800, 1024, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [page.locator(place).bounding_box() for place in ("#login-form", "form.languages")]
        top = page.evaluate(
            """() => { const box = document.querySelector("#id_username").getBoundingClientRect();
            return [0.1, 0.5, 0.9].map(part =>
              document.elementFromPoint(box.x + box.width * part, box.y + box.height / 2).id); }"""
        )
        assert top == ["id_username"] * 3, width
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_a_browser_that_saves_what_it_was_shown_changes_nothing(desk: Page, language: str) -> None:
    [article] = publish(story(tags=("甲、乙", "丙,丁"), title="【題】\u3000甲  乙"))
    Article.objects.filter(pk=article.pk).update(
        published_at="2021-11-17T12:34:56.789012+09:00",
        published_offset=540,
        body="\n<p>一</p>\r\n<p>\u3000二</p>\n",
        source_url=" javascript:alert(1)\n",
        language="not a tag",
        status_reason="一\n二",
    )
    Tag.objects.filter(name="丙,丁").update(name=" 丙\n丁 ")
    article.images.update(caption="\n\n圖說\r\n第二行 ", credit="\t美聯社")
    before = Article.objects.filter(pk=article.pk).values().get(), history.snapshots([article.pk])
    desk.context.add_cookies([{"name": "django_language", "value": language, "url": desk.url}])

    desk.goto(f"{LIST}{article.pk}/change/")
    enter(desk, "[name=_continue]")

    assert desk.locator(".errornote").count() == 0
    assert (Article.objects.filter(pk=article.pk).values().get(), history.snapshots([article.pk])) == before
    assert not Action.objects.exists()


def test_tags_are_completed_line_by_line(desk: Page) -> None:
    [article] = publish(story(tags=("選舉論壇", "別的")))
    desk.goto(f"{LIST}{article.pk}/change/")
    desk.fill("#id_tag_names", "別的\n")
    desk.locator("#id_tag_names").press("End")

    desk.locator("#id_tag_names").press_sequentially("选举")
    desk.locator(".suggestions button", has_text="選舉論壇").click()

    assert desk.locator("#id_tag_names").input_value() == "別的\n選舉論壇"


def test_a_change_of_many_needs_no_script(browser: Any, live_server: LiveServer, desk: Page) -> None:
    publish(*many(3))
    context = browser.new_context(
        java_script_enabled=False, base_url=live_server.url, storage_state=desk.context.storage_state()
    )
    page = context.new_page()

    page.goto(LIST)
    page.fill("input[name=outlet]", "眾新聞")
    page.press("input[name=outlet]", "Enter")
    page.locator(".object-tools a").first.click()
    page.select_option("#id_kind", "withdraw")
    page.fill("#id_reason", "重複")
    page.locator("[name=preview]").click()
    page.locator("[name=confirm]").click()

    assert set(Article.objects.values_list("status", flat=True)) == {"withdrawn"}
    context.close()
