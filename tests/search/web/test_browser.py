"""The pages in a real browser: what it draws, what it asks the network for, what it complains of."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article

from .making import DAY, many, publish, publish_seeds, story

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
]
IN_CI = os.environ.get("CI", "").lower() in ("true", "1")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not CHROMIUM and not IN_CI, reason="no chromium on this machine (apt install chromium)"
    ),
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps an event loop in this thread
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass
class Reader:
    """A page with everything it asked for and complained of."""

    page: Page
    server: str
    asked: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.server + path)
        return self.page

    @property
    def strangers(self) -> set[str]:
        """Hosts other than ours that were asked for anything."""
        own = urlsplit(self.server).netloc
        return {urlsplit(request.url).netloc for request in self.asked} - {own}


@pytest.fixture
def reader(browser: Browser, live_server: LiveServer) -> Iterator[Reader]:
    context = browser.new_context(viewport=DESKTOP)
    made = Reader(context.new_page(), live_server.url)
    made.page.on("request", lambda request: made.asked.append(request))
    made.page.on("console", lambda message: made.complaints.append(message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    context.close()
    assert made.complaints == []


def search(words: str) -> str:
    return "/search/?q=" + quote(words)


@pytest.mark.parametrize("words", ["習近平", "习近平"])
def test_a_reader_types_a_name_in_either_script_and_follows_a_mark(reader: Reader, words: str) -> None:
    publish_seeds()
    page = reader.go("/")

    page.fill("#q", words)
    page.press("#q", "Enter")
    hits = page.locator(".hit")
    marked = page.locator(".hit mark").all_inner_texts()
    page.locator(".hit h2 a").first.click()
    page.locator(".hitbar [data-step='1']").click()

    assert hits.count() == 0  # we are on the article's page
    assert set(marked) == {"習近平", "习近平"}
    assert page.url.endswith("#hit-1")
    assert page.locator("mark:target").inner_text() in {"習近平", "习近平"}
    assert reader.strangers == set()


def test_a_hit_in_a_credit_shows_its_caption_and_leads_to_its_picture(reader: Reader) -> None:
    publish_seeds()
    page = reader.go(search("岳月偉"))

    assert "新华社记者 岳月伟 摄" in page.locator(".hit .found").inner_text()
    assert page.locator(".hit .found mark").inner_text() == "岳月伟"
    assert reader.strangers == set()


def test_pictures_come_from_elsewhere_only_when_asked_for(reader: Reader) -> None:
    publish(story())
    reader.page.route(
        "https://pictures.example/*", lambda route: route.fulfill(status=200, content_type="image/png")
    )
    page = reader.go(search("credit:美聯社"))
    assert reader.strangers == set()

    page.locator(".found summary").click()
    page.get_by_role("link", name="看原圖").click()
    page.wait_for_url("**images=1#image-0")
    page.wait_for_load_state("networkidle")

    assert page.url.endswith("images=1#image-0")
    assert reader.strangers == {"pictures.example"}
    assert all("referer" not in request.headers for request in reader.asked if "pictures" in request.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_fit_and_can_be_read(
    browser: Browser, live_server: LiveServer, scheme: str, viewport: dict[str, int]
) -> None:
    long_name = "很長的名字" * 20
    publish(
        *many(90),
        story("test:x", title=long_name, source_url="https://news.example/" + "x" * 300, tags=(long_name,)),
    )
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    last = Article.objects.latest("pk")

    for path in (
        "/",
        search("會晤"),
        search("火星人"),
        search("credit:美聯社"),
        f"/articles/{last.pk}/?q=" + quote("習近平"),
        "/nowhere/",
    ):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert page.evaluate(FAINT) == [], path
    context.close()


# Text whose contrast with its ground is below 4.5 : 1 (WCAG 1.4.3), of everything that shows text.
FAINT = """() => {
  const light = (c) => {
    const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(c) && c !== 'transparent') return c;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility()
  ).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.tagName, e.className.toString(), e.textContent.slice(0, 20)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


def test_dark_is_dark(browser: Browser, live_server: LiveServer) -> None:
    publish(story())
    grounds = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(live_server.url + search("會晤"))
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()

    assert grounds == {"light": "rgb(251, 250, 246)", "dark": "rgb(24, 22, 20)"}


def test_marks_are_seen_without_colour(reader: Reader) -> None:
    publish(story())
    page = reader.go(search("會晤"))

    assert "underline" in page.evaluate("getComputedStyle(document.querySelector('mark')).textDecorationLine")


def test_filters_stand_beside_the_results_or_unfold_on_a_phone(reader: Reader) -> None:
    publish(story("test:1"), story("test:2", title="另一次會晤", outlet="ZAKER"))
    page = reader.go(search("會晤"))
    heading = page.locator(".filters").get_by_role("heading", name="媒體")
    assert heading.is_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    assert not heading.is_visible()
    page.get_by_text("篩選", exact=True).click()
    heading.click()
    page.locator(".filters").get_by_role("link", name="ZAKER 1").click()

    assert page.locator(".total").inner_text() == "找到 1 篇"
    page.get_by_role("link", name="媒體：ZAKER").click()
    assert page.locator(".total").inner_text() == "找到 2 篇"


def test_a_bar_of_the_timeline_narrows_the_search(reader: Reader) -> None:
    before = replace(DAY, day=date(2020, 1, 5))
    publish(story("test:1"), story("test:2", title="舊年的會晤", published=before))
    page = reader.go(search("會晤"))

    page.locator(".timeline svg a").first.click()

    assert "from=2020-01-01" in page.url
    assert page.locator(".restrictions li").count() == 3  # two ends, and all at once


def test_four_hits_are_seen_at_once_and_one_edge_is_kept(reader: Reader) -> None:
    sentence = "兩國領袖會晤，談了很久，護欄與會晤，還有別的許多事情要說，" * 12
    publish(
        story("test:x", title="舊年的會晤", published=replace(DAY, day=date(2020, 1, 5))),
        *(story(f"test:{n}", title=f"第{n}次會晤", body=f"<p>{sentence}</p>") for n in range(12)),
    )
    page = reader.go(search("會晤"))

    boxes = [hit.bounding_box() for hit in page.locator(".hit").all()]
    edges = {
        round(box["x"] + box["width"])
        for one in (".hits", ".timeline", ".pages")
        for box in [page.locator(one).bounding_box()]
        if box
    }

    assert boxes[3]
    assert boxes[3]["y"] + boxes[3]["height"] <= 900
    assert len(edges) <= 1


def test_a_bar_says_its_value_when_the_keyboard_reaches_it(reader: Reader) -> None:
    before = replace(DAY, day=date(2021, 9, 5))
    publish(story("test:1"), story("test:2", title="舊年的會晤", published=before))
    page = reader.go(search("會晤"))

    page.locator(".timeline svg a").first.focus()
    first = page.locator(".timeline .value").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator(".timeline .value").inner_text()

    assert (first, second) == ("2021-09: 1 (100.0%)", "2021-11: 1 (100.0%)")


def test_few_tab_stops_stand_before_the_first_hit_and_one_link_skips_them(reader: Reader) -> None:
    publish(
        *(
            story(f"test:{n}", title=f"第{n}次會晤", tags=tuple(f"標籤{m}" for m in range(n)))
            for n in range(9)
        )
    )
    page = reader.go(search("會晤"))

    stops = 0
    while not page.evaluate("document.activeElement.closest('.hit')"):
        page.keyboard.press("Tab")
        stops += 1
    assert stops < 35

    page.evaluate("document.activeElement.blur()")
    page.locator(".skip", has_text="跳到結果").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.list') !== null")


def test_a_picture_that_no_address_has_says_so(reader: Reader) -> None:
    archived = "https://web.archive.org/web/2022im_/https://pictures.example/1.jpg"
    picture = ParsedImage(src="https://pictures.example/1.jpg", archived_src=archived, caption="揮手")
    [article] = publish(story(images=(picture,), embeds=()))
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404)

    reader.page.route(re.compile("^https:"), refuse)
    page = reader.go(f"/articles/{article.pk}/")
    assert asked == []

    page.get_by_role("link", name="載入圖片").click()
    page.locator(".dead").wait_for(state="visible")

    assert asked == [archived, "https://pictures.example/1.jpg"]
    assert "圖片已失效" in page.locator(".picture").inner_text()
    assert "揮手" in page.locator(".picture").inner_text()
    reader.complaints.clear()  # of the two answers


def test_everything_works_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    publish(*many(25))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)

    page.fill("#q", "會晤")
    page.press("#q", "Enter")
    page.get_by_role("link", name="下一頁").click()
    page.get_by_role("link", name="最新").click()
    page.get_by_role("button", name="English").click()
    assert page.locator(".total").inner_text() == "25 articles, page 1 of 3"
    page.locator(".hit h2 a").first.click()
    page.locator(".hitbar summary").click()
    page.locator(".hitlist a").last.click()

    assert "#hit-" in page.url
    context.close()


def test_what_is_ticked_on_several_pages_is_exported_in_the_order_of_ticking(reader: Reader) -> None:
    publish(*many(12))
    page = reader.go(search("會晤"))
    page.locator(".choose input").nth(3).check()
    page.locator(".choose input").nth(0).check()
    ticked = [page.locator(".choose input").nth(at).get_attribute("value") for at in (3, 0)]
    page.get_by_role("link", name="下一頁").click()
    page.locator(".choose input").nth(1).check()
    ticked.append(page.locator(".choose input").nth(1).get_attribute("value"))
    assert page.locator(".tray b").inner_text() == "3"

    page.locator(".tray a").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="只匯出選取的文章").click()
    exported = parse_qs(urlsplit(download.value.url).query)["id"]
    page.locator(".chosen-list button").first.click()
    page.go_back()

    assert exported == ticked
    assert page.locator(".choose input:checked").count() == 1
    page.locator(".tray button").click()
    assert page.locator(".choose input:checked").count() == 0
    assert not page.locator(".tray").is_visible()


def test_the_keys_go_from_match_to_match_but_not_while_one_types(reader: Reader) -> None:
    publish(story())
    [article] = Article.objects.all()
    page = reader.go(f"/articles/{article.pk}/?q=" + quote("習近平"))
    numbers = [link.get_attribute("href") for link in page.locator(".hitlist a").all()]

    def now_at() -> str:  # page.url follows a little later
        return str(page.evaluate("location.hash"))

    page.keyboard.press("n")
    page.keyboard.press("n")
    assert now_at() == numbers[1]
    page.keyboard.press("p")
    assert now_at() == numbers[0]
    page.focus("#q")
    page.keyboard.press("n")
    assert now_at() == numbers[0]


def test_the_keyboard_can_skip_to_the_content_and_sees_where_it_is(reader: Reader) -> None:
    publish(story())
    page = reader.go(search("會晤"))

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").first.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_each_script_has_its_fonts(reader: Reader) -> None:
    publish(story("test:1", language="zh-Hans"), story("test:2", title="另一次會晤", language="zh-Hant-HK"))
    page = reader.go(search("會晤"))

    fonts = {
        hit.get_attribute("lang"): hit.evaluate("e => getComputedStyle(e).fontFamily")
        for hit in page.locator(".hit").all()
    }

    assert fonts["zh-Hans"].startswith('"PingFang SC"')
    assert fonts["zh-Hant-HK"].startswith('"PingFang HK"')
    assert "SC" not in fonts["zh-Hant-HK"]


def test_a_curator_can_log_in(reader: Reader, admin_user: object) -> None:
    """Forms that need a token: the referrer policy must let browsers say where they come from."""
    page = reader.go("/admin/login/?next=/healthz")

    page.fill("#id_username", "admin")
    page.fill("#id_password", "password")
    page.locator("[type=submit]").click()

    assert page.url.endswith("/healthz")
