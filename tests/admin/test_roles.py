from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsarchive import counters, curation
from newsarchive.admin_login import MOST_FAILURES, SECONDS
from newsarchive.history import Action
from newsarchive.models import Author, ImportFailure, ImportRun
from tests.pages.making import publish, story

from .conftest import SignIn

pytestmark = pytest.mark.django_db
ROLES = ("nobody", "viewer", "curator", "operator", "superuser")
SEES = {"viewer", "curator", "operator", "superuser"}
CURATES = {"curator", "superuser"}
OPERATES = {"operator", "superuser"}
PAGES = [
    ("/admin/newsarchive/article/", SEES),
    ("/admin/newsarchive/article/{article}/change/", SEES),
    ("/admin/newsarchive/article/{article}/history/", SEES),
    ("/admin/newsarchive/article/{article}/preview/", SEES),
    ("/admin/newsarchive/article/{article}/raw/{raw}/", SEES),
    ("/admin/newsarchive/article/bulk/", CURATES),
    ("/admin/newsarchive/article/add/", set()),
    ("/admin/newsarchive/article/{article}/delete/", set()),
    ("/admin/newsarchive/outlet/", SEES),
    ("/admin/newsarchive/outlet/add/", CURATES),
    ("/admin/newsarchive/author/", SEES),
    ("/admin/newsarchive/author/{author}/change/", SEES),
    ("/admin/newsarchive/author/{author}/merge/", CURATES),
    ("/admin/newsarchive/tag/", SEES),
    ("/admin/newsarchive/category/", SEES),
    ("/admin/newsarchive/action/", SEES),
    ("/admin/newsarchive/action/{action}/change/", SEES),
    ("/admin/newsarchive/importrun/", SEES),
    ("/admin/newsarchive/importfailure/", SEES),
    ("/admin/newsarchive/importfailure/{failure}/change/", SEES),
    ("/admin/imports/", OPERATES),
    ("/admin/health/", OPERATES),
    ("/admin/search/synonymgroup/", SEES),
    ("/admin/search/synonymgroup/add/", CURATES),
    ("/admin/search/dictionaryword/?try=香港國家安全", SEES),
    ("/admin/search/dictionaryword/add/", CURATES),
    ("/admin/auth/user/", {"superuser"}),
    ("/admin/", {*ROLES}),
]
POSTS = [
    ("/admin/newsarchive/article/{article}/reviewed/", CURATES),
    ("/admin/newsarchive/article/{article}/source/", CURATES),
    ("/admin/newsarchive/article/edits/{edit}/revert/", CURATES),
    ("/admin/newsarchive/action/{action}/undo/", CURATES),
    ("/admin/newsarchive/importfailure/{failure}/retry/", OPERATES),
    ("/admin/health/", OPERATES),
    ("/admin/imports/", OPERATES),
]


@pytest.fixture
def numbers() -> dict[str, int]:
    [article] = publish(story())
    run = ImportRun.objects.create()
    failure = ImportFailure.objects.create(run=run, path="x.md", reason="no title")
    action = curation.run(curation.begin(Action.Kind.LANGUAGE, None, [article.pk], language="zh-Hans"))
    return {
        "article": article.pk,
        "raw": article.raw_id,
        "author": Author.objects.get().pk,
        "action": action.pk,
        "edit": action.edits.get().pk,
        "failure": failure.pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages(role: str, signed_in: SignIn, numbers: dict[str, int]) -> None:
    client = signed_in(role)

    answers = {address: client.get(address.format(**numbers)).status_code for address, _ in PAGES}

    assert answers == {address: 200 if role in allowed else 403 for address, allowed in PAGES}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_work_and_no_other(
    role: str, signed_in: SignIn, numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(role)

    refused = {address for address, _ in POSTS if client.post(address.format(**numbers)).status_code == 403}

    assert refused == {address for address, allowed in POSTS if role not in allowed}


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_only_sees_changes_nothing(role: str, signed_in: SignIn, numbers: dict[str, int]) -> None:
    address = f"/admin/newsarchive/article/{numbers['article']}/change/"
    client = signed_in(role)

    page = client.get(address)
    answer = client.post(address, {"title": "別的"})

    assert "曾海琪" in page.content.decode()
    assert b'name="title"' not in page.content
    assert b"_save" not in page.content
    assert answer.status_code == 403


def test_strangers_are_asked_to_log_in(client: Client, numbers: dict[str, int]) -> None:
    for address, _ in PAGES:
        response = client.get(address.format(**numbers))
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_log_ins_that_fail_too_often_wait(client: Client) -> None:
    User.objects.create_user("ann", password="correct horse", is_staff=True)
    for _ in range(MOST_FAILURES):
        client.post("/admin/login/", {"username": "ann", "password": "wrong"})

    page = client.post("/admin/login/", {"username": "ann", "password": "correct horse"})

    assert page.status_code == 200
    assert "太多次" in page.content.decode()
    counters.forget("login name ann", SECONDS)
    assert client.post("/admin/login/", {"username": "ann", "password": "correct horse"}).status_code == 302


def test_nobody_has_an_account_by_default() -> None:
    assert not User.objects.exists()
