"""Chromium complains of nothing that the policy would stop, and asks nobody but us."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.models import User

from newsarchive.models import Article, Image
from newsarchive.pictures import download
from tests.newsarchive.pictures.test_fetching import World, answer
from tests.newsarchive.pictures.test_pictures import png

from .making import publish, story
from .test_browser import Reader, browser, pytestmark, reader

__all__ = ["browser", "pytestmark", "reader"]


def test_no_page_breaks_the_policy_and_none_asks_third_parties(reader: Reader) -> None:
    publish(story())
    User.objects.create_superuser("ann", password="correct horse")
    pk = Article.objects.get().pk
    words = quote("習近平")

    for path in (
        "/",
        f"/search/?q={words}",
        f"/articles/{pk}/?q={words}",
        "/search/?q=nothing",
        "/admin/login/",
    ):
        assert reader.go(path).title()
    reader.page.fill("#id_username", "ann")
    reader.page.fill("#id_password", "correct horse")
    reader.page.locator("[type=submit]").click()
    for path in (
        *("/admin/", "/admin/newsarchive/article/", f"/admin/newsarchive/article/?q={words}"),
        *(f"/admin/newsarchive/article/{pk}/change/", f"/admin/newsarchive/article/{pk}/history/"),
        *(
            "/admin/newsarchive/outlet/",
            "/admin/search/synonymgroup/add/",
            "/admin/imports/",
            "/admin/health/",
        ),
    ):
        reader.go(path)
        assert reader.page.locator("#content").is_visible(), path

    assert reader.strangers == set()
    assert reader.complaints == []  # a violation is logged as an error


def test_a_page_that_is_broken_into_runs_nothing(reader: Reader) -> None:
    """The policy holds even where escaping would fail: what a script in the page would do, is not done."""
    publish(story())
    page = reader.go("/")

    for markup in (
        "<img src=x onerror='window.pwned=1'>",
        "<iframe srcdoc='<script>top.pwned=1</script>'></iframe>",
    ):
        page.evaluate("html => document.querySelector('main').innerHTML += html", markup)
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned=1';"
        " document.body.append(s); }"
    )
    page.wait_for_timeout(300)

    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in complaint for complaint in reader.complaints)
    reader.complaints.clear()


def test_a_local_copy_is_drawn_and_nobody_else_is_asked(reader: Reader) -> None:
    world = World()
    try:
        world.pages["/1.png"] = answer(200, png(30, 20))
        [article] = publish(story())
        Image.objects.update(src=world.url("/1.png"))
        download.run(download.pending(download.wanted()), world.fetcher(), pace=0)
    finally:
        world.shutdown()
        world.server_close()

    page = reader.go(f"/articles/{article.pk}/")
    page.locator("figure img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('figure img').complete")

    assert page.evaluate("document.querySelector('figure img').naturalWidth") == 30
    assert reader.strangers == set()
