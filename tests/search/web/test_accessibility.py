"""Every kind of page in a real browser: axe finds nothing, few requests, light; what paper gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Response
from playwright.sync_api import Page as BrowserPage
from pytest_django.live_server_helper import LiveServer

from newsarchive.archive import articles
from newsarchive.archive.holdings import census
from newsarchive.models import Article

from .making import DAY, many, publish, story
from .test_browser import CHROMIUM, DESKTOP, IN_CI, PHONE, browser

__all__ = ["browser"]
MOST_REQUESTS = 4  # page, stylesheet, script, icon
MOST_BYTES = 100_000  # of all of them, as they are before compression

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not CHROMIUM and not IN_CI, reason="no chromium on this machine (apt install chromium)"
    ),
]


def filled() -> dict[str, str]:
    """An archive with one of everything; what to call a page -> its address."""
    census.forget()
    table = "<table><tr><th>甲</th><td>乙</td></tr></table>"
    body = f"<h4>小題</h4><p>兩國領袖<strong>會晤</strong>。</p><h2>大題</h2>{table}"
    old = replace(DAY, day=date(2019, 3, 5))
    first, second, gone, *_ = publish(
        story("test:1", column="讀者來論", body=body),
        story("test:2", title="另一個標題的會晤", published=old),
        story("test:3", title="撤下的"),
        story("test:4", title="没有日期的会晤", published=None, language="zh-Hans"),
        *many(30)[5:],
    )
    Article.objects.filter(pk=second.pk).update(story=first.story)
    articles.withdraw(Article.objects.filter(pk=gone.pk), "法律要求")
    words = quote("會晤")
    return {
        "front": "/",
        "about": "/about/",
        "results": f"/search/?q={words}",
        "filtered": f"/search/?q={words}&outlet={quote('眾新聞')}&sort=newest&page=2",
        "undated": "/search/?undated=on",
        "nothing": f"/search/?q={quote('title:火星 title:會晤')}&tag=x",
        "article": f"/articles/{first.pk}/?q={words}&at=1",
        "converted": f"/articles/{first.pk}/?view=hans",
        "copies": f"/articles/{first.pk}/diff/{second.pk}/",
        "images": "/images/",
        "caption": f"/images/?q={quote('揮手')}",
        "calendar": "/calendar/",
        "year": f"/calendar/?outlet={quote('眾新聞')}&year=2021",
        "month": f"/calendar/?outlet={quote('眾新聞')}&year=2021&month=11",
        "day": "/days/2021-11-17/",
        "authors": "/authors/",
        "author": f"/authors/{quote('曾海琪')}/",
        "column": f"/columns/{quote('讀者來論')}/",
        "outlet": f"/outlets/{quote('眾新聞')}/",
        "cited": f"/articles/{first.pk}/cite/",
        "batch": "/batch/",
        "counts": f"/batch/?queries={words}&by=year",
        "api": "/api/",
        "concordance": f"/concordance/?q={words}",
        "trends": f"/trends/?q={words}&by=month",
        "collocates": f"/collocates/?q={words}",
        "keyness": f"/keyness/?a={quote('q=會晤')}&b={quote('q=另一個')}",
        "beside": f"/compare/?a={first.pk}&b={second.pk}",
        "failed": "/search/?q=test:failed",
        "withdrawn": f"/articles/{gone.pk}/",
        "missing": "/nowhere/",
        "refused": "/search/?page=x",
    }


@pytest.fixture(scope="module")
def violations() -> Callable[[BrowserPage], list[str]]:
    """Rule and element of all that axe-core finds."""
    if not IN_CI:
        pytest.importorskip("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def found(page: BrowserPage) -> list[str]:
        results: dict[str, Any] = axe.run(page).response
        return [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]

    return found


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop light", "phone dark"]
)
def test_axe_finds_nothing_on_any_page(
    browser: Browser,
    live_server: LiveServer,
    violations: Callable[[BrowserPage], list[str]],
    scheme: str,
    viewport: dict[str, int],
) -> None:
    pages = filled()
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    page = context.new_page()

    found = {}
    for name, address in pages.items():
        page.goto(live_server.url + address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[name] = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], name
    context.close()

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_page_is_few_requests_and_light(browser: Browser, live_server: LiveServer) -> None:
    pages = filled()
    context = browser.new_context(viewport=DESKTOP)

    for name, address in pages.items():
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        assert len(answers) <= MOST_REQUESTS, name
        assert sum(len(answer.body()) for answer in answers) <= MOST_BYTES, name
        page.close()
    context.close()


def test_paper_has_the_reference_and_no_marks_unless_they_are_asked_for(
    browser: Browser, live_server: LiveServer
) -> None:
    address = live_server.url + filled()["article"]
    page = browser.new_page()
    decoration = "getComputedStyle(document.querySelector('.prose mark')).textDecorationLine"
    seen = "document.querySelector({0}).checkVisibility()"

    page.goto(address)
    assert not page.evaluate(seen.format("'.on-paper'"))
    page.emulate_media(media="print")
    assert page.evaluate(seen.format("'.on-paper'"))
    assert not page.evaluate(seen.format("'.hitbar'"))
    assert page.evaluate(decoration) == "none"
    page.goto(address + "&print=marks")
    assert page.evaluate(decoration) == "underline"
    page.close()


def test_the_keyboard_reaches_what_is_at_hand(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page()
    page.goto(live_server.url + filled()["article"])
    page.locator("h1").click()

    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText ?? ''"))

    for name in ("固定連結", "引用", "简体", "載入圖片"):
        assert any(name in text for text in reached), name
    page.close()
