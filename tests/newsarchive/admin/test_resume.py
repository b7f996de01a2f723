"""A form that outlives its session, or its cookie."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from newsarchive.models import Article, Tag
from tests.search.web.making import publish, story

from .making import fields_of, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TYPED = "打了很久的標題 <b>&\r\n第二行"


@pytest.fixture
def strict(db: None) -> Client:
    """A browser whose forms are checked; logged in."""
    user = User.objects.create_user("ann", password="correct horse", is_staff=True)
    user.groups.add(Group.objects.get(name="curator"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def change(article: Article) -> str:
    return f"/admin/newsarchive/article/{article.pk}/change/"


def the_form(page: str) -> dict[str, str]:
    """Of the page that offers to send again: its form has no id."""
    return fields_of(page.replace('<form method="post"', '<form id="again" method="post"'), "again")


@pytest.mark.parametrize("with_cookie", [True, False])
def test_an_ended_session_keeps_what_was_typed_through_the_log_in(strict: Client, with_cookie: bool) -> None:
    [article] = publish(story())
    form = {**form_of(strict, change(article)), "status_reason": TYPED, "title": "新標題"}
    del strict.cookies["sessionid"]
    if not with_cookie:
        del strict.cookies["csrftoken"]

    asked = strict.post(change(article), form)
    login = fields_of(asked.content.decode(), "login-form")
    entered = strict.post("/admin/login/", {**login, "username": "ann", "password": "correct horse"})
    saved = strict.post(change(article), the_form(entered.content.decode()))

    assert asked.status_code == 403
    assert "登入已經過期" in asked.content.decode()
    assert saved.status_code == 302
    article.refresh_from_db()
    assert article.title == "新標題"


def test_a_wrong_password_loses_nothing(strict: Client) -> None:
    [article] = publish(story())
    form = {**form_of(strict, change(article)), "title": "新標題"}
    strict.logout()

    login = fields_of(strict.post(change(article), form).content.decode(), "login-form")
    again = strict.post("/admin/login/", {**login, "username": "ann", "password": "wrong"})

    assert fields_of(again.content.decode(), "login-form")["kept"] == login["kept"]
    assert "新標題" in login["kept"]


def test_a_form_without_its_cookie_is_sent_again_by_a_button(strict: Client) -> None:
    tag = Tag.objects.create(name="樹")
    address = f"/admin/newsarchive/tag/{tag.pk}/change/"
    form = {**form_of(strict, address, "tag_form"), "name": "大樹"}
    del strict.cookies["csrftoken"]

    refused = strict.post(address, form)
    saved = strict.post(address, the_form(refused.content.decode()))

    assert refused.status_code == 403
    assert "還沒有儲存" in refused.content.decode()
    assert saved.status_code == 302
    tag.refresh_from_db()
    assert tag.name == "大樹"


def test_a_log_in_without_its_cookie_is_asked_for_again(strict: Client) -> None:
    strict.logout()

    page = strict.post("/admin/login/", {"username": "ann", "password": "correct horse", "next": "/admin/"})

    assert page.status_code == 403
    assert fields_of(page.content.decode(), "login-form")["username"] == "ann"
    assert "correct horse" not in page.content.decode()


def test_what_another_site_sends_is_not_kept(strict: Client) -> None:
    tag = Tag.objects.create(name="樹")

    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        page = strict.post(f"/admin/newsarchive/tag/{tag.pk}/change/", {"name": "evil"}, headers=headers)
        assert page.status_code == 403
        assert "evil" not in page.content.decode()


def test_the_log_in_page_of_an_account_that_may_not_enter_says_so(strict: Client) -> None:
    strict.logout()
    user = User.objects.create_user("reader", password="correct horse")
    strict.force_login(user)

    page = strict.get("/admin/", follow=True)

    assert "你以 reader 登入，但這個帳號不能用這一頁" in page.content.decode()
