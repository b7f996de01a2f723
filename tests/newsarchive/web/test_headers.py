"""Every address of the site, whatever it answers, tells the browser what it must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from newsarchive import urls
from newsarchive.archive import articles, curation
from newsarchive.archive.history import Action
from newsarchive.conf.env import Rate
from newsarchive.models import Article, ImportFailure, ImportRun
from tests.newsarchive.admin.conftest import SignIn
from tests.search.web.making import publish, story

pytestmark = pytest.mark.django_db

PAGE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
DATA_POLICY = {
    "default-src": "'none'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "sandbox": "",
}
OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


def wrongs(response: Any) -> list[str]:
    """What is missing from an answer, or says less than it must."""
    page = response.headers.get("Content-Type", "").startswith("text/html")
    said = response.headers.get("Content-Security-Policy", "")
    policy = dict(part.strip().partition(" ")[::2] for part in said.split(";"))
    found = [
        f"{name}: {response.headers.get(name)}"
        for name in OTHERS
        if response.headers.get(name) != OTHERS[name]
    ]
    if policy != (PAGE_POLICY if page else DATA_POLICY):
        found.append(f"Content-Security-Policy: {said}")
    denied = re.findall(r"([a-z-]+)=\(\)", response.headers.get("Permissions-Policy", ""))
    if not {"camera", "geolocation", "microphone", "payment", "usb", "browsing-topics"} <= set(denied):
        found.append("Permissions-Policy")
    return found


@pytest.fixture(autouse=True)
def https(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Every address the resolver knows, with an example in place of what varies."""
    for pattern in patterns:
        here = before + _example(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def _example(route: str) -> str:
    route = re.sub(r"\(\?P<app_label>([a-z_]+).*?\)", r"\1", route)  # the admin's list of applications
    route = re.sub(r"\(\?P<url>.*\)", "nowhere", route)
    route = re.sub(r"<slug:\w+>", "outlets", route)
    route = re.sub(r"<(?:\w+:)?\w+>", "1", route)
    return re.sub(r"[\^$\\]|\\Z", "", route)


EVERY = sorted(set(addresses(get_resolver(urls.__name__).url_patterns)))


def test_the_walk_has_found_the_site() -> None:
    assert len(EVERY) > 80
    assert {
        "/",
        "/search/",
        "/api/search/",
        "/articles/1/",
        "/admin/login/",
        "/admin/newsarchive/article/1/change/",
    } <= {*EVERY}


@pytest.mark.parametrize("who", ["reader", "superuser"])
def test_every_address_has_every_header(who: str, client: Client, signed_in: SignIn) -> None:
    publish(story())
    client = client if who == "reader" else signed_in("superuser")
    client.raise_request_exception = False

    answers = {address: client.get(address, secure=True) for address in EVERY}

    assert {address: found for address, answer in answers.items() if (found := wrongs(answer))} == {}
    codes = {answer.status_code for answer in answers.values()}
    assert 200 in codes
    assert 500 not in codes


def fails(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def refuses(request: HttpRequest) -> HttpResponse:
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


urlpatterns = [path("fails/", fails), path("refuses/", refuses), *urls.urlpatterns]


@pytest.fixture
def errors(settings: Any) -> dict[int, Any]:
    """An answer of each kind of error."""
    settings.ROOT_URLCONF = __name__
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "suggest": Rate(1, 3600)}
    client = Client()
    client.raise_request_exception = False
    unavailable = client.get("/search/", secure=True)  # there is no index yet
    [article] = publish(story())
    articles.withdraw(Article.objects.filter(pk=article.pk), "x")
    client.get("/suggest/", secure=True)
    return {
        400: client.get("/search/", {"page": "x"}, secure=True),
        403: client.get("/refuses/", secure=True),
        404: client.get("/nowhere/", secure=True),
        405: client.post("/search/", secure=True),
        410: client.get(f"/articles/{article.pk}/", secure=True),
        429: client.get("/suggest/", secure=True),
        500: client.get("/fails/", secure=True),
        503: unavailable,
    }


def test_every_error_has_every_header(errors: dict[int, Any]) -> None:
    assert {code: answer.status_code for code, answer in errors.items()} == {code: code for code in errors}
    assert {code: found for code, answer in errors.items() if (found := wrongs(answer))} == {}


def test_a_strange_host_and_a_redirect_have_every_header(client: Client, settings: Any) -> None:
    strange = client.get("/", headers={"host": "evil.example"}, secure=True)
    slash = client.get("/search", secure=True)
    settings.SECURE_SSL_REDIRECT = True
    plain = Client().get("/")

    assert (strange.status_code, slash.status_code, plain.status_code) == (400, 301, 301)
    assert plain["Location"].startswith("https://")
    assert [*wrongs(strange), *wrongs(slash)] == []
    assert [wrong for wrong in wrongs(plain) if not wrong.startswith("Strict-Transport")] == []


def test_static_files_have_every_header(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.STATIC_ROOT = tmp_path

    response = Client().get("/static/x.svg", secure=True)
    assert b"".join(response) == b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    assert response.status_code == 200
    assert wrongs(response) == []
    assert "Access-Control-Allow-Origin" not in response.headers


def test_only_img_src_opens_and_only_when_a_reader_asked(client: Client) -> None:
    [article] = publish(story())

    asked = client.get(f"/articles/{article.pk}/?images=1", secure=True)["Content-Security-Policy"]

    plain = client.get(f"/articles/{article.pk}/", secure=True)["Content-Security-Policy"]
    assert asked.replace("img-src 'self' https: http:;", "img-src 'self';") == plain


def test_cookies_are_for_this_site_alone_and_no_reader_gets_one(client: Client) -> None:
    publish(story())
    User.objects.create_user("ann", password="correct horse", is_staff=True)

    for address in ("/", "/search/?q=會晤", "/feeds/search/", "/api/search/", "/suggest/?q=習"):
        assert not client.get(address).cookies, address
    client.post("/i18n/setlang/", {"language": "en"})
    client.post("/admin/login/", {"username": "ann", "password": "correct horse"})

    assert len(client.cookies) == 3
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), cookie


def test_pages_of_the_admin_are_kept_by_no_cache(signed_in: SignIn) -> None:
    [article] = publish(story())
    run = ImportRun.objects.create()
    failure = ImportFailure.objects.create(run=run, path="x.md", reason="no title")
    action = curation.run(curation.begin(Action.Kind.LANGUAGE, None, [article.pk], language="zh-Hans"))
    client = signed_in("superuser")

    for address in (
        "/admin/",
        f"/admin/newsarchive/article/{article.pk}/change/",
        f"/admin/newsarchive/importfailure/{failure.pk}/change/",
        f"/admin/newsarchive/action/{action.pk}/change/",
    ):
        assert "no-store" in client.get(address)["Cache-Control"], address
